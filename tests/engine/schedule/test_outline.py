"""Outline and dates of summaries."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from steerco.engine.schedule import Task, inherit_dates, number_outline


def test_children_follow_their_parents_in_the_given_order() -> None:
    tasks = [Task(1, name="A", parent=3), Task(2, name="B"), Task(3, name="C"), Task(4, name="D", parent=3)]
    assert [(t.name, t.outline_number, t.outline_level, t.summary) for t in number_outline(tasks)] == [
        ("B", "1", 1, False), ("C", "2", 1, True), ("A", "2.1", 2, False), ("D", "2.2", 2, False)
    ]  # fmt: skip


@given(st.lists(st.integers(0, 8), max_size=9))
def test_every_task_is_placed_once_whatever_the_parents_are(parents: list[int]) -> None:
    tasks = [Task(uid, parent=parent or None) for uid, parent in enumerate(parents, start=1)]
    ordered = number_outline(tasks)
    assert sorted(t.uid for t in ordered) == list(range(1, len(parents) + 1))
    seen: set[int] = set()
    for task in ordered:
        assert task.parent is None or task.parent in seen
        seen.add(task.uid)


def test_a_deep_outline_needs_no_deep_stack() -> None:
    assert (
        number_outline([Task(uid, parent=uid - 1 or None) for uid in range(1, 5001)])[-1].outline_level
        == 5000
    )


def test_a_summary_spans_what_is_below_and_is_done_when_all_of_it_is() -> None:
    tasks = number_outline(
        [
            Task(1),
            Task(
                2,
                parent=1,
                start=datetime(2026, 1, 5),
                finish=datetime(2026, 1, 9),
                actual_finish=datetime(2026, 1, 8),
            ),
            Task(3, parent=1, start=datetime(2026, 1, 2), finish=datetime(2026, 1, 4)),
        ]
    )
    inherit_dates(tasks)
    assert (tasks[0].start, tasks[0].finish, tasks[0].actual_finish) == (
        datetime(2026, 1, 2),
        datetime(2026, 1, 9),
        None,
    )
    tasks[2].actual_finish = datetime(2026, 1, 12)
    inherit_dates(tasks)
    assert tasks[0].actual_finish == datetime(2026, 1, 12)
