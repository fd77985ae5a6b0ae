"""What the receiver of an escalation is asked."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.escalation.proposals import KIND, take_answer
from steerco.apps.escalation.rules import said
from steerco.apps.followups.kinds import Answer, Kind, Step, declare_kind
from steerco.apps.followups.models import FollowUp, LadderStep


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
        (
            Answer("accept", gettext_lazy("Accept")),
            Answer("return", gettext_lazy("Return"), "must"),
            Answer("decide", gettext_lazy("Decide"), "must"),
        ),
        take_answer,
        ladder=(
            Step(-1, LadderStep.Action.REMIND),
            Step(0, LadderStep.Action.REMIND),
            Step(2, LadderStep.Action.REMIND),
            Step(3, LadderStep.Action.DEPUTY),
        ),
    )
)
