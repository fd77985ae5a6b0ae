"""Answering: on my work with an account, and through the door of a mail without one."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.followups.codes import check_code, code_is_out, send_code
from steerco.apps.followups.kinds import Answer, kind_of
from steerco.apps.followups.links import actor_of_link, link_at
from steerco.apps.followups.models import AnswerLink, FollowUp
from steerco.apps.followups.selectors import MOST, Item, items, led_by, open_ones, owed_by, punctuality
from steerco.apps.followups.services import answer, delegate
from steerco.apps.followups.telling import when
from steerco.apps.followups.waiting import ask_for_time, may_nudge, nudge
from steerco.apps.initiatives.records import address_of
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to, wants_fragment
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import ReferenceField
from steerco.kit.registers.references import reference
from steerco.kit.registers.views.finding import actor_of

SOON = timedelta(days=14)


def _find(actor: Actor, pk: int) -> FollowUp:
    """An open follow-up that the actor owes. Raises Http404: that of others is missing."""
    row = owed_by(actor).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _shown(request: HttpRequest, follow_up: FollowUp, chosen: str, problem: str = "") -> dict[str, Any]:
    kind = kind_of(follow_up)
    detail = kind.detail(follow_up, request.path) if kind.detail else None
    answers = kind.permitted(follow_up)
    picked: Answer | None = next((a for a in answers if a.key == chosen), None)
    return {
        "follow_up": follow_up,
        "kind": kind,
        "when": when(follow_up),
        "chosen": picked,
        "answers": answers,
        "brief": kind.brief(follow_up) if kind.brief else "",
        "asks_comment": any(a.comment for a in answers),
        "values": sorted({a.asks for a in answers if a.asks}, reverse=True),
        "problem": problem,
        "form_url": kind.form(follow_up, request.path) if kind.form else "",
        "detail": detail and render_to_string(detail.template, detail.context, request=request),
    }


def _value(request: HttpRequest, row: FollowUp) -> str:
    """What the chosen answer asks for: from its own form, or from the field that several answers share."""
    chosen = next((a for a in kind_of(row).permitted(row) if a.key == request.POST.get("answer")), None)
    return request.POST.get("value") or (request.POST.get(chosen.asks, "") if chosen and chosen.asks else "")


def _said(row: FollowUp, key: str) -> str:
    return f"✓ {kind_of(row).answer(row, key).label}"


def _line(request: HttpRequest, row: FollowUp, noted: str = "", problem: str = "") -> HttpResponse:
    """The line of my work anew, after something was done in place; what is no longer owed says so and nothing more."""
    actor = actor_of(request)
    still = owed_by(actor).filter(pk=row.pk).first()
    item: Item = items([still or row])[0]
    template = "followups/_work_row.html" if still else "followups/_work_done.html"
    context = {"item": item, "noted": noted, "problem": problem}
    return render(request, template, context, status=422 if problem else 200)


@require_http_methods(["GET", "POST"])
@guard("record.view", "own follow-ups")
@answered_once
def follow_up_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One follow-up with its answers; a post answers it."""
    actor = actor_of(request)
    row = _find(actor, pk)
    problem = ""
    if request.method == "POST":
        try:
            said = request.POST.get("answer", "")
            row = answer(actor, row, said, request.POST.get("comment", ""), _value(request, row))
            if wants_fragment(request):
                return _line(request, row, noted=_said(row, said))
            messages.success(request, _("Answered."))
            return redirect_to(request, "/")
        except Invalid as error:
            problem = _problem(error)
            if wants_fragment(request):
                return _line(request, row, problem=problem)
    chosen = request.POST.get("answer") or request.GET.get("answer", "")
    context = _shown(request, row, chosen, problem)
    context["address"] = address_of(row.entry)
    return page(request, "followups/page.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "POST"])
@guard("record.view", "own follow-ups")
@answered_once
def delegate_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a follow-up on to somebody else."""
    actor = actor_of(request)
    row = _find(actor, pk)
    form = forms.Form(request.POST if request.method == "POST" else None)
    form.fields["to"] = ReferenceField(reference("party"), actor, label=pgettext("receiver", "To"))
    form.fields["reason"] = forms.CharField(label=_("Reason"), max_length=300, required=False)
    for field in form.fields.values():
        field.widget.attrs["class"] = "form-control"
    if form.is_valid():
        try:
            delegate(actor, row, form.cleaned_data["to"], form.cleaned_data["reason"])
            if wants_fragment(request):
                return _line(
                    request, row, noted=_("Handed on to %(name)s.") % {"name": form.cleaned_data["to"]}
                )
            messages.success(request, _("Handed on."))
            return redirect_to(request, "/")
        except Invalid as error:
            form.add_error("to", _problem(error))
    if form.is_bound and wants_fragment(request):
        return _line(
            request, row, problem=" ".join(str(text) for texts in form.errors.values() for text in texts)
        )
    context = {**_shown(request, row, ""), "form": form}
    return page(request, "followups/delegate.html", context, status=422 if form.is_bound else 200)


@require_POST
@guard("record.view", "own follow-ups")
@answered_once
def time_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whoever waits for more time."""
    row = _find(actor_of(request), pk)
    try:
        until = date.fromisoformat(request.POST.get("until", "")[:10])
    except ValueError:
        return _told(request, row, problem=_("Say until when."))
    try:
        ask_for_time(actor_of(request), row, until, request.POST.get("reason", ""))
    except Invalid as error:
        return _told(request, row, problem=_problem(error))
    return _told(request, row, noted=_("Asked for more time."))


def _told(request: HttpRequest, row: FollowUp, noted: str = "", problem: str = "") -> HttpResponse:
    if wants_fragment(request):
        return _line(request, row, noted, problem)
    if problem:
        messages.error(request, problem)
        return redirect_to(request, reverse("followups:page", args=[row.pk]))
    messages.success(request, noted)
    return redirect_to(request, "/")


@require_POST
@guard("record.view", "follow-ups that the actor waits for, or of initiatives that they lead or prepare")
@answered_once
def nudge_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind whoever owes something; once a day."""
    actor = actor_of(request)
    row = visible_to(open_ones(), actor).filter(pk=pk).first()
    if row is None or not may_nudge(actor, row):
        raise Http404
    said = _("A reminder goes with their next mail.") if nudge(actor, row) else _("They were reminded today.")
    if wants_fragment(request):
        row.refresh_from_db(fields=["nudged_on"])
        return render(request, "followups/_awaited_row.html", {"item": items([row])[0]})
    messages.success(request, said)
    return redirect_to(request, "/")


TEAM_VIEWS = {
    "": gettext_lazy("all"),
    "late": gettext_lazy("overdue"),
    "soon": gettext_lazy("due in two weeks"),
}


@require_GET
@guard("record.view", "follow-ups of the initiatives that the actor leads")
def team(request: HttpRequest) -> HttpResponse:
    """What others owe where the actor leads, by initiative: things, never figures of single people."""
    actor, today = actor_of(request), clock.today()
    rows = led_by(actor)
    chosen = request.GET.get("show", "")
    narrowed = {
        "late": rows.filter(due__lt=today),
        "soon": rows.filter(due__gte=today, due__lte=today + SOON),
    }.get(chosen, rows)
    found = items(narrowed[:MOST])
    groups: dict[str, list[Item]] = {}
    for item in found:
        groups.setdefault(item.place, []).append(item)
    counts = rows.order_by().aggregate(all=Count("pk"), late=Count("pk", filter=Q(due__lt=today)))
    context = {
        "groups": groups,
        "count": counts["all"],
        "late": counts["late"],
        "left_out": len(found) == MOST,
        "punctuality": punctuality(actor),
        "views": TEAM_VIEWS,
        "chosen": chosen,
    }
    return page(request, "followups/team.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@guard("record.view", "one follow-up of one person", public=True)
@never_cache
def link_page(request: HttpRequest, token: str) -> HttpResponse:
    """The door of a mail: GET shows, POST answers and closes the door. A wrong, used or old address says nothing.

    Where more than the link is asked, a POST first sends a code to the person's address, then answers with it.
    """
    link = link_at(token)
    if link is None:
        return _outside(request, "followups/closed.html", {}, 404)
    row = link.follow_up
    kind = kind_of(row)
    if kind.needs_sign_in(row):
        context = {**_shown(request, row, ""), "sign_in": reverse("followups:page", args=[row.pk])}
        return _outside(request, "followups/link.html", context, 403 if request.method == "POST" else 200)
    problem, needs_code = "", kind.needs_code(row)
    if request.method == "POST":
        try:
            if needs_code and "send_code" in request.POST:
                send_code(link)
            else:
                row = _answer_by(link, request, needs_code)
                again = request.path if row.state == FollowUp.State.OPEN else ""
                said = kind.answer(row, request.POST.get("answer", "")).label
                context = {"question": row.question, "said": said, "again": again}
                return _outside(request, "followups/thanks.html", context)
        except Invalid as error:
            problem = _problem(error)
    chosen = request.POST.get("answer") or request.GET.get("answer", "")
    context = _shown(request, row, chosen, problem)
    if needs_code:
        person = link.person
        context |= {
            "asks_code": True,
            "code_is_out": code_is_out(link),
            "address": _hinted(person.email),
            "sign_in": reverse("followups:page", args=[row.pk]) if person.user_id else "",
        }
    return _outside(request, "followups/link.html", context, 422 if problem else 200)


def _hinted(address: str) -> str:
    """An address that its owner knows again and nobody else learns."""
    name, _at, host = address.rpartition("@")
    return f"{name[:2]}…@{host}"


def _answer_by(link: AnswerLink, request: HttpRequest, needs_code: bool) -> FollowUp:
    """Answer through the door, and close it unless it is still owed. Raises Invalid."""
    if needs_code:
        check_code(link, request.POST.get("code", ""))
    said, why = request.POST.get("answer", ""), request.POST.get("comment", "")
    identity = FollowUp.Identity.CODE if needs_code else FollowUp.Identity.LINK
    value = _value(request, link.follow_up)
    row = answer(actor_of_link(link), link.follow_up, said, why, value, identity=identity)
    if row.state != FollowUp.State.OPEN:
        AnswerLink.objects.filter(pk=link.pk).update(used_at=clock.now())
    return row


def _outside(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page for somebody who is not signed in: no menu, not indexed, its address passed on to nobody."""
    response = render(request, template, context, status=status)
    # Not "no-referrer": a browser would post without an origin, and the check against forged posts would refuse it.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _problem(error: Invalid) -> str:
    return " ".join(text for fields in error.errors.values() for texts in fields.values() for text in texts)
