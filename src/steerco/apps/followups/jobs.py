"""What runs by the clock: chasing."""

from datetime import timedelta

from steerco.apps.followups.chasing import chase
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.schedules import declare_schedule
from steerco.kit.jobs.tasks import job


@job()
def chase_follow_ups(context: JobContext) -> dict[str, int]:
    """Bring follow-ups up to date and take the steps that are due."""
    return chase()


declare_schedule("followups.chase", chase_follow_ups, timedelta(hours=1), timedelta(minutes=10))
