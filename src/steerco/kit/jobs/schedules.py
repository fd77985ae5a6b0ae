"""Schedules: what is enqueued by the clock. Each tick enqueues once, however many schedulers look at it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks.base import Task

from steerco.kit import clock
from steerco.kit.jobs.models import Job, Schedule
from steerco.kit.jobs.pauses import is_paused
from steerco.kit.jobs.tasks import asked_by, row_of
from steerco.kit.permissions import Actor

FIRST_MONDAY = datetime(1970, 1, 5)


@dataclass(frozen=True)
class Declared:
    """`task` every `every`, counted in local time from Monday 00:00 plus `offset` (6 h: at six in the morning)."""

    name: str
    task: Task[Any, Any]
    every: timedelta
    offset: timedelta


_declared: dict[str, Declared] = {}


def declare_schedule(
    name: str, task: Task[Any, Any], every: timedelta, offset: timedelta = timedelta()
) -> None:
    """Enqueue `task` at each tick. Raises ValueError when the name is taken."""
    if name in _declared:
        raise ValueError(f"schedule declared twice: {name}")
    _declared[name] = Declared(name, task, every, offset)


def latest_tick(schedule: Declared, now: datetime) -> datetime:
    """The last tick at or before `now` (aware). Wall-clock time: six o'clock stays six o'clock over the year."""
    local = timezone.make_naive(now)
    start = FIRST_MONDAY + schedule.offset
    return timezone.make_aware(start + (local - start) // schedule.every * schedule.every)


def tick() -> list[Job]:
    """Enqueue what has become due since the last look; ticks that were missed count once. Returns the jobs.

    A schedule that is seen for the first time starts with its next tick.
    """
    if is_paused("schedules"):
        return []
    now = clock.now()
    jobs = []
    for schedule in _declared.values():
        due = latest_tick(schedule, now)
        rows = Schedule.objects.filter(name=schedule.name)
        open_tick = rows.filter(last_tick__lt=due)
        if not rows.exists():
            Schedule.objects.bulk_create([Schedule(name=schedule.name, last_tick=due)], ignore_conflicts=True)
        elif open_tick.exists():
            with transaction.atomic():
                if open_tick.update(last_tick=due):
                    label = f"schedule {schedule.name}"
                    asker = asked_by(
                        Actor.operator(label, request_id=f"{schedule.name[:20]}-{due:%Y%m%dT%H%M}")
                    )
                    jobs.append(Job.objects.create(**row_of(schedule.task, [], {}), **asker))
    return jobs
