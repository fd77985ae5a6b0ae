"""Plans for the tests, as files and as schedules."""

from datetime import date, datetime
from typing import Any

from steerco.engine.schedule import Baseline, Dialect, Project, Schedule, Task
from steerco.exchange.schedule import write_mspdi


def day(text: str) -> datetime:
    """The 17:00 of a day."""
    return datetime.fromisoformat(text + "T17:00:00")


def milestone(uid: int, name: str, at: str = "", **values: Any) -> Task:
    """A task that is marked as a milestone."""
    baseline = values.pop("baseline", "")
    done = values.pop("done", "")
    task = Task(uid, id=uid, name=name, outline_level=2, milestone=True, **values)
    if at:
        task.start = task.finish = day(at)
    if baseline:
        task.baselines[0] = Baseline(day(baseline), day(baseline))
    if done:
        task.actual_start = task.actual_finish = day(done)
        task.percent_complete = 100.0
    return task


def schedule(*tasks: Task, name: str = "Plant", identity: tuple[str, ...] = ("guid", "uid")) -> Schedule:
    """A plan with a summary above its tasks."""
    top = Task(
        900,
        id=900,
        name="Phase",
        outline_level=1,
        summary=True,
        start=day("2026-01-05"),
        finish=day("2026-12-31"),
    )
    project = Project(name=name, title=name, status_date=day("2026-03-02"))
    return Schedule(Dialect.MSP, "MSPDI", project, identity, tasks=[top, *tasks])


def plan_file(*tasks: Task) -> bytes:
    """The same as Project XML."""
    return write_mspdi(schedule(*tasks))


def d(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)
