from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "steerco.kit.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Find the jobs that the apps declare, and look at the schedules in every worker process."""
        from steerco.kit.jobs import duties, schedules  # noqa: PLC0415  after the models are loaded

        autodiscover_modules("jobs")
        duties.declare_duty("schedules", schedules.tick, 10)
