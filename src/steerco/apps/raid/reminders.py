"""What owners are asked for: that it is done, still right, resolved, agreed, delivered, removed."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.followups.kinds import Answer, Kind, Owed, declare_kind
from steerco.apps.followups.models import FollowUp
from steerco.apps.initiatives.models import Record
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.raid.models import Action, Assumption, Conflict, Dependency, Issue, Obstacle, Risk
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_of

AHEAD = timedelta(days=14)  # how long before its date something is asked for
REVIEW_EVERY = timedelta(days=30)
AGREE_WITHIN = timedelta(days=7)


def _owed(model: type[Record], name: str, day: date) -> Iterable[Owed]:
    """The open records with an owner whose date `name` comes within AHEAD."""
    rows = model._default_manager.filter(
        state_group__in=(StateGroup.OPEN, StateGroup.PENDING),
        deleted=False,
        owner__isnull=False,
        initiative__archived=False,
        **{f"{name}__lte": day + AHEAD},
    )
    for entry, owner, due, lead in rows.values_list("entry", "owner", name, "initiative__lead"):
        yield Owed(entry, owner, due, creditor_id=lead if lead != owner else None)


def _write(actor: Actor, follow_up: FollowUp, comment: str, **values: Any) -> None:
    register = register_of(follow_up.entry.register)
    row = register.model._default_manager.get(entry=follow_up.entry_id)
    register.write(actor, [Change(values, pk=row.pk)], reason=comment)


def _until(follow_up: FollowUp) -> date:
    return date.fromisoformat(follow_up.given["until"])


def _answer_action(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    if answer == "done":
        _write(actor, follow_up, comment, state="done", done_on=clock.today())
    elif answer == "later":
        _write(actor, follow_up, comment, due_on=_until(follow_up))


def _answer_issue(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    if answer == "resolved":
        _write(actor, follow_up, comment, state="closed", resolution=comment, closed_on=clock.today())
    else:
        _write(actor, follow_up, comment, due_on=_until(follow_up))


def _answer_risk(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    today = clock.today()
    _write(actor, follow_up, comment, last_reviewed=today, next_review=today + REVIEW_EVERY)


def _answer_assumption(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    today = clock.today()
    if answer == "holds":
        _write(actor, follow_up, comment, review_on=today + REVIEW_EVERY)
    else:
        _write(actor, follow_up, comment, result=Assumption.Result.FALSE, validated_on=today, state="closed")


def _agreements(day: date) -> Iterable[Owed]:
    """What givers have said neither yes nor no to: asked of the owner at the giver, else of the giver's manager."""
    rows = Dependency.objects.filter(
        state="open", agreed="", deleted=False, giver__isnull=False, initiative__archived=False
    )
    for row in rows.select_related("giver"):
        debtor = row.giver_owner_id or (row.giver and row.giver.lead_id)
        if debtor:
            asked = timezone.localdate(row.created_at) + AGREE_WITHIN
            due = min(asked, row.need_by) if row.need_by else asked
            yield Owed(row.entry_id, debtor, due, row.owner_id, part=str(row.need_by or ""))


def _ask_agreement(row: FollowUp) -> str:
    needed = row.data.get("part")
    words = {"title": row.entry.title, "day": needed}
    if needed:
        return _("Do you agree to give this by %(day)s? %(title)s") % words
    return _("Do you agree to give this? %(title)s") % words


def _answer_agreement(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    row = Dependency.objects.get(entry=follow_up.entry_id)
    forecast = {"forecast": row.need_by} if answer == "yes" and row.forecast is None and row.need_by else {}
    _write(actor, follow_up, comment, agreed=answer, **forecast)


def _deliveries(day: date) -> Iterable[Owed]:
    """What givers have agreed to and not handed over."""
    rows = Dependency.objects.filter(
        state="open",
        agreed=Dependency.Agreed.YES,
        deleted=False,
        initiative__archived=False,
        need_by__lte=day + AHEAD,
    )
    for row in rows.select_related("giver"):
        debtor = row.giver_owner_id or (row.giver and row.giver.lead_id)
        if debtor:
            yield Owed(row.entry_id, debtor, row.forecast or row.need_by, row.owner_id)


def _answer_delivery(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    if answer == "delivered":
        _write(actor, follow_up, comment, state="delivered", delivered_on=clock.today())
    else:
        _write(actor, follow_up, comment, forecast=_until(follow_up))


def _answer_obstacle(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    if answer == "removed":
        _write(actor, follow_up, comment, state="removed", removed_on=clock.today(), outcome=comment)
    else:
        _write(actor, follow_up, comment, due_on=_until(follow_up))


def _answer_conflict(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    if answer == "later":
        _write(actor, follow_up, comment, due_on=_until(follow_up))
    else:
        ending = {"outcome": comment, "basis": answer, "resolved_on": clock.today()}
        _write(actor, follow_up, comment, state="resolved", **ending)


LATER = Answer("later", gettext_lazy("Later"), "must", asks="until")
PROGRESS = Answer("progress", gettext_lazy("So much is done"), asks="percent", closes=False)

declare_kind(
    Kind(
        "action.due",
        gettext_lazy("Action"),
        gettext_lazy("You own this action."),
        lambda row: row.entry.title,
        (Answer("done", gettext_lazy("Done")), LATER, PROGRESS),
        _answer_action,
        lambda day: _owed(Action, "due_on", day),
    )
)
declare_kind(
    Kind(
        "issue.due",
        gettext_lazy("Issue"),
        gettext_lazy("You own this issue."),
        lambda row: _("Resolve: %(title)s") % {"title": row.entry.title},
        (Answer("resolved", gettext_lazy("Resolved"), "must"), LATER),
        _answer_issue,
        lambda day: _owed(Issue, "due_on", day),
    )
)
declare_kind(
    Kind(
        "risk.review",
        gettext_lazy("Review of a risk"),
        gettext_lazy("You own this risk."),
        lambda row: _("Is this risk still right? %(title)s") % {"title": row.entry.title},
        (Answer("right", gettext_lazy("Still right")),),
        _answer_risk,
        lambda day: _owed(Risk, "next_review", day),
    )
)
declare_kind(
    Kind(
        "assumption.review",
        gettext_lazy("Review of an assumption"),
        gettext_lazy("You own this assumption."),
        lambda row: _("Does this still hold? %(title)s") % {"title": row.entry.title},
        (Answer("holds", gettext_lazy("It holds")), Answer("false", gettext_lazy("It is false"), "must")),
        _answer_assumption,
        lambda day: _owed(Assumption, "review_on", day),
    )
)
declare_kind(
    Kind(
        "dependency.agree",
        gettext_lazy("Agreement to a dependency"),
        gettext_lazy("You answer for what is to be given."),
        _ask_agreement,
        (Answer("yes", gettext_lazy("I agree")), Answer("no", gettext_lazy("I cannot promise it"), "must")),
        _answer_agreement,
        _agreements,
    )
)
declare_kind(
    Kind(
        "dependency.due",
        gettext_lazy("Delivery to another initiative"),
        gettext_lazy("You agreed to give this."),
        lambda row: _("Hand over: %(title)s") % {"title": row.entry.title},
        (Answer("delivered", gettext_lazy("Delivered")), LATER),
        _answer_delivery,
        _deliveries,
    )
)
declare_kind(
    Kind(
        "obstacle.due",
        gettext_lazy("Obstacle"),
        gettext_lazy("You own this obstacle."),
        lambda row: _("Remove: %(title)s") % {"title": row.entry.title},
        (Answer("removed", gettext_lazy("Removed"), "must"), LATER),
        _answer_obstacle,
        lambda day: _owed(Obstacle, "due_on", day),
    )
)
declare_kind(
    Kind(
        "conflict.due",
        gettext_lazy("Conflict"),
        gettext_lazy("You are to resolve this conflict."),
        lambda row: _("Resolve: %(title)s") % {"title": row.entry.title},
        (
            Answer(Conflict.Basis.AGREEMENT, gettext_lazy("The parties agreed"), "must"),
            Answer(Conflict.Basis.RANK, gettext_lazy("Resolved by priority rank"), "must"),
            LATER,
        ),
        _answer_conflict,
        lambda day: _owed(Conflict, "due_on", day),
    )
)
