"""What is asked of approvers, of those who owe a deliverable, of reviewers and of the owners of obligations."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.deliverables.bodies import answer_sign_off
from steerco.apps.deliverables.models import Deliverable, QualityReview, Requirement, SignOffRound
from steerco.apps.deliverables.signing import APPROVE, CONDITIONS, KIND, RETURN
from steerco.apps.deliverables.states import NOT_YET
from steerco.apps.followups.kinds import Answer, Detail, Kind, Owed, Step, declare_kind
from steerco.apps.followups.models import FollowUp, LadderStep
from steerco.apps.initiatives.models import Record
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.organisation.selectors import organisation
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.once import once_per_request
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_by_key, register_of

A = LadderStep.Action
# A sign-off is not the manager's to chase: after the deputy it is the sponsor who is told.
SIGN_OFF_LADDER = (
    Step(-2, A.REMIND),
    Step(0, A.REMIND),
    Step(3, A.REMIND),
    Step(5, A.DEPUTY),
    Step(7, A.SPONSOR),
)
AHEAD = timedelta(days=14)  # how long before its date something is asked for


# -- sign-off -----------------------------------------------------------------------------------------------------


@once_per_request
def _round(pk: int) -> SignOffRound:
    return SignOffRound.objects.get(pk=pk)


def _round_of(follow_up: FollowUp) -> SignOffRound:
    return _round(follow_up.data["round"])


def _ask(follow_up: FollowUp) -> str:
    version = follow_up.data.get("revision", "")
    words = {"title": follow_up.entry.title, "version": version}
    if version:
        return _("Sign off: %(title)s, version %(version)s") % words
    return _("Sign off: %(title)s") % words


def needs_code(follow_up: FollowUp) -> bool:
    """Whether more depends on it than the organisation lets a link alone sign off; another currency always does."""
    round_, settings = _round_of(follow_up), organisation()
    if not round_.value or settings.code_from is None:
        return False
    return round_.currency not in ("", settings.currency) or round_.value >= settings.code_from


def _detail(follow_up: FollowUp, address: str) -> Detail:
    round_ = _round_of(follow_up)
    return Detail("deliverables/_put_down.html", {**put_down(round_), "files_at": f"{address}files/"})


def put_down(round_: SignOffRound) -> dict[str, Any]:
    """What was put before the approvers, with the labels that its fields have for the reader."""
    register = register_by_key(round_.subject.get("register", ""))
    columns = register.all_columns() if register else {}
    texts = [
        (columns[name].label if name in columns else name, text)
        for name, text in round_.subject.get("texts", {}).items()
    ]
    return {"round": round_, "register": register, "texts": texts}


declare_kind(
    Kind(
        KIND,
        gettext_lazy("Sign-off"),
        gettext_lazy("You are named as approver."),
        _ask,
        (
            Answer(APPROVE, gettext_lazy("Approve")),
            Answer(CONDITIONS, gettext_lazy("Approve with conditions"), "must"),
            Answer(RETURN, gettext_lazy("Return"), "must"),
        ),
        answer_sign_off,
        ladder=SIGN_OFF_LADDER,
        needs_code=needs_code,
        detail=_detail,
    )
)


# -- what is due --------------------------------------------------------------------------------------------------


def _open(model: type[Record], name: str, day: date) -> Any:
    return model._default_manager.filter(
        state_group__in=(StateGroup.OPEN, StateGroup.PENDING),
        deleted=False,
        initiative__archived=False,
        **{f"{name}__lte": day + AHEAD},
    )


def _deliveries(day: date) -> Iterable[Owed]:
    """Of whoever delivers it: the owner, or for what comes in the party that owes it, to its owner."""
    rows = _open(Deliverable, "due_on", day).filter(state__in=NOT_YET, delivered_on=None)
    outgoing = rows.filter(direction=Deliverable.Direction.OUT, owner__isnull=False)
    for entry, owner, due in outgoing.values_list("entry", "owner", "due_on"):
        yield Owed(entry, owner, due)
    incoming = rows.filter(direction=Deliverable.Direction.IN, supplier__isnull=False)
    for entry, supplier, due, owner in incoming.values_list("entry", "supplier", "due_on", "owner"):
        yield Owed(entry, supplier, due, owner)


def _answer_delivery(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    if answer == "delivered":
        _write(actor, follow_up, comment, state="ready", delivered_on=clock.today())
    else:
        _write(actor, follow_up, comment, delivery_forecast=_until(follow_up))


def _reviews(day: date) -> Iterable[Owed]:
    rows = _open(QualityReview, "planned_on", day).filter(state="planned")
    asked = rows.filter(Q(reviewer__isnull=False) | Q(owner__isnull=False))
    for entry, reviewer, owner, due in asked.values_list("entry", "reviewer", "owner", "planned_on"):
        yield Owed(entry, reviewer or owner, due, owner if reviewer and reviewer != owner else None)


def _answer_review(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    values = {"state": answer, "done_on": clock.today()}
    _write(actor, follow_up, comment, **values, **({"findings": comment} if comment else {}))


def _obligations(day: date) -> Iterable[Owed]:
    rows = _open(Requirement, "due_on", day).filter(state="open", owner__isnull=False)
    for entry, owner, due in rows.values_list("entry", "owner", "due_on"):
        yield Owed(entry, owner, due)


def _answer_obligation(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    if answer == "met":
        _write(actor, follow_up, comment, state="met", evidence=comment[:400])
    else:
        _write(actor, follow_up, comment, due_on=_until(follow_up))


def _until(follow_up: FollowUp) -> date:
    return date.fromisoformat(follow_up.given["until"])


def _write(actor: Actor, follow_up: FollowUp, comment: str, **values: Any) -> None:
    register = register_of(follow_up.entry.register)
    row = register.model._default_manager.get(entry=follow_up.entry_id)
    register.write(actor, [Change(values, pk=row.pk)], reason=comment)


LATER = Answer("later", gettext_lazy("Later"), "must", asks="until")

declare_kind(
    Kind(
        "deliverable.due",
        gettext_lazy("Delivery"),
        gettext_lazy("You deliver it."),
        lambda row: _("Deliver: %(title)s") % {"title": row.entry.title},
        (Answer("delivered", gettext_lazy("Delivered")), LATER),
        _answer_delivery,
        _deliveries,
    )
)
declare_kind(
    Kind(
        "quality.due",
        gettext_lazy("Quality review"),
        gettext_lazy("You review it."),
        lambda row: _("Review: %(title)s") % {"title": row.entry.title},
        (
            Answer("passed", gettext_lazy("Passed")),
            Answer("conditional", gettext_lazy("Passed with conditions"), "must"),
            Answer("failed", gettext_lazy("Failed"), "must"),
        ),
        _answer_review,
        _reviews,
    )
)
declare_kind(
    Kind(
        "requirement.due",
        gettext_lazy("Obligation"),
        gettext_lazy("You own this obligation."),
        lambda row: _("Fulfil and show: %(title)s") % {"title": row.entry.title},
        (Answer("met", gettext_lazy("Met (say where the evidence is)"), "must"), LATER),
        _answer_obligation,
        _obligations,
    )
)
