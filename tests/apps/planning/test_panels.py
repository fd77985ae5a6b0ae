"""The next milestones of an initiative and everything below it."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from tests.apps import worlds

from steerco.apps.planning.panels import _next_milestones
from steerco.kit import clock
from steerco.kit.pages.panels import PageState

pytestmark = pytest.mark.django_db
NOWHERE = PageState(None, None, QueryDict())


def test_milestones_stand_by_what_is_expected_and_reached_ones_are_gone() -> None:
    today, day = clock.today(), timedelta(days=1)
    city = worlds.initiative("CITY", type="portfolio")
    pay = worlds.initiative("PAY", city)
    worlds.record("milestone", pay, "Second", forecast=today + 3 * day, baseline=today + day)
    worlds.record("milestone", city, "First", baseline=today + day)
    worlds.record("milestone", pay, "Missed", forecast=today - day)
    worlds.record("milestone", pay, "Open end")
    worlds.record("milestone", pay, "Reached", forecast=today, state="reached", actual=today)
    found = _next_milestones(worlds.OPERATOR, city, NOWHERE)
    assert found is not None
    assert [row["title"].partition(" ")[2] for row in found["rows"]] == [
        "Missed",
        "First",
        "Second",
        "Open end",
    ]
    assert [row["days_late"] for row in found["rows"]] == [None, 0, 2, None]
    assert (found["missed"], found["count"]) == (1, 4)
    assert found["url"] == "/registers/milestones/?in=CITY"
    assert _next_milestones(worlds.OPERATOR, worlds.initiative("EMPTY"), NOWHERE) is None
