"""Writes of deliverables, and what they mean for a sign-off that is under way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.deliverables.checklists import Line, lines_for
from steerco.apps.deliverables.models import (
    Deliverable,
    ObligationTemplate,
    QualityReview,
    Requirement,
    SignOffRound,
)
from steerco.apps.deliverables.signing import stop_rounds
from steerco.apps.deliverables.states import BY_SIGNING, NOT_YET
from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.records import delete_records, write_records
from steerco.apps.links.services import relate
from steerco.apps.people.models import Party
from steerco.kit.history import Change, Invalid, Write, save
from steerco.kit.history.removals import remove
from steerco.kit.permissions import Actor, require
from steerco.kit.registers.register import register_by_key, register_of


def write_deliverables(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[Deliverable]:
    """Create and change deliverables. Raises Denied, Invalid, Conflict; all or nothing.

    While a round is open its approvers decide, and nobody signs off alone what they wrote. A new version, and a
    deliverable that is no longer ready for sign-off, withdraw the round.
    """
    with transaction.atomic():
        stored = Deliverable.objects.in_bulk([change.pk for change in changes if change.pk])
        _check_signing(actor, changes, stored)
        for change in changes:
            _owe_again(change, stored.get(change.pk or 0))
        rows = write_records(actor, Deliverable, changes, reason=reason, batch=batch)
        renewed = [
            row.entry_id for row in rows if row.pk in stored and stored[row.pk].revision != row.revision
        ]
        stop_rounds(actor, renewed, SignOffRound.Because.NEW_VERSION)
        left = [row.entry_id for row in rows if row.pk in stored and row.state != "ready"]
        stop_rounds(actor, left, SignOffRound.Because.TAKEN_BACK)
    return rows


def _check_signing(actor: Actor, changes: Sequence[Change], stored: dict[int, Deliverable]) -> None:
    """Raise Invalid where somebody would decide by hand what they wrote, or what others are asked to decide."""
    to_sign = [
        (index, change, stored.get(change.pk or 0))
        for index, change in enumerate(changes)
        if change.values.get("state") in BY_SIGNING
    ]
    entries = [row.entry_id for _index, _change, row in to_sign if row is not None]
    under_way = set(
        SignOffRound.objects.filter(entry__in=entries, state="asked").values_list("entry", flat=True)
    )
    errors: dict[int, dict[str, list[str]]] = {}
    for index, change, row in to_sign:
        if row is not None and row.state == change.values["state"]:
            continue
        if row is not None and row.entry_id in under_way:
            errors[index] = {"state": [under_way_text(row)]}
        elif not actor.trusted and _wrote(actor, change, row):
            errors[index] = {"state": [_("You wrote it: somebody else must sign it off.")]}
    if errors:
        raise Invalid(errors)


def under_way_text(row: Deliverable) -> str:
    """Why nobody decides by hand what approvers are asked to decide, with the page that shows the round."""
    register = register_by_key(row.register_key)
    address = f"{register.url(row)}#panel-record.signoff" if register else ""
    return _("A sign-off is under way: its approvers decide. Withdraw it to decide by hand: %(address)s") % {
        "address": address
    }


def withheld_by_round(row: Deliverable) -> dict[str, str]:
    """The transitions that an open round leaves to its approvers, each with the reason in words."""
    if row.state != "ready" or not SignOffRound.objects.filter(entry=row.entry_id, state="asked").exists():
        return {}
    text = under_way_text(row)
    return {way.key: text for way in row.states.leaving(row.state) if way.target in BY_SIGNING}


def _owe_again(change: Change, row: Deliverable | None) -> None:
    """What goes back to work is owed again: the dates of its delivery and sign-off are those of the next time."""
    if row is not None and row.state not in NOT_YET and change.values.get("state") in NOT_YET:
        again = dict.fromkeys(("delivered_on", "signed_off_on", "handed_over_on"))
        change.values = {**change.values, **again, "conditions": ""}


def _wrote(actor: Actor, change: Change, row: Deliverable | None) -> bool:
    """Whether the actor is its author, before or after the change; where none is named, its owner."""
    named = {_pk(change.values.get("author")), row.author_id if row else None} - {None}
    if not named and row is not None:
        named = {row.owner_id}
    return bool(named & actor.parties)


def _pk(party: Party | None) -> int | None:
    return party.pk if party else None


def delete_deliverables(
    actor: Actor, pks: Sequence[int], *, restore: bool = False, reason: str = "", batch: str = ""
) -> list[Deliverable]:
    """Mark deliverables deleted, or take that back; their open rounds are withdrawn. Raises Denied."""
    with transaction.atomic():
        rows = delete_records(actor, Deliverable, pks, restore=restore, reason=reason, batch=batch)
        stop_rounds(actor, [row.entry_id for row in rows if row.deleted], SignOffRound.Because.GONE)
    return rows


@dataclass(frozen=True)
class Remedy:
    """An action that a finding asks for."""

    title: str
    owner: Party | None = None
    due_on: Any = None


def raise_action(actor: Actor, review: QualityReview, remedy: Remedy) -> Any:
    """An action in the register of actions that comes from the findings of `review`, related to it.

    Raises Denied, Invalid; LookupError in an installation without a register of actions.
    """
    register = register_of("action")
    values = {
        "initiative": review.initiative,
        "title": remedy.title,
        "owner": remedy.owner,
        "due_on": remedy.due_on,
        "source": f"{review.initiative.code}/{review.reference}",
        "description": review.findings,
    }
    with transaction.atomic():
        action = register.write(actor, [Change(values)])[0]
        require(actor, "record.edit", review)
        relate(actor, review.entry, Entry.objects.get(pk=action.entry_id), "causes")
    return action


def take_checklist(actor: Actor, initiative: Initiative, chosen: Sequence[str]) -> list[Requirement]:
    """Give `initiative` the obligations of its checklists whose keys are `chosen` and that it does not have yet.

    The texts become its own: a later change of the checklist changes nothing that is under way. Raises Denied.
    """
    require(actor, "record.create", initiative)
    wanted = set(chosen)
    lines = [line for line in lines_for(initiative) if line.key in wanted and not line.is_there]
    return write_records(actor, Requirement, [Change(_obligation(initiative, line)) for line in lines])


def _obligation(initiative: Initiative, line: Line) -> dict[str, Any]:
    base = initiative.planned_start if line.due_from == "start" else initiative.planned_end
    counts = bool(line.due_from) and base is not None
    return {
        "initiative": initiative,
        "title": line.title,
        "kind": line.kind,
        "text": line.text,
        "source": line.source,
        "acceptance_criterion": line.acceptance_criterion,
        "due_on": base + timedelta(days=line.due_days or 0) if counts and base else None,
        "owner": initiative.lead,
        "checklist": line.checklist,
    }


def write_templates(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[ObligationTemplate]:
    """Create and change lines of the organisation's checklists. Raises Denied, Invalid, Conflict."""
    require(actor, "organisation.configure")
    stored = ObligationTemplate.objects.in_bulk([change.pk for change in changes if change.pk])
    writes = []
    for change in changes:
        row = stored[change.pk] if change.pk else ObligationTemplate()
        for name, value in change.values.items():
            setattr(row, name, value)
        fields = frozenset(change.values) if change.pk else None
        writes.append(Write(row, fields=fields, version=change.version))
    save(actor, writes, kind="checklist.changed", reason=reason, batch=batch)
    return [write.instance for write in writes]


def remove_templates(
    actor: Actor, rows: Sequence[ObligationTemplate], *, reason: str = "", batch: str = ""
) -> None:
    """Take lines away that an import made: what initiatives got from them stays. Raises Denied."""
    require(actor, "organisation.configure")
    remove(actor, rows, kind="checklist.removed", reason=reason, batch=batch)
