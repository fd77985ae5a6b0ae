"""The computed ratings at, below and above every threshold."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.engine.performance.lateness import working_days
from steerco.engine.performance.rag import (
    PROJECT_ONLINE,
    STANDARD,
    Colour,
    Measures,
    Milestone,
    Rule,
    RuleSet,
    Unit,
    WorkWeek,
    judge,
    judge_amount,
    judge_milestone,
    worst,
)

MONDAY = date(2020, 3, 2)


def rule(code: str, rules: RuleSet = STANDARD) -> Rule:
    found = rules.rule(code)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("forecast", "colour", "measured", "threshold"),
    [
        (50_000_00, "green", "-50", None),
        (100_000_00, "green", "0", None),
        (102_000_00, "green", "2", None),
        (102_000_01, "amber", "2.00001", "2"),
        (110_000_00, "amber", "10", "2"),
        (110_000_01, "red", "10.00001", "10"),
    ],
)
def test_cost_at_completion(forecast: int, colour: str, measured: str, threshold: str | None) -> None:
    finding = judge_amount(rule("cost_at_completion"), 100_000_00, forecast)
    assert finding.colour == colour
    assert finding.measured == Decimal(measured)
    assert finding.threshold == (None if threshold is None else Decimal(threshold))


@pytest.mark.parametrize(
    ("forecast", "colour"),
    [(8999, "red"), (9000, "amber"), (9499, "amber"), (9500, "green"), (10000, "green"), (10500, "green"),
     (10501, "amber"), (11000, "amber"), (11001, "red")],
)  # fmt: skip
def test_year_budget_counts_in_both_directions(forecast: int, colour: str) -> None:
    finding = judge_amount(rule("year_budget"), 10_000, forecast)
    assert finding.colour == colour
    assert finding.measured is not None
    assert (finding.measured < 0) == (forecast < 10_000)


@pytest.mark.parametrize("baseline", [None, 0, -5])
def test_without_a_baseline_there_is_no_colour(baseline: int | None) -> None:
    finding = judge_amount(rule("year_budget"), baseline, 100)
    assert (finding.colour, finding.measured) == (Colour.NO_BASELINE, None)


def test_a_forecast_that_is_missing_is_not_reported() -> None:
    assert judge_amount(rule("year_budget"), 100, None).colour is Colour.NOT_REPORTED


def after(days: int) -> date:
    """Return the date so many working days after MONDAY."""
    return next(d for d in (MONDAY + timedelta(n) for n in range(200)) if working_days(MONDAY, d) == days)


@pytest.mark.parametrize(
    ("days", "colour"), [(0, "green"), (5, "green"), (6, "amber"), (20, "amber"), (21, "red")]
)
def test_milestone_lateness_in_working_days(days: int, colour: str) -> None:
    milestone = Milestone("m", "board", MONDAY, after(days))
    finding = judge_milestone(rule("milestone"), milestone, MONDAY, WorkWeek())
    assert (finding.colour, finding.measured, finding.subject) == (colour, Decimal(days), "m")


@pytest.mark.parametrize("tier", ["gate", "legal", "contract"])
def test_a_missed_strict_date_is_red_on_the_first_day(tier: str) -> None:
    milestone = Milestone("m", tier, MONDAY, after(3))
    assert judge_milestone(rule("milestone"), milestone, MONDAY, WorkWeek()).colour is Colour.GREEN
    missed = judge_milestone(rule("milestone"), milestone, after(1), WorkWeek())
    assert (missed.colour, missed.reason, missed.threshold) == (Colour.RED, "missed", Decimal(0))
    board = Milestone("m", "board", MONDAY, after(3))
    assert judge_milestone(rule("milestone"), board, after(1), WorkWeek()).colour is Colour.GREEN


def test_a_gate_reached_late_is_judged_by_its_days() -> None:
    milestone = Milestone("m", "gate", MONDAY, None, after(7))
    assert judge_milestone(rule("milestone"), milestone, after(50), WorkWeek()).colour is Colour.AMBER


def test_a_forecast_that_has_passed_counts_to_today() -> None:
    milestone = Milestone("m", "board", MONDAY, after(2))
    assert judge_milestone(rule("milestone"), milestone, after(30), WorkWeek()).measured == 30


def test_milestones_without_dates() -> None:
    none = judge_milestone(rule("milestone"), Milestone("m", "gate", None, MONDAY), MONDAY, WorkWeek())
    assert none.colour is Colour.NO_BASELINE
    silent = judge_milestone(rule("milestone"), Milestone("m", "gate", after(9)), MONDAY, WorkWeek())
    assert silent.colour is Colour.NOT_REPORTED
    overdue = judge_milestone(rule("milestone"), Milestone("m", "team", MONDAY), after(25), WorkWeek())
    assert overdue.colour is Colour.RED


def test_holidays_and_other_weeks_change_the_count() -> None:
    milestone = Milestone("m", "board", MONDAY, MONDAY + timedelta(days=8))
    assert judge_milestone(rule("milestone"), milestone, MONDAY, WorkWeek()).colour is Colour.AMBER
    holiday = WorkWeek(holidays=frozenset({MONDAY + timedelta(days=2)}))
    assert judge_milestone(rule("milestone"), milestone, MONDAY, holiday).colour is Colour.GREEN
    every_day = WorkWeek(frozenset(range(7)))
    assert judge_milestone(rule("milestone"), milestone, MONDAY, every_day).measured == 8


@given(
    st.dates(date(1990, 1, 1), date(2050, 1, 1)),
    st.integers(-400, 400),
    st.sets(st.integers(0, 6)),
    st.sets(st.dates(date(1989, 1, 1), date(2051, 1, 1)), max_size=20),
)
def test_working_days_are_the_days_counted_one_by_one(
    start: date, span: int, weekdays: set[int], holidays: set[date]
) -> None:
    end = start + timedelta(days=span)
    low, high = min(start, end), max(start, end)
    days = [low + timedelta(days=n) for n in range(1, (high - low).days + 1)]
    expected = sum(day.weekday() in weekdays and day not in holidays for day in days)
    assert working_days(start, end, weekdays, holidays) == (expected if span >= 0 else -expected)


def test_overall_is_the_worst_rule_and_says_which() -> None:
    measures = Measures(
        MONDAY,
        baseline_cost=100,
        forecast_cost=105,
        year_budget=100,
        year_forecast=80,
        milestones=[Milestone("a", "board", MONDAY, after(6)), Milestone("b", "team", MONDAY, MONDAY)],
    )
    found = judge(STANDARD, measures)
    assert found.colour is Colour.RED
    assert [finding.rule.code for finding in found.because] == ["year_budget"]
    assert found.because[0].threshold == 10
    assert len(found.findings) == 4
    schedule = found.of_dimension("schedule")
    assert (schedule.colour, [finding.subject for finding in schedule.because]) == (Colour.AMBER, ["a"])


def test_what_is_not_measured_does_not_worsen_what_is() -> None:
    found = judge(STANDARD, Measures(MONDAY, baseline_cost=100, forecast_cost=100))
    assert found.colour is Colour.GREEN
    assert sum(finding.colour is Colour.NO_BASELINE for finding in found.findings) == 2


def test_nothing_measured_is_no_baseline_or_not_reported() -> None:
    assert judge(STANDARD, Measures(MONDAY)).colour is Colour.NO_BASELINE
    assert worst([judge_amount(rule("year_budget"), 100, None)]).colour is Colour.NOT_REPORTED
    assert worst([]).colour is Colour.NOT_REPORTED


def test_an_agreed_tolerance_replaces_the_default() -> None:
    rules = STANDARD.with_tolerance("cost_at_completion", Decimal(15), Decimal(25))
    agreed = rule("cost_at_completion", rules)
    assert judge_amount(agreed, 100, 112).colour is Colour.GREEN
    assert judge_amount(rule("cost_at_completion"), 100, 112).colour is Colour.RED
    assert agreed.sentence.code == "cost_at_completion.agreed"
    assert agreed.sentence.values == {"amber": 15, "red": 25}
    with pytest.raises(KeyError):
        STANDARD.with_tolerance("duration", Decimal(1), Decimal(2))


@pytest.mark.parametrize(
    ("forecast", "colour"), [(1099, "green"), (1100, "amber"), (1199, "amber"), (1200, "red")]
)
def test_project_online_reaches_its_thresholds(forecast: int, colour: str) -> None:
    finding = judge_amount(rule("cost_at_completion", PROJECT_ONLINE), 1000, forecast)
    assert finding.colour == colour
    assert finding.rule.sentence.code == "cost_at_completion.reached"


@pytest.mark.parametrize(("late", "colour"), [(9, "green"), (10, "amber"), (20, "red"), (-30, "green")])
def test_project_online_judges_duration_in_percent(late: int, colour: str) -> None:
    start, end = after(0), after(100)
    forecast = after(100 + late)
    measures = Measures(MONDAY, start=start, baseline_end=end, forecast_end=forecast)
    assert judge(PROJECT_ONLINE, measures).of_dimension("schedule").colour == colour


def test_project_online_without_dates() -> None:
    assert judge(PROJECT_ONLINE, Measures(MONDAY)).colour is Colour.NO_BASELINE
    silent = judge(PROJECT_ONLINE, Measures(MONDAY, start=after(0), baseline_end=after(9)))
    assert silent.of_dimension("schedule").colour is Colour.NOT_REPORTED


def test_thresholds_must_ascend() -> None:
    with pytest.raises(ValueError, match="ascend"):
        Rule("x", "cost", Unit.PERCENT, Decimal(5), Decimal(2))


def test_a_rule_without_a_measure_is_an_error() -> None:
    unknown = RuleSet("own", (Rule("weather", "scope", Unit.PERCENT, Decimal(1), Decimal(2)),))
    with pytest.raises(ValueError, match="weather"):
        judge(unknown, Measures(MONDAY))
