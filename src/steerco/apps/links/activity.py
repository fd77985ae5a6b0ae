"""What happened lately, out of the journal: who did what to which entry, day by day, as far as the reader sees.

A feed tells of work on entries, not of people: nothing is counted by person, and what the journal keeps of reading,
signing in, imports and what the system settles by itself is not told. The apps say in a word what their events are
(`declare_deeds`); those of records are known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.services import record_models
from steerco.apps.links.models import Watch
from steerco.apps.links.references import address, label
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor
from steerco.kit.registers.recordpage import KINDS
from steerco.kit.registers.register import Register, register_of

EVENTS = 60  # read for one page
_RECORD = ("created", "changed", "deleted", "restored")
_deeds: dict[str, str | Promise] = {
    "comment.added": _("commented"),
    "attachment.added": _("added a file"),
    "relation.added": _("linked it"),
}


def declare_deeds(words: Mapping[str, str | Promise]) -> None:
    """Say what events of these kinds are, in a word or two that follow a name: "commented"."""
    _deeds.update(words)


@dataclass
class Deed:
    """What one person did to one entry on one day: the words, each once, in the order of time."""

    who: str
    words: list[str] = field(default_factory=list)


@dataclass
class Happening:
    """What happened to an entry on one day, the last time of it, by whom."""

    entry: Entry
    label: str
    url: str
    place: str
    at: datetime
    deeds: dict[str, Deed] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """What is looked for: at and below a place, of one register, only what the actor follows, before an event."""

    place: Initiative | None = None
    register: str = ""
    followed: bool = False
    before: int = 0


@dataclass(frozen=True)
class Feed:
    """The days, the newest first, each with what happened; `older` is where the next page begins (0: nowhere)."""

    days: list[tuple[date, list[Happening]]]
    older: int


def feed(actor: Actor, wanted: Wanted) -> Feed:
    """One page of the feed. A fixed number of statements."""
    events = list(_events(actor, wanted)[: EVENTS + 1])
    older = events[EVENTS - 1].sequence if len(events) > EVENTS else 0
    events = events[:EVENTS]
    entries = {
        row.pk: row
        for row in _entries(actor, wanted)
        .filter(pk__in={event.entry_id for event in events})
        .select_related("initiative")
    }
    above = {row.initiative_id for row in entries.values() if row.initiative_id}
    places = dict(Initiative.objects.visible_to(actor).filter(pk__in=above).values_list("pk", "name"))
    days: dict[date, dict[int, Happening]] = {}
    for event in events:
        entry = entries.get(event.entry_id or 0)
        words = _words(event, register_of(entry.register)) if entry else ""
        if entry is None or not words:
            continue
        found = days.setdefault(timezone.localdate(event.at), {})
        if entry.pk not in found:
            place = "" if entry.register == "initiative" else places.get(entry.initiative_id or 0, "")
            found[entry.pk] = Happening(entry, label(entry), address(entry), place, event.at)
        deed = found[entry.pk].deeds.setdefault(event.actor_label, Deed(event.actor_label))
        if words not in deed.words:
            deed.words.insert(0, words)
    return Feed([(day, list(found.values())) for day, found in days.items()], older)


def _entries(actor: Actor, wanted: Wanted) -> QuerySet[Entry]:
    rows = Entry.objects.visible_to(actor)
    if wanted.place is not None:
        rows = rows.filter(initiative__above__ancestor=wanted.place)
    if wanted.register:
        rows = rows.filter(register=wanted.register)
    if wanted.followed:
        mine = Q(pk__in=Watch.objects.visible_to(actor).values("entry")) | Q(owner__in=actor.parties)
        rows = rows.filter(mine | Q(initiative__lead__in=actor.parties))
    return rows


def _events(actor: Actor, wanted: Wanted) -> QuerySet[Event]:
    records = [f"{model.register_key}.{what}" for model in record_models() for what in _RECORD]
    rows = Event.objects.filter(
        batch="",  # what a file changed stands with its import, row by row
        entry__in=_entries(actor, wanted).values("pk"),
        kind__in=[*records, "initiative.created", "initiative.changed", *_deeds],
    )
    if wanted.before:
        rows = rows.filter(sequence__lt=wanted.before)
    return rows.order_by("-sequence").defer("salt", "digest", "chain")


def _words(event: Event, register: Register) -> str:
    """What was done, in the reader's words; "" where it says something that not everybody at the place may know."""
    if event.kind in _deeds:
        return str(_deeds[event.kind])
    hidden = {c.name for c in register.whole.columns if c.needs or c.hidden_with}
    told = set(event.changes) - hidden
    if event.changes and not told:
        return ""
    states = register.states
    pair = event.changes.get("state")
    if (
        event.kind.endswith(".changed")
        and states is not None
        and isinstance(pair, Sequence)
        and len(pair) == 2
    ):
        state = states.by_key.get(str(pair[1]))
        return f"→ {state.label}" if state else str(KINDS["changed"])
    return str(KINDS[event.kind.rpartition(".")[2]])
