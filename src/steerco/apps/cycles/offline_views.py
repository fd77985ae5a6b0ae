"""Pages of a report as a workbook: out, back in, what it would change, taken."""

import json
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from steerco.apps.cycles.drafts import open_page
from steerco.apps.cycles.models import Report
from steerco.apps.cycles.offline import Marks, fields_of, report_workbook
from steerco.apps.cycles.returning import Preview, Problem, Refused, preview, read_workbook, take_workbook
from steerco.apps.cycles.selectors import find_report
from steerco.apps.cycles.services import may_write, writes
from steerco.apps.cycles.views import about, report_or_404
from steerco.kit.history import Conflict, Invalid
from steerco.kit.imports.confinement import LARGEST_UPLOAD
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages import downloads
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Denied
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.views.finding import actor_of


def _report_of_writer(request: HttpRequest, pk: int) -> Report:
    """The report, for whoever writes it while it is open. Raises Http404, Denied."""
    report = report_or_404(request, pk)
    if not writes(actor_of(request), report):
        raise Denied("record.edit")
    return report


def _closed(report: Report) -> str:
    words = {"state": report.states.by_key[report.state].label}
    return _("This report is “%(state)s” and no longer open: its workbook is neither made nor taken.") % words


@require_GET
@guard("record.edit", "the report, or one's own")
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as a workbook that is filled in elsewhere."""
    report = _report_of_writer(request, pk)
    if not may_write(actor_of(request), report):
        return _shown(request, report, {"problem": _closed(report)}, 409)
    return downloads.download(
        report_workbook(actor_of(request), report), f"{report.initiative.code}-{report.reference}.xlsx"
    )


@require_POST
@guard("record.edit", "the report, or one's own")
@answered_once
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what an uploaded workbook would change; of what was shown, take what is chosen."""
    actor = actor_of(request)
    report = _report_of_writer(request, pk)
    if not may_write(actor, report):
        return _shown(request, report, {"problem": _closed(report)}, 409)
    if "marks" in request.POST:
        return _taken(request, report)
    upload = request.FILES.get("workbook")
    if upload is None:
        return _shown(request, report, {"problem": _("Choose the workbook first.")}, 422)
    name = PurePath(str(upload.name)).name[:200]
    try:
        seen = read_workbook(actor, report, upload.read(LARGEST_UPLOAD + 1), name)
    except Refused as refusal:
        other = find_report(actor, refusal.report) if refusal.report else None
        return _shown(request, report, {"problems": refusal.problems, "other": other}, 422)
    return _shown(request, report, {"seen": seen})


def _taken(request: HttpRequest, report: Report) -> HttpResponse:
    """Take what is chosen; show it again where something else was written meanwhile."""
    actor = actor_of(request)
    seen = _looked_at(request, report)
    if seen is None:
        what = _("What was shown is not what came back. Upload the workbook again.")
        return _shown(request, report, {"problems": [Problem(report.reference, what)]}, 422)
    try:
        count = take_workbook(actor, report, seen)
    except Conflict:
        problem = _("The report was changed meanwhile. Nothing was taken: look at it again and choose.")
        return _shown(request, report, {"seen": _afresh(request, report, seen), "problem": problem}, 409)
    except Invalid as refusal:
        name, texts = next(iter(refusal.errors[0].items()))
        field = fields_of(open_page(actor, report)).get(name)
        problem = f"{field.label}: {texts[0]}" if field else texts[0]
        return _shown(request, report, {"seen": seen, "problem": problem}, 422)
    said = ngettext(
        "%(n)s field was taken from the workbook. Look at the report and submit it.",
        "%(n)s fields were taken from the workbook. Look at the report and submit it.",
        count,
    )
    messages.success(request, said % {"n": count})
    return redirect_to(request, reverse("cycles:report", args=[report.pk]))


def _looked_at(request: HttpRequest, report: Report) -> Preview | None:
    """What the page showed, as it posts it back; None where it is of another report."""
    post = request.POST
    try:
        marks = Marks.from_json(json.loads(post["marks"]))
    except (ValueError, RecursionError):
        return None
    if marks is None or marks.report != report.pk:
        return None
    answers = {
        name: post[f"file-{name}"].replace("\r\n", "\n") for name in marks.values if f"file-{name}" in post
    }
    keep = {name: post.get(f"keep-{name}", "") for name in marks.values}
    found = preview(open_page(actor_of(request), report), marks, answers, post.get("file", "")[:200], keep)
    return replace(found, stamp=post.get("stamp", ""))


def _afresh(request: HttpRequest, report: Report, seen: Preview) -> Preview:
    """The same workbook beside what stands here now; what was chosen counts no longer."""
    return preview(open_page(actor_of(request), report), seen.marks, seen.answers, seen.file)


def _shown(request: HttpRequest, report: Report, context: dict[str, Any], status: int = 200) -> HttpResponse:
    is_open = may_write(actor_of(request), report)
    return page(
        request, "cycles/workbook.html", {**about(report), "is_open": is_open, **context}, status=status
    )
