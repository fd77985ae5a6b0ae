"""The steps of an import in the browser: bring files, say what the columns are, look at the check, import, undo."""

import csv
import io
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.kit.imports import services
from steerco.kit.imports.forms import StartForm
from steerco.kit.imports.layouts import Instructions
from steerco.kit.imports.models import ImportRun
from steerco.kit.imports.reports import CHANGED, CREATED, REJECTED, summary
from steerco.kit.imports.representation import disarmed
from steerco.kit.imports.undoing import Held, may_undo, undo
from steerco.kit.imports.views.checking import checked
from steerco.kit.imports.views.finding import find_run, find_run_to_undo, runs_to_undo
from steerco.kit.imports.views.words import unknown_words, words_from
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.downloads import download
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Denied, can
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.register import register_by_key
from steerco.kit.registers.views.finding import actor_of, find_register

PAGE_ROWS = 100
RUNS_SHOWN = 100
HELD_SHOWN = 8


@require_GET
@guard("import.run", "own imports")
def index(request: HttpRequest) -> HttpResponse:
    """The actor's imports, newest first; those who may undo imports of others see that these happened."""
    actor = actor_of(request)
    if not can(actor, "import.run", anywhere=True) and not can(actor, "import.undo"):
        raise Denied("import.run")
    rows = [
        {
            "run": run,
            "register": register,
            "mine": run.owner_id == actor.user_id,
            "counts": run.report.get("counts", {}),
            "files": [file.name for file in run.files.all()],
            "may_undo": may_undo(actor, run),
        }
        for run in runs_to_undo(actor).prefetch_related("files")[:RUNS_SHOWN]
        if (register := register_by_key(run.register)) is not None
    ]
    may_import = can(actor, "import.run", anywhere=True)
    return page(request, "imports/index.html", {"rows": rows, "may_import": may_import})


@require_http_methods(["GET", "POST"])
@guard("import.run", "the register, some place")
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring files or paste cells."""
    register = find_register(slug, actor_of(request))
    actor = actor_of(request)
    if not can(actor, "import.run", anywhere=True):
        raise Denied("import.run")
    place = request.GET.get("in", "")
    posted = request.method == "POST"
    form = StartForm(
        register, actor, request.POST if posted else None, request.FILES if posted else None, place
    )
    if posted and form.is_valid():
        try:
            run = services.stage(actor, register, form.uploads(), place=form.place_code)
        except services.ImportRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect_to(request, reverse("imports:columns", args=[run.pk]))
    context = {"register": register, "form": form}
    return page(request, "imports/start.html", context, status=422 if posted else 200)


@require_GET
@guard("import.run", "own import")
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What the check or the import found, a page of rows at a time."""
    run, register = find_run(request, pk)
    if not run.report:
        return redirect_to(request, reverse("imports:columns", args=[pk]))
    report = run.report
    rows = report["rows"]
    kinds = _kinds(report)
    wanted = request.GET.get("show", "")
    wanted = wanted if wanted in kinds else next((k for k, n in kinds.items() if n), "changed")
    chosen = Paginator([row for row in rows if _belongs(row, wanted)], PAGE_ROWS)
    counts = report["counts"]
    context = {
        "run": run,
        "register": register,
        "report": report,
        "counts": counts,
        "kinds": [(kind, _kind_label(kind), number) for kind, number in kinds.items() if number],
        "show": wanted,
        "rows": chosen.get_page(request.GET.get("page")),
        "files": list(run.files.all()),
        "to_write": counts[CREATED] + counts[CHANGED],
        "unknown": unknown_words(register, run) if run.state == ImportRun.State.STAGED else [],
        "staged": run.state == ImportRun.State.STAGED,
        "may_undo": may_undo(actor_of(request), run),
        "undone": run.outcome.get("undone"),
        "record_url": reverse("registers:list", args=[register.slug]),
    }
    return page(request, "imports/run.html", context)


def _kinds(report: dict[str, Any]) -> dict[str, int]:
    rows = report["rows"]
    return {
        "rejected": sum(_belongs(row, "rejected") for row in rows),
        "conflicts": sum(_belongs(row, "conflicts") for row in rows),
        "problems": sum(_belongs(row, "problems") for row in rows),
        "changed": sum(_belongs(row, "changed") for row in rows),
        "created": sum(_belongs(row, "created") for row in rows),
        "notes": sum(_belongs(row, "notes") for row in rows),
    }


def _belongs(row: dict[str, Any], kind: str) -> bool:
    match kind:
        case "conflicts" | "notes":
            return bool(row[kind])
        case "problems":
            return bool(row["problems"]) and row["kind"] != REJECTED
    return bool(row["kind"] == kind)


def _kind_label(kind: str) -> str:
    return {
        "rejected": _("Rejected"),
        "conflicts": _("Changed here too"),
        "problems": _("Cells left out"),
        "changed": _("Changed"),
        "created": _("New"),
        "notes": _("Assumptions"),
    }[kind]


@require_POST
@guard("import.run", "own import")
def check_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Check again, with what was said of unknown words and of cells that both sides changed."""
    run, register = find_run(request, pk)
    instructions = Instructions.from_json(run.mapping)
    words_from(request.POST, register, instructions)
    shown = request.POST.getlist("conflict")
    for_all = request.POST.get("all", "")
    if for_all in ("mine", "theirs"):
        shown = [c["key"] for row in run.report.get("rows", ()) for c in row["conflicts"]]
    for key in shown:
        instructions.choices[key] = for_all or request.POST.get(f"choice-{key}", "theirs")
    return checked(request, run, instructions)


@require_POST
@guard("import.run", "own import, then each row")
@answered_once
def apply_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Import what was agreed to, whole or not at all."""
    run, _register = find_run(request, pk)
    try:
        agreed = services.apply(actor_of(request), run, request.POST.get("fingerprint", ""))
    except services.ImportRefused as refusal:
        messages.error(request, str(refusal))
        return redirect_to(request, reverse("imports:run", args=[pk]))
    if not agreed:
        messages.warning(request, _("Something changed since the check. Nothing was imported: look again."))
    else:
        counts = run.report["counts"]
        number = counts[CREATED] + counts[CHANGED]
        text = ngettext("%d entry imported.", "%d entries imported.", number) % number
        messages.success(request, text)
    return redirect_to(request, reverse("imports:run", args=[pk]))


@require_POST
@guard("import.run", "own import, or import.undo on the whole organisation")
@answered_once
def undo_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an import back where nothing newer happened; what it created without a mark all or not at all."""
    run, _register = find_run_to_undo(request, pk)
    actor = actor_of(request)
    try:
        result = undo(actor, run)
    except Held as refusal:
        messages.error(request, refusal.heading)
        for kept in refusal.held[:HELD_SHOWN]:
            messages.error(request, f"{kept.title or '—'}: {kept.reason}")
        if len(refusal.held) > HELD_SHOWN:
            messages.error(request, _("%s more rows are held.") % (len(refusal.held) - HELD_SHOWN))
    except services.ImportRefused as refusal:
        messages.error(request, str(refusal))
    else:
        text = _("Undone: %(restored)s restored, %(deleted)s deleted, %(kept)s left as they are.")
        messages.success(
            request,
            text % {"restored": result.restored, "deleted": result.deleted, "kept": len(result.kept)},
        )
    mine = run.owner_id == actor.user_id
    return redirect_to(request, reverse("imports:run", args=[pk]) if mine else reverse("imports:index"))


@require_POST
@guard("import.run", "own import")
def discard_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up an import that was not made."""
    run, register = find_run(request, pk)
    try:
        services.discard(actor_of(request), run)
    except services.ImportRefused as refusal:
        messages.error(request, str(refusal))
        return redirect_to(request, reverse("imports:run", args=[pk]))
    messages.success(request, _("Discarded. Nothing was imported."))
    return redirect_to(request, register.list_url())


@require_GET
@guard("import.run", "own import")
def report_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Every remark of the report as a CSV file, for whoever puts the workbooks right."""
    run, register = find_run(request, pk)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    names = ("file", "sheet", "row", "cell", "column", "text", "reason", "do", "theirs", "mine")
    writer.writerow(names)
    for note in summary(run.report)["notes"]:
        writer.writerow([disarmed(str(note.get(name) or "")) for name in names])
    return download(text.getvalue().encode("utf-8-sig"), f"{register.slug}-import-{run.pk}.csv")
