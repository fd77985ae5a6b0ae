"""What runs by the clock: the look over all registers."""

from datetime import timedelta

from steerco.apps.hygiene.looking import catch_up
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.schedules import declare_schedule
from steerco.kit.jobs.tasks import job


@job()
def look_over_registers(context: JobContext) -> dict[str, int]:
    """Bring the findings up to date."""
    return catch_up()


declare_schedule("hygiene.look", look_over_registers, timedelta(minutes=5), timedelta(minutes=2))
