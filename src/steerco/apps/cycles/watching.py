"""How a calendar's cycles went: in time or late over the last twelve, what people typed and what stood there already,
and what it took the office by hand."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from steerco.apps.cycles.drafts import Content
from steerco.apps.cycles.kinds import CONSOLIDATED
from steerco.apps.cycles.models import Cycle, Draft, Report
from steerco.apps.cycles.services import WRITE
from steerco.apps.cycles.wording import fact_words
from steerco.apps.followups.models import FollowUp, Reminder
from steerco.apps.followups.waiting import may_nudge, nudge
from steerco.kit import clock
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor

LAST = 12  # cycles of the trend
YEAR = timedelta(days=365)
GIVEN = ("submitted", "approved", "frozen")
NUDGED = "followup.nudged"


@dataclass(frozen=True)
class Round:
    """How one cycle went: of those asked, how many reports came by the day they were due."""

    cycle: Cycle
    asked: int
    in_time: int

    @property
    def percent(self) -> int | None:
        """The share that came in time; None where nobody was asked."""
        return round(100 * self.in_time / self.asked) if self.asked else None


def rounds(actor: Actor, cycle: Cycle) -> list[Round]:
    """The last twelve cycles of the same calendar up to this one, the oldest first; those whose day has passed.

    What the actor may see of them. A report counts by when it was given first: one that is sent back was in time.
    """
    rows = Cycle.objects.visible_to(actor).filter(
        cadence=cycle.cadence_id, period_end__lte=cycle.period_end, due_on__lt=clock.today()
    )
    found = list(rows.order_by("-period_end")[:LAST])[::-1]
    reports = asked_in(actor, found)
    days = _first_given(reports)
    asked: Counter[int] = Counter()
    in_time: Counter[int] = Counter()
    for report in reports:
        cycle_id = report.cycle_id or 0
        asked[cycle_id] += 1
        given = days.get(report.pk)
        in_time[cycle_id] += bool(given and report.due_on and given <= report.due_on)
    return [Round(one, asked[one.pk], in_time[one.pk]) for one in found]


def asked_in(actor: Actor, cycles: Iterable[Cycle]) -> list[Report]:
    """The reports that were asked for in these cycles, as far as the actor may see them."""
    rows = Report.objects.visible_to(actor).filter(cycle__in=[c.pk for c in cycles], deleted=False)
    return list(rows.exclude(kind=CONSOLIDATED).exclude(state="spared").order_by("pk"))


def _first_given(reports: Sequence[Report]) -> dict[int, date]:
    """The day on which each report was given first, by report."""
    by_entry = {row.entry_id: row for row in reports if row.submitted_at}
    found = {row.pk: timezone.localdate(row.submitted_at) for row in by_entry.values() if row.submitted_at}
    asked = FollowUp.objects.filter(kind=WRITE, entry__in=list(by_entry), answered_at__isnull=False)
    for entry, moment in asked.order_by("-answered_at").values_list("entry", "answered_at"):
        day = timezone.localdate(moment)
        report = by_entry[entry].pk
        found[report] = min(found[report], day)
    return found


@dataclass(frozen=True)
class Share:
    """What of the given reports stood there by itself, and what people typed: facts and characters."""

    facts: int
    filled: int
    typed: int

    @property
    def percent(self) -> int | None:
        """The share of characters that nobody had to type; None where there are none."""
        whole = self.filled + self.typed
        return round(100 * self.filled / whole) if whole else None


def share_filled(contents: Iterable[Content]) -> Share:
    """Count what stood there and what was typed in what was given; an unchanged report took no word."""
    facts = filled = typed = 0
    for content in contents:
        for part in content["parts"]:
            facts += len(part["facts"])
            filled += sum(len(f["ref"]) + len(f["title"]) + len(fact_words(f)) for f in part["facts"])
            typed += len(part["text"])
        if not content["unchanged"]:
            typed += len(content["headline"]) + len(content["path"].get("text", ""))
            typed += sum(len(one["why"]) for one in content["ratings"])
        typed += sum(len(one["value"]) for one in content.get("questions", ()))
    return Share(facts, filled, typed)


@dataclass(frozen=True)
class Work:
    """What the system did, and what was left for the office to do by hand."""

    opened: int
    reminders: int
    unchanged: int
    nudges: int
    moves: int
    entered: int

    @property
    def by_itself(self) -> int:
        """Steps that nobody had to take."""
        return self.opened + self.reminders + self.unchanged

    @property
    def by_hand(self) -> int:
        """Steps that somebody of the office took."""
        return self.nudges + self.moves + self.entered


def work_of(reports: Sequence[Report], cycles: Iterable[Cycle], contents: Iterable[Content]) -> Work:
    """What these reports of these cycles took; `contents` are those given. Four statements."""
    entries = [row.entry_id for row in reports]
    asked = FollowUp.objects.filter(kind=WRITE, entry__in=entries)
    return Work(
        opened=len(reports),
        reminders=Reminder.objects.filter(follow_up__in=asked).count(),
        unchanged=sum(row.unchanged for row in reports if row.state in GIVEN),
        nudges=Event.objects.filter(kind=NUDGED, entry_id__in=entries).count(),
        moves=Event.objects.filter(kind="cycle.moved", object_id__in=[c.pk for c in cycles]).count(),
        entered=sum(_by_office(content) for content in contents),
    )


def _by_office(content: Content) -> bool:
    return bool(content.get("entered") and content["entered"]["for"])


def contents_of(reports: Sequence[Report]) -> list[Content]:
    """What was given of these reports, as it was submitted last."""
    given = [row.pk for row in reports if row.state in GIVEN]
    rows = Draft.objects.filter(report__in=given, built__isnull=False).order_by("report")
    return [built for built in rows.values_list("built", flat=True) if built is not None]


@dataclass(frozen=True)
class Watch:
    """What the office sees of a cycle beside who has reported."""

    rounds: list[Round]
    share: Share
    work: Work
    year: Work
    year_cycles: int


def watch(actor: Actor, cycle: Cycle) -> Watch:
    """The trend, the shares and the work of a cycle, and the work of its calendar over a year up to it."""
    here = asked_in(actor, [cycle])
    contents = contents_of(here)
    begun = cycle.period_end - YEAR
    rows = Cycle.objects.visible_to(actor).filter(
        cadence=cycle.cadence_id, period_end__lte=cycle.period_end, period_end__gt=begun
    )
    cycles = list(rows)
    reports = asked_in(actor, cycles)
    return Watch(
        rounds(actor, cycle),
        share_filled(contents),
        work_of(here, [cycle], contents),
        work_of(reports, cycles, contents_of(reports)),
        len(cycles),
    )


def owed_reports(cycle_entries: Iterable[int]) -> QuerySet[FollowUp]:
    """The reports that are still asked for, of these entries."""
    rows = FollowUp.objects.filter(kind=WRITE, state=FollowUp.State.OPEN, entry__in=list(cycle_entries))
    return rows.select_related("entry__initiative", "debtor")


def remind(actor: Actor, reports: Sequence[Report]) -> dict[str, int]:
    """Remind whoever still owes one of these reports, at most once a day: how many were reminded now, how many had
    been today, how many the actor may not remind."""
    counts = {"reminded": 0, "before": 0, "not_mine": 0}
    for row in owed_reports(report.entry_id for report in reports):
        if not may_nudge(actor, row):
            counts["not_mine"] += 1
        else:
            counts["reminded" if nudge(actor, row) else "before"] += 1
    return counts


def owed_of(actor: Actor, mine: bool, led: QuerySet[Any] | None = None) -> list[Report]:
    """The reports that are to be written: the actor's own (`mine`), or of the follow-ups `led`; the first due first."""
    rows = Report.objects.visible_to(actor).filter(state__in=("due", "returned"), deleted=False)
    if mine:
        rows = rows.filter(owner__in=actor.parties)
    elif led is not None:
        rows = rows.filter(entry__in=led.filter(kind=WRITE).values("entry"))
    return list(rows.select_related("initiative", "owner", "cycle__cadence").order_by("due_on", "pk")[:60])
