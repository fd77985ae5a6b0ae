"""For how long the figures have said so: past weeks judged again by the rule that holds now.

What the plan and the last figures held at the end of each week comes from history; what was computed at the time, with
the money sheets as they then were, from the frozen reports. A week counts where either says so.
"""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from steerco.apps.cycles.computing import rules_of
from steerco.apps.cycles.covering import ASIDE
from steerco.apps.cycles.facts import Places
from steerco.apps.cycles.kinds import CONSOLIDATED
from steerco.apps.cycles.models import FrozenReport
from steerco.apps.indicators.models import Snapshot
from steerco.apps.initiatives.models import Initiative
from steerco.apps.organisation.selectors import work_week
from steerco.apps.planning.models import Milestone as MilestoneRecord
from steerco.engine.performance.rag import SEVERITY, Measures, Milestone, judge
from steerco.kit.history.versions import version_model
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor

MOST = 26  # weeks looked back
WORST = {"green": 1, "amber": 2, "red": 3}
Weeks = dict[str, int]  # {"amber": n, "red": n}: for how many weeks at least that, without a break


@dataclass(frozen=True)
class _Past:
    """The versions of a milestone by the moment from which each was the truth."""

    moments: list[datetime]
    rows: list[Any]

    def at(self, moment: datetime) -> Any:
        """The version that held then; None before the first."""
        place = bisect_right(self.moments, moment)
        return self.rows[place - 1] if place else None


def weeks_of(reader: Actor, initiative: Initiative, day: date, colour: str) -> Weeks:
    """For how many whole weeks before `day` the figures have been amber or worse, and red, as `reader` may see them.

    {} where `colour`, what they say now, is no such colour. At most 26 weeks, in a fixed number of statements.
    """
    now = WORST.get(colour, 0)
    if now < WORST["amber"]:
        return {}
    found = {name: 0 for name in ("amber", "red") if now >= WORST[name]}
    going = set(found)
    severities = _severities(reader, initiative, day)
    for week, severity in enumerate(severities, 1):
        going = {name for name in going if severity >= WORST[name]}
        if not going:
            break
        found |= dict.fromkeys(going, week)
    return found


def _severities(reader: Actor, initiative: Initiative, day: date) -> list[int]:
    """How bad the figures stood at the end of each of the weeks before `day`, the last one first."""
    places = Places.below(reader, initiative)
    seen = list(places.of(MilestoneRecord, reader).values_list("pk", flat=True))
    pasts, figures, told = _pasts(seen), _figures(initiative), _told(initiative)
    rules, week = rules_of(initiative, day), work_week()
    found = []
    for number in range(1, MOST + 1):
        then = day - timedelta(weeks=number)
        moment = timezone.make_aware(datetime.combine(then, time.max))
        rows = [row for past in pasts if (row := past.at(moment)) and _counts(row)]
        key = [row for row in rows if row.tier in MilestoneRecord.KEY_TIERS] or rows
        budget, forecast = _last(figures, then)
        measures = Measures(
            then,
            year_budget=budget,
            year_forecast=forecast,
            milestones=[Milestone(str(r.id), r.tier, r.baseline, r.forecast, r.actual) for r in key],
        )
        judged = judge(rules, measures, week).colour
        reported = (severity for end, severity in told if then - timedelta(days=6) <= end <= then)
        found.append(max(SEVERITY.get(judged, 0), *reported, 0))
    return found


def _counts(row: Any) -> bool:
    return row.state != "dropped" and not row.deleted


def _pasts(pks: list[int]) -> list[_Past]:
    found = version_model(MilestoneRecord)._default_manager.filter(id__in=pks)
    versions: list[Any] = list(found.order_by("id", "since"))
    at = dict(
        Event.objects.filter(sequence__in={row.since for row in versions}).values_list("sequence", "at")
    )
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in versions:
        if row.since in at:
            grouped[row.id].append(row)
    return [_Past([at[row.since] for row in rows], rows) for rows in grouped.values()]


def _figures(initiative: Initiative) -> list[tuple[date, int | None, int | None]]:
    rows = Snapshot.objects.filter(initiative=initiative, current=True).order_by("as_of")
    return list(rows.values_list("as_of", "year_budget", "year_forecast"))


def _last(figures: list[tuple[date, int | None, int | None]], then: date) -> tuple[int | None, int | None]:
    known = [(budget, forecast) for day, budget, forecast in figures if day <= then]
    return known[-1] if known else (None, None)


def _told(initiative: Initiative) -> list[tuple[date, int]]:
    """What the frozen reports of the initiative computed, by the last day of their period; of editions the last."""
    rows = FrozenReport.objects.filter(report__initiative=initiative, report__deleted=False)
    rows = rows.exclude(report__kind__in=(CONSOLIDATED, *ASIDE)).filter(report__period_end__isnull=False)
    newest: dict[int, tuple[date, int]] = {}
    for row in rows.select_related("report").order_by("-report__period_end", "number")[: 2 * MOST]:
        overall = _overall(json.loads(row.content))
        if row.report.period_end is not None:
            newest[row.report_id] = (row.report.period_end, WORST.get(overall.get("computed", ""), 0))
    return list(newest.values())


def _overall(content: Mapping[str, Any]) -> Mapping[str, Any]:
    return content["ratings"][0] if content["ratings"] else {}


def weeks_said(one: Mapping[str, Any]) -> tuple[str, int]:
    """Of a rating as it was frozen: the colour that the figures have had for so many weeks while better was declared;
    ("", 0) where nothing contradicts it, and in reports that do not tell."""
    declared, weeks = one.get("value", ""), one.get("weeks") or {}
    worse = (
        "red"
        if declared in ("amber", "amber-red")
        else "amber"
        if declared in ("green", "amber-green")
        else ""
    )
    n = weeks.get(worse, 0)
    return (worse, n) if n else ("", 0)
