"""Gates: where the register of decision rights says who decides about one, only their decision passes it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from steerco.apps.escalation.authority import Authority, Subject, authority_for
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.records import write_records
from steerco.apps.planning.models import Milestone
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor


def gate_authority(initiative: Initiative, day: date | None = None) -> Authority | None:
    """Who decides about the gates of an initiative by the register of decision rights, as it stood on `day`; None where
    it says nothing binding."""
    authority = authority_for(Subject.GATE, initiative, day=day)
    return authority if authority.is_binding else None


def gate_refusal(actor: Actor, stored: Milestone | None, change: Change) -> str:
    """Why a change may not say that a gate is passed, was passed on another day, or was not passed after all; "" where
    it may. Another tier or place for a passed gate says that too."""
    if actor.trusted:
        return ""
    before = _passed(stored, {})
    after = _passed(stored, change.values)
    if before == after:
        return ""
    place, day = after or before or (None, None)
    return _left_to_deciders(place, day) if place is not None else ""


def withheld_at_gate(row: Milestone) -> dict[str, str]:
    """The transition that a gate leaves to whoever decides about it, with the reason in words."""
    way = {"planned": "reach", "reached": "reopen"}.get(row.state)
    if way is None or row.tier != Milestone.Tier.GATE:
        return {}
    text = _left_to_deciders(row.initiative, row.actual)
    return {way: text} if text else {}


def _left_to_deciders(place: Initiative, day: date | None) -> str:
    authority = gate_authority(place, day or clock.today())
    if authority is None:
        return ""
    return _("A gate is passed by a decision: prepare it from the page of the milestone. %(authority)s") % {
        "authority": authority.in_words
    }


def _passed(stored: Milestone | None, values: Mapping[str, Any]) -> tuple[Initiative, date | None] | None:
    """Where and when a milestone, with these values, is a gate that was passed; None where it is none or was not."""

    def now(name: str) -> Any:
        return values.get(name, getattr(stored, name, None))

    place, actual = now("initiative"), now("actual")
    if now("tier") != Milestone.Tier.GATE or place is None or (actual is None and now("state") != "reached"):
        return None
    return place, actual


def pass_gate(actor: Actor, row: Milestone, day: date, reason: str) -> None:
    """Note that a gate was passed by a decision on `day`; what the plan said before of its actual date gives way."""
    if row.state == "dropped" or row.deleted or row.actual == day:
        return
    change = Change({"state": "reached", "actual": day}, pk=row.pk)
    write_records(replace(actor.itself(), trusted=True), Milestone, [change], reason=reason)


def open_gate(actor: Actor, row: Milestone, day: date, reason: str) -> None:
    """Take back that a gate was passed on `day`, since that decision is reversed."""
    if row.deleted or row.actual != day:
        return
    change = Change({"state": "planned", "actual": None}, pk=row.pk)
    write_records(replace(actor.itself(), trusted=True), Milestone, [change], reason=reason)
