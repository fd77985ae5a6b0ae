"""The plans that the projects of the example city bring, as files of a planning program."""

from datetime import datetime, time
from typing import Any

from steerco.apps.planning.choosing import Choice, Settings
from steerco.apps.planning.models import Milestone
from steerco.apps.planning.services import bring_plan, read_revision, suggested_answers, take_revision
from steerco.engine.schedule import Baseline, Dialect, Project, Schedule, Task
from steerco.exchange.schedule import write_mspdi
from steerco.kit import clock
from steerco.kit.permissions import Actor
from steerco.site.demo.story import PlanText, ProjectText
from steerco.site.demo.timeline import Timeline

END_OF_WORK = time(17)


def bring_revision(timeline: Timeline, project: ProjectText, text: PlanText, actor: Actor) -> None:
    """Bring and take one revision: the milestones as they stand, but for what the text moves and adds."""
    tasks = [
        Task(1, id=1, guid=f"{project.code}-1", name=project.name, wbs="1", outline_level=1, summary=True)
    ]
    moves = {number: timeline.day(due) for number, due in text.moves}
    for number, known in enumerate(project.milestone, start=1):
        row: Milestone = timeline.rows[f"{project.code}/milestone/{number}"]
        row.refresh_from_db()
        day = moves.get(number) or row.expected
        tasks.append(_task(project, number + 1, known.title, day, row.baseline, row.actual))
    for number, (title, due) in enumerate(text.new, start=len(tasks) + 1):
        day = timeline.day(int(due))
        tasks.append(_task(project, number, str(title), day, day, None))
    head = Project(name=text.name, title=text.name, status_date=datetime.combine(clock.today(), END_OF_WORK))
    schedule = Schedule(Dialect.MSP, "MSPDI", head, ("guid", "uid"), tasks=tasks)
    initiative = timeline.rows[project.code]
    settings = Settings(choice=Choice(tier=Milestone.Tier.CONTRACT))
    revision = bring_plan(
        actor, initiative, f"{text.name}.xml", write_mspdi(schedule), plan=text.name, settings=settings
    )
    read_revision(actor, revision)
    revision.settings["answers"] = suggested_answers(actor, revision)
    take_revision(actor, revision)


def _task(project: ProjectText, uid: int, title: str, day: Any, baseline: Any, actual: Any) -> Task:
    def moment(value: Any) -> datetime | None:
        return datetime.combine(value, END_OF_WORK) if value else None

    task = Task(
        uid,
        id=uid,
        guid=f"{project.code}-{uid}",
        name=title,
        wbs=f"1.{uid - 1}",
        outline_level=2,
        milestone=True,
    )
    task.start = task.finish = moment(day)
    task.actual_start = task.actual_finish = moment(actual)
    task.percent_complete = 100.0 if actual else 0.0
    if baseline:
        task.baselines[0] = Baseline(moment(baseline), moment(baseline))
    return task
