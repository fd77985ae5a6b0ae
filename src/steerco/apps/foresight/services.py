"""Writes about early warnings: what somebody decides about one, the action that is made of it, the limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.foresight.looking import the_look
from steerco.apps.foresight.models import EarlyWarning, Limit, Stance
from steerco.apps.foresight.signals import sentence, signals
from steerco.apps.initiatives.models import Entry
from steerco.apps.links.services import relate
from steerco.apps.people.models import Party, Person
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, require
from steerco.kit.registers.register import register_of

CONFIGURE = "organisation.configure"
MOST = 3650
REASON = 300
FURTHEST_WATCH = 366  # days


@dataclass(frozen=True)
class Wanted:
    """The action that is made of a warning."""

    title: str
    owner: Party | None
    due_on: date | None


def decide(
    actor: Actor, warning: EarlyWarning, kind: str, reason: str, *, until: date | None = None
) -> Stance:
    """Watch a warning until a day, or say that it is no worry: kept with its reason until it gets worse.

    Raises Denied for who may not change the entry, Invalid by field.
    """
    require(actor, "record.edit", warning.entry)
    errors: dict[str, list[str]] = {}
    if kind not in (Stance.Kind.WATCH, Stance.Kind.FINE):
        errors["kind"] = [_("Say what you decide.")]
    if not reason.strip():
        errors["reason"] = [_("Say why.")]
    today = clock.today()
    if kind == Stance.Kind.WATCH and until is None:
        errors["until"] = [_("Say until when.")]
    elif kind == Stance.Kind.WATCH and until and not 0 < (until - today).days <= FURTHEST_WATCH:
        errors["until"] = [_("Take a day within the next year.")]
    if errors:
        raise Invalid({0: errors})
    return _take(actor, warning, kind, reason, until=until if kind == Stance.Kind.WATCH else None)


def make_action(actor: Actor, warning: EarlyWarning, wanted: Wanted) -> Any:
    """Make an action of a warning, related to what it is about. Raises Denied, Invalid by field."""
    require(actor, "record.edit", warning.entry)
    errors = {}
    if not wanted.title.strip():
        errors["title"] = [_("Say what is to be done.")]
    if wanted.owner is None:
        errors["owner"] = [_("Say who does it.")]
    if wanted.due_on is None:
        errors["due_on"] = [_("Say by when.")]
    if errors:
        raise Invalid({0: errors})
    entry = warning.entry
    values: dict[str, Any] = {
        "initiative": entry.initiative,
        "title": wanted.title.strip()[:300],
        "owner": wanted.owner,
        "due_on": wanted.due_on,
        "description": sentence(warning.signal, warning.data),
        "source": _("Early warning"),
    }
    if entry.register == "risk":
        values["risk"] = register_of("risk").model._default_manager.get(entry=entry)
    with transaction.atomic():
        action = register_of("action").write(actor, [Change(values)])[0]
        made = Entry.objects.get(pk=action.entry_id)
        relate(actor, made, entry, "mitigates")
        _take(actor, warning, Stance.Kind.ACTION, "", action=made)
    return action


def _take(
    actor: Actor,
    warning: EarlyWarning,
    kind: str,
    reason: str,
    *,
    until: date | None = None,
    action: Entry | None = None,
) -> Stance:
    person = Person.objects.filter(pk=actor.person_id).first() if actor.person_id else None
    with transaction.atomic():
        row = Stance.objects.create(
            entry_id=warning.entry_id,
            signal=warning.signal,
            part=warning.part,
            kind=kind,
            until=until,
            reason=reason.strip()[:REASON],
            weight=warning.weight,
            on=clock.today(),
            by=person,
            action=action,
        )
        told = {"warning": [None, [warning.signal, kind, until.isoformat() if until else ""]]}
        event = Event(
            kind="warning.decided",
            entry_id=warning.entry_id,
            model="foresight.stance",
            object_id=row.pk,
            changes=told,
        )
        append_events(actor, [event], reason=row.reason)
    return row


def set_limits(actor: Actor, limits: Mapping[str, tuple[int, bool]]) -> None:
    """The organisation's limits by signal, as (limit, off). Raises Denied, Invalid by signal."""
    require(actor, CONFIGURE)
    known = signals()
    for key, (limit, _off) in limits.items():
        if key not in known or not known[key].least <= limit <= MOST:
            raise Invalid({0: {key: [_("This limit makes no sense.")]}})
    with transaction.atomic():
        before = {row.signal: [row.limit, row.off] for row in Limit.objects.all()}
        for key, (limit, off) in limits.items():
            Limit.objects.update_or_create(signal=key, defaults={"limit": limit, "off": off})
        after = {key: [limit, off] for key, (limit, off) in limits.items()}
        changes = {key: [before.get(key), value] for key, value in after.items() if before.get(key) != value}
        if changes:
            look = the_look()
            event = Event(kind="foresight.limits", model="foresight.look", object_id=look.pk, changes=changes)
            append_events(actor, [event])
