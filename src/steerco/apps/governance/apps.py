from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "steerco.apps.governance"
    label = "governance"

    def ready(self) -> None:
        """Declare the registers, how their rows are named, what is asked, and the panels."""
        from steerco.apps.governance import openings, panels, references, registers, reminders  # noqa: F401, PLC0415  after the models are loaded

        references.declare()
