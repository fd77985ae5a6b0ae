"""What runs by the clock: notes of old mails go."""

from datetime import timedelta

from steerco.apps.office.mails import forget_old
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.schedules import declare_schedule
from steerco.kit.jobs.tasks import job


@job()
def forget_mails(context: JobContext) -> dict[str, int]:
    """Remove what is kept of mails that were dealt with long ago, and discard what nobody looked at."""
    return forget_old()


declare_schedule("office.mails", forget_mails, timedelta(days=1), timedelta(minutes=20))
