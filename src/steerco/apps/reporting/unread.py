"""Calendars whose published reports hardly anybody opens: listed, ended, or kept with a reason.

How many opened is one number for a calendar, over all its readers: numbers by list beside those on the page of a
publication would tell by their difference who it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, Window
from django.db.models.functions import DenseRank
from django.utils.translation import gettext as _

from steerco.apps.access.roles import ROLES
from steerco.apps.cycles.models import Cadence
from steerco.apps.initiatives.policy import standing_of
from steerco.apps.reporting.models import Delivery, Keeping, Publication
from steerco.apps.reporting.selectors import FEWEST
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, can, read_ahead, require, visible_to
from steerco.kit.registers.register import register_of

SET = "cadence.set"
PERIODS = (3, 6, 12)  # of the last editions, to choose from
TIME_TO_READ = timedelta(days=7)  # an edition younger than that says nothing yet
NEARLY_NOBODY = 10  # at most one reader in so many
REASON = 300  # characters
LONGEST_KEPT = 366  # days


@dataclass
class Opening:
    """What became of the last editions of a calendar. A correction belongs to its edition.

    `opened`: readers who opened at least one of them; None where fewer than five readers could.
    """

    cadence: Cadence
    editions: int = 0
    last: datetime | None = None
    people: set[int] = field(default_factory=set)
    readers: int = 0  # everybody whom they went to, outsiders too
    opened: int | None = None
    kept: Keeping | None = None
    may_set: bool = False

    @property
    def is_proposal(self) -> bool:
        """Whether its end is proposed: enough editions, next to nobody opened one, and no reason to keep it stands."""
        few = self.opened is not None and NEARLY_NOBODY * self.opened <= len(self.people)
        return few and self.editions >= PERIODS[0] and self.kept is None


def may_look(actor: Actor) -> bool:
    """Whether the list is for this actor: who sets calendars somewhere, or works as an office."""
    office = any(ROLES[role].office for role, _place in standing_of(actor).roles)
    return office or can(actor, SET, anywhere=True)


def openings(actor: Actor, last: int) -> list[Opening]:
    """The calendars in force with the last `last` published editions each, those proposed for their end first.

    Counted are publications where the actor may build packs, as on their own pages. Four statements.
    """
    today = clock.today()
    running = Q(ends=None) | Q(ends__gt=today)
    cadences = Cadence.objects.visible_to(actor).filter(running)
    rows = visible_to(Publication.objects.all(), actor, view="pack.build").filter(
        frozen__report__cycle__cadence__in=cadences.values("pk"),
        frozen__report__deleted=False,
        published_at__lte=clock.now() - TIME_TO_READ,
    )
    cadence, cycle = F("frozen__report__cycle__cadence"), F("frozen__report__cycle")
    newest = (F("frozen__report__cycle__period_end").desc(), cycle.desc())
    ranked = rows.annotate(nth=Window(DenseRank(), partition_by=cadence, order_by=newest)).filter(
        nth__lte=last
    )
    names = ("pk", "frozen__report__cycle__cadence", "nth", "published_at")
    published = list(ranked.order_by().values_list(*names))
    known = cadences.select_related("initiative", "receivers").in_bulk({row[1] for row in published})
    found = {pk: Opening(one) for pk, one in known.items()}
    for _pk, owner, nth, at in published:
        one = found[owner]
        one.editions = max(one.editions, nth)
        one.last = max(one.last or at, at)
    _count_readers(found, {pk: owner for pk, owner, *_rest in published})
    for kept in Keeping.objects.visible_to(actor).filter(cadence__in=found, until__gte=today).order_by("pk"):
        found[kept.cadence_id].kept = kept
    read_ahead(actor, [one.cadence.initiative for one in found.values()])
    for one in found.values():
        one.may_set = can(actor, SET, one.cadence.initiative)
    return sorted(found.values(), key=_order)


def _order(one: Opening) -> tuple[bool, bool, float, str, int]:
    share = 0.0 if one.opened is None else one.opened / len(one.people)
    return not one.is_proposal, one.opened is None, share, one.cadence.title, one.cadence.pk


def _count_readers(found: dict[int, Opening], owners: dict[int, int]) -> None:
    opened: dict[int, set[int]] = {pk: set() for pk in found}
    addresses: dict[int, set[str]] = {pk: set() for pk in found}
    for publication, email, person, outside, at in _deliveries(owners):
        owner = owners[publication]
        addresses[owner].add(email)
        if person is not None and not outside:
            found[owner].people.add(person)
            if at is not None:
                opened[owner].add(person)
    for pk, one in found.items():
        one.readers = len(addresses[pk])
        one.opened = len(opened[pk]) if len(one.people) >= FEWEST else None


def _deliveries(publications: Iterable[int]) -> Iterable[tuple[int, str, int | None, bool, datetime | None]]:
    rows = Delivery.objects.filter(publication__in=list(publications)).order_by()
    return rows.values_list("publication_id", "email", "person_id", "outside", "opened_at")


def find_calendar(actor: Actor, pk: int) -> Cadence | None:
    """A calendar that the actor may read."""
    return Cadence.objects.visible_to(actor).select_related("initiative").filter(pk=pk).first()


def end_calendar(actor: Actor, cadence: Cadence, reason: str) -> None:
    """Let a calendar ask for nothing from tomorrow on; what is open goes on to its end. Raises Denied, Invalid."""
    require(actor, SET, cadence.initiative)
    if not reason.strip():
        raise Invalid({0: {"reason": [_("Say why it is ended.")]}})
    today = clock.today()
    if cadence.ends is None or cadence.ends > today:
        change = Change({"ends": today}, pk=cadence.pk, version=cadence.version)
        register_of("cadence").write(actor, [change], reason=reason.strip()[:REASON])


def keep_calendar(actor: Actor, cadence: Cadence, reason: str, until: date | None) -> Keeping:
    """Say why a calendar is kept; until that day its end is not proposed. Raises Denied, Invalid by field."""
    require(actor, SET, cadence.initiative)
    today, errors = clock.today(), {}
    if not reason.strip():
        errors["reason"] = [_("Say why it is kept.")]
    if until is None or not 0 < (until - today).days <= LONGEST_KEPT:
        errors["until"] = [_("Say until when: a day within the next year.")]
    if errors or until is None:
        raise Invalid({0: errors})
    with transaction.atomic():
        row = Keeping.objects.create(
            cadence=cadence, reason=reason.strip()[:REASON], until=until, on=today, by=actor.label[:200]
        )
        event = Event(
            kind="cadence.kept",
            entry_id=cadence.event_entry_id,
            model=Keeping._meta.label_lower,
            object_id=row.pk,
            changes={"kept": [None, [cadence.title, until.isoformat()]]},
        )
        append_events(actor, [event], reason=row.reason)
    return row
