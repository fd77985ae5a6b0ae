from django.apps import AppConfig


class RaidConfig(AppConfig):
    name = "steerco.apps.raid"
    label = "raid"

    def ready(self) -> None:
        """Declare the registers and how their rows are named."""
        from steerco.apps.raid import (  # noqa: F401, PLC0415  after the models are loaded
            buttons,
            jobs,
            lesson_panels,
            measures,
            openings,
            panels,
            references,
            registers,
            reminders,
            reserve_panels,
        )

        references.declare()
