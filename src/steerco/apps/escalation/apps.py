from django.apps import AppConfig


class EscalationConfig(AppConfig):
    name = "steerco.apps.escalation"
    label = "escalation"

    def ready(self) -> None:
        """Declare the actions, the registers and the buttons."""
        from steerco.apps.escalation import (  # noqa: F401, PLC0415  after the models are loaded
            actions,
            jobs,
            panels,
            paper_panels,
            questions,
            registers,
            reminders,
        )
