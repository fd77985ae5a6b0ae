"""The rating of a deliverable and the progress of many: the written rule, case by case."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.engine.performance.delivery import SEVERITY, Item, Step, judge, progress

MONDAY = date(2026, 11, 23)


def on(days: int) -> date:
    """So many working days after that Monday (whole weeks only)."""
    weeks, rest = divmod(days, 5)
    return MONDAY + timedelta(weeks=weeks, days=rest)


@pytest.mark.parametrize(
    ("baseline", "forecast", "colour", "days", "overdue"),
    [
        (on(0), on(0), "green", 0, False),
        (on(5), on(10), "green", 5, False),
        (on(4), on(10), "amber", 6, False),
        (on(0), on(20), "amber", 20, False),
        (on(0), on(21), "red", 21, False),
        (on(10), on(5), "green", -5, False),
        (on(-1), on(-1), "amber", 1, True),
        (on(-20), on(-1), "amber", 20, True),
        (on(-21), on(-1), "red", 21, True),
        (None, on(3), "green", 0, False),
        (None, on(-21), "red", 21, True),
        (on(3), None, "green", 0, False),
    ],
)
def test_what_is_owed_is_judged_by_working_days(
    baseline: date | None, forecast: date | None, colour: str, days: int, overdue: bool
) -> None:
    found = judge([Step("delivery", baseline, forecast)], MONDAY)
    assert (found.colour, found.days, found.overdue) == (colour, days, overdue)


def test_what_is_done_is_not_judged_any_more() -> None:
    late = Step("delivery", on(-60), on(-30), actual=on(-10))
    assert judge([late], MONDAY).colour == "none"
    found = judge([late, Step("sign_off", on(1), on(2))], MONDAY)
    assert (found.colour, found.step) == ("green", "sign_off")


def test_the_worst_step_decides_and_no_date_decides_nothing() -> None:
    found = judge([Step("delivery"), Step("sign_off", on(0), on(30))], MONDAY)
    assert (found.colour, found.step) == ("red", "sign_off")
    assert judge([Step("delivery")], MONDAY).colour == "none"
    assert judge([], MONDAY).step == ""


days = st.integers(-300, 300)


@given(days, days, st.integers(0, 100))
def test_a_later_forecast_is_never_better(baseline: int, forecast: int, more: int) -> None:
    def colour(shift: int) -> int:
        step = Step("delivery", MONDAY + timedelta(baseline), MONDAY + timedelta(max(forecast, 0) + shift))
        return SEVERITY[judge([step], MONDAY).colour]

    assert colour(more) >= colour(0)


items = st.lists(st.builds(Item, st.integers(0, 1000), st.booleans(), st.booleans()), max_size=20)


@given(items)
def test_progress_is_whole_only_when_all_is_done(rows: list[Item]) -> None:
    found = progress(rows)
    assert 0 <= found.signed_off_percent <= found.delivered_percent <= 100
    assert found.signed_off <= found.delivered <= found.count == len(rows)
    weighty = [row for row in rows if row.weight]
    if found.delivered_percent == 100:
        assert all(row.delivered or row.signed_off for row in weighty)
    if weighty and all(row.signed_off for row in weighty):
        assert found.signed_off_percent == 100
