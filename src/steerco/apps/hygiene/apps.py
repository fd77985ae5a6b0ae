from django.apps import AppConfig


class HygieneConfig(AppConfig):
    name = "steerco.apps.hygiene"
    label = "hygiene"

    def ready(self) -> None:
        """Declare what owners are asked, the panels, and the clock that looks."""
        from steerco.apps.hygiene import jobs, panels, reminders  # noqa: F401, PLC0415  after the models are loaded
