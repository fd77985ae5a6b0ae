"""Pages that bring money from a spreadsheet and hand it back: paste, file, undo, export."""

import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.finance.exporting import export_money
from steerco.apps.finance.models import MoneyChange
from steerco.apps.finance.previews import PasteForm, Preview, preview_long, preview_paste, take
from steerco.apps.finance.undoing import Undone, undo_batch, undo_change
from steerco.apps.finance.views import day_of, find_place, problems
from steerco.apps.finance.wording import LINES, line_label
from steerco.apps.initiatives.models import Initiative
from steerco.engine.finance.sheet import Nature
from steerco.exchange.finance.block import Place
from steerco.exchange.finance.long import FIELDS, NEEDED, missing_columns, suggest_columns
from steerco.exchange.finance.words import parse_month
from steerco.exchange.tables import TableError, told
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.imports.confinement import Unreadable, read_confined, table_of
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.downloads import download
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, can, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.views.finding import actor_of

LONGEST_PASTE = 500_000
MOST_ROWS = 5_000
UNITS = {"1": 1, "1000": 1_000, "1000000": 1_000_000}
LABELS: dict[str, str | Promise] = {
    "initiative": gettext_lazy("Initiative (code)"),
    "month": gettext_lazy("Month"),
    "kind": gettext_lazy("Kind of figure"),
    "nature": gettext_lazy("Capital or revenue"),
    "amount": gettext_lazy("Amount"),
    "currency": gettext_lazy("Currency"),
}


def _nature(post: QueryDict) -> Nature | None:
    said = post.get("nature", "")
    return Nature(said) if said in {n.value for n in Nature} else None


@require_POST
@guard("snapshot.import", "the initiative")
@answered_once
def paste(request: HttpRequest, code: str) -> HttpResponse:
    """What pasted cells would do; with `write`, do it."""
    actor = actor_of(request)
    place = find_place(actor, code)
    require(actor, "snapshot.import", place)
    post = request.POST
    form = PasteForm(
        post.get("block", "")[:LONGEST_PASTE],
        _nature(post),
        UNITS.get(post.get("unit", ""), 0),
        post.get("mark", "") if post.get("mark", "") in (".", ",") else "",
        _start(post),
    )
    preview, problem = None, ""
    try:
        preview = preview_paste(place, form)
    except TableError as error:
        problem = told(error.message, _)
    if preview is not None and "write" in post:
        try:
            return _written(request, actor, preview, MoneyChange.How.PASTED, _to_sheet(place))
        except Invalid as error:
            problem = problems(error)
    context = {
        "initiative": place,
        "preview": preview,
        "problem": problem,
        "form": post,
        "today": clock.today(),
        "lines": [(f"{kind}-{nature}", line_label(kind, nature)) for kind, nature in LINES],
    }
    return page(request, "finance/paste.html", context, status=422 if problem else 200)


def _start(post: QueryDict) -> Place | None:
    """Where a block without headings starts."""
    month = parse_month(post.get("at_month", ""))
    names = [f"{kind}-{nature}" for kind, nature in LINES]
    line = str(post.get("at_line", ""))
    if month is None or line not in names:
        return None
    return Place(LINES[names.index(line) :], month)


def _to_sheet(place: Initiative) -> str:
    return reverse("finance:sheet", args=[place.code])


def _written(
    request: HttpRequest, actor: Actor, preview: Preview, how: str, back: str, file_name: str = ""
) -> HttpResponse:
    """Write what was looked at and say so. Raises Invalid."""
    post = request.POST
    with transaction.atomic():
        done = take(
            actor,
            preview,
            post.get("fingerprint", ""),
            as_of=day_of(post.get("as_of", "")),
            reason=post.get("reason", "")[:500],
            how=how,
            file_name=file_name,
            leave_refused="leave_refused" in post,
        )
    count = sum(change.figures for change in done)
    text = ngettext("%(n)s figure written.", "%(n)s figures written.", count) % {"n": count}
    messages.success(request, text)
    return redirect_to(request, back)


@require_http_methods(["GET", "POST"])
@guard("snapshot.import", "each initiative that the file names")
@answered_once
def upload(request: HttpRequest) -> HttpResponse:
    """A file with the money of many initiatives: read, mapped, looked at, written."""
    actor = actor_of(request)
    if not can(actor, "snapshot.import", anywhere=True):
        require(actor, "snapshot.import")
    context: dict[str, Any] = {"today": clock.today(), "form": request.POST, "uploads": _uploads(actor)}
    if request.method == "GET":
        return page(request, "finance/upload.html", context)
    try:
        table = _table(request)
    except Invalid as error:
        return page(request, "finance/upload.html", {**context, "problem": problems(error)}, status=422)
    headers, rows, name = table["headers"], table["rows"], table["name"]
    columns = _columns(request.POST, headers)
    missing = missing_columns(columns)
    preview, problem = None, ""
    if missing:
        problem = _("Say which column holds: %(what)s.") % {
            "what": ", ".join(str(LABELS[m]) for m in missing)
        }
    else:
        preview = preview_long(actor, headers, rows, columns, _nature(request.POST))
        if "write" in request.POST:
            try:
                back = reverse("finance:upload")
                return _written(request, actor, preview, MoneyChange.How.FILE, back, name)
            except Invalid as error:
                problem = problems(error)
    context |= {
        "table": json.dumps(table, ensure_ascii=False),
        "name": name,
        "count": len(rows),
        "preview": preview,
        "problem": problem,
        "mapping": [
            (key, LABELS[key], columns.get(key), list(enumerate(headers)), key in NEEDED) for key in FIELDS
        ],
    }
    return page(request, "finance/upload.html", context, status=422 if problem else 200)


def _uploads(actor: Actor) -> list[dict[str, Any]]:
    """The files that were written lately where the actor may write, newest first."""
    rows = MoneyChange.objects.visible_to(actor).filter(how=MoneyChange.How.FILE).select_related("initiative")
    found: dict[str, dict[str, Any]] = {}
    for row in rows[:400]:
        start = {"batch": row.batch, "file": row.file_name, "by": row.by, "at": row.at}
        one = found.setdefault(row.batch, {**start, "figures": 0, "places": 0, "open": False})
        one["figures"] += row.figures
        one["places"] += 1
        one["open"] |= row.undone_at is None and can(actor, "snapshot.import", row.initiative)
    return list(found.values())[:10]


def _table(request: HttpRequest) -> dict[str, Any]:
    """The table of an uploaded file, or the one that the form carries back. Raises Invalid."""
    uploaded = request.FILES.get("file")
    if uploaded is None:
        return _carried(request.POST.get("table", ""))
    try:
        reading = read_confined(uploaded.read(), uploaded.name or "")
    except Unreadable as error:
        raise Invalid({0: {"file": [error.message]}}) from None
    tables = sorted((table_of(data) for data in reading.tables), key=lambda one: -len(one.rows))
    if not tables or not tables[0].rows:
        raise Invalid({0: {"file": [_("There is no table in the file.")]}})
    found = tables[0]
    if len(found.rows) > MOST_ROWS:
        text = _("The file has %(n)s rows: bring at most %(most)s at once.")
        raise Invalid({0: {"file": [text % {"n": len(found.rows), "most": MOST_ROWS}]}})
    return {
        "name": (uploaded.name or "")[:200],
        "headers": [str(header) for header in found.headers],
        "rows": [[row.number, [str(cell) for cell in row.cells]] for row in found.rows],
    }


def _carried(text: str) -> dict[str, Any]:
    """The table out of the form. Raises Invalid for anything else."""
    refused = Invalid({0: {"file": [_("Choose a file.")]}})
    try:
        table = json.loads(text or "null")
    except ValueError:
        raise refused from None
    if not isinstance(table, dict):
        raise refused
    headers, rows, name = table.get("headers"), table.get("rows"), table.get("name")
    if not (isinstance(name, str) and _texts(headers) and isinstance(rows, list) and len(rows) <= MOST_ROWS):
        raise refused
    for row in rows:
        if not (isinstance(row, list) and len(row) == 2 and type(row[0]) is int and _texts(row[1])):
            raise refused
    return {"name": name[:200], "headers": headers, "rows": rows}


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _columns(post: QueryDict, headers: list[str]) -> dict[str, int]:
    """Which column each field stands in: as it was said, else as the headings tell."""
    suggested = suggest_columns(headers)
    found = {}
    for key in FIELDS:
        said = post.get(f"column-{key}")
        if said is None:
            if key in suggested:
                found[key] = suggested[key]
        elif said.isdigit() and len(said) < 5 and int(said) < len(headers):
            found[key] = int(said)
    return found


@require_POST
@guard("snapshot.import", "the initiative of the change")
@answered_once
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one change of a sheet back."""
    actor = actor_of(request)
    change = MoneyChange.objects.visible_to(actor).select_related("initiative").filter(pk=pk).first()
    if change is None:
        raise Http404
    require(actor, "snapshot.import", change.initiative)
    try:
        _tell(request, undo_change(actor, change))
    except Invalid as error:
        messages.error(request, problems(error))
    return redirect_to(request, _to_sheet(change.initiative))


@require_POST
@guard("snapshot.import", "the initiatives of the file")
@answered_once
def undo_file(request: HttpRequest, batch: str) -> HttpResponse:
    """Take a whole file back, wherever the actor may write."""
    actor = actor_of(request)
    changes = MoneyChange.objects.visible_to(actor).filter(batch=batch[:40]).select_related("initiative")
    if not changes:
        raise Http404
    if not any(can(actor, "snapshot.import", change.initiative) for change in changes):
        require(actor, "snapshot.import")
    try:
        _tell(request, undo_batch(actor, batch[:40]))
    except Invalid as error:
        messages.error(request, problems(error))
    return redirect_to(request, reverse("finance:upload"))


def _tell(request: HttpRequest, result: Undone) -> None:
    text = _("Taken back: %(restored)s figures went back, %(kept)s were changed since and stay.")
    messages.success(request, text % {"restored": result.restored, "kept": result.kept})


@require_GET
@guard("snapshot.view", "the initiative")
def export(request: HttpRequest, code: str) -> HttpResponse:
    """The figures at and below a place as a workbook."""
    actor = actor_of(request)
    place = find_place(actor, code)
    return download(export_money(actor, place), f"{place.code}-{clock.today().isoformat()}.xlsx")


@require_GET
@guard("snapshot.view", "any initiative that the reader sees")
def export_all(request: HttpRequest) -> HttpResponse:
    """The figures of everything that the reader sees as a workbook."""
    return download(export_money(actor_of(request), None), f"money-{clock.today().isoformat()}.xlsx")
