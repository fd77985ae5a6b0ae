"""Answering a commission: signed in from my work, or through the door of a mail. GET shows, POST answers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from steerco.apps.commissions.services import KIND, answer_commission, read_form, targets_of
from steerco.apps.commissions.showing import form_context
from steerco.apps.followups.links import actor_of_link, link_at
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.selectors import owed_by
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.views.finding import actor_of


def _answered(
    request: HttpRequest, actor: Actor, row: FollowUp, identity: str = ""
) -> tuple[dict[str, Any] | None, str]:
    """(the form again with what is wrong, the problem); (None, "") once it is answered."""
    typed, errors = read_form(targets_of(actor, row), request.POST)
    problem = _("Some answers cannot be taken.") if errors else ""
    if not errors:
        try:
            answer_commission(actor, row, typed, identity=identity)
        except Invalid as error:
            problem = " ".join(m for fields in error.errors.values() for ms in fields.values() for m in ms)
        else:
            return None, ""
    said = {name: str(value) for name, value in request.POST.items() if name.startswith("a-")}
    return form_context(row, request.path, said, errors), problem


@require_http_methods(["GET", "POST"])
@guard("record.view", "own follow-ups")
@answered_once
def answer_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of somebody who is signed in."""
    actor = actor_of(request)
    row = owed_by(actor).filter(pk=pk, kind=KIND).first()
    if row is None:
        raise Http404
    context: dict[str, Any] | None = form_context(row, request.path)
    problem = ""
    if request.method == "POST":
        context, problem = _answered(request, actor, row)
        if context is None:
            messages.success(request, _("Answered."))
            return redirect_to(request, "/")
    shown = {**(context or {}), "follow_up": row, "problem": problem}
    return page(request, "commissions/answer.html", shown, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@guard("record.view", "one follow-up of one person", public=True)
@never_cache
def link_page(request: HttpRequest, token: str) -> HttpResponse:
    """The form of somebody who comes from a mail. A wrong, used or old address says nothing."""
    link = link_at(token)
    if link is None or link.follow_up.kind != KIND:
        return _outside(request, "followups/closed.html", {}, 404)
    row, problem = link.follow_up, ""
    context: dict[str, Any] | None = form_context(row, f"/answer/{token}/")
    if request.method == "POST":
        context, problem = _answered(request, actor_of_link(link), row, FollowUp.Identity.LINK)
        if context is None:
            return _outside(request, "followups/thanks.html", {"question": row.question, "again": ""})
    shown = {**(context or {}), "follow_up": row, "problem": problem}
    return _outside(request, "commissions/link.html", shown, 422 if problem else 200)


def _outside(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page for somebody who is not signed in: not indexed, its address passed on to nobody."""
    response = render(request, template, context, status=status)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
