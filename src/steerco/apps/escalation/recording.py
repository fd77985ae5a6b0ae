"""What a body decided about an escalation: recorded by its secretary, confirmed by its chair."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.escalation.minutes import (
    CONFIRM_WITHIN,
    asked_secretary,
    require_minutes,
    require_other_than,
    seat_of_chair,
    speaks_for,
    wrong,
)
from steerco.apps.escalation.models import Escalation
from steerco.apps.escalation.proposals import (
    CONFIRM,
    KIND,
    close_answered,
    locked,
    note,
    question,
    questions_of,
)
from steerco.apps.followups.kinds import kinds
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import Ask, ask, withdraw
from steerco.apps.people.models import Party
from steerco.kit import clock
from steerco.kit.permissions import Actor, Denied, can


def may_record(actor: Actor, row: Escalation) -> bool:
    """Whether the actor may record what the body decided: who sits there as secretary or chair, and who prepares
    entries at the level that was asked."""
    is_open = row.state == Escalation.State.PROPOSED and not row.recorded
    if not is_open or row.receiver.kind != Party.Kind.BODY or seat_of_chair(row.receiver) is None:
        return False
    return row.receiver_id in actor.parties or can(actor, "record.transition", row.to)


def record_answer(
    actor: Actor, row: Escalation, answer: str, *, decided_on: date | None, source: str, comment: str = ""
) -> None:
    """Record what the body decided about an escalation: `answer` is one of those that its receiver may give.

    It counts once the chair has confirmed it; what the chair records counts at once. Raises Denied, Invalid.
    """
    with transaction.atomic():
        row = locked(row)
        if not may_record(actor, row):
            raise Denied("record.transition")
        [kind] = [kind for kind in kinds() if kind.key == KIND]
        chosen = next((one for one in kind.answers if one.key == answer), None)
        if chosen is None:
            raise wrong("answer", _("This is not among the answers."))
        if chosen.comment == "must" and not comment.strip():
            raise wrong("comment", _("Say why in a sentence."))
        require_minutes(source, decided_on)
        row.recorded_at, row.recorded_by_id = clock.now(), actor.person_id
        row.decided_on, row.source = decided_on, source.strip()
        withdraw(actor, questions_of([row]), FollowUp.State.SETTLED)
        said: dict[str, Any] = {"answer": [None, answer], "source": [None, row.source]}
        said |= {"decided_on": [None, decided_on.isoformat() if decided_on else None]}
        if speaks_for(actor, row.receiver):
            # The seat is the right, as with an answer to what one is asked.
            close_answered(replace(actor, trusted=True), row, answer, comment.strip())
            return
        row.recorded, row.comment = answer, comment.strip()
        row.save()
        note(actor, [row], "escalation.recorded", row.comment, said)
        chair = seat_of_chair(row.receiver)
        if chair is None:
            raise wrong("answer", _("%(body)s has no chair to confirm it.") % {"body": row.receiver.name})
        _ask_chair(actor, row, chair)


def _ask_chair(actor: Actor, row: Escalation, chair: Party) -> None:
    data = {"escalation": row.pk, "answer": row.recorded, "source": row.source}
    data |= {"comment": row.comment[:200], "day": row.decided_on.isoformat() if row.decided_on else ""}
    due = clock.today() + CONFIRM_WITHIN
    key = f"{CONFIRM}:{row.pk}:{_next(row)}"
    ask(actor, [Ask(key, CONFIRM, row.entry_id, chair.pk, due, _creditor(row), data)])


def _next(row: Escalation) -> int:
    return questions_of([row]).count() + 1


def _creditor(row: Escalation) -> int | None:
    return row.proposed_by.party_id if row.proposed_by else None


def confirm_answer(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    """What the chair's answer does: what was recorded counts, or it was not so and is asked again. Raises Invalid."""
    row = locked(Escalation.objects.get(pk=follow_up.data["escalation"]))
    if row.state != Escalation.State.PROPOSED or not row.recorded:
        raise wrong("answer", _("This has been answered already."))
    if answer == "right":
        require_other_than(actor, row.recorded_by_id)
        close_answered(actor, row, row.recorded, row.comment)
        return
    was = {"answer": [row.recorded, None], "source": [row.source, None]}
    row.recorded, row.comment, row.source = "", "", ""
    row.recorded_at = row.recorded_by = row.decided_on = None
    row.save()
    note(actor, [row], "escalation.not_so", comment, was)
    secretary = asked_secretary(row.receiver)
    ask(actor, [question(row, secretary, creditor=_creditor(row), number=_next(row))])
