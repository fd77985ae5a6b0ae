"""A body signs off in a room: what its secretary answers is recorded, and counts once its chair has confirmed it."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.deliverables.models import Approval, Result, SignOffRound
from steerco.apps.deliverables.signing import KIND, answer_round
from steerco.apps.escalation.minutes import (
    CONFIRM_WITHIN,
    require_other_than,
    seat_of_chair,
    speaks_for,
    wrong,
)
from steerco.apps.followups.kinds import Answer, Kind, declare_kind
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import Ask, ask
from steerco.kit import clock
from steerco.kit.history import Write, save
from steerco.kit.permissions import Actor

CONFIRM = "signoff.confirm"


def answer_sign_off(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    """What an approver's answer does; for a body, only its chair's counts at once. Raises Invalid."""
    approval = Approval.objects.select_related("party", "round").get(pk=follow_up.data["approval"])
    by_silence = follow_up.identity == FollowUp.Identity.SILENCE
    if by_silence or speaks_for(actor, approval.party):
        answer_round(actor, follow_up, answer, comment)
        return
    if not comment.strip():
        raise wrong("comment", _("Say where it is written: minutes, mail, note of a call."))
    chair = seat_of_chair(approval.party)
    if chair is None:
        raise LookupError(f"{approval.party} has no chair")
    data: dict[str, Any] = {"approval": approval.pk, "answer": answer, "comment": comment.strip()}
    data |= {"by": actor.person_id, "by_name": actor.label[:200], "round": approval.round_id}
    due = clock.today() + CONFIRM_WITHIN
    key = f"{CONFIRM}:{follow_up.pk}"
    _ask(actor, approval, Ask(key, CONFIRM, follow_up.entry_id, chair.pk, due, follow_up.creditor_id, data))


def _ask(actor: Actor, approval: Approval, asked: Ask) -> None:
    with transaction.atomic():
        [approval.follow_up] = ask(actor, [asked])
        save(actor, [Write(approval, fields=frozenset({"follow_up"}))], kind="signoff.recorded")


def _confirm(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    """What the chair's answer does: what was recorded counts, or it was not so and the body is asked again."""
    data = follow_up.data
    approval = Approval.objects.select_related("party", "round").get(pk=data["approval"])
    if approval.state != Result.ASKED:
        raise wrong("answer", _("This has been answered already."))
    if answer == "right":
        require_other_than(actor, data["by"])
        words = _("%(comment)s (recorded by %(who)s)") % {"comment": data["comment"], "who": data["by_name"]}
        answer_round(actor, follow_up, data["answer"], words)
        return
    round_: SignOffRound = approval.round
    again = {"round": round_.pk, "approval": approval.pk, "revision": round_.revision}
    party, creditor = approval.party_id, follow_up.creditor_id
    key = f"{KIND}:{approval.pk}:{follow_up.pk}"
    _ask(actor, approval, Ask(key, KIND, follow_up.entry_id, party, follow_up.due, creditor, again))


def _question(row: FollowUp) -> str:
    words = {
        "title": row.entry.title,
        "who": row.data["by_name"],
        "said": _said(row),
        "comment": row.data["comment"],
    }
    return _("Is this right? %(title)s: %(said)s. Recorded by %(who)s: %(comment)s") % words


def _said(row: FollowUp) -> str:
    return str(
        {
            "approve": _("approved"),
            "conditions": _("approved with conditions"),
            "return": _("returned"),
        }[row.data["answer"]]
    )


declare_kind(
    Kind(
        CONFIRM,
        gettext_lazy("Sign-off, to confirm"),
        gettext_lazy("You chair the body that decided."),
        _question,
        (
            Answer("right", gettext_lazy("Yes, so it was decided")),
            Answer("wrong", gettext_lazy("Not so"), "must"),
        ),
        _confirm,
    )
)
