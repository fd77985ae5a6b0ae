"""Which task of a plan is which milestone: certain, asked, gone; never guessed."""

from dataclasses import replace

import pytest

from steerco.apps.planning.matching import Tracked, match_tasks
from steerco.engine.schedule import Task

MSP, P6, TABLE = ("guid", "uid"), ("guid", "code", "uid"), ()
LAST = Tracked(1, uid=7, guid="G7", code="A10", name="Go live of the shop", wbs="1.2")


def match(tracked: list[Tracked], tasks: list[Task], identity=MSP, others=()):  # type: ignore[no-untyped-def]
    found = match_tasks(tasks, tasks, tracked, others, identity)
    same = {pk: task.uid for pk, task in found.same.items()}
    asked = {uid: [(c.pk, c.suggested) for c in many] for uid, many in found.asked.items()}
    return same, asked, [one.pk for one in found.gone]


@pytest.mark.parametrize(
    ("task", "identity", "expected"),
    [
        # a guid is certain, whatever else changed
        (Task(99, guid="G7", name="Something else", wbs="9"), MSP, "same"),
        # the same id under the same or a like name
        (Task(7, name="Go live of the shop", wbs="3"), MSP, "same"),
        (Task(7, name="Go live of the web shop", wbs="1.2"), MSP, "same"),
        (Task(99, code="A10", name="Go live of the shops", wbs="1.2"), P6, "same"),
        # the same id under quite another name: rows were deleted and numbers given again
        (Task(7, name="Paint the fence", wbs="1.2"), MSP, "asked"),
        (Task(99, code="A10", name="Paint the fence", wbs="1.2"), P6, "asked"),
        # the same number, but the guids say that it is another task
        (Task(7, guid="OTHER", name="Paint the fence", wbs="4"), MSP, "gone"),
        # no id: the same name in the same place, else asked
        (Task(99, name="Go live of the shop", wbs="1.2"), TABLE, "same"),
        (Task(99, name="GO LIVE of the  shop", wbs="1.2"), TABLE, "same"),
        (Task(99, name="Go live of the shop", wbs="2.1"), TABLE, "suggested"),
        (Task(99, name="Go live of shop", wbs="1.2"), TABLE, "asked"),
        (Task(99, name="Paint the fence", wbs="1.2"), TABLE, "gone"),
        # an id that this kind of file does not keep means nothing
        (Task(7, name="Paint the fence", wbs="1.2"), TABLE, "gone"),
    ],
)
def test_one_task_and_one_milestone(task: Task, identity: tuple[str, ...], expected: str) -> None:
    same, asked, gone = match([LAST], [task], identity)
    assert {
        "same": ({1: task.uid}, {}, []),
        "asked": ({}, {task.uid: [(1, False)]}, []),
        "suggested": ({}, {task.uid: [(1, True)]}, []),
        "gone": ({}, {}, [1]),
    }[expected] == (same, asked, gone)


def test_of_two_tasks_with_the_same_name_and_place_none_is_taken() -> None:
    twins = [Task(50, name=LAST.name, wbs="1.2"), Task(51, name=LAST.name, wbs="1.2")]
    same, asked, gone = match([LAST], twins, TABLE)
    assert (same, gone) == ({}, [])
    assert asked == {50: [(1, True)]}  # one is asked about; the other can only be new


def test_ids_win_over_names() -> None:
    swapped = [Task(1, name="Second", wbs="1"), Task(2, name="First", wbs="1")]
    tracked = [Tracked(11, uid=1, name="First", wbs="1"), Tracked(12, uid=2, name="Second", wbs="1")]
    same, asked, _gone = match(tracked, swapped)
    assert same == {}  # the names were exchanged, or the rows: a person has to say
    assert asked == {1: [(11, False)], 2: [(12, False)]}
    guids = [replace(one, guid=f"G{one.pk}") for one in tracked]
    tasks = [Task(1, guid="G12", name="Second", wbs="1"), Task(2, guid="G11", name="First", wbs="1")]
    assert match(guids, tasks)[0] == {11: 2, 12: 1}


def test_milestones_that_were_typed_here_are_offered_by_name() -> None:
    others = [(21, "Board decision"), (22, "Handover")]
    tasks = [Task(1, name="Board decision"), Task(2, name="Hand-over"), Task(3, name="Kick-off")]
    assert match([], tasks, MSP, others) == ({}, {1: [(21, True)], 2: [(22, False)]}, [])


def test_a_tracked_task_that_is_no_longer_chosen_is_still_followed() -> None:
    task = Task(7, guid="G7", name=LAST.name)
    found = match_tasks([task], [], [LAST], [], MSP)
    assert found.same == {1: task}


def test_what_is_kept_comes_back() -> None:
    assert Tracked.from_json(LAST.as_json()) == LAST
