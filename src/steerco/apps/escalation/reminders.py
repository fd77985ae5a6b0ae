"""What the receiver of an escalation is asked; of a body its secretary, who records it, and then its chair."""

from datetime import date

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.escalation.proposals import CONFIRM, KIND, RECORD, take_answer
from steerco.apps.escalation.recording import confirm_answer
from steerco.apps.escalation.rules import said
from steerco.apps.followups.kinds import Answer, Kind, Step, declare_kind
from steerco.apps.followups.models import FollowUp, LadderStep

LADDER = (
    Step(-1, LadderStep.Action.REMIND),
    Step(0, LadderStep.Action.REMIND),
    Step(2, LadderStep.Action.REMIND),
    Step(3, LadderStep.Action.DEPUTY),
)
ANSWERS = (
    Answer("accept", gettext_lazy("Accept")),
    Answer("return", gettext_lazy("Return"), "must"),
    Answer("decide", gettext_lazy("Decide"), "must"),
)


def _question(follow_up: FollowUp) -> str:
    data = follow_up.data
    reason = said(data.get("measure", ""), data.get("value"), data.get("limit")) or data.get("reason", "")
    return _("Escalated: %(title)s · %(reason)s") % {"title": follow_up.entry.title, "reason": reason}


declare_kind(
    Kind(
        KIND,
        gettext_lazy("Escalation"),
        gettext_lazy("You are the level above."),
        _question,
        ANSWERS,
        take_answer,
        ladder=LADDER,
    )
)


def _to_record(follow_up: FollowUp) -> SafeString:
    """The way to the page that records what the body decided."""
    return render_to_string(
        "escalation/_to_record.html",
        {"record_at": reverse("escalation:record", args=[follow_up.data["escalation"]])},
    )


def _recorded(follow_up: FollowUp) -> SafeString:
    """What was recorded, as the chair reads it before confirming."""
    return render_to_string("escalation/_recorded.html", recorded_in_words(follow_up.data))


def recorded_in_words(data: dict[str, str]) -> dict[str, str]:
    """What was recorded: the answer, the day, the source and the reason, in the reader's language."""
    label = next((str(one.label) for one in ANSWERS if one.key == data.get("answer")), "")
    day = data.get("day", "")
    return {
        "answer": label,
        "day": date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT") if day else "",
        "source": data.get("source", ""),
        "comment": data.get("comment", ""),
    }


def _always(follow_up: FollowUp) -> bool:
    return True


declare_kind(
    Kind(
        RECORD,
        gettext_lazy("Escalation to record"),
        gettext_lazy("You keep the minutes of the body that is asked."),
        _question,
        (),
        ladder=LADDER,
        needs_sign_in=_always,
        brief=_to_record,
    )
)
declare_kind(
    Kind(
        CONFIRM,
        gettext_lazy("Escalation to confirm"),
        gettext_lazy(
            "It was recorded as decided by the body that you chair, and counts once you confirm it."
        ),
        lambda row: _("Was it decided so? %(title)s") % {"title": row.entry.title},
        (
            Answer("right", gettext_lazy("Yes, so it was decided")),
            Answer("wrong", gettext_lazy("No, not so"), "must"),
        ),
        confirm_answer,
        ladder=LADDER,
        brief=_recorded,
    )
)
