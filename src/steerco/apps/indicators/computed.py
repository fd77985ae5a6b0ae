"""What the figures say of a report, beside what was declared: the rules of the engine on two reports."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Protocol

from steerco.engine.performance.rag import (
    STANDARD,
    Colour,
    Finding,
    Judgement,
    Rule,
    WorkWeek,
    judge_amount,
    weigh,
    worst,
)

GREENISH = frozenset({"green", "amber-green"})
WEEK = WorkWeek()


class Measured(Protocol):
    """The figures of a report; amounts in minor units."""

    @property
    def ends(self) -> date | None:
        """The end date now reported."""

    @property
    def currency(self) -> str:
        """The currency of its amounts."""

    @property
    def year_budget(self) -> int | None:
        """Budget of the fiscal year."""

    @property
    def year_forecast(self) -> int | None:
        """Forecast of the fiscal year."""

    @property
    def whole_life_cost(self) -> int | None:
        """Cost over its whole life."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the report compared with said."""

    ends: date | None
    whole_life_cost: int | None
    currency: str


def _rule(code: str) -> Rule:
    rule = STANDARD.rule(code)
    if rule is None:
        raise KeyError(code)
    return rule


END_RULE, YEAR_RULE, COST_RULE = _rule("milestone"), _rule("year_budget"), _rule("cost_at_completion")


def judge_report(report: Measured, baseline: Baseline | None) -> Judgement:
    """Judge a report: the year's forecast against its budget, whole-life cost and end date against the report
    compared with. Without that report, cost and end have no baseline, which is a state and no colour.
    """
    comparable = baseline is not None and baseline.currency == report.currency
    cost_before = baseline.whole_life_cost if baseline and comparable else None
    return worst(
        (
            judge_amount(YEAR_RULE, report.year_budget, report.year_forecast, "year_budget"),
            judge_amount(COST_RULE, cost_before, report.whole_life_cost, "whole_life_cost"),
            _judge_end(baseline.ends if baseline else None, report.ends),
        )
    )


def _judge_end(before: date | None, now: date | None) -> Finding:
    """Working days that the end date moved."""
    if before is None:
        return Finding(END_RULE, Colour.NO_BASELINE, "no_baseline", subject="end")
    if now is None:
        return Finding(END_RULE, Colour.NOT_REPORTED, "not_reported", subject="end")
    return weigh(END_RULE, Fraction(WEEK.between(before, now)), "end")


def says_red(report: Measured, baseline: Baseline | None) -> bool:
    """Whether `judge_report` gives red, in integers only: what counts ten thousand reports for one page."""
    if _beyond(report.year_budget, report.year_forecast, YEAR_RULE):
        return True
    if baseline is None:
        return False
    before = baseline.whole_life_cost if baseline.currency == report.currency else None
    if _beyond(before, report.whole_life_cost, COST_RULE):
        return True
    if baseline.ends is None or report.ends is None or report.ends <= baseline.ends:
        return False
    return WEEK.between(baseline.ends, report.ends) > int(END_RULE.red)


def _beyond(before: int | None, now: int | None, rule: Rule) -> bool:
    """Whether an amount deviates by more percent than the rule's limit for red."""
    if before is None or now is None or before <= 0:
        return False
    moved = abs(now - before) if rule.both_directions else now - before
    return moved * 100 > int(rule.red) * before


def disagrees(declared: str, report: Measured | None, baseline: Baseline | None) -> bool:
    """Whether the rating is declared green or nearly so while the figures say red: a watermelon."""
    return declared in GREENISH and report is not None and says_red(report, baseline)
