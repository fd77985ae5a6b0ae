from django.apps import AppConfig


class CyclesConfig(AppConfig):
    name = "steerco.apps.cycles"
    label = "cycles"

    def ready(self) -> None:
        """Declare the actions, the registers and what is asked."""
        from steerco.apps.cycles import (  # noqa: F401, PLC0415  after the models are loaded
            actions,
            buttons,
            corrections,
            early_signs,
            evidence,
            jobs,
            panels,
            registers,
            reminders,
        )
