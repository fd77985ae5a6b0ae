from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "steerco.apps.people"
    label = "people"

    def ready(self) -> None:
        """Declare the app's actions."""
        from steerco.apps.people import actions, registers  # noqa: F401, PLC0415  after the models are loaded
        from steerco.kit.pages.panels import every_panel_reads  # noqa: PLC0415

        every_panel_reads(
            "people.person", "people.unit", "journal.event"
        )  # the last: what was erased of people
