"""Gates: where the register of decision rights says who decides about one, only their decision passes it."""

from dataclasses import replace
from datetime import date

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
    """Why a change may not say that a gate is passed, or was passed on another day; "" where it may."""
    if actor.trusted:
        return ""
    values = change.values
    tier = values.get("tier", stored.tier if stored else "")
    passed = values.get("state") == "reached" or values.get("actual") is not None
    place = values.get("initiative", stored.initiative if stored else None)
    if tier != Milestone.Tier.GATE or not passed or place is None:
        return ""
    was = (stored.state, stored.actual) if stored and stored.tier == Milestone.Tier.GATE else ("", None)
    if stored and (values.get("state", stored.state), values.get("actual", stored.actual)) == was:
        return ""
    authority = gate_authority(place, values.get("actual") or clock.today())
    if authority is None:
        return ""
    return _("A gate is passed by a decision: prepare it from the page of the milestone. %(authority)s") % {
        "authority": authority.in_words
    }


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
