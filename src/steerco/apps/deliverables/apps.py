from django.apps import AppConfig


class DeliverablesConfig(AppConfig):
    name = "steerco.apps.deliverables"
    label = "deliverables"

    def ready(self) -> None:
        """Declare the registers, how their rows are named, what is asked of people, and the panels."""
        from steerco.apps.deliverables import (  # noqa: PLC0415  after the models are loaded
            panels,  # noqa: F401
            references,
            registers,  # noqa: F401
            reminders,  # noqa: F401
            signing,  # noqa: F401
            telling,  # noqa: F401
        )

        references.declare()
