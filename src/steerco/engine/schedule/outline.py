"""The outline of a schedule: levels and numbers from parents, dates of summaries from what stands below them."""

from collections import defaultdict
from collections.abc import Sequence

from steerco.engine.schedule.model import Task


def number_outline(tasks: Sequence[Task]) -> list[Task]:
    """The tasks in outline order (parents before children, siblings as given), with level, number and summary set.

    A parent that is not there, or that stands below its own child, counts as none. Linear in the number of tasks.
    """
    known = {task.uid for task in tasks}
    children: dict[int | None, list[Task]] = defaultdict(list)
    for task in tasks:
        if task.parent not in known:
            task.parent = None
        children[task.parent].append(task)
    ordered: list[Task] = []
    placed: set[int] = set()

    def place(top: Task, number: str, level: int) -> None:
        stack = [(top, number, level)]
        while stack:
            task, own, depth = stack.pop()
            if task.uid in placed:
                continue
            placed.add(task.uid)
            task.outline_number, task.outline_level = own, depth
            task.summary = bool(children[task.uid]) or task.summary
            ordered.append(task)
            below = [
                (child, f"{own}.{position}", depth + 1)
                for position, child in enumerate(children[task.uid], start=1)
            ]
            stack.extend(reversed(below))

    for position, task in enumerate(children[None], start=1):
        place(task, str(position), 1)
    position = len(children[None])
    for task in tasks:  # what is left stands in a circle
        if task.uid not in placed:
            position += 1
            task.parent = None
            place(task, str(position), 1)
    return ordered


def inherit_dates(tasks: Sequence[Task]) -> None:
    """Give summaries without dates of their own the span of what stands below them, actuals too.

    `tasks` must be in outline order. A summary is finished when everything below it is.
    """
    by_uid = {task.uid: task for task in tasks}
    below: dict[int, list[Task]] = defaultdict(list)
    for task in reversed(tasks):
        if task.summary and below[task.uid]:
            _span(task, below[task.uid])
        if task.parent is not None and task.parent in by_uid:
            below[task.parent].append(task)


def _span(task: Task, parts: list[Task]) -> None:
    starts = [part.start for part in parts if part.start]
    ends = [end for part in parts if (end := part.finish or part.start)]
    task.start = task.start or min(starts, default=None)
    task.finish = task.finish or max(ends, default=None)
    actual = [part.actual_start for part in parts if part.actual_start]
    task.actual_start = task.actual_start or min(actual, default=None)
    done = [part.actual_finish for part in parts]
    if task.actual_finish is None and all(done):
        task.actual_finish = max(end for end in done if end)
