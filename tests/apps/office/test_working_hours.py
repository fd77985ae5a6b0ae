"""The clock of a promise runs in the office's hours on working days, and nowhere else."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from steerco.apps.office.working_hours import WorkingHours

HOURS = WorkingHours(time(8), time(16))
FRIDAY = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        (FRIDAY, 60, datetime(2026, 11, 27, 16, 0, tzinfo=UTC)),
        (FRIDAY, 61, datetime(2026, 11, 30, 8, 1, tzinfo=UTC)),
        (FRIDAY, 2 * 480, datetime(2026, 12, 1, 15, 0, tzinfo=UTC)),
        (datetime(2026, 11, 28, 12, 0, tzinfo=UTC), 240, datetime(2026, 11, 30, 12, 0, tzinfo=UTC)),
        (datetime(2026, 11, 27, 23, 0, tzinfo=UTC), 1, datetime(2026, 11, 30, 8, 1, tzinfo=UTC)),
        (datetime(2026, 11, 26, 5, 0, tzinfo=UTC), 240, datetime(2026, 11, 26, 12, 0, tzinfo=UTC)),
    ],
)
def test_a_promise_ends_in_working_time(start: datetime, minutes: int, end: datetime) -> None:
    assert HOURS.after(start, minutes) == end


def test_nights_and_weekends_do_not_count() -> None:
    assert HOURS.minutes_between(FRIDAY, datetime(2026, 11, 30, 9, 30, tzinfo=UTC)) == 60 + 90
    assert HOURS.minutes_between(FRIDAY, FRIDAY) == 0
    assert HOURS.minutes_between(FRIDAY, FRIDAY - timedelta(days=9)) == 0
    with pytest.raises(ValueError, match="too many"):
        HOURS.after(FRIDAY, 10**7)


@given(offset=st.integers(0, 366 * 1440), minutes=st.integers(1, 5000))
def test_between_is_what_after_added(offset: int, minutes: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=offset)
    assert HOURS.minutes_between(start, HOURS.after(start, minutes)) == minutes


def test_hours_are_those_of_the_place() -> None:
    with timezone.override("Europe/Berlin"):
        # Saturday night to Sunday the clocks change; neither day counts.
        friday = datetime(2026, 10, 23, 13, 30, tzinfo=UTC)  # 15:30 in summer
        assert HOURS.after(friday, 60) == datetime(2026, 10, 26, 7, 30, tzinfo=UTC)  # 8:30 in winter


def test_the_clock_stands_still_on_days_off() -> None:
    monday = date(2026, 11, 30)
    hours = WorkingHours(time(8), time(16), off=frozenset({monday}))
    assert hours.after(FRIDAY, 61) == datetime(2026, 12, 1, 8, 1, tzinfo=UTC)
    assert hours.minutes_between(FRIDAY, datetime(2026, 11, 30, 12, tzinfo=UTC)) == 60
