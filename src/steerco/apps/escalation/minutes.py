"""What a body decided in a room: its secretary records it with day and source, and it counts once its chair confirms.

Papers, escalations and sign-offs share these rules.
"""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from steerco.apps.followups.services import holders
from steerco.apps.initiatives.posts import seats_of
from steerco.apps.people.models import Party
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.permissions import Actor

CONFIRM_WITHIN = timedelta(days=7)  # to confirm what was recorded


def seat_to_record(body: Party) -> Party | None:
    """Who keeps the minutes of a body: its secretary's seat, else its chair's; None without seats."""
    seats = seats_of([body.pk])[body.pk]
    seat = seats.get("secretary") or seats.get("chair")
    return seat.party if seat else None


def seat_of_chair(body: Party) -> Party | None:
    """The seat of a body's chair; None where there is none."""
    seat = seats_of([body.pk])[body.pk].get("chair")
    return seat.party if seat else None


def asked_secretary(party: Party) -> Party | None:
    """The seat of the secretary whom `party` is asked through: of a body that has a chair, and whose secretary's seat
    somebody holds. None where the party itself is asked."""
    if party.kind != Party.Kind.BODY:
        return None
    seats = seats_of([party.pk])[party.pk]
    secretary = seats.get("secretary")
    if secretary is None or "chair" not in seats or not holders(secretary.party_id, clock.today()):
        return None
    return secretary.party


def speaks_for(actor: Actor, party: Party) -> bool:
    """Whether what the actor answers for `party` counts at once: for a body only its chair, where it has one."""
    if party.kind != Party.Kind.BODY:
        return True
    chair = seat_of_chair(party)
    return chair is None or chair.pk in actor.parties


def require_speaker(actor: Actor, party: Party) -> None:
    """Refuse an answer for a body by anybody but its chair: theirs is recorded. Raises Invalid."""
    if not speaks_for(actor, party):
        text = _(
            "%(body)s decides: record what it decided, with its day and where it is written. Its chair confirms it."
        )
        raise wrong("answer", text % {"body": party.name})


def require_minutes(source: str, decided_on: date | None) -> None:
    """That what was decided elsewhere can be found again: where it is written, and the day. Raises Invalid."""
    if not source.strip():
        raise wrong("source", _("Say where it is written: minutes, mail, note of a call."))
    if not decided_on or decided_on > clock.today():
        raise wrong("decided_on", _("Say on which day it was decided; the day cannot lie ahead."))


def require_other_than(actor: Actor, recorded_by: int | None) -> None:
    """That nobody confirms what they recorded. Raises Invalid."""
    if recorded_by is not None and recorded_by == actor.person_id:
        raise wrong("answer", _("You recorded it: somebody else has to confirm it."))


def wrong(name: str, text: Any) -> Invalid:
    """One refusal of one field."""
    return Invalid({0: {name: [text]}})
