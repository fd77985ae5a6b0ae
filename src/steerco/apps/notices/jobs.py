"""What runs by the clock: handing people what they are to be told."""

from datetime import timedelta

from steerco.apps.notices.services import deliver
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.schedules import declare_schedule
from steerco.kit.jobs.tasks import job


@job()
def deliver_notices(context: JobContext) -> dict[str, int]:
    """Make the mails that are due."""
    return {"mails": deliver()}


declare_schedule("notices.deliver", deliver_notices, timedelta(minutes=5))
