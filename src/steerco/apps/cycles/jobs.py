"""What runs by the clock: opening and locking."""

from datetime import timedelta

from steerco.apps.cycles.turning import turn
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.schedules import declare_schedule
from steerco.kit.jobs.tasks import job


@job()
def turn_cycles(context: JobContext) -> dict[str, int]:
    """Open and lock the reporting cycles that are due."""
    return turn()


declare_schedule("cycles.turn", turn_cycles, timedelta(minutes=10), timedelta(minutes=4))
