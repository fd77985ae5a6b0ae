"""A programme over weeks: everything asked, reminded, told upwards and mailed is where the rules say, on the day.

`make test` plays six weeks; the whole year of a thousand records is in tests/faults/whole_year.py.
"""

from typing import Any

import pytest
from django.db import transaction
from tests.apps.followups.year import Programme

pytestmark = pytest.mark.django_db


def played(seed: int, **how: Any) -> tuple[Programme, tuple[Any, ...]]:
    """A run that leaves nothing behind, and what happened in it."""
    with transaction.atomic():
        programme = Programme(seed, **how)
        programme.run()
        happened = programme.signature()
        transaction.set_rollback(True)
    return programme, happened


def agrees(programme: Programme, happened: tuple[Any, ...]) -> None:
    steps, mails, _told, asked = happened
    oracle = programme.oracle
    assert set(steps) == oracle.steps
    assert sorted(mails) == sorted(oracle.mails)
    assert asked == {title: (found.debtor, found.due) for title, found in oracle.asked.items()}


@pytest.mark.slow
def test_six_weeks_go_as_the_rules_say_twice_the_same_and_with_a_worker_that_dies() -> None:
    programme, happened = played(1, records=120, weeks=6)
    assert len(happened[0]) > 150
    assert len(happened[1]) > 100
    agrees(programme, happened)
    again, the_same = played(1, records=120, weeks=6, kills=0.5)
    assert again.died > 20
    agrees(again, the_same)
    assert the_same == happened
