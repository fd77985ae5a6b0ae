"""What runs by the clock: the look, and the replay of the signals over the history."""

from datetime import timedelta

from steerco.apps.foresight.looking import catch_up
from steerco.apps.foresight.replaying import replay_all
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.schedules import declare_schedule
from steerco.kit.jobs.tasks import job


@job()
def look_ahead(context: JobContext) -> dict[str, int]:
    """Bring the early warnings up to date."""
    return catch_up()


@job()
def replay_signals(context: JobContext) -> dict[str, int]:
    """Measure how the warnings of the last year fared."""
    return {"signals": replay_all()}


declare_schedule("foresight.look", look_ahead, timedelta(minutes=10), timedelta(minutes=3))
declare_schedule("foresight.replay", replay_signals, timedelta(days=1), timedelta(minutes=30))
