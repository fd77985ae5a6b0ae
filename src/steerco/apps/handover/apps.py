from django.apps import AppConfig


class HandoverConfig(AppConfig):
    name = "steerco.apps.handover"
    label = "handover"

    def ready(self) -> None:
        """Declare what successors are asked and the panels that flag leavers."""
        from steerco.apps.handover import panels, reminders  # noqa: F401, PLC0415  after the models are loaded
