from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "steerco.apps.planning"
    label = "planning"

    def ready(self) -> None:
        """Declare the registers, and what plans add to the page of an initiative."""
        from steerco.apps.planning import measures, panels, plan_panels, references, registers  # noqa: F401, PLC0415  models are loaded

        references.declare()
