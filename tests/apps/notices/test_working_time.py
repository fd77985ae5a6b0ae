"""Working days and quiet hours."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.apps.notices.working_time import WorkingTime, add_working_days, working_days_between
from steerco.apps.organisation.services import configure
from steerco.kit.permissions import Actor

pytestmark = pytest.mark.django_db
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(DAYS, st.integers(-60, 60))
def test_counting_undoes_adding(start: date, count: int) -> None:
    weekday = add_working_days(add_working_days(start, 1), -1)  # a working day, at or before start
    assert working_days_between(weekday, add_working_days(weekday, count)) == count


@given(DAYS, DAYS)
def test_counting_is_by_hand_the_same(one: date, other: date) -> None:
    low, high = min(one, other), max(one, other)
    by_hand = sum((low + timedelta(days=n)).isoweekday() <= 5 for n in range(1, (high - low).days + 1))
    assert working_days_between(low, high) == by_hand
    assert working_days_between(high, low) == -by_hand


def test_a_friday_is_one_working_day_before_a_monday() -> None:
    assert add_working_days(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert working_days_between(date(2026, 11, 20), date(2026, 11, 23)) == 1
    assert working_days_between(date(2026, 11, 21), date(2026, 11, 22)) == 0
    with pytest.raises(ValueError, match="working days"):
        add_working_days(date(2026, 11, 20), 1, "")


@pytest.mark.parametrize(
    ("at", "quiet_from", "quiet_to", "told"),
    [
        ("2026-11-20T12:00", time(19), time(7), True),
        ("2026-11-20T22:00", time(19), time(7), False),
        ("2026-11-20T05:00", time(19), time(7), False),
        ("2026-11-20T12:30", time(12), time(13), False),
        ("2026-11-21T12:00", time(19), time(7), False),  # a Saturday
    ],
)
def test_quiet_hours_may_run_over_midnight(at: str, quiet_from: time, quiet_to: time, told: bool) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert WorkingTime(quiet_from=quiet_from, quiet_to=quiet_to).may_be_told(moment) is told


def test_an_absence_is_no_working_time() -> None:
    away = WorkingTime(away_from=date(2026, 11, 16), away_to=date(2026, 11, 20))
    assert not away.works_on(date(2026, 11, 18))
    assert away.works_on(date(2026, 11, 23))
    assert not WorkingTime(away_from=date(2026, 11, 16)).works_on(date(2027, 3, 1))


def test_nobody_works_on_the_organisations_days_off() -> None:
    good_friday, tuesday = date(2027, 3, 26), date(2027, 3, 30)
    assert add_working_days(date(2027, 3, 25), 1) == good_friday
    values = {"holiday_country": "DE", "own_days_off": "2027-03-31 Stocktaking\n\n2027-04-01"}
    configure(Actor.operator("test"), values)
    assert add_working_days(date(2027, 3, 25), 1) == tuesday  # Easter Monday is one too
    assert add_working_days(date(2027, 3, 25), 2) == date(2027, 4, 2)
    assert add_working_days(tuesday, -1) == date(2027, 3, 25)
    assert working_days_between(date(2027, 3, 25), tuesday) == 1
    assert working_days_between(tuesday, date(2027, 3, 25)) == -1
    assert not WorkingTime().works_on(good_friday)
    configure(Actor.operator("test"), {"holiday_country": "", "own_days_off": ""})
    assert WorkingTime().works_on(good_friday)
