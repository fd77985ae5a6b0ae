"""The page on which a person says what the columns of their files are, and what their words mean."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from steerco.exchange.tables import Table
from steerco.kit.imports import services
from steerco.kit.imports.choices import scale_of_column
from steerco.kit.imports.forms import OptionsForm
from steerco.kit.imports.layouts import REGISTER, ROW_ID, Instructions, Layout, table_key
from steerco.kit.imports.models import ImportFile, ImportRun
from steerco.kit.imports.scales import AUTOMATIC, PERCENT, WAYS
from steerco.kit.imports.suggesting import importable_columns
from steerco.kit.imports.views.checking import checked
from steerco.kit.imports.views.finding import find_run
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.columns import Column
from steerco.kit.registers.register import Register
from steerco.kit.registers.views.finding import actor_of

EXAMPLES = 3
REASONS = {
    "header": gettext_lazy("by its header"),
    "content": gettext_lazy("by its content"),
    "name": gettext_lazy("kept mapping"),
    "export": gettext_lazy("exported here"),
    "chosen": gettext_lazy("chosen"),
}


@dataclass
class HeaderView:
    """One column of the files: what stands there, what it is read as, why."""

    field: str
    header: str
    examples: list[str]
    chosen: str
    reason: str
    counts: str = ""  # the field of how it counts, for a column that is a scale
    way: str = ""


@dataclass
class LayoutView:
    """The files with one set of headers."""

    number: int
    tables: list[tuple[str, str, int, str]]  # (key, name, rows, why it is left out)
    headers: list[HeaderView]
    header_row: int


@require_http_methods(["GET", "POST"])
@guard("import.run", "own import")
def columns_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the columns are; then everything is checked."""
    run, register = find_run(request, pk)
    if run.state != ImportRun.State.STAGED:
        return redirect_to(request, reverse("imports:run", args=[pk]))
    actor = actor_of(request)
    files = list(run.files.all())
    instructions = Instructions.from_json(run.mapping)
    form = OptionsForm(request.POST if request.method == "POST" else None, instructions.options)
    if request.method == "POST" and form.is_valid():
        instructions.options = form.options()
        return _posted(request, run, register, instructions)
    context = {
        "run": run,
        "register": register,
        "files": files,
        "layouts": layout_views(register, files, instructions),
        "choices": column_choices(register),
        "ways": way_choices(),
        "options": form,
        "mappings": services.mappings_for(actor, register),
        "problems": [(file.name, file.problem) for file in files if file.problem],
    }
    return page(request, "imports/columns.html", context, status=422 if form.is_bound else 200)


def _posted(
    request: HttpRequest, run: ImportRun, register: Register, instructions: Instructions
) -> HttpResponse:
    """Another row of headers or a kept mapping shows the page again; everything else is checked."""
    actor = actor_of(request)
    here = reverse("imports:columns", args=[run.pk])
    files = list(run.files.all())
    for file in files:
        wanted = request.POST.get(f"headers-{file.pk}", "")
        if wanted.isdigit() and 0 < int(wanted) < 1000 and request.POST.get("reread") == str(file.pk):
            services.read_again(actor, run, file, int(wanted))
            return redirect_to(request, here)
    _take_columns(request, register, instructions)
    _take_tables(request, register, files, instructions)
    if request.POST.get("use"):
        _use_kept(request, register, instructions)
        services.map_run(actor, run, instructions)
        return redirect_to(request, here)
    name = request.POST.get("keep", "").strip()[:80]
    services.map_run(actor, run, instructions)
    if name:
        services.keep_mapping(actor, run, name, shared=bool(request.POST.get("shared")))
        messages.success(request, _("The mapping is kept as “%s”.") % name)
    return checked(request, run, instructions)


def _take_columns(request: HttpRequest, register: Register, instructions: Instructions) -> None:
    known = {*importable_columns(register), ROW_ID, REGISTER}
    for number, layout in enumerate(instructions.layouts):
        for index in range(len(layout.headers)):
            said = request.POST.get(f"column-{number}-{index}")
            if said is None or (said and said not in known) or said == layout.columns[index]:
                continue
            layout.columns[index] = said
            layout.reasons[index] = "chosen" if said else ""
        for index, name in enumerate(layout.columns):
            way = request.POST.get(f"steps-{number}-{index}")
            if way in WAYS and name in known:
                layout.steps[name] = way


def _take_tables(
    request: HttpRequest, register: Register, files: list[ImportFile], instructions: Instructions
) -> None:
    """The tables whose box is ticked are read; the others are left out."""
    taken = set(request.POST.getlist("table"))
    for source in services.sources_of(register, files):
        key = table_key(source.table)
        if key in taken:
            instructions.skipped.pop(key, None)
        else:
            instructions.skipped.setdefault(key, _("Left out by choice."))


def _use_kept(request: HttpRequest, register: Register, instructions: Instructions) -> None:
    """Read each header as the kept mapping reads it, wherever it stands."""
    wanted = request.POST["use"]
    kept = next((m for m in services.mappings_for(actor_of(request), register) if str(m.pk) == wanted), None)
    if kept is None:
        return
    for layout in instructions.layouts:
        layout.read_as(Layout.from_json(kept.layout))


def layout_views(
    register: Register, files: Iterable[ImportFile], instructions: Instructions
) -> list[LayoutView]:
    """The layouts with their tables, as the page shows them."""
    views = [LayoutView(n, [], [], 1) for n in range(len(instructions.layouts))]
    tables: dict[int, list[Table]] = {}
    for source in services.sources_of(register, files):
        table = source.table
        layout = instructions.layout_for(table)
        if layout is None:
            continue
        view = views[instructions.layouts.index(layout)]
        name = f"{table.source} · {table.sheet}" if table.sheet else table.source
        key = table_key(table)
        view.tables.append((key, name, len(table.rows), instructions.skipped.get(key, "")))
        tables.setdefault(view.number, []).append(table)
    for number, alike in tables.items():
        views[number].header_row = alike[0].header_row
        views[number].headers = _headers(register, number, instructions.layouts[number], alike)
    return views


def _headers(register: Register, number: int, layout: Layout, tables: list[Table]) -> list[HeaderView]:
    """The columns of tables with the same headers, with examples from any of them."""
    views = []
    columns = importable_columns(register)
    for index, header in enumerate(tables[0].headers):
        chosen = layout.columns[index] if index < len(layout.columns) else ""
        if chosen == ROW_ID:
            continue
        cells = (text for table in tables if index < len(table.headers) for text in table.column(index))
        examples = list(dict.fromkeys(text.strip()[:40] for text in cells if text.strip()))[:EXAMPLES]
        if header.strip() or examples:
            reason = REASONS.get(layout.reasons[index] if index < len(layout.reasons) else "", "")
            view = HeaderView(f"column-{number}-{index}", header, examples, chosen, str(reason))
            if chosen in columns and scale_of_column(columns[chosen]):
                view.counts, view.way = f"steps-{number}-{index}", layout.steps.get(chosen, "")
            views.append(view)
    return views


def way_choices() -> list[tuple[str, str]]:
    """How a column may count the steps of a scale."""
    said = {AUTOMATIC: _("found by itself"), PERCENT: _("percent")}
    return [
        (
            way,
            said.get(way)
            or (_("1 to %s, 1 is the highest") if way.endswith("-") else _("1 to %s")) % way.strip("-"),
        )
        for way in WAYS
    ]


def column_choices(register: Register) -> list[tuple[str, str]]:
    """What a header may be read as: the fields first, then what is computed and only compared."""
    columns = importable_columns(register)
    written = [(n, _named(c)) for n, c in columns.items() if not c.read_only]
    compared = [(n, _("%s (compared only)") % _named(c)) for n, c in columns.items() if c.read_only]
    return [*written, *compared, (REGISTER, _("The register that the row belongs to"))]


def _named(column: Column) -> str:
    text = str(column.label)
    return text[:1].upper() + text[1:]
