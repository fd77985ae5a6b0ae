"""The page of what nobody opens: calendars proposed for their end, and what is said about them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from steerco.apps.reporting.unread import (
    PERIODS,
    REASON,
    TIME_TO_READ,
    end_calendar,
    find_calendar,
    keep_calendar,
    may_look,
    openings,
)
from steerco.kit.history import Conflict, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Denied
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.register import register_of
from steerco.kit.registers.views.finding import actor_of

USUAL = 6


@dataclass
class Refused:
    """What was typed about a calendar and why it was not taken."""

    cadence: int = 0
    errors: list[str] = field(default_factory=list)
    reason: str = ""
    until: str = ""


@require_http_methods(["GET", "POST"])
@guard("cadence.set", "any initiative, or work as the office; a calendar: its initiative")
@answered_once
def unread_page(request: HttpRequest) -> HttpResponse:
    """How many open what the calendars publish; end one, or say why it is kept."""
    actor = actor_of(request)
    if not may_look(actor):
        raise Denied("cadence.set")
    refused = _take(request) if request.method == "POST" else None
    if refused is not None and not refused.errors:
        return redirect_to(request, request.get_full_path())
    wanted = request.GET.get("last", "")
    last = next((n for n in PERIODS if str(n) == wanted), USUAL)
    lines = openings(actor, last)
    context: dict[str, Any] = {
        "proposals": [one for one in lines if one.is_proposal],
        "others": [one for one in lines if not one.is_proposal],
        "last": last,
        "periods": PERIODS,
        "fewest_editions": PERIODS[0],
        "days": TIME_TO_READ.days,
        "longest": REASON,
        "calendars": register_of("cadence").list_url(),
        "refused": refused or Refused(),
    }
    return page(request, "reporting/unread.html", context, status=422 if refused else 200)


def _take(request: HttpRequest) -> Refused:
    """Do what a button asks for. Raises Denied; Http404 for a calendar that the actor may not know."""
    actor, post = actor_of(request), request.POST
    if not post.get("take"):
        return Refused(errors=[_("Choose what is to be done.")])
    text = post.get("calendar", "")
    cadence = find_calendar(actor, int(text)) if text.isdecimal() and len(text) < 16 else None
    if cadence is None:
        raise Http404
    refused = Refused(cadence.pk, [], post.get("reason", "")[:REASON], post.get("until", "")[:20])
    try:
        match post["take"]:
            case "end":
                end_calendar(actor, cadence, refused.reason)
                messages.success(request, _("“%(title)s” ends today.") % {"title": cadence.title})
            case "keep":
                keep_calendar(actor, cadence, refused.reason, _day(refused.until))
                messages.success(request, _("“%(title)s” is kept.") % {"title": cadence.title})
            case _:
                refused.errors = [_("Choose what is to be done.")]
    except Invalid as refusal:
        refused.errors = [text for texts in refusal.errors[0].values() for text in texts]
    except Conflict:
        refused.errors = [_("Somebody else has changed it meanwhile: look at it again.")]
    return refused


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
