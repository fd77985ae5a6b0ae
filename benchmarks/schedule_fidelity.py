"""Reads every plan of a folder of reference cases and compares what was read with what is stored, task by task.

    python benchmarks/schedule_fidelity.py FOLDER

A case is NAME.json (schema pmo-schedule-neutral/1) whose source names a file under FOLDER/original. Prints a line per
case: how many tasks were compared, in how many values they differ, and the seconds that reading took; then each
difference. Exit status 1 when there are any that `KNOWN` does not explain.
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from steerco.engine.schedule import Schedule, Task
from steerco.exchange.schedule import Reading, ScheduleError, read_confined

EXPECTED = ("start", "finish")
STORED = ("name", "parent", "milestone", "constraint", "constraint_date", "deadline", "percent_complete")
ACTUAL = ("actual_start", "actual_finish")
KNOWN = {
    # a stand-in for a task of another plan: MPXJ leaves it out of what it converts
    ("GetCrossProjectTaskLinks.mpp.json", "task"): "stand-in",
    # XER knows the node of the project itself, the reference does not
    ("PrimaveraProject.xml.json", "parent"): "node of the project",
    # the reference holds what MPXJ made of Cyrillic letters; ours are the letters that were typed
    ("encoding1251.xer.json", "name"): "letters",
    ("MultiprojectWithExternal.xer.json", "name"): "letters",
    # the reference shows percent complete of the duration for every activity; ours is of the activity's own type
    ("percent-complete-8.4.xer.json", "percent_complete"): "type of percentage",
    ("percent-complete-8.4.pmxml.json", "percent_complete"): "type of percentage",
}


@dataclass(frozen=True)
class Difference:
    """A value that was read otherwise than it is stored."""

    uid: int
    name: str
    ours: Any
    stored: Any


@dataclass
class Outcome:
    """What comparing one case gave."""

    case: str
    compared: int = 0
    seconds: float = 0.0
    differences: list[Difference] = field(default_factory=list)
    problem: str = ""

    @property
    def unexplained(self) -> list[Difference]:
        """The differences that KNOWN does not explain."""
        return [one for one in self.differences if (self.case, one.name) not in KNOWN]


def cases(folder: Path) -> Iterator[tuple[str, dict[str, Any], Path]]:
    """(file name, document, original) of each case whose original is there."""
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(document, dict) or "input" not in document:
            continue
        original = document["source"].get("original")
        if original and (folder / "original" / original).exists():
            yield path.name, document, folder / "original" / original


def compare(case: str, document: dict[str, Any], reading: Reading) -> Outcome:
    """What was read against what is stored. A task that was not read, or twice, is a difference of its own."""
    outcome = Outcome(case)
    wanted = {task["uid"]: task for task in document["input"]["tasks"]}
    ours = _tasks_of(_plan_of(reading, set(wanted)))
    by_day = document["expected"]["precision"] == "day"
    for uid, stored in wanted.items():
        task = ours.get(uid)
        if task is None:
            outcome.differences.append(Difference(uid, "task", None, stored["name"]))
            continue
        outcome.compared += 1
        dates = document["expected"]["tasks"].get(str(uid), {})
        is_node = document["dialect"] == "P6" and stored["summary"]  # stores nothing of its own
        for name in (*EXPECTED, *STORED, *ACTUAL):
            if is_node and name not in ("start", "finish", "name", "parent"):
                continue
            if stored["summary"] and name in ACTUAL:
                continue  # some programs store them, others work them out
            there = dates.get(name) if name in EXPECTED else stored[name]
            here = getattr(task, name)
            if not _same(here, there, by_day=by_day):
                outcome.differences.append(Difference(uid, name, here, there))
    return outcome


def _plan_of(reading: Reading, wanted: set[int]) -> Schedule:
    """The plan with most of the tasks in question."""
    return max(reading.schedules, key=lambda plan: len(wanted & {task.uid for task in plan.tasks}))


def _tasks_of(plan: Schedule) -> dict[int, Task]:
    return {task.uid: task for task in plan.tasks}


def _same(here: Any, there: Any, *, by_day: bool) -> bool:
    if isinstance(here, datetime):
        if there is None:
            return False
        other = datetime.fromisoformat(there)
        return here.date() == other.date() if by_day else abs((here - other).total_seconds()) < 60
    if isinstance(there, str):
        there = " ".join(there.split())
    return (here or None) == (there or None)


def run(folder: Path) -> list[Outcome]:
    """Compare every case of a folder."""
    outcomes = []
    for case, document, original in cases(folder):
        started = time.perf_counter()
        try:
            reading = read_confined(original.read_bytes(), original.name)
        except ScheduleError as error:
            outcomes.append(Outcome(case, problem=str(error)))
            continue
        outcome = compare(case, document, reading)
        outcome.seconds = time.perf_counter() - started
        outcomes.append(outcome)
    return outcomes


def main(arguments: list[str]) -> int:
    """Print the comparison."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    outcomes = run(Path(arguments[0]))
    for one in outcomes:
        print(
            f"{one.case:58} {one.compared:5} tasks {len(one.differences):4} differences {one.seconds:6.2f} s",
            one.problem,
        )
        for difference in one.differences[:12]:
            known = KNOWN.get((one.case, difference.name), "")
            print(
                f"    {difference.uid} {difference.name}: {difference.ours!r} != {difference.stored!r} {known}"
            )
    compared = sum(one.compared for one in outcomes)
    unexplained = sum(len(one.unexplained) for one in outcomes)
    refused = sum(bool(one.problem) for one in outcomes)
    print(
        f"{len(outcomes)} files, {compared} tasks, {unexplained} unexplained differences, {refused} not read"
    )
    return 1 if unexplained or refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
