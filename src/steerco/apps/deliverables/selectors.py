"""Reads of deliverables, sign-offs and requirements, within what the actor may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Prefetch, QuerySet
from django.http import QueryDict

from steerco.apps.deliverables.models import (
    Approval,
    Deliverable,
    ObligationKind,
    Requirement,
    Result,
    SignOffRound,
)
from steerco.apps.deliverables.states import SIGNED
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.records import addresses_of
from steerco.apps.links.models import Attachment, Relation
from steerco.apps.links.references import label
from steerco.apps.notices.working_time import working_days_between
from steerco.engine.performance.delivery import Item, Judged, Progress, judge, progress
from steerco.kit import clock
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.listing import in_every_state
from steerco.kit.registers.register import register_of
from steerco.kit.registers.scopes import Scope, find_scope, narrow

MOST = 500  # rows on one page; the list has them all
NOT_COUNTED = frozenset({"descoped", "superseded"})


def judged(row: Deliverable) -> Judged:
    """Its rating today, by its dates."""
    return judge(row.steps, clock.today())


@dataclass(frozen=True)
class Waits:
    """Another deliverable that must be there first, and whether it is expected too late for this one."""

    reference: str
    title: str
    url: str
    expected: date | None
    is_done: bool
    is_too_late: bool


@dataclass(frozen=True)
class Tracked:
    """A deliverable as the tracker shows it."""

    row: Deliverable
    url: str
    judged: Judged
    waits: list[Waits]


@dataclass
class Tracker:
    """The deliverables of a place and of all below it: ours with their progress, and what is owed to us."""

    scope: Scope | None
    outgoing: list[Tracked] = field(default_factory=list)
    incoming: list[Tracked] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)
    late: int = 0
    count: int = 0

    @property
    def is_cut(self) -> bool:
        """Whether there are more than a page holds."""
        return self.count > MOST


def tracked(actor: Actor, query: QueryDict) -> tuple[QuerySet[Any], Scope | None]:
    """The deliverables that the address means, done ones last, those due first in front."""
    rows, scope = in_every_state(register_of("deliverable"), actor, query)
    due = F("due_on").asc(nulls_last=True)
    return rows.order_by("-state_group", due, "sort_title", "pk"), scope


def tracker(actor: Actor, query: QueryDict) -> Tracker:
    """The tracker of a place."""
    rows, scope = tracked(actor, query)
    found = Tracker(scope, progress=progress_of(rows), count=rows.exclude(state__in=NOT_COUNTED).count())
    shown = list(rows.exclude(state__in=NOT_COUNTED)[:MOST])
    waits = _waits(actor, shown)
    here = register_of("deliverable")
    for row in shown:
        one = Tracked(row, here.url(row), judged(row), waits[row.entry_id])
        (found.incoming if row.direction == Deliverable.Direction.IN else found.outgoing).append(one)
        found.late += one.judged.overdue
    return found


def progress_of(rows: QuerySet[Any]) -> Progress:
    """The progress of our own deliverables among `rows` by weight; descoped and superseded ones do not count."""
    ours = rows.filter(direction=Deliverable.Direction.OUT).exclude(state__in=NOT_COUNTED).order_by()
    values = ours.values_list("weight", "delivered_on", "state")
    return progress(
        Item(weight, delivered_on is not None, state in SIGNED) for weight, delivered_on, state in values
    )


def _waits(actor: Actor, rows: Sequence[Deliverable]) -> dict[int, list[Waits]]:
    """What blocks each of `rows`, by entry: only what the actor may see."""
    found: dict[int, list[Waits]] = defaultdict(list)
    by_entry = {row.entry_id: row for row in rows}
    relations = Relation.objects.filter(kind=Relation.Kind.BLOCKS, target__in=by_entry)
    pairs = list(relations.values_list("source", "target"))
    here = register_of("deliverable")
    others = visible_to(Deliverable.objects.filter(entry__in={source for source, _target in pairs}), actor)
    first = {row.entry_id: row for row in others.filter(deleted=False).select_related("initiative")}
    for source, target in pairs:
        other, row = first.get(source), by_entry[target]
        if other is None:
            continue
        too_late = bool(other.expected and row.expected and other.expected > row.expected)
        is_done = other.delivered_on is not None
        name = f"{other.initiative.code}/{other.reference}"
        found[target].append(
            Waits(name, other.title, here.url(other), other.expected, is_done, too_late and not is_done)
        )
    return found


# -- sign-offs ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RoundView:
    """A round as pages show it. `age` in working days, of an open one until today."""

    round: SignOffRound
    approvals: list[Approval]
    age: int
    reference: str = ""
    url: str = ""
    reminders: int = 0

    @property
    def waits_for(self) -> list[Approval]:
        """Those whose answer is awaited now."""
        return [row for row in self.approvals if row.state == Result.ASKED]

    @property
    def is_late(self) -> bool:
        """Whether somebody is past the date that was asked."""
        today = clock.today()
        dates = [row.follow_up.due for row in self.waits_for if row.follow_up and row.follow_up.due]
        return any(day < today for day in dates)


def find_round(actor: Actor, pk: int) -> SignOffRound | None:
    """The round that the actor may read: whoever reads what is signed."""
    rows = SignOffRound.objects.visible_to(actor).select_related("entry__initiative")
    return rows.filter(pk=pk).exclude(entry__state_group="deleted").first()


def rounds_of(entry: Entry) -> list[RoundView]:
    """The rounds of an entry that the caller has found for its actor, the last one first."""
    return _views(SignOffRound.objects.filter(entry=entry).order_by("-number"))


def open_rounds(actor: Actor, query: QueryDict) -> list[RoundView]:
    """The rounds that are under way, the oldest first, at the place that the address names."""
    rows: QuerySet[SignOffRound] = SignOffRound.objects.visible_to(actor).filter(state=Result.ASKED)
    rows = rows.exclude(entry__state_group="deleted")
    scope = find_scope(actor, query.get("in", ""))
    rows = rows.none() if query.get("in") and scope is None else narrow(rows, scope, "entry__initiative")
    return _views(rows.order_by("opened_on", "pk")[:MOST], with_place=True)


def _views(rows: QuerySet[SignOffRound], *, with_place: bool = False) -> list[RoundView]:
    approvals = Approval.objects.select_related("follow_up__debtor")
    found = list(
        rows.select_related("entry__initiative", "opened_by").prefetch_related(
            Prefetch("approvals", queryset=approvals.prefetch_related("follow_up__reminders"))
        )
    )
    places = addresses_of(round_.entry for round_ in found) if with_place else {}
    return [
        RoundView(
            round_,
            list(round_.approvals.all()),
            working_days_between(
                round_.opened_on, round_.closed_at.date() if round_.closed_at else clock.today()
            ),
            label(round_.entry),
            places.get(round_.entry_id, ""),
            sum(len(row.follow_up.reminders.all()) for row in round_.approvals.all() if row.follow_up),
        )
        for round_ in found
    ]


# -- requirements -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fulfilled:
    """A deliverable that fulfils a requirement."""

    reference: str
    title: str
    url: str
    state: str
    is_signed: bool


@dataclass(frozen=True)
class Traced:
    """A requirement with what fulfils it and what shows that it is fulfilled."""

    row: Requirement
    url: str
    by: list[Fulfilled]
    files: int

    @property
    def is_accepted(self) -> bool:
        """Everything that fulfils it is signed off."""
        return bool(self.by) and all(one.is_signed for one in self.by)

    @property
    def has_evidence(self) -> bool:
        """A link, a file, or the sign-off of what fulfils it."""
        return bool(self.row.evidence or self.files or self.is_accepted)

    @property
    def lacks_evidence(self) -> bool:
        """Neither verified nor shown by anything."""
        return self.row.state != "verified" and not self.has_evidence


@dataclass(frozen=True)
class Coverage:
    """How far the requirements and obligations of a place are covered; waived and dropped ones do not count."""

    scope: Scope | None
    rows: list[Traced]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.rows)

    @property
    def requirements(self) -> list[Traced]:
        """Those that a deliverable must fulfil: obligations are shown by their evidence alone."""
        return [one for one in self.rows if one.row.kind == ObligationKind.REQUIREMENT]

    @property
    def traced_percent(self) -> int:
        """Of the requirements, how many some deliverable fulfils."""
        return _percent(sum(bool(one.by) for one in self.requirements), len(self.requirements))

    @property
    def accepted_percent(self) -> int:
        """Of the requirements, how many are fulfilled by what is signed off."""
        return _percent(sum(one.is_accepted for one in self.requirements), len(self.requirements))

    @property
    def verified_percent(self) -> int:
        """Of all, how many somebody has verified."""
        return _percent(sum(one.row.state == "verified" for one in self.rows), self.count)

    @property
    def missing(self) -> list[Traced]:
        """Those that nothing shows to be fulfilled, the first due first."""
        found = [one for one in self.rows if one.lacks_evidence]
        return sorted(found, key=lambda one: (one.row.due_on is None, one.row.due_on or date.max, one.row.pk))


def _percent(part: int, whole: int) -> int:
    return part * 100 // whole if whole else 0


def coverage(actor: Actor, query: QueryDict) -> Coverage:
    """The requirements that the address means, with what fulfils and what shows each."""
    queryset, scope = in_every_state(register_of("requirement"), actor, query)
    counted = queryset.exclude(state__in=("waived", "dropped"))
    rows = list(counted.order_by("initiative__sort_name", "number", "pk")[: MOST * 4])
    entries = [row.entry_id for row in rows]
    by, files = _fulfilled(actor, entries), _files(entries)
    here = register_of("requirement")
    return Coverage(
        scope, [Traced(row, here.url(row), by[row.entry_id], files.get(row.entry_id, 0)) for row in rows]
    )


def _fulfilled(actor: Actor, entries: Iterable[int]) -> dict[int, list[Fulfilled]]:
    found: dict[int, list[Fulfilled]] = defaultdict(list)
    relations = Relation.objects.filter(kind=Relation.Kind.FULFILS, target__in=list(entries))
    pairs = list(relations.order_by("pk").values_list("source", "target"))
    here = register_of("deliverable")
    rows = visible_to(Deliverable.objects.filter(entry__in={source for source, _target in pairs}), actor)
    known = {row.entry_id: row for row in rows.filter(deleted=False).select_related("initiative")}
    for source, target in pairs:
        row = known.get(source)
        if row is not None:
            name = f"{row.initiative.code}/{row.reference}"
            words = str(row.states.by_key[row.state].label)
            found[target].append(Fulfilled(name, row.title, here.url(row), words, row.state in SIGNED))
    return found


def _files(entries: Iterable[int]) -> dict[int, int]:
    counts: dict[int, int] = defaultdict(int)
    rows = Attachment.objects.filter(entry__in=list(entries), deleted=False)
    for entry in rows.values_list("entry", flat=True):
        counts[entry] += 1
    return counts
