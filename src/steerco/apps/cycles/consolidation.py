"""A level's report out of those below it: exceptions first, what moved, decisions wanted, top risks, milestones ahead.

Everything comes from what was frozen, so that the same frozen reports always give the same draft. Where a part of the
level did not report this time, its last frozen report counts, and its age is said.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from steerco.apps.cycles.computing import Computed
from steerco.apps.cycles.facts import MOST, Fact, milestones_ahead
from steerco.apps.cycles.kinds import CONSOLIDATED, ON_HOLD
from steerco.apps.cycles.models import FrozenReport, Report
from steerco.kit import clock
from steerco.kit.permissions import Actor

SEVERITY = {"green": 1, "amber-green": 2, "amber": 3, "amber-red": 4, "red": 5}
EXCEPTION = SEVERITY["amber"]  # from here on it is told first
TOP_RISKS = 10
RISKS = ("risk_new", "risk_worse", "risk_top")


@dataclass(frozen=True)
class Below:
    """What one initiative below says: this time (`age` 0), the last time (`age` days ago), or never (no content)."""

    report: Report
    content: dict[str, Any] | None
    age: int

    @property
    def line(self) -> dict[str, Any]:
        """As the consolidated report keeps it."""
        overall = self._overall
        return {
            "report": self.report.pk,
            "code": self.report.initiative.code,
            "name": self.report.initiative.name,
            "state": self.report.state,
            "age": self.age,
            "value": overall.get("value", ""),
            "before": overall.get("before", ""),
            "computed": overall.get("computed", ""),
            "headline": self.content["headline"] if self.content else "",
            "path": self.content["path"] if self.content else {"text": "", "by": ""},
        }

    @property
    def _overall(self) -> dict[str, Any]:
        ratings = self.content["ratings"] if self.content else []
        return ratings[0] if ratings else {}

    @property
    def severity(self) -> int:
        """How bad it stands; not reported is as bad as amber, so that it is not overlooked."""
        if self.content is None or self.age:
            return EXCEPTION
        return SEVERITY.get(self._overall.get("value", ""), 0)

    @property
    def steps(self) -> int:
        """By how much the rating is worse than the time before; 0 where there is nothing to compare with."""
        overall = self._overall
        now, before = SEVERITY.get(overall.get("value", "")), SEVERITY.get(overall.get("before", ""))
        return now - before if now and before else 0


def reports_below(reader: Actor, report: Report) -> list[Below]:
    """What the reports of the same cycle say, as far as `reader` may see them; the worst first. Two statements."""
    rows = Report.objects.visible_to(reader).filter(cycle=report.cycle_id, deleted=False)
    asked = list(rows.exclude(kind=CONSOLIDATED).select_related("initiative"))
    frozen = _frozen([row.initiative_id for row in asked], report.period_end or clock.today())
    found = [_below(row, frozen, report.period_end) for row in asked]
    return sorted(found, key=lambda one: (-one.severity, -one.steps, one.report.initiative.sort_name))


def _frozen(initiatives: list[int], until: date) -> dict[tuple[int, int], FrozenReport]:
    """The last edition of every report of these initiatives, and under (initiative, 0) the newest of all."""
    rows = FrozenReport.objects.filter(
        report__initiative__in=initiatives, report__period_end__lte=until, report__deleted=False
    ).exclude(report__kind__in=(CONSOLIDATED, ON_HOLD))
    found: dict[tuple[int, int], FrozenReport] = {}
    for row in rows.select_related("report").order_by("report__period_end", "number"):
        found[row.report.initiative_id, row.report_id] = found[row.report.initiative_id, 0] = row
    return found


def _below(row: Report, frozen: dict[tuple[int, int], FrozenReport], until: date | None) -> Below:
    this = frozen.get((row.initiative_id, row.pk))
    last = this or frozen.get((row.initiative_id, 0))
    if last is None:
        return Below(row, None, 0)
    told = last.report.period_end
    age = (until - told).days if until and told and this is None else 0
    return Below(row, json.loads(last.content), age)


def gather_below(reader: Actor, report: Report) -> tuple[list[Below], dict[str, list[Fact]]]:
    """The draft of a consolidated report: the lines below, and the facts by group, each with where it comes from."""
    lines = reports_below(reader, report)
    facts: dict[str, list[Fact]] = defaultdict(list)
    for one in lines:
        if one.content is None or one.age:
            continue
        name = one.report.initiative.name
        for part in one.content["parts"]:
            if part["key"] == "help" and part["text"]:
                facts["asked"].append(_said(one, part["text"]))
            for fact in part["facts"]:
                facts[_group(fact)].append({**fact, "place": fact["place"] or name})
    facts["slipped"].sort(key=lambda fact: -abs(fact.get("days", 0)))
    facts["risks"].sort(key=lambda fact: (-(fact.get("after") or 0), fact["title"]))
    facts["risks"] = facts["risks"][:TOP_RISKS]
    facts["ahead"] = milestones_ahead(reader, report.initiative, report.period_end or clock.today())
    return lines, {group: _once(found)[:MOST] for group, found in facts.items() if group}


def _group(fact: Fact) -> str:
    kind = fact["kind"]
    if kind in RISKS:
        return "risks"
    if kind in ("moved", "missed"):
        return "slipped"
    return "decisions" if kind == "wanted" else "decided" if kind == "decided" else ""


def _said(one: Below, text: str) -> Fact:
    row = one.report
    return {
        "kind": "asked",
        "entry": row.entry_id,
        "ref": row.reference,
        "title": text,
        "place": row.initiative.name,
        "owner": "",
    }


def _once(facts: list[Fact]) -> list[Fact]:
    """Each record once: a project and its workstream tell of the same milestone."""
    seen: dict[tuple[str, int], Fact] = {}
    for fact in facts:
        seen.setdefault((fact["kind"], fact["entry"]), fact)
    return list(seen.values())


def compute_below(lines: list[Below]) -> Computed:
    """The rating that follows from those below: the worst of what was reported this time."""
    told = [
        (one.severity, one) for one in lines if one.content is not None and not one.age and one.line["value"]
    ]
    rated = [(severity, one) for severity, one in told if severity]
    if not rated:
        return Computed({"overall": "not_reported"}, {"overall": []})
    worst = max(severity for severity, _one in rated)
    colour = next(name for name, severity in SEVERITY.items() if severity == worst)
    names = [one.report.initiative.name for severity, one in rated if severity == worst]
    because = {
        "rule": "below",
        "reason": "worst",
        "measured": str(len(names)),
        "limit": "",
        "title": ", ".join(names[:3]),
    }
    return Computed({"overall": colour}, {"overall": [because]})
