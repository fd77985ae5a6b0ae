"""A whole year of a programme: a thousand records, forty people, fifty-two weeks; see tests/apps/followups/year.py."""

import pytest
from tests.apps.followups.test_year import agrees, played

pytestmark = [pytest.mark.faults, pytest.mark.django_db]


def test_a_year_goes_as_the_rules_say_twice_the_same_with_a_worker_that_dies_every_other_day() -> None:
    programme, happened = played(2026, records=1000, weeks=52)
    assert len(happened[0]) > 1500
    assert len(happened[1]) > 1000
    agrees(programme, happened)
    again, the_same = played(2026, records=1000, weeks=52, kills=0.17)
    assert again.died > 100
    agrees(again, the_same)
    assert the_same == happened
