"""The written rule of a dependency: the date that it is needed by against the date that it is promised for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.engine.performance.dependencies import MARGIN, rate_dependency

TODAY = date(2026, 11, 23)  # a Monday
NEED = date(2027, 1, 15)  # a Friday


@pytest.mark.parametrize(
    ("need_by", "forecast", "agreed", "delivered", "expected"),
    [
        (None, None, None, None, ("none", "", 0)),
        (NEED, date(2026, 12, 18), True, None, ("green", "in_time", 20)),
        (NEED, date(2027, 1, 1), True, None, ("green", "in_time", 10)),
        (NEED, date(2027, 1, 4), True, None, ("amber", "tight", 9)),
        (NEED, NEED, True, None, ("amber", "tight", 0)),
        (NEED, date(2027, 1, 18), True, None, ("red", "late", 1)),
        (NEED, date(2026, 12, 18), None, None, ("amber", "not_agreed", 20)),
        (NEED, None, True, None, ("amber", "no_forecast", 0)),
        (NEED, date(2026, 12, 18), False, None, ("red", "refused", 0)),
        (date(2026, 11, 20), date(2026, 11, 19), True, None, ("red", "overdue", 1)),
        (date(2026, 11, 20), None, True, date(2026, 11, 20), ("green", "delivered", 0)),
        (date(2026, 11, 18), None, None, date(2026, 11, 20), ("red", "delivered_late", 2)),
    ],
)
def test_the_first_rule_that_fits_decides(
    need_by: date | None,
    forecast: date | None,
    agreed: bool | None,
    delivered: date | None,
    expected: tuple[str, str, int],
) -> None:
    found = rate_dependency(need_by, forecast, agreed, delivered, TODAY)
    assert (found.rating, found.reason, found.days) == expected


ORDER = {"green": 0, "amber": 1, "red": 2}


@given(st.integers(-60, 200), st.integers(-60, 200), st.integers(0, 60), st.sampled_from([None, True, False]))
def test_a_later_forecast_never_looks_better(
    need: int, forecast: int, later: int, agreed: bool | None
) -> None:
    need_by = TODAY + timedelta(days=need)
    days = [TODAY + timedelta(days=forecast), TODAY + timedelta(days=forecast + later)]
    first, second = (rate_dependency(need_by, day, agreed, None, TODAY) for day in days)
    assert ORDER[first.rating] <= ORDER[second.rating]
    assert min(first.days, second.days) >= 0


def test_the_margin_is_the_one_that_the_help_names() -> None:
    assert MARGIN == 10
