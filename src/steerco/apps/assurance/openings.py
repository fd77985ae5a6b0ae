"""What follows from a finding: an action of the initiative."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from steerco.apps.assurance.models import Finding
from steerco.apps.links.openings import Opening, declare_opening


def _offered(row: Finding) -> bool:
    """What few may read is not copied into an action that many read."""
    return row.state in ("open", "agreed") and row.restricted_by_id == row.initiative.restricted_by_id


def _start(row: Finding) -> dict[str, Any]:
    return {
        "title": row.title,
        "description": row.description,
        "owner": row.owner,
        "due_on": row.due_on,
        "source": row.reference,
    }


declare_opening(Opening("finding-action", "review_finding", "action", _("Add an action"), _offered, _start))
