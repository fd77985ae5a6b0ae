"""Writes of decision papers and bodies; what follows from a decision."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.escalation.deciders import PaperKind, declare_paper, default_decider
from steerco.apps.escalation.deciding import write_papers
from steerco.apps.escalation.papers import Verdict
from steerco.apps.governance.gates import follow_gate, gate_options
from steerco.apps.governance.models import OTHER, Body, Decision
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.posts import create_seats
from steerco.apps.initiatives.records import write_records
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.links.services import relate
from steerco.apps.people.models import Party
from steerco.apps.people.services import make_parties, rename_party
from steerco.apps.raid.models import Action
from steerco.kit.history import Change, Invalid, Write, save
from steerco.kit.permissions import Actor, require

TAKE = "decision.take"
FEWEST_OPTIONS = 2
OPEN = (StateGroup.OPEN, StateGroup.PENDING)
CASCADE = "causes"  # the relation from a decision to what is done about it


def write_decisions(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[Decision]:
    """Create and change decision papers. Raises Denied, Invalid (by position), Conflict; all or nothing.

    A prepared paper gets its decider from the decision rights where nobody named one; one that is asked for has
    options.
    """
    with transaction.atomic():
        stored = Decision.objects.in_bulk([c.pk for c in changes if c.pk])
        for index, change in enumerate(changes):
            if change.pk is None and change.values.get("gate") and not change.values.get("options"):
                change.values["options"] = gate_options()
            if change.values.get("state") in Decision.asked_states and not batch:
                options = change.values.get("options", stored[change.pk].options if change.pk else [])
                if len(options) < FEWEST_OPTIONS:
                    text = _("Write at least two options first; one of them may be to do nothing.")
                    raise Invalid({index: {"state": [text]}})
        rows = write_papers(actor, Decision, changes, reason=reason, batch=batch)
        _refuse_second_papers(rows)
        _name_deciders(actor, rows)
    return rows


def _refuse_second_papers(rows: Sequence[Decision]) -> None:
    """Raises Invalid where two papers about the same gate would be open at once."""
    for index, row in enumerate(rows):
        if row.gate_id is None or row.state_group not in OPEN:
            continue
        others = Decision.objects.filter(gate=row.gate_id, state_group__in=OPEN, deleted=False)
        if others.exclude(pk=row.pk).exists():
            raise Invalid({index: {"gate": [_("Another decision about this gate is open already.")]}})


def _name_deciders(actor: Actor, rows: Sequence[Decision]) -> None:
    for row in rows:
        if row.state == Decision.ready_state and row.decider_id is None:
            decider = default_decider(row)
            if decider is not None:
                write_papers(actor, Decision, [Change({"decider": decider}, pk=row.pk)])
                row.decider = decider


def _follow(actor: Actor, row: Decision, verdict: Verdict, values: dict[str, Any]) -> dict[str, Any]:
    """The text of the decision; and what it reverses is reversed."""
    if not verdict.final:
        return {}
    follow_gate(actor, row, verdict.key, values.get("decided_on") or row.decided_on)
    said = values.get("rationale") or values.get("conditions") or row.rationale or row.conditions
    if row.reverses_id and row.reverses and row.reverses.state == "decided":
        change = Change({"state": "reversed"}, pk=row.reverses_id)
        write_records(replace(actor.itself(), trusted=True), Decision, [change], reason=row.reference)
    return {"decision": said if verdict.key == OTHER else str(verdict.label)}


declare_paper(
    PaperKind(Decision, TAKE, _follow, frozenset({"title", "options", "recommendation", "background"}))
)


def add_action(actor: Actor, row: Decision, where: Initiative, values: dict[str, Any]) -> Action:
    """An action that follows from a decision, at its initiative or anywhere below where the actor may add one.

    Raises Denied, Invalid.
    """
    require(actor, "record.create", where)
    with transaction.atomic():
        change = Change({"initiative": where, "source": row.reference, **values})
        action = write_records(actor, Action, [change])[0]
        relate(replace(actor.itself(), trusted=True), row.entry, action.entry, CASCADE)
    return action


def write_bodies(actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = "") -> list[Body]:
    """Set up and change bodies; a new one gets the seats of chair, secretary and members, all vacant.

    Raises Denied, Invalid, Conflict; all or nothing.
    """
    with transaction.atomic():
        stored = Body.objects.select_related("initiative").in_bulk([c.pk for c in changes if c.pk])
        writes = []
        for change in changes:
            where = change.values.get("initiative")
            body = stored[change.pk] if change.pk else Body()
            require(actor, "initiative.appoint", body.initiative if change.pk else where)
            if change.pk and "initiative" in change.values:
                require(actor, "initiative.appoint", where)
            if change.pk is None:
                body.party = make_parties(Party.Kind.BODY, [str(change.values.get("name", ""))])[0]
            for name, value in change.values.items():
                setattr(body, name, value)
            fields = frozenset(change.values) if change.pk else None
            kind = f"body.{'changed' if change.pk else 'set_up'}"
            writes.append(Write(body, fields=fields, version=change.version, kind=kind))
        save(actor, writes, kind="body.changed", reason=reason, batch=batch)
        for write in writes:
            body = write.instance
            if write.fields is None:
                create_seats(actor, body.initiative, body.party)
            elif "name" in write.fields:
                rename_party(body.party_id, body.name)
    return [write.instance for write in writes]
