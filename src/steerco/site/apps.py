from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "steerco.site"
    label = "site"

    def ready(self) -> None:
        """Declare what the example data adds to pages, and the way to the pages of directors."""
        from steerco.site import outlook_views  # noqa: F401, PLC0415  after the models are loaded
        from steerco.site.demo import attribution, checklist  # noqa: F401, PLC0415
