"""What follows from a risk that happens and from an assumption that is false."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from steerco.apps.links.openings import Opening, declare_opening
from steerco.apps.raid.models import Assumption, Issue, Risk
from steerco.kit import clock

LEVEL_OF = {1: Issue.Level.LOW, 2: Issue.Level.LOW, 3: Issue.Level.MEDIUM, 4: Issue.Level.HIGH}


def _has_happened(row: Risk) -> bool:
    """An open risk may happen; one that was closed because it happened may still lack its issue."""
    return row.state in ("open", "treating", "accepted") or row.closing == Risk.Closing.OCCURRED


def _issue_of(row: Risk) -> Mapping[str, Any]:
    level = LEVEL_OF.get(row.current_impact or 3, Issue.Level.CRITICAL)
    kind = Issue.Type.OPPORTUNITY if row.direction == Risk.Direction.OPPORTUNITY else Issue.Type.PROBLEM
    return {
        "title": row.title,
        "type": kind,
        "description": row.cause,
        "impact": row.effect,
        "priority": level,
        "severity": level,
        "owner": row.owner,
        "raised_on": clock.today(),
    }


def _end_of_risk(row: Risk) -> Mapping[str, Any]:
    return {} if row.state == "closed" else {"state": "closed", "closing": Risk.Closing.OCCURRED}


def _may_be_false(row: Assumption) -> bool:
    return row.state == "open" or row.result == Assumption.Result.FALSE


def _risk_of(row: Assumption) -> Mapping[str, Any]:
    return {
        "title": row.title,
        "category": row.category,
        "cause": row.title,
        "effect": row.impact_if_false,
        "owner": row.owner,
        "raised_on": clock.today(),
    }


def _end_of_assumption(row: Assumption) -> Mapping[str, Any]:
    if row.state == "closed":
        return {}
    found = {"state": "closed", "result": Assumption.Result.FALSE}
    return found if row.validated_on else {**found, "validated_on": clock.today()}


declare_opening(
    Opening("risk-issue", "risk", "issue", _("It happened"), _has_happened, _issue_of, _end_of_risk)
)
declare_opening(
    Opening(
        "assumption-risk",
        "assumption",
        "risk",
        _("It is false: open a risk"),
        _may_be_false,
        _risk_of,
        _end_of_assumption,
    )
)
