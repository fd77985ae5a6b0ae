from django.apps import AppConfig


class AssuranceConfig(AppConfig):
    name = "steerco.apps.assurance"
    label = "assurance"

    def ready(self) -> None:
        """Declare the actions, the registers, the evidence, what is asked, and the panels."""
        from steerco.apps.assurance import (  # noqa: F401, PLC0415  after the models are loaded
            actions,
            evidence,
            openings,
            panels,
            references,
            registers,
            reminders,
        )

        references.declare()
