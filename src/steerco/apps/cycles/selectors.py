"""Reads of cycles and reports: who has reported, what is late, what a report says."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from steerco.apps.cycles.kinds import CONSOLIDATED
from steerco.apps.cycles.models import Cycle, FrozenReport, Report
from steerco.apps.cycles.services import WRITE
from steerco.apps.cycles.watching import owed_reports
from steerco.apps.cycles.wording import period_words
from steerco.apps.followups.models import FollowUp, Reminder
from steerco.apps.followups.waiting import may_nudge
from steerco.apps.initiatives.models import Initiative
from steerco.kit import clock
from steerco.kit.permissions import Actor

SHOWN_CYCLES = 60
GIVEN = ("submitted", "approved", "frozen")


@dataclass(frozen=True)
class CycleLine:
    """A cycle with its counts, as far as the reader may see its reports."""

    cycle: Cycle
    period: str
    asked: int
    given: int
    missing: int
    late: int

    @property
    def percent(self) -> int:
        """The share of reports that were given."""
        return round(100 * self.given / self.asked) if self.asked else 0


def find_report(actor: Actor, pk: int) -> Report | None:
    """The report, if the actor may read it."""
    rows = Report.objects.visible_to(actor).filter(deleted=False)
    return (
        rows.select_related("initiative__unit", "initiative__lead", "owner", "reviewer", "cycle__cadence")
        .filter(pk=pk)
        .first()
    )


def find_cycle(actor: Actor, pk: int) -> Cycle | None:
    """The cycle, if the actor may read it."""
    return Cycle.objects.visible_to(actor).select_related("cadence", "initiative").filter(pk=pk).first()


def cycle_lines(actor: Actor, cycles: Iterable[Cycle]) -> list[CycleLine]:
    """Cycles with the counts of their reports. One statement."""
    cycles = list(cycles)
    today = clock.today()
    visible = Report.objects.visible_to(actor).filter(deleted=False, cycle__in=[c.pk for c in cycles])
    asked = visible.exclude(kind=CONSOLIDATED).exclude(state="spared").order_by().values("cycle")
    rows = asked.annotate(
        asked=Count("pk"),
        given=Count("pk", filter=Q(state__in=GIVEN)),
        missing=Count("pk", filter=Q(state="missing")),
        late=Count("pk", filter=Q(state__in=("due", "returned"), due_on__lt=today)),
    )
    names = ("asked", "given", "missing", "late")
    counts = {cycle: numbers for cycle, *numbers in rows.values_list("cycle", *names)}
    return [
        CycleLine(
            cycle,
            period_words(cycle.cadence.rhythm, cycle.period_start, cycle.period_end),
            *counts.get(cycle.pk, (0, 0, 0, 0)),
        )
        for cycle in cycles
    ]


def recent_cycles(actor: Actor) -> list[CycleLine]:
    """The cycles of late, those that are open first."""
    rows = Cycle.objects.visible_to(actor).select_related("cadence", "initiative")
    found = list(rows.order_by("-period_end", "-pk")[:SHOWN_CYCLES])
    found.sort(key=lambda c: c.state != Cycle.State.OPEN)
    return cycle_lines(actor, found)


@dataclass
class ReportLine:
    """A report of a cycle, with what it took so far."""

    report: Report
    seconds: int = 0
    chases: int = 0
    remindable: bool = False
    reminded: bool = False
    minutes: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.minutes = -(-self.seconds // 60)

    @property
    def is_late(self) -> bool:
        """Whether it is owed and its day has passed."""
        report = self.report
        return bool(report.state in ("due", "returned") and report.due_on and report.due_on < clock.today())


@dataclass
class Cockpit:
    """A cycle as the office watches it."""

    line: CycleLine
    reports: list[ReportLine]
    consolidated: Report | None
    remindable: bool
    hours_to_lock: int | None
    chases: int
    returns: int
    unchanged: int
    median_minutes: int | None


FEWEST = 5  # people behind a measure of people


def cockpit(actor: Actor, cycle: Cycle) -> Cockpit:
    """Who has reported, what is missing, what it took; minutes only where five or more people reported."""
    rows = Report.objects.visible_to(actor).filter(cycle=cycle, deleted=False)
    reports = list(
        rows.select_related("initiative", "owner", "reviewer", "draft").order_by("sort_title", "pk")
    )
    reports.sort(key=lambda r: r.initiative.sort_name)
    chases: Counter[int] = Counter()
    asked = FollowUp.objects.filter(kind=WRITE, entry__in=[r.entry_id for r in reports])
    for entry in Reminder.objects.filter(follow_up__in=asked).values_list("follow_up__entry", flat=True):
        chases[entry] += 1
    owed = {row.entry_id: row for row in owed_reports(r.entry_id for r in reports)}
    lines = [
        ReportLine(
            r,
            r.draft.seconds if hasattr(r, "draft") else 0,
            chases[r.entry_id],
            r.entry_id in owed and may_nudge(actor, owed[r.entry_id]),
            r.entry_id in owed and owed[r.entry_id].nudged_on == clock.today(),
        )
        for r in reports
        if r.kind != CONSOLIDATED
    ]
    given = [line for line in lines if line.report.state in GIVEN]
    minutes = sorted(line.minutes for line in given if line.seconds)
    people = {line.report.owner_id for line in given if line.seconds}
    return Cockpit(
        line=cycle_lines(actor, [cycle])[0],
        reports=lines,
        consolidated=next((r for r in reports if r.kind == CONSOLIDATED), None),
        remindable=any(line.remindable and not line.reminded for line in lines),
        hours_to_lock=_hours_to(cycle.lock_at) if cycle.state == Cycle.State.OPEN else None,
        chases=sum(chases.values()),
        returns=sum(line.report.returns for line in lines),
        unchanged=sum(line.report.unchanged for line in given),
        median_minutes=minutes[len(minutes) // 2] if len(people) >= FEWEST else None,
    )


def _hours_to(moment: datetime) -> int:
    return max(0, -(-(moment - clock.now()) // timedelta(hours=1)))


@dataclass(frozen=True)
class OffTrack:
    """The last frozen report of an initiative that is rated amber or worse: how it comes back, and by when."""

    report: Report
    path: str
    by: date | None
    is_past: bool


RATED = ("red", "amber-red", "amber")  # the worst first
MOST_OFF_TRACK = 40


def off_track(actor: Actor, place: Initiative | None = None) -> list[OffTrack]:
    """The initiatives at `place` and below whose last frozen report says amber or worse, the worst first. Two
    statements."""
    rows = Report.objects.visible_to(actor).filter(state="frozen", deleted=False, initiative__archived=False)
    if place is not None:
        rows = rows.filter(initiative__above__ancestor=place)
    last = Window(RowNumber(), partition_by="initiative", order_by=[F("period_end").desc(), F("pk").desc()])
    newest = rows.annotate(nth=last).filter(nth=1).select_related("initiative")
    found = [row for row in newest if row.rating in RATED]
    found.sort(key=lambda row: (RATED.index(row.rating), row.initiative.sort_name, row.pk))
    found = found[:MOST_OFF_TRACK]
    frozen = FrozenReport.objects.filter(report__in=found).order_by("number")
    paths = {row.report_id: json.loads(row.content).get("path", {}) for row in frozen}
    return [_off_track(row, paths.get(row.pk, {})) for row in found]


def _off_track(row: Report, path: dict[str, str]) -> OffTrack:
    by = date.fromisoformat(path["by"]) if path.get("by") else None
    return OffTrack(row, path.get("text", ""), by, by is not None and by < clock.today())
