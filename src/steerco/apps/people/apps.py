from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "steerco.apps.people"
    label = "people"

    def ready(self) -> None:
        """Declare the app's actions, registers and panels."""
        from steerco.apps.people import (  # noqa: F401, PLC0415  after the models are loaded
            actions,
            panels,
            registers,
        )
        from steerco.kit.pages.panels import every_panel_reads  # noqa: PLC0415

        every_panel_reads(
            "people.person", "people.unit", "journal.event"
        )  # the last: what was erased of people
