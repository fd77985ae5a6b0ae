"""What opens one decision paper: an issue that waits for a decision, and what was escalated to a body."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from steerco.apps.escalation.models import Escalation
from steerco.apps.escalation.panels import declare_next_step
from steerco.apps.escalation.rules import reason_in_words
from steerco.apps.governance.gates import paper_of_gate, waits_for_decision
from steerco.apps.governance.models import Decision
from steerco.apps.initiatives.models import Initiative, Record
from steerco.apps.links.openings import INITIATIVE, Opening, declare_opening, opening_url
from steerco.apps.people.models import Party
from steerco.kit.pages.panels import ShownButton
from steerco.kit.permissions import Actor

TEXTS = (
    "summary",
    "description",
    "cause",
    "effect",
    "impact",
    "options",
)  # of a record, that say what it is about


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


def _escalation_of(row: Any) -> Escalation | None:
    """What of a record is proposed to a body or was accepted by one; of two the proposal."""
    live = Escalation.objects.filter(entry=row.entry_id, state__in=Escalation.LIVE)
    found = live.filter(receiver__kind=Party.Kind.BODY).select_related("receiver", "origin", "to")
    return found.order_by("-state", "-pk").first()


def _is_with_a_body(row: Any) -> bool:
    return getattr(row, "register_key", "") != Decision.register_key and _escalation_of(row) is not None


def _paper_of_escalated(row: Any) -> dict[str, Any]:
    """The question, why it comes to the body, what the record says of itself, and who decides by when."""
    escalation = _escalation_of(row)
    if escalation is None:
        return {}
    place = isinstance(row, Initiative)
    what = {"record": f"{row.code} {row.name}" if place else f"{row.reference} {row.title}"}
    lines = [gettext("Escalated: %s") % reason_in_words(escalation)]
    lines.append(gettext("It is about %(record)s.") % what)
    withheld = getattr(row, "withheld", ())
    lines += [text for name in TEXTS if name not in withheld and (text := getattr(row, name, ""))]
    return {
        "title": (gettext("What is to be done about %(record)s?") % what)[:300],
        "background": "\n".join(lines),
        "recommendation": getattr(row, "recommendation", ""),
        "decider": escalation.receiver,
        "decide_by": escalation.due,
        "owner": row.lead if place else row.owner,
    }


BOARD_PAPER = Opening(
    "board-paper",
    "",
    "decision",
    _("Make it a decision paper"),
    _is_with_a_body,
    _paper_of_escalated,
    button=False,
)
PLACE_PAPER = Opening(
    "board-paper-of-it",
    INITIATIVE,
    "decision",
    _("Make it a decision paper"),
    _is_with_a_body,
    _paper_of_escalated,
    button=False,
)


def _to_paper(actor: Actor, escalation: Escalation, row: Record | Initiative) -> ShownButton | None:
    """The way from an escalation that reached a body to its paper."""
    if escalation.state not in Escalation.LIVE or escalation.receiver.kind != Party.Kind.BODY:
        return None
    opening = PLACE_PAPER if isinstance(row, Initiative) else BOARD_PAPER
    url = opening_url(actor, opening, row)
    return ShownButton(opening.label, url, main=False) if url else None


declare_opening(
    Opening(
        "gate-decision",
        "milestone",
        "decision",
        _("Prepare the gate decision"),
        waits_for_decision,
        paper_of_gate,
        again=True,
    )
)
declare_opening(Opening("issue-decision", "issue", "decision", _("Open a decision paper"), _waits, _paper_of))
declare_opening(BOARD_PAPER)
declare_opening(PLACE_PAPER)
declare_next_step(_to_paper)
