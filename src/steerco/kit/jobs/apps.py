from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "steerco.kit.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Find the jobs that the apps declare; worker processes look at schedules and keep the planner's counts."""
        from steerco.kit.health import statistics  # noqa: PLC0415  after the models are loaded
        from steerco.kit.jobs import duties, schedules  # noqa: PLC0415

        autodiscover_modules("jobs")
        duties.declare_duty("schedules", schedules.tick, 10)
        duties.declare_duty("refresh statistics", statistics.refresh, statistics.SECONDS)
