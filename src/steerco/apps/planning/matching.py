"""Which task of a plan is which milestone: certain by its ids, else by name and place; what is uncertain is asked."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from difflib import SequenceMatcher
from typing import Any, Self, TypeVar

from steerco.engine.schedule import Task

T = TypeVar("T")
SAME, NEW, SKIP = "same", "new", "skip"
RENAMED = 0.5  # as much alike are two names under the same id, or it is asked
RESEMBLES = 0.75  # as much alike are two names without an id that are asked about
MOST_COMPARED = 400  # names without an id are compared with each other up to so many


@dataclass(frozen=True)
class Tracked:
    """A task that stands for the milestone `pk`, as a revision of its plan had it; `gone`: that one had it no more."""

    pk: int
    uid: int
    guid: str = ""
    code: str = ""
    name: str = ""
    wbs: str = ""
    at: date | None = None
    done_on: date | None = None
    gone: bool = False

    @classmethod
    def of(cls, pk: int, task: Task) -> Self:
        """The task as this revision has it."""
        return cls(pk, task.uid, task.guid, task.code, task.name, task.wbs, task.at, task.done_on)

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        days = {
            name: value.isoformat() if value else None
            for name, value in (("at", self.at), ("done_on", self.done_on))
        }
        return {**asdict(self), **days}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What was kept."""
        days = {
            name: date.fromisoformat(data[name]) if data.get(name) else None for name in ("at", "done_on")
        }
        return cls(**{**data, **days})


@dataclass(frozen=True)
class Candidate:
    """A milestone that a task may be. `suggested`: its name is the very same."""

    pk: int
    title: str
    suggested: bool = False


@dataclass
class Matches:
    """What was found: tasks of tracked milestones; what is to be asked of a task; what is in the plan no more."""

    same: dict[int, Task] = field(default_factory=dict)  # pk -> task
    asked: dict[int, list[Candidate]] = field(default_factory=dict)  # uid of the task -> what it may be
    gone: list[Tracked] = field(default_factory=list)


def match_tasks(
    tasks: Sequence[Task],
    chosen: Sequence[Task],
    tracked: Sequence[Tracked],
    others: Sequence[tuple[int, str]],
    identity: Sequence[str],
) -> Matches:
    """Find the milestones of `tracked` among all `tasks`, and what else the `chosen` ones may be.

    `others` are (pk, title) of milestones of the initiative that no task stands for yet; `identity` the keys that mean
    the same task in every revision of this kind of file (engine.schedule.Schedule.identity).
    """
    found = Matches()
    left = {one.pk: one for one in tracked}
    free = {task.uid: task for task in tasks}
    for key in identity:
        _by_key(found, left, free, key)
    _by_name_and_place(found, left, free)
    wanted = [task for task in chosen if task.uid in free and task.uid not in found.asked]
    asked_of = {candidate.pk for many in found.asked.values() for candidate in many}
    names = [(one.pk, one.name) for one in left.values() if one.pk not in asked_of]
    _by_resemblance(found, wanted, [*names, *others])
    asked_of = {candidate.pk for many in found.asked.values() for candidate in many}
    found.gone = [one for one in left.values() if one.pk not in asked_of]
    return found


def _by_key(found: Matches, left: dict[int, Tracked], free: dict[int, Task], key: str) -> None:
    """Tasks with the same id. A guid is certain; under any other id another name is asked about."""
    tasks = _unique(free.values(), lambda task: getattr(task, key))
    for one in list(left.values()):
        task = tasks.get(getattr(one, key) or None)
        if task is None or task.uid not in free or task.uid in found.asked:
            continue
        other_guid = bool(one.guid and task.guid and one.guid != task.guid)
        if key == "guid" or (not other_guid and _is_renamed(one, task)):
            found.same[one.pk] = task
            del left[one.pk], free[task.uid]
        elif not other_guid:
            found.asked[task.uid] = [Candidate(one.pk, one.name)]


def _is_renamed(one: Tracked, task: Task) -> bool:
    """Whether a task under the same id is the same under another name, rather than another one."""
    return _alike(folded(one.name), folded(task.name)) >= RENAMED


def _by_name_and_place(found: Matches, left: dict[int, Tracked], free: dict[int, Task]) -> None:
    """Tasks without the id, with the very same name in the very same place, each there once."""

    def place(one: Task | Tracked) -> Hashable:
        return folded(one.name), one.wbs

    tasks = _unique((task for task in free.values() if task.uid not in found.asked), place)
    asked_of = {candidate.pk for many in found.asked.values() for candidate in many}
    for where, one in _unique(left.values(), place).items():
        task = tasks.get(where)
        if task is not None and one.pk not in asked_of:
            found.same[one.pk] = task
            del left[one.pk], free[task.uid]


def _by_resemblance(found: Matches, tasks: Sequence[Task], names: Sequence[tuple[int, str]]) -> None:
    """Ask about tasks whose name is, or resembles, that of a milestone without a task."""
    exact: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for pk, name in names:
        exact[folded(name)].append((pk, name))
    unsure = []
    taken: set[int] = set()
    for task in tasks:
        same = [one for one in exact.get(folded(task.name), ()) if one[0] not in taken]
        if same:
            found.asked[task.uid] = [Candidate(pk, name, suggested=len(same) == 1) for pk, name in same]
            taken |= {pk for pk, _name in same} if len(same) == 1 else set()
        else:
            unsure.append(task)
    rest = [(pk, name, folded(name)) for pk, name in names if pk not in taken]
    if len(unsure) > MOST_COMPARED or len(rest) > MOST_COMPARED:
        return
    for task in unsure:
        own = folded(task.name)
        near = sorted(((_alike(own, other), pk, name) for pk, name, other in rest), reverse=True)[:3]
        candidates = [Candidate(pk, name) for likeness, pk, name in near if likeness >= RESEMBLES]
        if candidates:
            found.asked[task.uid] = candidates


def _alike(one: str, other: str) -> float:
    """How much alike two folded names are, 0 to 1."""
    pair = SequenceMatcher(None, one, other, autojunk=False)
    return pair.ratio() if pair.quick_ratio() >= RENAMED else 0.0


def _unique(rows: Iterable[T], key: Callable[[T], Any]) -> dict[Any, T]:
    """The rows by their key, without those whose key is empty or not theirs alone."""
    found: dict[Any, list[T]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return {value: many[0] for value, many in found.items() if value not in ("", None) and len(many) == 1}


def folded(name: str) -> str:
    """A name without case, accents and doubled blanks."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())
