"""Pages of the reporting cycle: all cycles, one cycle, one report."""

import json
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.cycles.asking import asks_in
from steerco.apps.cycles.charts import in_time_course
from steerco.apps.cycles.consolidation import reports_below
from steerco.apps.cycles.corrections import corrected_since, may_correct
from steerco.apps.cycles.drafts import Page, Typed, Unreadable, may_stay, open_page, save_draft, with_typed
from steerco.apps.cycles.entering import SOURCES, enters_for
from steerco.apps.cycles.guests import open_links
from steerco.apps.cycles.kinds import CONSOLIDATED
from steerco.apps.cycles.models import Cycle, Report
from steerco.apps.cycles.reading import note_read
from steerco.apps.cycles.selectors import cockpit, find_cycle, find_report, recent_cycles
from steerco.apps.cycles.services import approve, content_of, give_back, may_review, may_write, submit
from steerco.apps.cycles.showing import offer_papers, shown_content, shown_form
from steerco.apps.cycles.turning import lock_cycle
from steerco.apps.cycles.watching import owed_of, watch
from steerco.apps.cycles.wording import period_of
from steerco.apps.followups.selectors import led_by
from steerco.apps.links.files import TooLarge
from steerco.apps.links.kinds import Refused
from steerco.apps.links.services import Upload, attach_files
from steerco.apps.meetings.selectors import find_meeting
from steerco.kit import clock
from steerco.kit.history import Conflict, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.pages.panels import buttons_at
from steerco.kit.permissions import Actor, Denied, can, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.register import register_of
from steerco.kit.registers.views.finding import actor_of

ENTERED = ("source", "source-on", "source-note", "source-file")  # the fields of where it comes from


@require_GET
@guard("record.view", "the cycles that the actor may read")
def overview(request: HttpRequest) -> HttpResponse:
    """The cycles of late, those that are open first."""
    actor = actor_of(request)
    lines = recent_cycles(actor)
    calendars = register_of("cadence")
    context = {
        "mine": owed_of(actor, mine=True),
        "team": owed_of(actor, mine=False, led=led_by(actor)),
        "today": clock.today(),
        "lines": lines,
        "may_set": can(actor, "cadence.set", anywhere=True),
        "calendars": calendars.list_url(),
    }
    return page(request, "cycles/overview.html", context)


def cycle_or_404(request: HttpRequest, pk: int) -> Cycle:
    found = find_cycle(actor_of(request), pk)
    if found is None:
        raise Http404
    return found


@require_GET
@guard("record.view", "the initiative of the cycle")
def cycle_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has reported, what is missing, what it took."""
    actor = actor_of(request)
    cycle = cycle_or_404(request, pk)
    watched = watch(actor, cycle)
    found = cockpit(actor, cycle)
    context = {
        "cycle": cycle,
        "found": found,
        "page_buttons": buttons_at("cycle", actor, found.consolidated) if found.consolidated else [],
        "watch": watched,
        "course": in_time_course(watched.rounds),
        "meeting_url": _meeting_url(actor, cycle),
        "taken": [] if cycle.cadence.asks else [one.line for one in reports_below(actor, cycle)],
        "may_lock": cycle.state == Cycle.State.OPEN and can(actor, "cadence.set", cycle.initiative),
    }
    return page(request, "cycles/cycle.html", context)


def _meeting_url(actor: Actor, cycle: Cycle) -> str:
    """The page of the meeting that a cycle is for, where the reader may open it."""
    found = find_meeting(actor, cycle.meeting_id) if cycle.meeting_id else None
    return reverse("meetings:page", args=[found.pk]) if found else ""


@require_POST
@guard("cadence.set", "the initiative of the cycle")
@answered_once
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze what was given, close what was not, before the time."""
    actor = actor_of(request)
    cycle = cycle_or_404(request, pk)
    require(actor, "cadence.set", cycle.initiative)
    if lock_cycle(actor, cycle.pk):
        messages.success(
            request, _("Locked. What was given is frozen; what was not is closed as not reported.")
        )
    return redirect_to(request, reverse("cycles:cycle", args=[pk]))


def report_or_404(request: HttpRequest, pk: int) -> Report:
    found = find_report(actor_of(request), pk)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@guard("record.view", "the report; writing and reviewing it: whose it is, and who decides there")
@answered_once
def report_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A report: written, reviewed, read."""
    actor = actor_of(request)
    report = report_or_404(request, pk)
    errors: dict[str, list[str]] = {}
    typed: Typed | None = None
    if request.method == "POST":
        try:
            return _take(request, report)
        except Unreadable as refusal:
            errors, typed = refusal.errors[0], refusal.typed
        except Invalid as refusal:
            errors = refusal.errors[0]
        except Conflict:
            errors = {"": [_("Somebody else has changed it meanwhile: look at it again.")]}
    status = 422 if errors else 200
    if may_write(actor, report):
        found = open_page(actor, report)
        context = _writing(actor, with_typed(found, typed) if typed else found, errors)
        return page(request, "cycles/write.html", context, status=status)
    return page(request, "cycles/read.html", _reading(request, report, errors), status=status)


def _take(request: HttpRequest, report: Report) -> HttpResponse:
    """What a button of the page asks for. Raises Denied, Invalid, Conflict."""
    actor, post = actor_of(request), request.POST
    match post.get("take"):
        case "unchanged":
            if enters_for(actor, report):  # from what they have it stands in the form
                raise Invalid({0: {"source": [_("Say where it comes from.")]}})
            submit(actor, report, unchanged=True)
            messages.success(request, _("Submitted: no change since the last report."))
        case "submit":
            submit(actor, report, _with_file(request, report, Typed.of(post, report)))
            messages.success(request, _("Submitted."))
        case "approve":
            approve(actor, report)
            messages.success(request, _("Approved."))
        case "return":
            give_back(actor, report, post.get("comment", ""))
            messages.success(request, _("Sent back."))
        case _:
            raise Invalid({0: {"": [_("Choose what is to be done.")]}})
    return redirect_to(request, reverse("cycles:report", args=[report.pk]))


def _with_file(request: HttpRequest, report: Report, typed: Typed) -> Typed:
    """What was typed, with the file that it comes from attached to the report. Raises Unreadable."""
    upload = request.FILES.get("source-file")
    if upload is None or typed.entered is None:
        return typed
    try:
        attach_files(actor_of(request), report.entry, [Upload(str(upload.name), upload.chunks())])
    except TooLarge as refusal:
        raise Unreadable(typed, {"source-file": [_("The file is too large.")]}) from refusal
    except Refused as refusal:
        said = _("This file is not taken: send a document, a picture, a table or a mail.")
        raise Unreadable(typed, {"source-file": [said]}) from refusal
    return replace(typed, entered={**typed.entered, "file": str(upload.name)[:200]})


def _writing(actor: Actor, found: Page, errors: dict[str, list[str]]) -> dict[str, Any]:
    shown, enters = shown_form(found, errors), enters_for(actor, found.report)
    asked = [fact["entry"] for fact in found.facts.get("asked", ())]
    offer_papers(shown["parts"], asks_in(actor, found.report, asked))
    return {
        **about(found.report),
        **shown,
        "may_stay": may_stay(found) and not enters,
        "comment": found.draft.comment,
        "rules_url": f"{reverse('cycles:rules')}?{urlencode({'in': found.report.initiative.code})}"
        if can(actor, "initiative.view", found.report.initiative)
        else "",
        "enters_for": enters,
        "sources": SOURCES,
        "entered": found.content.get("entered", {}),
        "links": open_links(found.report) if can(actor, "record.edit", found.report) else [],
        "entered_errors": [text for name in ENTERED for text in errors.get(name, ())],
        "saved": found.draft.changed_at if found.draft.pk else None,
        "seen": found.draft.changed_at.isoformat() if found.draft.pk else "",
        "last": found.last is not None,
        "problem": errors.get("", [""])[0],
    }


def about(report: Report) -> dict[str, Any]:
    register = register_of("report")
    return {
        "report": report,
        "period": period_of(report),
        "details": f"{register.list_url()}{report.pk}/",
    }


def _reading(request: HttpRequest, report: Report, errors: dict[str, list[str]]) -> dict[str, Any]:
    actor = actor_of(request)
    editions = list(report.frozen.order_by("number"))
    frozen, content = editions[-1] if editions else None, content_of(report)
    wanted = request.GET.get("edition", "")
    if wanted:
        frozen = next((one for one in editions if str(one.number) == wanted), None)
        if frozen is None:
            raise Http404
        content = json.loads(frozen.content)
    if frozen is not None:
        note_read(actor, frozen)
    shown = shown_content(content) if content else None
    if content and shown and report.kind == CONSOLIDATED:
        asked = [f["entry"] for part in content["parts"] for f in part["facts"] if f["kind"] == "asked"]
        offer_papers(shown["parts"], asks_in(actor, report, asked))
    return {
        **about(report),
        "shown": shown,
        "frozen": frozen,
        "editions": editions if len(editions) > 1 else [],
        "may_correct": may_correct(actor, report),
        "corrections": corrected_since(frozen) if frozen and report.kind == CONSOLIDATED else [],
        "page_buttons": buttons_at("report", actor, report),
        "may_review": may_review(actor, report),
        "links": open_links(report) if can(actor, "record.edit", report) else [],
        "may_approve": report.state == "submitted",
        "errors": errors,
    }


@require_POST
@guard("record.edit", "the report, or one's own")
@answered_once
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is being typed."""
    actor = actor_of(request)
    report = report_or_404(request, pk)
    if not may_write(actor, report):
        raise Denied("record.edit")
    context: dict[str, Any] = {}
    try:
        draft = save_draft(actor, report, Typed.of(request.POST, report), request.POST.get("seen", ""))
        context = {"saved": draft.changed_at, "seen": draft.changed_at.isoformat()}
    except Invalid as refusal:
        context = {"problem": next(iter(refusal.errors[0].values()))[0]}
    except Conflict:
        context = {"problem": _("Somebody else is writing here too. Copy your text and load the page again.")}
    return page(request, "cycles/_saved.html", context, status=422 if "problem" in context else 200)
