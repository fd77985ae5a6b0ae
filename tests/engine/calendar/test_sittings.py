"""The days on which a body meets."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.engine.calendar import MeetingRhythm, meeting_days, place_in_month, weekday_of_month


def test_the_first_monday_stays_the_first_monday() -> None:
    days = meeting_days(MeetingRhythm.MONTH, date(2026, 11, 2), date(2027, 3, 31))
    assert days == [
        date(2026, 11, 2),
        date(2026, 12, 7),
        date(2027, 1, 4),
        date(2027, 2, 1),
        date(2027, 3, 1),
    ]


def test_a_fifth_friday_is_the_last_one_of_every_month() -> None:
    days = meeting_days(MeetingRhythm.MONTH, date(2026, 10, 30), date(2026, 12, 31))
    assert days == [date(2026, 10, 30), date(2026, 11, 27), date(2026, 12, 25)]


@pytest.mark.parametrize(("rhythm", "days"), [("week", 7), ("fortnight", 14)])
def test_weeks_go_on_over_the_year(rhythm: str, days: int) -> None:
    found = meeting_days(MeetingRhythm(rhythm), date(2026, 12, 22), date(2027, 1, 31))
    assert {(b - a).days for a, b in pairwise(found)} == {days}
    assert found[0] == date(2026, 12, 22)


def test_quarters() -> None:
    days = meeting_days(MeetingRhythm.QUARTER, date(2026, 2, 17), date(2026, 12, 31))
    assert days == [date(2026, 2, 17), date(2026, 5, 19), date(2026, 8, 18), date(2026, 11, 17)]
    assert meeting_days(MeetingRhythm.WEEK, date(2026, 2, 17), date(2026, 2, 16)) == []


@given(st.dates(date(2000, 1, 1), date(2050, 12, 31)))
def test_the_place_of_a_day_leads_back_to_it(day: date) -> None:
    place = place_in_month(day)
    found = weekday_of_month(day.year, day.month, day.weekday(), place)
    assert found == day
    assert place in (1, 2, 3, 4) or found + timedelta(days=7) > found.replace(day=28)
