"""What a successor is asked: to take over."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.followups.kinds import Answer, Kind, declare_kind
from steerco.apps.followups.models import FollowUp
from steerco.apps.handover.models import Part
from steerco.apps.handover.services import ACCEPT, accept, decline
from steerco.kit.permissions import Actor


def _question(row: FollowUp) -> str:
    values = {"person": row.data.get("person", ""), "where": row.entry.title}
    said = _("Take over from %(person)s: %(where)s") % values
    return f"{said} ({row.data['note']})" if row.data.get("note") else said


def _apply(actor: Actor, row: FollowUp, answer: str, comment: str) -> None:
    part = Part.objects.select_related("person__party", "successor__party", "initiative").get(
        pk=int(row.data["part"])
    )
    if answer == "accept":
        accept(actor, part)
    else:
        decline(actor, part)


declare_kind(
    Kind(
        ACCEPT,
        gettext_lazy("Hand-over"),
        gettext_lazy("You are named as successor."),
        _question,
        (Answer("accept", gettext_lazy("I take it over")), Answer("decline", gettext_lazy("Not I"), "must")),
        _apply,
    )
)
