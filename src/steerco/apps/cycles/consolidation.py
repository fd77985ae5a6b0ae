"""A level's report out of those below it: exceptions first, what moved, decisions wanted, top risks, milestones ahead.

Everything comes from what was frozen, so that the same frozen reports always give the same draft; only the milestones
ahead and the papers that were made of what is asked are as they are now. Where a part of the level did not report this
time, its last frozen report counts, and its age is said.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from steerco.apps.cycles.asking import as_papers
from steerco.apps.cycles.computing import Computed
from steerco.apps.cycles.covering import ASIDE, REPORTING, covered, latest_editions
from steerco.apps.cycles.facts import MOST, Fact, milestones_ahead
from steerco.apps.cycles.kinds import ASKING, BRIDGE, CONSOLIDATED
from steerco.apps.cycles.models import Cycle, FrozenReport, Report
from steerco.apps.cycles.summing import is_money, sum_money
from steerco.apps.initiatives.models import Initiative
from steerco.kit import clock
from steerco.kit.permissions import Actor

SEVERITY = {"green": 1, "amber-green": 2, "amber": 3, "amber-red": 4, "red": 5}
EXCEPTION = SEVERITY["amber"]  # from here on it is told first
TOP_RISKS = 10
RISKS = ("risk_new", "risk_worse", "risk_top")


@dataclass(frozen=True)
class Below:
    """What one initiative below says, and how old that is: `age` in days, counted from the end of the period.

    `current`: it counts as said about this period. Where it does not, `content` is the last that was said, if anything
    was. `bridge`: what was said since, in a sentence.
    """

    initiative: Initiative
    report: Report | None
    content: dict[str, Any] | None
    age: int
    current: bool
    bridge: str = ""

    @property
    def line(self) -> dict[str, Any]:
        """As the consolidated report keeps it."""
        overall = self._overall
        return {
            "report": self.report.pk if self.report else None,
            "code": self.initiative.code,
            "name": self.initiative.name,
            "state": self.report.state if self.report else "missing",
            "age": self.age,
            "told": self.content["period"]["end"] if self.content else None,
            "current": self.current,
            "bridge": self.bridge,
            "value": overall.get("value", ""),
            "before": overall.get("before", ""),
            "computed": overall.get("computed", ""),
            "headline": self.content["headline"] if self.content else "",
            "questions": self.content.get("questions", []) if self.content and self.current else [],
            "path": self.content["path"] if self.content else {"text": "", "by": ""},
            "weeks": overall.get("weeks") or {},
            "assurance": self.content.get("assurance") if self.content else None,
        }

    @property
    def _overall(self) -> dict[str, Any]:
        ratings = self.content["ratings"] if self.content else []
        return ratings[0] if ratings else {}

    @property
    def severity(self) -> int:
        """How bad it stands; not reported is as bad as amber, so that it is not overlooked."""
        if not self.current:
            return EXCEPTION
        return SEVERITY.get(self._overall.get("value", ""), 0)

    @property
    def steps(self) -> int:
        """By how much the rating is worse than the time before; 0 where there is nothing to compare with."""
        overall = self._overall
        now, before = SEVERITY.get(overall.get("value", "")), SEVERITY.get(overall.get("before", ""))
        return now - before if now and before else 0


def read_line(line: dict[str, Any]) -> dict[str, Any]:
    """A line of a frozen consolidated report. Those of before calendars could take the last report have no `current`:
    there it was whoever had reported this time. The first schema had no `weeks` and no `assurance`."""
    known: dict[str, Any] = {
        "told": None,
        "bridge": "",
        "current": not line["age"],
        "weeks": {},
        "assurance": None,
        "questions": [],
    }
    return {**known, **line}


def reports_below(reader: Actor, cycle: Cycle) -> list[Below]:
    """What those below say about the period of a cycle, as far as `reader` may see it; the worst first.

    Where the calendar asks for reports of its own these count; otherwise the last frozen one of each, whatever its
    rhythm. A handful of statements, however many there are.
    """
    found = _asked(reader, cycle) if cycle.cadence.asks else _taken(reader, cycle)
    return sorted(found, key=lambda one: (-one.severity, -one.steps, one.initiative.sort_name))


def _asked(reader: Actor, cycle: Cycle) -> list[Below]:
    rows = Report.objects.visible_to(reader).filter(cycle=cycle, deleted=False).exclude(kind=CONSOLIDATED)
    asked = list(rows.select_related("initiative"))
    frozen = _frozen([row.initiative_id for row in asked], cycle.period_end)
    return [_below(row, frozen, cycle.period_end) for row in asked]


def _frozen(initiatives: list[int], until: date) -> dict[tuple[int, int], FrozenReport]:
    """The last edition of every report of these initiatives, and under (initiative, 0) the newest of all."""
    rows = FrozenReport.objects.filter(
        report__initiative__in=initiatives, report__period_end__lte=until, report__deleted=False
    ).exclude(report__kind__in=(CONSOLIDATED, *ASIDE))
    found: dict[tuple[int, int], FrozenReport] = {}
    for row in rows.select_related("report").order_by("report__period_end", "number"):
        found[row.report.initiative_id, row.report_id] = found[row.report.initiative_id, 0] = row
    return found


def _below(row: Report, frozen: dict[tuple[int, int], FrozenReport], until: date) -> Below:
    this = frozen.get((row.initiative_id, row.pk))
    last = this or frozen.get((row.initiative_id, 0))
    if last is None:
        return Below(row.initiative, row, None, 0, current=False)
    told = last.report.period_end
    age = (until - told).days if told and this is None else 0
    return Below(row.initiative, row, json.loads(last.content), age, current=this is not None)


def _taken(reader: Actor, cycle: Cycle) -> list[Below]:
    """The last frozen report of each that the calendar covers. It counts while it is no older than a period; beyond
    that, what was said since stands beside it."""
    rows = covered(cycle.cadence).filter(status__in=REPORTING)
    places = list(rows.filter(pk__in=Initiative.objects.visible_to(reader).values("pk")))
    latest = latest_editions([row.pk for row in places], cycle.period_end, reader=reader)
    bridges = FrozenReport.objects.filter(report__cycle=cycle, report__kind=BRIDGE, report__deleted=False)
    said = {
        row.report.initiative_id: _first_text(json.loads(row.content))
        for row in bridges.select_related("report").order_by("number")
    }
    length = (cycle.period_end - cycle.period_start).days + 1
    found = []
    for place in places:
        last = latest.get(place.pk)
        bridge = said.get(place.pk, "")
        if last is None or last.report.period_end is None:
            found.append(Below(place, None, None, 0, current=False, bridge=bridge))
            continue
        age = (cycle.period_end - last.report.period_end).days
        found.append(Below(place, last.report, json.loads(last.content), age, age < length, bridge))
    return found


def _first_text(content: dict[str, Any]) -> str:
    return next((str(part["text"]) for part in content["parts"] if part["text"]), "")


def gather_below(reader: Actor, report: Report) -> tuple[list[Below], dict[str, list[Fact]]]:
    """The draft of a consolidated report: the lines below, and the facts by group, each with where it comes from."""
    if report.cycle is None:
        raise LookupError(f"report {report.pk} consolidates no cycle")
    lines = reports_below(reader, report.cycle)
    facts: dict[str, list[Fact]] = defaultdict(list)
    money: dict[int, list[Fact]] = defaultdict(list)
    for one in lines:
        if one.content is None or one.report is None or not one.current:
            continue
        name = one.initiative.name
        for part in one.content["parts"]:
            if part["key"] in ASKING and part["text"]:
                facts["asked"].append(_said(one.report, name, part["text"]))
            for fact in part["facts"]:
                if is_money(fact):
                    money[one.initiative.pk].append(fact)
                else:
                    facts[_group(fact)].append({**fact, "place": fact["place"] or name})
    for group, rows in as_papers(reader, facts.pop("asked", [])).items():
        facts[group] += rows
    facts["slipped"].sort(key=lambda fact: -abs(fact.get("days", 0)))
    facts["risks"].sort(key=lambda fact: (-(fact.get("after") or 0), fact["title"]))
    facts["risks"] = facts["risks"][:TOP_RISKS]
    facts["ahead"] = milestones_ahead(reader, report.initiative, report.period_end or clock.today())
    found = {group: _once(rows)[:MOST] for group, rows in facts.items() if group}
    names = {one.initiative.pk: one.initiative.name for one in lines}
    return lines, {**found, "money": sum_money(report.initiative, money, names)}


def told_of(reader: Actor, report: Report, content: dict[str, Any] | None) -> set[int]:
    """The entries of the reports that a consolidated one tells of: by what was built or frozen of it, while it is
    written by those below."""
    if report.kind != CONSOLIDATED or report.cycle is None:
        return set()
    if content is None:
        lines = reports_below(reader, report.cycle)
        return {one.report.entry_id for one in lines if one.report and one.current}
    pks = [line["report"] for line in map(read_line, content["below"]) if line["report"] and line["current"]]
    return set(Report.objects.filter(pk__in=pks).values_list("entry", flat=True))


def _group(fact: Fact) -> str:
    kind = fact["kind"]
    if kind in RISKS:
        return "risks"
    if kind in ("moved", "missed"):
        return "slipped"
    return "decisions" if kind == "wanted" else "decided" if kind == "decided" else ""


def _said(row: Report, place: str, text: str) -> Fact:
    return {
        "kind": "asked",
        "entry": row.entry_id,
        "ref": row.reference,
        "title": text,
        "place": place,
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
    told = [(one.severity, one) for one in lines if one.current and one.line["value"]]
    rated = [(severity, one) for severity, one in told if severity]
    if not rated:
        return Computed({"overall": "not_reported"}, {"overall": []})
    worst = max(severity for severity, _one in rated)
    colour = next(name for name, severity in SEVERITY.items() if severity == worst)
    names = [one.initiative.name for severity, one in rated if severity == worst]
    because = {
        "rule": "below",
        "reason": "worst",
        "measured": str(len(names)),
        "limit": "",
        "title": ", ".join(names[:3]),
    }
    return Computed({"overall": colour}, {"overall": [because]})
