"""How values go on: slopes, the day on which a limit is passed, drifting dates, and how warnings fared."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from steerco.engine.performance.foresight import (
    Look,
    Point,
    course,
    drift,
    passes,
    replay,
    rises,
    slope,
    used,
)
from steerco.engine.performance.lateness import working_days

TODAY = date(2026, 11, 27)
DAY = timedelta(days=1)
values = st.lists(st.integers(-50, 200), min_size=1, max_size=12)
steps = st.fractions(min_value=0, max_value=5, max_denominator=100)


def points(numbers: list[int]) -> list[Point]:
    return [Point(TODAY - 5 * DAY * (len(numbers) - n), value) for n, value in enumerate(numbers)]


@given(values, st.integers(-100, 100), st.integers(1, 9))
def test_a_slope_does_not_depend_on_where_values_begin_and_grows_with_their_size(
    numbers: list[int], more: int, times: int
) -> None:
    own = slope(points(numbers))
    assert slope(points([n + more for n in numbers])) == own
    assert slope(points([n * times for n in numbers])) == own * times
    assert slope(points([-n for n in numbers])) == -own


@given(st.integers(-20, 20), st.integers(7, 12), st.integers(0, 6), st.integers(-10_000, 10_000))
def test_one_wild_report_does_not_turn_the_slope(rise: int, count: int, where: int, wild: int) -> None:
    numbers = [rise * n for n in range(count)]
    numbers[where % count] = wild
    assert slope(points(numbers)) == Fraction(rise, 5)


@given(values)
def test_a_course_is_in_order_repeats_nothing_and_ends_today(numbers: list[int]) -> None:
    found = course(points(numbers), TODAY)
    assert [p.day for p in found] == sorted({p.day for p in found})
    assert found[-1] == Point(TODAY, numbers[-1])
    assert all(one.value != two.value for one, two in pairwise(found[:-1]))
    assert rises(found) == sum(b > a for a, b in pairwise(numbers))


@given(st.integers(-50, 50), st.integers(0, 50), steps, steps)
def test_a_limit_is_passed_on_the_first_day_that_is_above_it_and_sooner_when_faster(
    value: int, limit: int, a_day: Fraction, faster: Fraction
) -> None:
    day = passes(value, limit, a_day, TODAY)
    if value > limit:
        assert day == TODAY
    elif day is None:
        assert a_day * 3660 < limit + 1 - value
    else:
        ahead = (day - TODAY).days
        assert value + a_day * ahead >= limit + 1 > value + a_day * (ahead - 1)
        sooner = passes(value, limit, a_day + faster, TODAY)
        assert sooner is not None
        assert sooner <= day


def test_a_date_that_moves_out_twice_passes_its_tolerance_before_it_is_reached() -> None:
    """Fourteen days late in eight weeks; it may be ten; it is still ten weeks off."""
    baseline = date(2027, 1, 29)
    known = [
        (TODAY - 56 * DAY, baseline),
        (TODAY - 28 * DAY, baseline + 4 * DAY),
        (TODAY - 7 * DAY, baseline + 11 * DAY),
    ]
    found = drift(known, baseline, 10, TODAY)
    assert found is not None
    assert (found.moves, found.late, found.allowed) == (2, 7, 10)
    assert 0.5 < found.a_week < 1.5
    assert TODAY + 14 * DAY < found.breach_on < TODAY + 56 * DAY
    assert found.at_its_date is not None
    assert 12 <= found.at_its_date <= 25
    assert drift(known, baseline, 6, TODAY) is None  # later than that already
    assert drift(known, baseline, 60, TODAY) is None  # reached before that
    assert drift([], baseline, 10, TODAY) is None


@given(
    st.lists(st.integers(-20, 60), min_size=1, max_size=8),
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(1, 400),
)
def test_a_drift_is_within_its_tolerance_now_beyond_it_at_its_date_and_breaks_a_smaller_one_sooner(
    moved: list[int], allowed: int, less: int, ahead: int
) -> None:
    baseline = TODAY + ahead * DAY
    known = [(TODAY - 6 * DAY * (len(moved) - n), baseline + late * DAY) for n, late in enumerate(moved)]
    found = drift(known, baseline, allowed, TODAY)
    if found is None:
        return
    assert found.late == working_days(baseline, known[-1][1]) <= allowed
    assert found.at_its_date is None or found.at_its_date > allowed
    assert found.breach_on > TODAY
    tighter = drift(known, baseline, max(allowed - less, found.late), TODAY)
    assert tighter is not None
    assert tighter.breach_on <= found.breach_on


@given(st.integers(-10, 200), st.integers(-5, 100), st.integers(1, 100))
def test_what_is_used_is_between_its_limit_and_the_whole(value: int, allowed: int, percent: int) -> None:
    share = used(value, allowed, percent)
    assert share is None or percent <= share <= 100
    assert (share is not None) == (allowed > 0 and 0 < value <= allowed and value * 100 // allowed >= percent)


def looks(text: str) -> list[Look]:
    """A week each: "w" warned, "b" broken, "x" both, "." nothing."""
    return [
        Look(TODAY + 7 * DAY * n, {1} if c in "wx" else set(), {1} if c in "bx" else set())
        for n, c in enumerate(text)
    ]


def test_how_warnings_fared_is_counted_by_runs() -> None:
    found = replay(looks("..www.bb....ww........"), 28)
    assert (found.right, found.wrong, found.undecided) == (1, 1, 0)
    assert (found.breaches, found.foreseen, found.lead_days) == (1, 1, (28,))
    assert (found.precision, found.recall, found.median_lead) == (50, 100, 28)
    late = replay(looks("...x.."), 28)
    assert (late.warnings, late.breaches, late.foreseen, late.precision, late.recall) == (0, 1, 0, None, 0)
    assert replay(looks("bbb"), 28).breaches == 0  # broken before anybody looked
    assert replay(looks("....w."), 28).undecided == 1
    assert replay([], 28).warnings == 0


@given(st.text(alphabet="wbx.", max_size=30), st.integers(1, 90))
def test_every_breach_that_was_foreseen_lies_within_the_days(text: str, within: int) -> None:
    found = replay(looks(text), within)
    assert found.foreseen == len(found.lead_days) <= found.breaches
    assert all(0 < days <= within for days in found.lead_days)
    assert (found.right > 0) == (found.foreseen > 0)
    assert found.warnings == found.right + found.wrong + found.undecided
