"""What a person says of a plan: which tasks become milestones, how they are filed, how the file is read."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from steerco.apps.planning.models import Milestone
from steerco.engine.schedule import Schedule, Task

MOST_LEVEL = 20
_NO = frozenset({"", "0", "no", "false", "nein", "n", "-"})


@dataclass(frozen=True)
class Choice:
    """Which tasks become milestones: those marked as such (`marked`), those of outline `levels`, and those whose own
    `field` (by the name that people see) holds `value` ("" : anything but no). `tier` is for new milestones;
    `present_as_baseline` takes today's dates as agreed where the plan has no baseline.
    """

    marked: bool = True
    levels: tuple[int, ...] = ()
    field: str = ""
    value: str = ""
    tier: str = Milestone.Tier.TEAM
    present_as_baseline: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {**asdict(self), "levels": list(self.levels)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What was kept; what is unknown or wrong in it counts as not said."""
        known = {f.name for f in fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        values["levels"] = tuple(
            sorted(
                {one for one in values.get("levels", ()) if isinstance(one, int) and 0 <= one <= MOST_LEVEL}
            )
        )
        if values.get("tier") not in Milestone.Tier.values:
            values.pop("tier", None)
        return cls(**values)


@dataclass
class Settings:
    """Everything that is kept with a revision: the choice; which of the plans in the file (`project`, its key); how the
    file is read (`columns` of a table, `encoding`); the answers to what was asked (key of the task to SAME:pk, NEW or
    SKIP).
    """

    choice: Choice = field(default_factory=Choice)
    project: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    encoding: str = ""
    answers: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {**asdict(self), "choice": self.choice.as_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What was kept."""
        known = {f.name for f in fields(cls)} - {"choice"}
        values = {name: value for name, value in data.items() if name in known}
        return cls(choice=Choice.from_json(data.get("choice", {})), **values)


def project_key(schedule: Schedule) -> str:
    """What tells the plans in one file apart."""
    return schedule.project.code or schedule.project.name


def find_project(schedules: Iterable[Schedule], key: str) -> Schedule | None:
    """The plan with that key; None when several could be meant."""
    found = list(schedules)
    named = [one for one in found if project_key(one) == key]
    if len(named) == 1:
        return named[0]
    return found[0] if len(found) == 1 else None


def chosen(schedule: Schedule, choice: Choice) -> list[Task]:
    """The tasks that become milestones, in the order of the plan; inactive ones and stand-ins never do."""
    key = (
        next((one.key for one in schedule.fields if one.label == choice.field), None)
        if choice.field
        else None
    )
    return [
        task
        for task in schedule.tasks
        if task.active
        and not task.external
        and task.name
        and (
            (choice.marked and task.milestone)
            or task.outline_level in choice.levels
            or (key is not None and _holds(task.fields.get(key, ""), choice.value))
        )
    ]


def _holds(text: str, wanted: str) -> bool:
    folded = text.strip().casefold()
    return folded == wanted.strip().casefold() if wanted.strip() else folded not in _NO
