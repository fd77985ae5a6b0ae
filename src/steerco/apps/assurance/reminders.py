"""What is asked of reviewers, of those who check the facts, of owners of findings and of those who decide."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.assurance.models import Finding, Review
from steerco.apps.assurance.services import decider_of, itself, write_findings
from steerco.apps.assurance.showing import draft_of
from steerco.apps.assurance.working import FACTS, begin, say_facts
from steerco.apps.followups.kinds import Answer, Detail, Kind, Owed, declare_kind
from steerco.apps.followups.models import FollowUp
from steerco.apps.initiatives.records import write_records
from steerco.apps.initiatives.states import StateGroup
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor

AHEAD = timedelta(days=14)
LATER = Answer("later", gettext_lazy("Later"), "must", asks="until")
ANSWER_WITHIN = timedelta(days=10)  # of a finding that was issued
CHECK_WITHIN = timedelta(days=7)


def _review(row: FollowUp) -> Review:
    return Review.objects.select_related("initiative", "owner").get(entry=row.entry_id)


def _until(row: FollowUp) -> date:
    return date.fromisoformat(row.given["until"])


def _live(model: type[Any], **more: Any) -> Any:
    return model._default_manager.filter(deleted=False, initiative__archived=False, **more)


# -- reviews --------------------------------------------------------------------------------------------------------


def _planned(day: date) -> Iterable[Owed]:
    rows = _live(Review, state="planned", owner__isnull=False, planned_on__lte=day + AHEAD)
    for entry, owner, due in rows.values_list("entry", "owner", "planned_on"):
        yield Owed(entry, owner, due)


def _answer_planned(actor: Actor, row: FollowUp, answer: str, comment: str) -> None:
    review = _review(row)
    if answer == "begin":
        begin(itself(actor), review)
    else:
        change = Change({"planned_on": _until(row)}, pk=review.pk)
        write_records(itself(actor), Review, [change], reason=comment)


def _answer_facts(actor: Actor, row: FollowUp, answer: str, comment: str) -> None:
    say_facts(actor, _review(row), answer, comment)


def _draft(row: FollowUp, address: str) -> Detail:
    return Detail("assurance/_content.html", {"shown": draft_of(_review(row)), "is_draft": True})


declare_kind(
    Kind(
        "review.planned",
        gettext_lazy("Review to hold"),
        gettext_lazy("You lead this review."),
        lambda row: (
            _("Review %(place)s: %(title)s") % {"place": row.entry.initiative, "title": row.entry.title}
        ),
        (Answer("begin", gettext_lazy("Begin now"), ""), LATER),
        _answer_planned,
        _planned,
    )
)
declare_kind(
    Kind(
        FACTS,
        gettext_lazy("Check of facts"),
        gettext_lazy("You lead what was reviewed."),
        lambda row: _("Are the facts right? %(title)s") % {"title": row.entry.title},
        (
            Answer("right", gettext_lazy("The facts are right")),
            Answer("wrong", gettext_lazy("Something is wrong"), "must"),
        ),
        _answer_facts,
        detail=_draft,
    )
)


# -- findings -------------------------------------------------------------------------------------------------------


def _finding(row: FollowUp) -> Finding:
    related = ("initiative", "review__owner", "review__appeals_to", "owner", "decider")
    return Finding.objects.select_related(*related).get(entry=row.entry_id)


def _move(actor: Actor, row: FollowUp, comment: str, **values: Any) -> None:
    """Write as whoever answers, with the right that the debt gives."""
    change = Change(values, pk=_finding(row).pk)
    write_findings(replace(itself(actor), label=actor.label), [change], reason=comment)


def _question(words: Any) -> Any:
    def ask(row: FollowUp) -> str:
        return str(words) % {"title": row.entry.title, "place": row.entry.initiative}

    return ask


def _open(day: date) -> Iterable[Owed]:
    rows = _live(Finding, state="open", owner__isnull=False)
    for entry, owner, made in rows.values_list("entry", "owner", "created_at"):
        yield Owed(entry, owner, made.date() + ANSWER_WITHIN)


def _answer_open(actor: Actor, row: FollowUp, answer: str, comment: str) -> None:
    if answer == "agree":
        _move(actor, row, comment, state="agreed")
    else:
        _move(actor, row, comment, state="contested", objection=comment)


def _agreed(day: date) -> Iterable[Owed]:
    rows = _live(Finding, state="agreed", owner__isnull=False, due_on__lte=day + AHEAD)
    for entry, owner, due in rows.values_list("entry", "owner", "due_on"):
        yield Owed(entry, owner, due)


def _answer_agreed(actor: Actor, row: FollowUp, answer: str, comment: str) -> None:
    _move(actor, row, comment, state="done", closure_evidence=comment)


def _done(day: date) -> Iterable[Owed]:
    """Of whoever led the review; nobody checks their own work."""
    rows = _live(Finding, state="done", review__owner__isnull=False).exclude(state_group=StateGroup.DELETED)
    for entry, reviewer, owner, at in rows.values_list("entry", "review__owner", "owner", "changed_at"):
        if reviewer != owner:
            yield Owed(entry, reviewer, at.date() + CHECK_WITHIN, owner)


def _answer_done(actor: Actor, row: FollowUp, answer: str, comment: str) -> None:
    _move(actor, row, comment, state="closed" if answer == "close" else "agreed")


def _contested(day: date) -> Iterable[Owed]:
    rows = _live(Finding, state="contested").select_related("review__appeals_to", "decider")
    for found in rows:
        decider = decider_of(found)
        if decider is not None:
            yield Owed(found.entry_id, decider.pk, found.changed_at.date() + ANSWER_WITHIN, found.owner_id)


def _answer_contested(actor: Actor, row: FollowUp, answer: str, comment: str) -> None:
    said = f"{actor.label}, {clock.today().isoformat()}: {comment}"
    _move(actor, row, comment, state="agreed" if answer == "stands" else "withdrawn", verdict=said)


def _why(row: FollowUp, address: str) -> Detail:
    return Detail("assurance/_finding.html", {"finding": _finding(row)})


declare_kind(
    Kind(
        "finding.open",
        gettext_lazy("Finding to answer"),
        gettext_lazy("A review names you to deal with it."),
        _question(gettext_lazy("A review of %(place)s recommends: %(title)s. Do you agree?")),
        (
            Answer("agree", gettext_lazy("Agreed")),
            Answer("contest", gettext_lazy("Contest it (say why)"), "must"),
        ),
        _answer_open,
        _open,
        detail=_why,
    )
)
declare_kind(
    Kind(
        "finding.due",
        gettext_lazy("Finding to deal with"),
        gettext_lazy("You deal with it."),
        _question(gettext_lazy("Is it done? %(title)s")),
        (Answer("done", gettext_lazy("Done (say what shows it)"), "must"),),
        _answer_agreed,
        _agreed,
        detail=_why,
    )
)
declare_kind(
    Kind(
        "finding.check",
        gettext_lazy("Finding to check"),
        gettext_lazy("You led the review that found it."),
        _question(gettext_lazy("Said to be done. Does it show? %(title)s")),
        (
            Answer("close", gettext_lazy("Yes: close it")),
            Answer("not_yet", gettext_lazy("Not yet"), "must"),
        ),
        _answer_done,
        _done,
        detail=_why,
    )
)
declare_kind(
    Kind(
        "finding.appeal",
        gettext_lazy("Contested finding"),
        gettext_lazy("You decide about what is contested."),
        _question(gettext_lazy("%(place)s contests a finding. Does it stand? %(title)s")),
        (
            Answer("stands", gettext_lazy("It stands"), "must"),
            Answer("withdraw", gettext_lazy("It is withdrawn"), "must"),
        ),
        _answer_contested,
        _contested,
        detail=_why,
    )
)
