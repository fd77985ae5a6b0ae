"""The tracker, the sign-offs under way, asking for one, its certificate, coverage and checklists."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.deliverables.certificates import certificate_pdf
from steerco.apps.deliverables.checklists import lines_for
from steerco.apps.deliverables.forms import RemedyForm, RoundForm
from steerco.apps.deliverables.models import QualityReview, SignOffRound
from steerco.apps.deliverables.selectors import coverage, find_round, open_rounds, tracker
from steerco.apps.deliverables.services import raise_action, take_checklist
from steerco.apps.deliverables.signing import KIND, open_round, subject_of, withdraw_round
from steerco.apps.deliverables.words import RULE, pill, reason
from steerco.apps.followups.links import link_at
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.selectors import owed_by
from steerco.apps.initiatives.records import address_of
from steerco.apps.initiatives.selectors import find_initiative
from steerco.apps.links.files import path_of
from steerco.apps.links.selectors import find_entry
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.downloads import download
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import can, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.register import register_of
from steerco.kit.registers.scopes import find_scope
from steerco.kit.registers.views.finding import actor_of


@require_GET
@guard("record.view", "the deliverables that the actor may read")
def tracker_page(request: HttpRequest) -> HttpResponse:
    """The deliverables of a place: progress by weight, what is due, what others owe to us."""
    found = tracker(actor_of(request), request.GET)
    here = register_of("deliverable")
    tables = [
        (
            _("What we deliver"),
            False,
            [(one, pill(one.judged), reason(one.judged)) for one in found.outgoing],
        ),
        (
            _("What is owed to us"),
            True,
            [(one, pill(one.judged), reason(one.judged)) for one in found.incoming],
        ),
    ]
    context = {
        "found": found,
        "register": here,
        "tables": [table for table in tables if table[2]],
        "rule": RULE,
        "list_url": f"{here.list_url()}?{request.GET.urlencode()}",
    }
    return page(request, "deliverables/tracker.html", context)


@require_GET
@guard("record.view", "the sign-offs of what the actor may read")
def rounds_page(request: HttpRequest) -> HttpResponse:
    """The sign-offs that are under way, the oldest first."""
    actor = actor_of(request)
    scope = find_scope(actor, request.GET.get("in", ""))
    return page(
        request, "deliverables/rounds.html", {"views": open_rounds(actor, request.GET), "scope": scope}
    )


@require_http_methods(["GET", "POST"])
@guard("record.transition", "the entry")
@answered_once
def ask_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an entry before its approvers."""
    actor = actor_of(request)
    entry = find_entry(actor, pk)
    if entry is None or entry.state_group == "deleted":
        raise Http404
    require(actor, "record.transition", entry)
    subject = subject_of(entry)
    last = SignOffRound.objects.filter(entry=entry).order_by("-number").first()
    form = RoundForm(actor, subject, last, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            open_round(actor, entry, form.terms())
        except Invalid as error:
            form.add_refusals(error.errors[0])
        else:
            messages.success(request, _("The approvers are asked."))
            return redirect_to(request, address_of(entry))
    context = {"form": form, "entry": entry, "back": address_of(entry)}
    return page(request, "deliverables/ask.html", context, status=422 if form.is_bound else 200)


def _round(request: HttpRequest, pk: int) -> SignOffRound:
    found = find_round(actor_of(request), pk)
    if found is None:
        raise Http404
    return found


@require_POST
@guard("record.transition", "the entry that is signed, or the actor's own sign-off")
@answered_once
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask no longer."""
    row = _round(request, pk)
    try:
        withdraw_round(actor_of(request), row, request.POST.get("reason", "")[:2000])
        messages.success(request, _("Withdrawn. Nobody is asked any longer."))
    except Invalid as error:
        messages.error(request, error.errors[0]["reason"][0])
    return redirect_to(request, address_of(row.entry))


@require_GET
@guard("record.view", "the entry that was signed")
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate of a sign-off that is over."""
    row = _round(request, pk)
    try:
        content = certificate_pdf(row)
    except LookupError:
        raise Http404 from None
    what = _("certificate")
    name = slugify(f"{row.subject['reference']} {row.number} {what}")
    return download(content, f"{name}.pdf")


def _file(round_: SignOffRound, number: int) -> FileResponse:
    """The `number`-th file that was put before the approvers, counted from 1: to be saved, never shown in our pages."""
    if not 0 < number <= len(round_.files):
        raise Http404
    kept = round_.files[number - 1]
    if not path_of(kept["digest"]).is_file():  # purged by retention; its digest stays on the certificate
        raise Http404
    response = FileResponse(
        open(path_of(kept["digest"]), "rb"),  # noqa: SIM115  the response closes it
        as_attachment=True,
        filename=kept["name"],
        content_type=kept["media_type"],
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_GET
@guard("record.view", "the entry that is signed")
def round_file(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """A file that was signed, as it then was."""
    return _file(_round(request, pk), number)


def _put_before(follow_up: FollowUp) -> SignOffRound:
    if follow_up.kind != KIND:
        raise Http404
    return SignOffRound.objects.get(pk=follow_up.data["round"])


@require_GET
@guard("record.view", "own follow-ups")
def owed_file(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """A file that the actor is asked to sign."""
    row = owed_by(actor_of(request)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return _file(_put_before(row), number)


@require_GET
@guard("record.view", "one follow-up of one person", public=True)
@never_cache
def link_file(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    """A file that somebody is asked to sign, through the door of a mail."""
    link = link_at(token)
    if link is None:
        raise Http404
    return _file(_put_before(link.follow_up), number)


@require_GET
@guard("record.view", "the requirements that the actor may read")
def coverage_page(request: HttpRequest) -> HttpResponse:
    """Requirement → deliverable → acceptance, and what nothing shows to be fulfilled."""
    found = coverage(actor_of(request), request.GET)
    here = register_of("requirement")
    context = {
        "found": found,
        "register": here,
        "list_url": f"{here.list_url()}?{request.GET.urlencode()}",
    }
    return page(request, "deliverables/coverage.html", context)


@require_http_methods(["GET", "POST"])
@guard("record.create", "the initiative")
@answered_once
def checklist_page(request: HttpRequest, code: str) -> HttpResponse:
    """The obligations that an initiative of this type has; a post takes the chosen ones."""
    actor = actor_of(request)
    initiative = find_initiative(actor, code)
    if initiative is None:
        raise Http404
    require(actor, "record.create", initiative)
    here = register_of("requirement")
    if request.method == "POST":
        made = take_checklist(actor, initiative, request.POST.getlist("line"))
        count = len(made)
        said = ngettext("%(count)s obligation was added.", "%(count)s obligations were added.", count)
        messages.success(request, said % {"count": count})
        return redirect_to(request, f"{reverse('deliverables:coverage')}?in={initiative.code}")
    context: dict[str, Any] = {
        "initiative": initiative,
        "lines": lines_for(initiative),
        "own_url": register_of("checklist").list_url() if can(actor, "organisation.configure") else "",
        "register": here,
    }
    return page(request, "deliverables/checklist.html", context)


@require_http_methods(["GET", "POST"])
@guard("record.edit", "the quality review")
@answered_once
def action_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an action of a finding."""
    actor = actor_of(request)
    row: QualityReview | None = register_of("quality").find(actor, pk)
    if row is None:
        raise Http404
    require(actor, "record.edit", row)
    form = RemedyForm(actor, row, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            raise_action(actor, row, form.remedy())
        except Invalid as error:
            for texts in error.errors[0].values():
                form.add_error("title", texts)
        else:
            messages.success(request, _("The action is in the register of actions."))
            return redirect_to(request, register_of("quality").url(row))
    context = {"form": form, "row": row, "back": register_of("quality").url(row)}
    return page(request, "deliverables/action.html", context, status=422 if form.is_bound else 200)
