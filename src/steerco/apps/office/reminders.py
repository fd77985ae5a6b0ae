"""Who owes what about a request: the office its answer and its end, the asker what they were asked."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.followups.kinds import Answer, Kind, Owed, Step, declare_kind
from steerco.apps.followups.models import FollowUp, LadderStep
from steerco.apps.notices.working_time import add_working_days
from steerco.apps.office.models import SupportRequest
from steerco.apps.office.services import answer_as_asker, write_requests
from steerco.apps.office.settings import office_settings
from steerco.apps.office.states import GOING, NEW, WAITING
from steerco.kit.history import Change
from steerco.kit.permissions import Actor

DAYS_TO_ANSWER = 5
ANSWER, END, ASKER = "request.answer", "request.end", "request.asker"
A = LadderStep.Action
# The office chases itself: nobody's manager hears of it.
OWN = (Step(-1, A.REMIND), Step(0, A.REMIND), Step(2, A.REMIND), Step(3, A.DEPUTY))
ASKED = (Step(-DAYS_TO_ANSWER, A.REMIND), Step(0, A.REMIND), Step(DAYS_TO_ANSWER, A.REMIND))


def _owed(states: Iterable[str]) -> Iterable[Owed]:
    """What is promised for requests in `states`: owed by their owner, else by whoever answers for the office."""
    rows = SupportRequest.objects.filter(
        state__in=sorted(states), deleted=False, due_on__isnull=False, initiative__archived=False
    )
    office = office_settings().party_id
    for entry, owner, due, asker in rows.values_list("entry", "owner", "due_on", "asked_by"):
        debtor = owner or office
        if debtor:
            yield Owed(entry, debtor, due, asker if asker != debtor else None)


def _of_askers(day: date) -> Iterable[Owed]:
    rows = SupportRequest.objects.filter(
        state=WAITING, deleted=False, asked_by__isnull=False, waiting_since__isnull=False
    )
    for row in rows:
        if row.asked_by_id and row.waiting_since:
            due = add_working_days(timezone.localdate(row.waiting_since), DAYS_TO_ANSWER)
            yield Owed(row.entry_id, row.asked_by_id, due, row.owner_id)


def _row(follow_up: FollowUp) -> SupportRequest:
    return SupportRequest.objects.get(entry=follow_up.entry_id)


def _ask_first(row: FollowUp) -> str:
    return _("Answer the request: %(title)s") % {"title": row.entry.title}


def _ask_end(row: FollowUp) -> str:
    return _("Bring the request to an end: %(title)s") % {"title": row.entry.title}


def _ask_asker(row: FollowUp) -> str:
    request = _row(row)
    values = {"title": request.title, "question": request.question}
    return _("The office asks about “%(title)s”: %(question)s") % values


def _answer_office(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    if answer == "accept":
        write_requests(actor, [Change({"state": "accepted"}, pk=_row(follow_up).pk)], reason=comment)
    else:
        state = "done" if answer == "done" else "declined"
        change = Change({"state": state, "outcome": comment}, pk=_row(follow_up).pk)
        write_requests(actor, [change])


def _answer_asker(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    row = _row(follow_up)
    if answer == "say":
        answer_as_asker(actor, row, comment)
    else:
        write_requests(actor, [Change({"state": "withdrawn"}, pk=row.pk)], reason=comment)


DONE = Answer("done", gettext_lazy("Done"), "must")
DECLINE = Answer("decline", gettext_lazy("Decline"), "must")

declare_kind(
    Kind(
        ANSWER,
        gettext_lazy("First answer"),
        gettext_lazy("You look after the request, or answer for the office."),
        _ask_first,
        (Answer("accept", gettext_lazy("Accept")), DONE, DECLINE),
        _answer_office,
        lambda day: _owed({NEW}),
        OWN,
    )
)
declare_kind(
    Kind(
        END,
        gettext_lazy("Support request"),
        gettext_lazy("You look after the request, or answer for the office."),
        _ask_end,
        (DONE, DECLINE),
        _answer_office,
        lambda day: _owed(GOING - {NEW, WAITING}),
        OWN,
    )
)
declare_kind(
    Kind(
        ASKER,
        gettext_lazy("The office asks"),
        gettext_lazy("You asked for it, and the office needs an answer."),
        _ask_asker,
        (
            Answer("say", gettext_lazy("Answer"), "must"),
            Answer("withdraw", gettext_lazy("I no longer need it")),
        ),
        _answer_asker,
        _of_askers,
        ASKED,
    )
)
