import math
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from steerco.engine.charts.scales import Dates, Linear, date_ticks, fair_range, known, plain, runs, ticks

finite = st.floats(-1e12, 1e12, allow_nan=False)


@given(finite, finite, st.integers(2, 12))
@example(0.0, 5e-324, 2)
@example(-5e-324, 10.0, 2)
def test_ticks_enclose_the_range_evenly_and_are_few(one: float, other: float, about: int) -> None:
    found = ticks(one, other, about)
    low, high = min(one, other), max(one, other)
    assert found[0] <= low
    assert found[-1] >= high
    assert 2 <= len(found) <= 2 * about + 2
    gaps = [later - earlier for earlier, later in pairwise(found)]
    assert min(gaps) > 0
    assert max(gaps) - min(gaps) <= max(gaps) * 1e-3 + abs(found[-1]) * 1e-9


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 10, [0, 2, 4, 6, 8, 10]),
        (0, 97, [0, 20, 40, 60, 80, 100]),
        (-3, 7, [-4, -2, 0, 2, 4, 6, 8]),
        (0.0, 0.3, [0.0, 0.1, 0.2, 0.3]),
        (5, 5, [0, 1, 2, 3, 4, 5]),
        (0, 0, [-1.0, -0.5, 0.0, 0.5, 1.0]),
    ],
)
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)


def test_ticks_need_finite_bounds() -> None:
    with pytest.raises(ValueError, match="finite"):
        ticks(0, math.nan)


@given(st.dates(), st.integers(0, 40_000), st.integers(2, 12))
def test_date_ticks_lie_inside_ascend_and_are_few(first: date, span: int, most: int) -> None:
    last = min(first.toordinal() + span, date.max.toordinal())
    found = date_ticks(first, date.fromordinal(last), most)
    assert len(found) <= most
    assert found == sorted(set(found))
    assert all(first <= day <= date.fromordinal(last) for day in found)


def test_date_ticks_are_firsts_of_quarters_and_mondays() -> None:
    assert date_ticks(date(2019, 11, 5), date(2020, 12, 31), 6) == [
        date(2020, 1, 1), date(2020, 4, 1), date(2020, 7, 1), date(2020, 10, 1),
    ]  # fmt: skip
    assert {day.weekday() for day in date_ticks(date(2020, 1, 1), date(2020, 2, 15))} == {0}
    assert date_ticks(date(2020, 1, 2), date(2020, 1, 1)) == []


def test_scales_place_ends_and_middle() -> None:
    assert Linear(10, 20, 0, 100)(15) == 50
    assert Linear(3, 3, 0, 100)(3) == 50
    days = Dates(date(2020, 1, 1), date(2020, 1, 11), 100, 200)
    assert days(date(2020, 1, 1) + timedelta(days=5)) == 150


def test_gaps_split_a_course() -> None:
    values = [1.0, None, 2.0, 3.0, math.nan, math.inf, 4.0]
    assert runs(values) == [[0], [2, 3], [6]]
    assert known(values) == [1.0, 2.0, 3.0, 4.0]
    assert runs([]) == runs([None, math.nan]) == []


def test_plain_numbers_are_grouped() -> None:
    assert [plain(value) for value in (1234567, 0.5, -3.0, 2e12)] == [
        "1,234,567", "0.5", "-3", "2,000,000,000,000",
    ]  # fmt: skip


def test_a_course_without_an_axis_shows_no_rise_where_there_is_a_rounding() -> None:
    low, high = fair_range([594.92, 595.0])
    assert high - low == pytest.approx(59.5)
    assert (low + high) / 2 == pytest.approx(594.96)
    assert fair_range([10, 20]) == (10, 20)
    assert fair_range([5, 5]) == (4.75, 5.25)
    assert fair_range([]) == (0, 1)
    assert fair_range([0, 0]) == (0, 0)
