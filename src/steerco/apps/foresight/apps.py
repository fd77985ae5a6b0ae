from django.apps import AppConfig


class ForesightConfig(AppConfig):
    name = "steerco.apps.foresight"
    label = "foresight"

    def ready(self) -> None:
        """Declare the signals, the panels, what people are told, and the clock that looks."""
        from steerco.apps.foresight import (  # noqa: F401, PLC0415  after the models are loaded
            bunches,
            dependencies,
            jobs,
            milestones,
            panels,
            risks,
            telling,
            tolerances,
        )
