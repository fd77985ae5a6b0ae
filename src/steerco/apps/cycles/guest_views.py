"""The form of one report behind the link of a mail, without an account. GET only shows."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from steerco.apps.cycles.drafts import Typed, Unreadable, may_stay, open_page, save_draft, with_typed
from steerco.apps.cycles.guests import Guest, guest_at, shut_links
from steerco.apps.cycles.services import submit
from steerco.apps.cycles.showing import shown_form
from steerco.apps.cycles.views import report_or_404
from steerco.apps.cycles.wording import period_of
from steerco.apps.followups.services import use_up
from steerco.kit.history import Conflict, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import redirect_to
from steerco.kit.permissions import require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.views.finding import actor_of


@require_http_methods(["GET", "HEAD", "POST"])
@guard("record.view", "the one report that a link was made for", public=True)
@never_cache
def guest_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the form, filled with what the readers of the initiative see; POST submits it and shuts the link.

    A wrong, used, old or shut address says nothing.
    """
    found = guest_at(token)
    if found is None:
        return _outside(request, "followups/closed.html", {}, 404)
    errors: dict[str, list[str]] = {}
    typed: Typed | None = None
    if request.method == "POST":
        try:
            _take(request, found)
        except Unreadable as refusal:
            errors, typed = refusal.errors[0], refusal.typed
        except Invalid as refusal:
            errors = refusal.errors[0]
        else:
            use_up(found.link)
            thanks = {"question": found.link.follow_up.question, "again": ""}
            return _outside(request, "followups/thanks.html", thanks)
    page = open_page(found.actor, found.report)
    if typed:
        page = with_typed(page, typed)
    context: dict[str, Any] = {
        "report": found.report,
        "period": period_of(found.report),
        "guest": found.link.person.name,
        "until": found.link.expires_at,
        "save_url": reverse("cycles:guest_draft", args=[token]),
        **shown_form(page, errors),
        "may_stay": may_stay(page),
        "comment": page.draft.comment,
        "saved": page.draft.changed_at if page.draft.pk else None,
        "seen": page.draft.changed_at.isoformat() if page.draft.pk else "",
        "problem": errors.get("", [""])[0],
    }
    return _outside(request, "cycles/guest.html", context, 422 if errors else 200)


def _take(request: HttpRequest, found: Guest) -> None:
    match request.POST.get("take"):
        case "unchanged":
            submit(found.actor, found.report, unchanged=True)
        case "submit":
            submit(found.actor, found.report, Typed.of(request.POST, found.report))
        case _:
            raise Invalid({0: {"": [_("Choose what is to be done.")]}})


@require_POST
@guard("record.view", "the one report that a link was made for", public=True)
@never_cache
def guest_draft(request: HttpRequest, token: str) -> HttpResponse:
    """Keep what a guest is typing."""
    found = guest_at(token)
    if found is None:
        return _outside(request, "followups/closed.html", {}, 404)
    context: dict[str, Any] = {}
    try:
        typed = Typed.of(request.POST, found.report)
        draft = save_draft(found.actor, found.report, typed, request.POST.get("seen", ""))
        context = {"saved": draft.changed_at, "seen": draft.changed_at.isoformat()}
    except Invalid as refusal:
        context = {"problem": next(iter(refusal.errors[0].values()))[0]}
    except Conflict:
        context = {"problem": _("Somebody else is writing here too. Copy your text and load the page again.")}
    return _outside(request, "cycles/_saved.html", context, 422 if "problem" in context else 200)


@require_POST
@guard("record.edit", "the report")
@answered_once
def shut(request: HttpRequest, pk: int) -> HttpResponse:
    """Shut the links of mails that open a report."""
    actor, report = actor_of(request), report_or_404(request, pk)
    require(actor, "record.edit", report)
    shut_links(actor, report)
    return redirect_to(request, reverse("cycles:report", args=[pk]))


def _outside(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page for somebody who is not signed in: no menu, not indexed, its address passed on to nobody."""
    response = render(request, template, context, status=status)
    # Not "no-referrer": a browser would post without an origin, and the check against forged posts would refuse it.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
