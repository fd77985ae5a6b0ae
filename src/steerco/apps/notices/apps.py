from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "steerco.apps.notices"
    label = "notices"

    def ready(self) -> None:
        """Declare the mail that carries notices and the clock that sends it."""
        from steerco.apps.notices import jobs, mail  # noqa: F401, PLC0415  after the models are loaded
