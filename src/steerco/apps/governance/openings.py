"""An issue that waits for a decision opens one decision paper."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from steerco.apps.links.openings import Opening, declare_opening


def _waits(row: Any) -> bool:
    return bool(row.state == "waiting")


def _paper_of(row: Any) -> dict[str, Any]:
    background = "\n".join(text for text in (row.description, row.impact, row.options) if text)
    return {
        "title": row.title,
        "background": background,
        "recommendation": row.recommendation,
        "decide_by": row.due_on,
    }


declare_opening(Opening("issue-decision", "issue", "decision", _("Open a decision paper"), _waits, _paper_of))
