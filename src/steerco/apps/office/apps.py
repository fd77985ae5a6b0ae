from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "steerco.apps.office"
    label = "office"

    def ready(self) -> None:
        """Declare the registers, how categories are named, what is asked and told, the panels and the daily sweep."""
        from steerco.apps.office import jobs, panels, references, registers, reminders, telling  # noqa: F401, PLC0415  after the models are loaded

        references.declare()
