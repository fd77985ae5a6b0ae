"""An issue of the type "request for change" opens one change request: linked, never a second copy."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from steerco.apps.change.models import ChangeRequest
from steerco.apps.links.openings import Opening, declare_opening
from steerco.apps.raid.models import Issue


def _asks_for_change(row: Any) -> bool:
    return row.type in {Issue.Type.CHANGE, Issue.Type.OFF_SPECIFICATION} and row.state != "closed"


def _request_of(row: Any) -> dict[str, Any]:
    off = row.type == Issue.Type.OFF_SPECIFICATION
    return {
        "title": row.title,
        "type": ChangeRequest.Type.OFF_SPECIFICATION if off else ChangeRequest.Type.REQUEST,
        "justification": row.description,
        "impact_scope": row.impact,
        "recommendation": row.recommendation,
        "decide_by": row.due_on,
        "raised_on": row.raised_on,
    }


declare_opening(
    Opening(
        "issue-change", "issue", "change_request", _("Open a change request"), _asks_for_change, _request_of
    )
)
