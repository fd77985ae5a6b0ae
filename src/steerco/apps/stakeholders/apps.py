from django.apps import AppConfig


class StakeholdersConfig(AppConfig):
    name = "steerco.apps.stakeholders"
    label = "stakeholders"

    def ready(self) -> None:
        """Declare the register, its buttons and panels, and what is asked of people."""
        from steerco.apps.stakeholders import (  # noqa: PLC0415  after the models are loaded
            actions,  # noqa: F401
            buttons,  # noqa: F401
            panels,  # noqa: F401
            references,
            registers,  # noqa: F401
            reminders,  # noqa: F401
        )

        references.declare()
