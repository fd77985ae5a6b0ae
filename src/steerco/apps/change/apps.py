from django.apps import AppConfig


class ChangeConfig(AppConfig):
    name = "steerco.apps.change"
    label = "change"

    def ready(self) -> None:
        """Declare the register, how its rows are named, what is asked, and the panels."""
        from steerco.apps.change import openings, panels, references, registers, reminders  # noqa: F401, PLC0415  after the models are loaded

        references.declare()
