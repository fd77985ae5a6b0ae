"""Periods have no gaps and no overlaps, and the days of a cycle are working days in their order."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.engine.calendar import (
    Offsets,
    Period,
    Rhythm,
    dates_of,
    period_after,
    period_holding,
    periods_until,
    shifted,
)
from steerco.engine.performance.rag import WorkWeek

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
REGULAR = st.sampled_from([Rhythm.WEEK, Rhythm.FORTNIGHT, Rhythm.MONTH, Rhythm.QUARTER])
FRIDAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("rhythm", "anchor", "day", "start", "end"),
    [
        (Rhythm.WEEK, FRIDAY, date(2026, 11, 27), date(2026, 11, 21), date(2026, 11, 27)),
        (Rhythm.WEEK, FRIDAY, date(2026, 11, 28), date(2026, 11, 28), date(2026, 12, 4)),
        (Rhythm.FORTNIGHT, FRIDAY, date(2026, 12, 1), date(2026, 11, 28), date(2026, 12, 11)),
        (Rhythm.MONTH, date(2026, 1, 31), date(2028, 2, 10), date(2028, 2, 1), date(2028, 2, 29)),
        (Rhythm.MONTH, date(2026, 1, 25), date(2026, 1, 26), date(2026, 1, 26), date(2026, 2, 25)),
        (Rhythm.MONTH, date(2026, 1, 30), date(2026, 2, 28), date(2026, 1, 31), date(2026, 2, 28)),
        (Rhythm.QUARTER, date(2026, 3, 31), date(2026, 11, 27), date(2026, 10, 1), date(2026, 12, 31)),
        (Rhythm.QUARTER, date(2026, 6, 30), date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_the_period_that_holds_a_day(rhythm: Rhythm, anchor: date, day: date, start: date, end: date) -> None:
    assert period_holding(rhythm, anchor, day) == Period(start, end)


@given(REGULAR, DAYS, DAYS)
def test_periods_follow_each_other_without_gap(rhythm: Rhythm, anchor: date, day: date) -> None:
    period = period_holding(rhythm, anchor, day)
    assert period is not None
    assert period.start <= day <= period.end
    following = period_after(rhythm, anchor, period)
    assert following is not None
    assert following.start == period.end + timedelta(days=1)
    assert period_holding(rhythm, anchor, period.start) == period


@given(REGULAR, DAYS)
def test_a_period_ends_on_the_anchor(rhythm: Rhythm, anchor: date) -> None:
    period = period_holding(rhythm, anchor, anchor)
    assert period is not None
    assert period.end == anchor


def test_own_periods_end_where_the_calendar_says_and_stop_after_the_last() -> None:
    ends = [date(2026, 3, 20), date(2026, 1, 15)]
    first = period_holding(Rhythm.OWN, date(2026, 1, 1), date(2026, 1, 3), ends)
    assert first == Period(date(2026, 1, 1), date(2026, 1, 15))
    second = period_after(Rhythm.OWN, date(2026, 1, 1), first, ends)
    assert second == Period(date(2026, 1, 16), date(2026, 3, 20))
    assert period_after(Rhythm.OWN, date(2026, 1, 1), second, ends) is None
    assert period_holding(Rhythm.OWN, date(2026, 1, 10), date(2026, 1, 3), ends) is None


def test_days_off_are_left_out_in_both_directions() -> None:
    week = WorkWeek(holidays=frozenset({date(2026, 12, 25), date(2026, 12, 28)}))
    assert shifted(date(2026, 12, 24), 1, week) == date(2026, 12, 29)
    assert shifted(date(2026, 12, 29), -1, week) == date(2026, 12, 24)
    assert shifted(date(2026, 12, 27), 0, week) == date(2026, 12, 24)
    with pytest.raises(ValueError, match="without working days"):
        shifted(FRIDAY, 1, WorkWeek(weekdays=()))


@given(DAYS, st.lists(st.integers(-10, 10), min_size=5, max_size=5))
def test_the_days_of_a_cycle_are_working_days_in_their_order(end: date, steps: list[int]) -> None:
    dates = dates_of(end, Offsets(*sorted(steps)), WorkWeek())
    days = [dates.opens, dates.due, dates.review, dates.lock, dates.publish]
    assert days == sorted(days)
    assert all(day.weekday() < 5 for day in days)


def test_a_cycle_that_is_due_before_it_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="in this order"):
        Offsets(opens=2, due=1)


def test_periods_before_events_end_when_reports_are_due_and_leave_no_day_out() -> None:
    offsets = Offsets(-10, -8, -7, -6, -5)
    days = [date(2026, 12, 17), date(2026, 12, 18), date(2027, 1, 14)]
    ends = [shifted(day, offsets.due, WorkWeek()) for day in days]
    found = periods_until(ends, date(2026, 11, 27))
    assert found[0] == Period(date(2026, 11, 28), date(2026, 12, 7))
    assert found[1] == Period(date(2026, 12, 8), date(2026, 12, 8))
    assert found[2] == Period(date(2026, 12, 9), date(2027, 1, 4))
