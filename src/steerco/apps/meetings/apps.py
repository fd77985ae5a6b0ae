from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "steerco.apps.meetings"
    label = "meetings"

    def ready(self) -> None:
        """Declare the register, how meetings are named, the panels, and the mails."""
        from steerco.apps.meetings import mails, panels, references, registers  # noqa: F401, PLC0415  after the models are loaded

        references.declare()
