"""What the figures say of an initiative on a day: the published rules on its milestones and its money."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from steerco.apps.cycles.facts import Places
from steerco.apps.escalation.models import Tolerance
from steerco.apps.escalation.tolerances import tolerances_of
from steerco.apps.finance.selectors import Money, money_of
from steerco.apps.indicators.models import Snapshot
from steerco.apps.initiatives.models import Initiative
from steerco.apps.organisation.selectors import organisation, work_week
from steerco.apps.planning.models import Milestone as MilestoneRecord
from steerco.engine.finance.years import fiscal_year
from steerco.engine.performance.rag import (
    SEVERITY,
    STANDARD,
    Finding,
    Judgement,
    Measures,
    Milestone,
    RuleSet,
    judge,
)
from steerco.kit.permissions import Actor


@dataclass(frozen=True)
class Computed:
    """The computed rating by dimension, and in `why` what gives each: the finding and the title that it is about."""

    colours: dict[str, str]
    why: dict[str, list[dict[str, Any]]]

    def is_better(self, dimension: str, declared: str) -> bool:
        """Whether `declared` looks better than the figures do."""
        order = {"green": 1, "amber-green": 1, "amber": 2, "amber-red": 2, "red": 3}
        found = self.colours.get(dimension, "")
        return found in SEVERITY and order.get(declared, 9) < order.get(found, 0)


def compute(reader: Actor, initiative: Initiative, day: date) -> Computed:
    """Judge an initiative on `day` by what stands in its plan and its last figures, as `reader` may see them.

    Milestones of the team count only where there are no others. An agreed tolerance replaces the limits of the rules.
    """
    places = Places.below(reader, initiative)
    rows = list(places.of(MilestoneRecord, reader).exclude(state="dropped"))
    key = [row for row in rows if row.tier in MilestoneRecord.KEY_TIERS] or rows
    titles = {str(row.pk): row.title for row in key}
    figures = (
        Snapshot.objects.filter(initiative=initiative, current=True, as_of__lte=day).order_by("as_of").last()
    )
    money = _money(reader, initiative, day)
    budget, forecast = (money.year.approved, money.year.expected) if money else (None, None)
    if budget is None or forecast is None:  # no sheet says both: the last report does
        budget = figures.year_budget if figures else None
        forecast = figures.year_forecast if figures else None
    judgement = judge(
        rules_of(initiative, day),
        Measures(
            day,
            baseline_cost=money.life.approved if money else None,
            forecast_cost=money.life.expected if money else None,
            year_budget=budget,
            year_forecast=forecast,
            milestones=[Milestone(str(r.pk), r.tier, r.baseline, r.forecast, r.actual) for r in key],
        ),
        work_week(),
    )
    parts = {
        "overall": judgement,
        "schedule": judgement.of_dimension("schedule"),
        "cost": judgement.of_dimension("cost"),
    }
    return Computed(
        {name: part.colour.value for name, part in parts.items()},
        {name: _why(part, titles) for name, part in parts.items()},
    )


def _money(reader: Actor, initiative: Initiative, day: date) -> Money | None:
    """The money at and below the initiative; None without any, and in several currencies, which are never added."""
    found = money_of(reader, initiative, fiscal_year(day, organisation().fiscal_year_start))
    return found[0] if len(found) == 1 else None


def rules_of(initiative: Initiative, day: date) -> RuleSet:
    """The published rules, with the tolerances that hold on `day` in place of their limits."""
    rules, agreed = STANDARD, tolerances_of(initiative, day)
    time, cost = agreed.get(Tolerance.Area.TIME), agreed.get(Tolerance.Area.COST)
    if time is not None and time.days is not None:
        rules = rules.with_tolerance("milestone", Decimal(time.days), Decimal(time.days))
    if cost is not None and cost.percent is not None:
        for code in ("year_budget", "cost_at_completion"):
            rules = rules.with_tolerance(code, cost.percent, cost.percent)
    return rules


def _why(judgement: Judgement, titles: dict[str, str]) -> list[dict[str, Any]]:
    return [_finding(finding, titles) for finding in _worth_saying(judgement.because)]


def _worth_saying(findings: Iterable[Finding]) -> list[Finding]:
    measured = [(abs(finding.measured), finding) for finding in findings if finding.measured is not None]
    return [finding for _size, finding in sorted(measured, key=lambda pair: -pair[0])][:3]


def _finding(finding: Finding, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "rule": finding.rule.code,
        "reason": finding.reason,
        "measured": str(round(finding.measured, 1)) if finding.measured is not None else "",
        "limit": str(finding.threshold) if finding.threshold is not None else "",
        "title": titles.get(finding.subject, ""),
    }
