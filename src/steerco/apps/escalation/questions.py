"""What is asked about a paper: to decide, to agree as the second, to record what a body decided, to confirm it."""

from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.escalation.deciders import AGREE, CONFIRM, RECORD, paper_at, paper_of, require_asked
from steerco.apps.escalation.deciding import agree, confirm, take
from steerco.apps.escalation.papers import Paper
from steerco.apps.followups.kinds import Answer, Kind, declare_kind
from steerco.apps.followups.models import FollowUp
from steerco.apps.organisation.selectors import organisation
from steerco.kit import clock
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_by_key


def paper_brief(row: Paper, record_at: str = "", *, heading: bool = False) -> SafeString:
    """A paper on one screen, as whoever decides reads it: the question, the options with what follows from each, the
    recommendation."""
    context = {
        "paper": row,
        "record_at": record_at,
        "heading": heading,
        "is_late": row.is_late(clock.today()),
    }
    return render_to_string("escalation/_paper.html", context)


def _brief(follow_up: FollowUp) -> SafeString:
    return paper_brief(_paper(follow_up))


def _brief_to_record(follow_up: FollowUp) -> SafeString:
    row = _paper(follow_up)
    register = register_by_key(row.register_key)
    return paper_brief(row, reverse("papers:record", args=[register.slug, row.pk]) if register else "")


def _paper(follow_up: FollowUp) -> Paper:
    row: Paper = paper_at(follow_up.entry_id, follow_up.entry.register)
    return row


def wants_sign_in(follow_up: FollowUp) -> bool:
    """Whether more depends on it than the organisation lets a link alone decide; another currency always does."""
    money, settings = follow_up.data.get("money"), organisation()
    if not money or settings.code_from is None:
        return False
    return follow_up.data.get("currency") not in ("", settings.currency) or abs(money) >= settings.code_from


def _always(follow_up: FollowUp) -> bool:
    return True


Answering = Callable[[Actor, Any, str, str], None]


def _by(service: Answering) -> Callable[[Actor, FollowUp, str, str], None]:
    """What an answer does: `service` on the paper, once it is sure that whoever answers may."""

    def apply(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
        row = paper_of(follow_up.entry_id, follow_up.entry.register)
        require_asked(row, follow_up.debtor)
        service(actor, row, answer, comment)

    return apply


def declare_take(
    key: str, label: str | Promise, answers: tuple[Answer, ...], ask: Callable[[FollowUp], str]
) -> None:
    """Declare the kind of follow-up by which somebody is asked to decide a kind of paper."""
    reason = gettext_lazy("You are named as the one who decides.")
    declare_kind(Kind(key, label, reason, ask, answers, _by(take), needs_sign_in=wants_sign_in, brief=_brief))


declare_kind(
    Kind(
        AGREE,
        gettext_lazy("Second pair of eyes"),
        gettext_lazy("Two people have to agree to this decision."),
        lambda row: _("Do you agree? %(title)s") % {"title": row.entry.title},
        (
            Answer("agree", gettext_lazy("I agree")),
            Answer("disagree", gettext_lazy("I do not agree"), "must"),
        ),
        _by(agree),
        needs_sign_in=wants_sign_in,
        brief=_brief,
    )
)
declare_kind(
    Kind(
        RECORD,
        gettext_lazy("Decision to record"),
        gettext_lazy("You keep the minutes of the body that decides."),
        lambda row: _("Record what was decided: %(title)s") % {"title": row.entry.title},
        (),
        needs_sign_in=_always,
        brief=_brief_to_record,
    )
)
declare_kind(
    Kind(
        CONFIRM,
        gettext_lazy("Decision to confirm"),
        gettext_lazy("It was recorded as yours, and counts once you confirm it."),
        lambda row: _("Was it decided so? %(title)s") % {"title": row.entry.title},
        (
            Answer("right", gettext_lazy("Yes, so it was decided")),
            Answer("wrong", gettext_lazy("No, not so"), "must"),
        ),
        _by(confirm),
        needs_sign_in=wants_sign_in,
        brief=_brief,
    )
)
