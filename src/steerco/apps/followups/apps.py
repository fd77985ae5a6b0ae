from django.apps import AppConfig


class FollowUpsConfig(AppConfig):
    name = "steerco.apps.followups"
    label = "followups"

    def ready(self) -> None:
        """Declare how reminders read, the panels of my work, and the clock that chases."""
        from steerco.apps.followups import codes, jobs, panels, telling  # noqa: F401, PLC0415  after the models are loaded
