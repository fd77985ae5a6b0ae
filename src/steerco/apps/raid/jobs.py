"""What runs by the clock: the look for lessons to suggest."""

from collections.abc import Mapping
from datetime import timedelta

from steerco.apps.raid.suggesting import look_for_suggestions
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.schedules import declare_schedule
from steerco.kit.jobs.tasks import job
from steerco.kit.permissions import Actor


@job()
def suggest_lessons(context: JobContext) -> Mapping[str, int]:
    """Note which lessons are suggested at what came since the last look."""
    return look_for_suggestions(Actor.operator("lessons"))


declare_schedule("raid.lessons", suggest_lessons, timedelta(hours=1), timedelta(minutes=20))
