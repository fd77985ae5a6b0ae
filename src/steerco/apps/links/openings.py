"""Records that follow from others: a risk that happens opens an issue, a false assumption a risk.

An app declares what its records may open (`declare_opening`); the buttons stand on the record's page. The new record
is linked to the old one, never a second copy of it, and the old one is closed with its reason in the same action.
An initiative may open records too (`source` "initiative"): one of each kind at a time, and another once that is done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from steerco.apps.initiatives.models import Entry, Initiative, Record
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.links.models import Relation
from steerco.apps.links.services import relate
from steerco.kit.history import Change, Invalid
from steerco.kit.pages.panels import Button, declare_button
from steerco.kit.permissions import Actor, can, visible_to
from steerco.kit.registers.register import register_of

INITIATIVE = "initiative"  # as the register of its entry is called


@dataclass(frozen=True)
class Opening:
    """A record of the register `target` that may be opened from one of `source` ("": any record).

    `key` stands in the address. `offered(row)` says whether the record is ready for it; `start(row)` are the values
    that the form of the new record begins with; `ends(row)` are those that the old one gets in the same action ({}
    leaves it as it is); `relation` is what the old record is to the new one. Without `button` the app that declares
    it shows the way to it itself (`opening_url`). With `again` another may be opened once the one before is done.
    """

    key: str
    source: str
    target: str
    label: str | Promise
    offered: Callable[[Any], bool]
    start: Callable[[Any], Mapping[str, Any]]
    ends: Callable[[Any], Mapping[str, Any]] = lambda row: {}
    relation: str = Relation.Kind.CAUSES
    button: bool = True
    again: bool = False


_openings: dict[str, Opening] = {}


def declare_opening(opening: Opening) -> None:
    """Add an opening with its button. Raises ValueError when its key is taken."""
    if opening.key in _openings:
        raise ValueError(f"opening declared twice: {opening.key}")
    _openings[opening.key] = opening

    if opening.button:
        declare_button(Button("record", opening.label, lambda actor, row: opening_url(actor, opening, row)))


def opening_url(actor: Actor, opening: Opening, row: Any) -> str:
    """Where `actor` opens the new record from `row`; "" where they may not, or not now."""
    if not isinstance(row, Record | Initiative) or not may_open(actor, opening, row):
        return ""
    return reverse("links:open", args=[row.entry_id, opening.key])


def opening_for(actor: Actor, row: Record | Initiative, key: str) -> Opening | None:
    """The opening with that key, if `actor` may take it from `row` now."""
    found = _openings.get(key)
    return found if found is not None and may_open(actor, found, row) else None


def may_open(actor: Actor, opening: Opening, row: Record | Initiative) -> bool:
    """Whether the record is ready, nothing was opened from it yet, and `actor` may write both."""
    return (
        _fits(opening, row)
        and opening.offered(row)
        and can(actor, "record.edit", row)
        and register_of(opening.target).allows(actor, "create", place_of(row))
        and opened_from(actor, opening, row) is None
    )


def _fits(opening: Opening, row: Record | Initiative) -> bool:
    if isinstance(row, Initiative):
        return opening.source == INITIATIVE
    return opening.source in (row.register_key, "")


def place_of(row: Record | Initiative) -> Initiative:
    """Where the new record stands at first: where the old one does, or the initiative that it is opened from."""
    return row if isinstance(row, Initiative) else row.initiative


def opened_from(actor: Actor, opening: Opening, row: Record | Initiative) -> Entry | None:
    """What was opened from `row` and `actor` may see; of an initiative, or where it may be opened again, only what is
    not done."""
    targets = Relation.objects.filter(source=row.entry_id, kind=opening.relation).values("target")
    entries = Entry.objects.filter(pk__in=targets, register=opening.target)
    if isinstance(row, Initiative) or opening.again:
        entries = entries.filter(state_group__in=(StateGroup.OPEN, StateGroup.PENDING))
    return visible_to(entries, actor).exclude(state_group=StateGroup.DELETED).first()


def open_from(
    actor: Actor, opening: Opening, row: Record | Initiative, change: Change, *, reason: str = ""
) -> Any:
    """Write the new record, relate the two, and end the old one, all or nothing. Raises Denied, Invalid, Conflict.

    Invalid holds the messages on the new record; what the old one refuses stands under its "state".
    """
    with transaction.atomic():
        Entry.objects.select_for_update().get(
            pk=row.entry_id
        )  # of two at once, the second finds the first's record
        if opened_from(actor, opening, row) is not None:
            raise Invalid({0: {"title": [_("It has been opened already.")]}})
        new = register_of(opening.target).write(actor, [change], reason=reason)[0]
        relate(actor, row.entry, Entry.objects.get(pk=new.entry_id), opening.relation)
        ending = dict(opening.ends(row))
        if ending:
            source = INITIATIVE if isinstance(row, Initiative) else row.register_key
            register_of(source).write(actor, [Change(ending, pk=row.pk)], reason=reason)
    return new
