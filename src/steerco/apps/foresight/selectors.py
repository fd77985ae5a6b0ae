"""Early warnings as somebody may see them: the soonest breach first, with what was decided about each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode

from steerco.apps.escalation.models import Escalation
from steerco.apps.foresight.models import EarlyWarning, Fared, Look, Stance
from steerco.apps.foresight.signals import sentence, signals
from steerco.apps.initiatives.models import Ancestry, Entry, Initiative
from steerco.apps.initiatives.records import rows_of
from steerco.apps.initiatives.states import StateGroup
from steerco.kit import clock
from steerco.kit.permissions import Actor, visible_to

TO_DO = (StateGroup.OPEN, StateGroup.PENDING)


@dataclass(frozen=True)
class Line:
    """A warning ready to be shown: what it is about, what was measured, what was decided."""

    row: EarlyWarning
    title: str
    label: str | Promise
    record_url: str
    text: str
    signal: str | Promise
    stance: Stance | None
    is_escalated: bool

    @property
    def url(self) -> str:
        """Where it is taken up."""
        return reverse("foresight:warning", args=[self.row.pk])

    @property
    def place(self) -> Initiative | None:
        """Its initiative, where it is about something in it."""
        return self.row.entry.initiative if self.row.entry.register != "initiative" else None

    @property
    def is_soon(self) -> bool:
        """Whether there is a week or less."""
        return self.row.breach_on is not None and (self.row.breach_on - clock.today()).days <= 7


def list_url(place: Initiative | None = None, **more: str) -> str:
    """The address of the list."""
    query = {"in": place.code if place else "", **more}
    words = urlencode({name: value for name, value in query.items() if value})
    return reverse("foresight:list") + (f"?{words}" if words else "")


def last_look() -> tuple[Any, ...] | None:
    """What tells the warnings of one look from those of the next."""
    return Look.objects.values_list("turns", "day", "at").first()


READS = ("foresight.stance", "foresight.look", "escalation.escalation", "initiatives.initiative")


def _with_stances(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With what was decided last (`stance_…`) and whether that still stands (`is_quiet`)."""
    same = {"entry": OuterRef("entry"), "signal": OuterRef("signal"), "part": OuterRef("part")}
    last = Stance.objects.filter(**same).order_by("-pk")
    names = {"kind": "kind", "until": "until", "weight": "weight", "done": "action__state_group", "pk": "pk"}
    rows = rows.annotate(**{f"stance_{key}": Subquery(last.values(name)[:1]) for key, name in names.items()})
    stands = Q(stance_kind__in=(Stance.Kind.WATCH, Stance.Kind.FINE)) | Q(
        stance_kind=Stance.Kind.ACTION, stance_done__in=TO_DO
    )
    in_time = Q(stance_until=None) | Q(stance_until__gte=clock.today())
    decided = stands & in_time & Q(weight__lte=F("stance_weight"))
    escalated = Q(entry__in=Escalation.objects.filter(state__in=Escalation.LIVE).values("entry"))
    quiet = Case(When(decided, then=True), When(escalated, then=True), default=Value(False))
    return rows.annotate(is_quiet=quiet)


def visible(actor: Actor) -> QuerySet[Any]:
    """The warnings that the actor may see: of entries that they see and, of some signals, where they may see more."""
    rows: QuerySet[Any] = visible_to(EarlyWarning.objects.filter(settled_on=None), actor)
    for key, signal in signals().items():
        if signal.seen is not None and not actor.trusted:
            rows = rows.filter(~Q(signal=key) | Q(entry__in=signal.seen(actor)))
    return rows


def warnings(
    actor: Actor,
    place: Initiative | None = None,
    *,
    signal: str = "",
    owner: str = "",
    every: bool = False,
    between: tuple[date, date] | None = None,
) -> QuerySet[EarlyWarning]:
    """The warnings at `place` and below that the actor may see, the soonest breach first; those about which somebody
    decided something that still stands, or that are escalated, only with `every`. `between`: with time until a
    day of that span."""
    rows = visible(actor)
    if place is not None:
        below = Ancestry.objects.filter(ancestor=place).values("descendant")
        rows = rows.filter(entry__initiative__in=below)
    if signal:
        rows = rows.filter(signal=signal)
    if owner:
        rows = rows.filter(entry__owner__sort_name__contains=owner)
    if between:
        rows = rows.filter(breach_on__range=between)
    rows = _with_stances(rows)
    if not every:
        rows = rows.filter(is_quiet=False)
    rows = rows.select_related("entry__initiative", "entry__owner")
    return rows.order_by(F("breach_on").asc(nulls_last=True), "-weight", "pk")


def of_entry(actor: Actor, entry_id: int) -> QuerySet[EarlyWarning]:
    """The warnings about one entry."""
    return warnings(actor, every=True).filter(entry=entry_id)


def mine(actor: Actor) -> QuerySet[EarlyWarning]:
    """Of what the actor owns or leads, those about which nobody has decided."""
    rows = warnings(actor)
    return rows.filter(Q(entry__owner__in=actor.parties) | Q(entry__initiative__lead__in=actor.parties))


def counts(
    actor: Actor, place: Initiative | None = None, *, every: bool = False
) -> list[tuple[str, Any, int]]:
    """(key, label, how many) by signal, in their order; those that find nothing are left out."""
    rows = warnings(actor, place, every=every).select_related(None).order_by().values("signal")
    found = dict(rows.annotate(n=Count("pk")).values_list("signal", "n"))
    return [(key, signal.label, found[key]) for key, signal in signals().items() if key in found]


def breaches_between(actor: Actor, first: date, last: date, place: Initiative | None = None) -> int:
    """How many of those about which nobody has decided have time until a day of that span."""
    return warnings(actor, place, between=(first, last)).select_related(None).order_by().count()


def lines(rows: Iterable[Any]) -> list[Line]:
    """Warnings ready to be shown. A few statements and one for each register."""
    found = list(rows)
    pages = rows_of({row.entry_id: row.entry for row in found}.values())
    ids = [row.stance_pk for row in found if row.stance_pk]
    stances = Stance.objects.select_related("by", "action").in_bulk(ids)
    live = Escalation.objects.filter(state__in=Escalation.LIVE, entry__in=[row.entry_id for row in found])
    up = set(live.values_list("entry", flat=True)) if found else set()
    known = signals()
    result = []
    for row in found:
        page = pages.get(row.entry_id)
        if page is None or row.signal not in known:
            continue
        register, record = page
        result.append(
            Line(
                row,
                register.title(record),
                register.label,
                register.url(record),
                sentence(row.signal, row.data),
                known[row.signal].label,
                stances.get(row.stance_pk) if row.is_quiet else None,
                row.entry_id in up,
            )
        )
    return result


def find(actor: Actor, pk: int) -> EarlyWarning | None:
    """The warning, if it is not settled and the actor may see it."""
    return warnings(actor, every=True).filter(pk=pk).first()


def past_stances(row: EarlyWarning) -> list[Stance]:
    """What was decided about a warning, the newest first; the caller may see it."""
    same = Stance.objects.filter(entry=row.entry_id, signal=row.signal, part=row.part)
    return list(same.select_related("by", "action").order_by("-pk"))


def fared() -> dict[str, Fared]:
    """How the warnings of each signal fared, by its key."""
    return {row.signal: row for row in Fared.objects.all()}


def seen_entry(actor: Actor, pk: int | None) -> Entry | None:
    """An entry, if the actor may see it."""
    return Entry.objects.visible_to(actor).filter(pk=pk).first() if pk else None
