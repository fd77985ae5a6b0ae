"""What those asked by a commission owe: one follow-up each, with a page that shows what is known already."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.commissions.services import KIND, SAME, take_answers
from steerco.apps.commissions.showing import form_context
from steerco.apps.followups.kinds import Answer, Detail, Kind, declare_kind
from steerco.apps.followups.models import FollowUp
from steerco.kit.permissions import Actor


def _question(row: FollowUp) -> str:
    return _("Commission: %(title)s") % {"title": row.data.get("title", "")}


def _apply(actor: Actor, row: FollowUp, answer: str, comment: str) -> None:
    take_answers(actor, row)


def _detail(row: FollowUp, address: str) -> Detail:
    context: dict[str, Any] = form_context(row, address)
    return Detail("commissions/_form.html", context)


declare_kind(
    Kind(
        KIND,
        gettext_lazy("Commission"),
        gettext_lazy("Your initiative is asked."),
        _question,
        (Answer(SAME, gettext_lazy("No change: everything is as shown"), comment=""),),
        _apply,
        detail=_detail,
    )
)
