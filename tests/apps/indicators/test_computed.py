"""What the figures say: the rules at their limits, and the fast count that must agree with them."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.apps.indicators.computed import Baseline, disagrees, judge_report, says_red
from steerco.engine.performance.rag import Colour

DAY = date(2024, 1, 1)


@dataclass
class Figures:
    ends: date | None = None
    currency: str = "GBP"
    year_budget: int | None = None
    year_forecast: int | None = None
    whole_life_cost: int | None = None


amounts = st.none() | st.integers(-200, 300)
days = st.none() | st.integers(0, 60).map(lambda n: DAY + timedelta(days=n))
figures = st.builds(Figures, days, st.sampled_from(["GBP", "EUR"]), amounts, amounts, amounts)
baselines = st.none() | st.builds(Baseline, days, amounts, st.just("GBP"))


@given(figures, baselines)
def test_the_fast_count_agrees_with_the_rules(report: Figures, baseline: Baseline | None) -> None:
    assert says_red(report, baseline) == (judge_report(report, baseline).colour is Colour.RED)


@pytest.mark.parametrize(
    ("report", "colour"),
    [
        (Figures(year_budget=100, year_forecast=105), Colour.GREEN),
        (Figures(year_budget=100, year_forecast=94), Colour.AMBER),
        (Figures(year_budget=100, year_forecast=110), Colour.AMBER),
        (Figures(year_budget=100, year_forecast=89), Colour.RED),
        (Figures(whole_life_cost=1020), Colour.GREEN),
        (Figures(whole_life_cost=1100), Colour.AMBER),
        (Figures(whole_life_cost=1101), Colour.RED),
        (Figures(whole_life_cost=500), Colour.GREEN),
        (Figures(whole_life_cost=2000, currency="EUR"), Colour.NO_BASELINE),
        (Figures(ends=DAY + timedelta(days=7)), Colour.GREEN),
        (Figures(ends=DAY + timedelta(days=28)), Colour.AMBER),
        (Figures(ends=DAY + timedelta(days=29)), Colour.RED),
        (Figures(), Colour.NO_BASELINE),
    ],
)
def test_the_written_rules_at_their_limits(report: Figures, colour: Colour) -> None:
    assert judge_report(report, Baseline(DAY, 1000, "GBP")).colour is colour


def test_without_a_report_before_there_is_nothing_to_compare_with() -> None:
    judged = judge_report(Figures(ends=DAY, whole_life_cost=5), None)
    assert judged.colour is Colour.NO_BASELINE
    assert {f.reason for f in judged.findings} == {"no_baseline"}


def test_only_what_is_declared_green_can_disagree() -> None:
    over = Figures(year_budget=100, year_forecast=150)
    assert disagrees("amber-green", over, None)
    assert not disagrees("amber", over, None)
    assert not disagrees("green", None, None)
