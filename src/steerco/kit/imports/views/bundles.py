"""A whole workbook in the browser: bring it, see what goes to which register, import all of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from steerco.kit.imports import services
from steerco.kit.imports.bundles import candidates, stage_bundle
from steerco.kit.imports.forms import StartForm
from steerco.kit.imports.models import ImportRun
from steerco.kit.imports.reports import CHANGED, CREATED
from steerco.kit.imports.writing import TooManyRefusals
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Denied, can
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.register import register_by_key
from steerco.kit.registers.views.finding import actor_of


@require_http_methods(["GET", "POST"])
@guard("import.run", "some place")
def start(request: HttpRequest) -> HttpResponse:
    """Bring a workbook."""
    actor = actor_of(request)
    if not can(actor, "import.run", anywhere=True):
        raise Denied("import.run")
    posted = request.method == "POST"
    place = request.GET.get("in", "")
    data, files = (request.POST, request.FILES) if posted else (None, None)
    form = StartForm(candidates()[0], actor, data, files, place)
    if posted and form.is_valid():
        try:
            runs = stage_bundle(actor, form.uploads(), place=form.place_code)
        except services.ImportRefused as refusal:
            form.add_error(None, str(refusal))
        except TooManyRefusals:
            form.add_error(
                None, _("Too many rows are refused one after the other: put the file right first.")
            )
        else:
            return redirect_to(request, reverse("imports:bundle", args=[runs[0].bundle]))
    return page(request, "imports/workbook.html", {"form": form}, status=422 if posted else 200)


@require_http_methods(["GET", "POST"])
@guard("import.run", "own imports")
@answered_once
def bundle_page(request: HttpRequest, bundle: str) -> HttpResponse:
    """GET: what goes to which register. POST: import all that was checked, one register after the other."""
    actor = actor_of(request)
    runs = list(ImportRun.objects.visible_to(actor).filter(bundle=bundle).order_by("pk"))
    if not runs:
        raise Http404
    if request.method == "POST":
        _apply_all(request, [run for run in runs if run.state == ImportRun.State.STAGED])
        return redirect_to(request, reverse("imports:bundle", args=[bundle]))
    rows = [_shown(run) for run in runs]
    context = {
        "rows": rows,
        "staged": any(row["to_write"] for row in rows),
        "left_out": _left_out(runs),
        "files": sorted({file.name for run in runs for file in run.files.all()}),
    }
    return page(request, "imports/bundle.html", context)


def _apply_all(request: HttpRequest, runs: list[ImportRun]) -> None:
    done = 0
    for run in runs:
        register = register_by_key(run.register)
        label = register.label_plural if register else run.register
        counts = run.report.get("counts", {})
        if not counts.get(CREATED, 0) + counts.get(CHANGED, 0):
            continue
        try:
            agreed = services.apply(actor_of(request), run, run.report.get("fingerprint", ""))
        except services.ImportRefused as refusal:
            messages.error(request, f"{label}: {refusal}")
            continue
        if agreed:
            done += 1
        else:
            messages.warning(request, _("%s: something changed since the check. Look at it again.") % label)
    messages.success(request, ngettext("%d register imported.", "%d registers imported.", done) % done)


def _shown(run: ImportRun) -> dict[str, Any]:
    counts = run.report.get("counts", {})
    staged = run.state == ImportRun.State.STAGED
    skipped = {(item["file"], item["sheet"]) for item in run.report.get("skipped", ())}
    tables = [table for file in run.files.all() for table in file.tables]
    return {
        "run": run,
        "register": register_by_key(run.register),
        "sheets": [t["sheet"] or t["source"] for t in tables if (t["source"], t["sheet"]) not in skipped],
        "counts": counts,
        "to_write": (counts.get(CREATED, 0) + counts.get(CHANGED, 0)) if staged else 0,
        "problems": sum(bool(row["problems"]) for row in run.report.get("rows", ())),
        "staged": staged,
    }


def _left_out(runs: list[ImportRun]) -> list[str]:
    """The sheets that no register takes."""
    skipped = [{(i["file"], i["sheet"]) for i in run.report.get("skipped", ())} for run in runs]
    return sorted(sheet or file for file, sheet in set.intersection(*skipped))
