"""Import in the browser: upload or paste, map, try, import, take back."""

from dataclasses import dataclass, field
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from steerco.apps.indicators.dimensions import DIMENSIONS, dimension_label
from steerco.apps.indicators.drafts import (
    drop_draft,
    finish_draft,
    how_from,
    named_mapping,
    pasted_as_file,
    readings_of,
    start_draft,
    suggested,
    tables_of,
)
from steerco.apps.indicators.imports import ImportReport
from steerco.apps.indicators.indicators import INDICATORS
from steerco.apps.indicators.models import NamedMapping, PortfolioImport
from steerco.apps.indicators.services import keep_mapping
from steerco.apps.indicators.undo import undo_import
from steerco.apps.indicators.views import actor_of
from steerco.apps.initiatives.models import Initiative
from steerco.exchange.portfolio import Field, MappingError, ReportDateError
from steerco.exchange.tables import Table, TableError, told
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, can, require
from steerco.kit.permissions.inventory import guard

MOST_SHOWN = 200
UNREADABLE = (TableError, MappingError, ReportDateError)
OWN_LABELS: dict[str, str | Promise] = {
    Field.NAME: gettext_lazy("Name"),
    Field.FORMER_NAME: gettext_lazy("Former name"),
    Field.CODE: gettext_lazy("Code"),
    Field.UNIT: gettext_lazy("Unit"),
    Field.CATEGORY: gettext_lazy("Category"),
    Field.PHASE: gettext_lazy("Status or phase"),
    Field.REPORT_DATE: gettext_lazy("Date of the report"),
    Field.REPORT_YEAR: gettext_lazy("Year of the report"),
}


def _words(error: Exception) -> str:
    """What is wrong with a file, in the reader's language."""
    return told(error.args[0], _) if isinstance(error, UNREADABLE) else str(error)


def _field_choices(taken: set[str]) -> list[tuple[str, str]]:
    """What a column can be taken for: (key, label); ratings by dimension, with those that are taken already."""
    choices = [
        (key.value, str(OWN_LABELS.get(key) or INDICATORS[key.value].label))
        for key in Field
        if key is not Field.RATING
    ]
    ratings = dict.fromkeys([*(f"rating:{one}:" for one in DIMENSIONS), *sorted(taken)])
    rating = str(INDICATORS["rating"].label)
    for key in ratings:
        if key.startswith("rating:"):
            _rating, dimension, assessor = (key + "::").split(":")[:3]
            parts = (rating, dimension_label(dimension), assessor)
            choices.append((key, ": ".join(part for part in parts if part)))
    return sorted(choices, key=lambda choice: choice[1])


@dataclass
class ColumnRow:
    """A column in the table of the mapping: its header, some of its cells, what it is taken for."""

    index: int
    header: str
    samples: list[str]
    key: str


@dataclass
class Trial:
    """What trying a draft gave: a report, or why it cannot be read."""

    report: ImportReport | None = None
    problem: str = ""
    days: list[date] = field(default_factory=list)


def _importable(actor: Actor) -> list[Initiative]:
    """Where `actor` may import to."""
    kinds = (Initiative.Type.PORTFOLIO, Initiative.Type.PROGRAMME)
    rows = Initiative.objects.visible_to(actor).filter(type__in=kinds, archived=False)
    return [row for row in rows if can(actor, "snapshot.import", row)]


@require_http_methods(["GET", "POST"])
@guard("snapshot.import", "the portfolio that the file goes into")
@answered_once
def start_page(request: HttpRequest) -> HttpResponse:
    """Upload a file or paste cells; what was imported before, to look at and take back."""
    actor = actor_of(request)
    into = _importable(actor)
    may_create = can(actor, "initiative.create")
    if not into and not may_create:
        require(actor, "snapshot.import")
    problem = ""
    if request.method == "POST":
        try:
            draft = _new_draft(request, actor)
            return redirect_to(request, reverse("indicators:import-one", args=[draft.batch]))
        except (*UNREADABLE, Invalid) as error:
            problem = _words(error)
    context = {
        "into": into,
        "chosen": request.POST.get("into") or request.GET.get("into", ""),
        "typed_code": "" if request.POST.get("into") else request.POST.get("code", ""),
        "may_create": may_create,
        "problem": problem,
        "imports": PortfolioImport.objects.visible_to(actor)
        .select_related("portfolio")
        .defer("content")[:20],
    }
    return page(request, "indicators/import_start.html", context, status=422 if problem else 200)


def _new_draft(request: HttpRequest, actor: Actor) -> PortfolioImport:
    """The draft of an upload. Raises TableError, Denied, Invalid; a portfolio is made only with its draft."""
    uploaded, pasted = request.FILES.get("file"), request.POST.get("cells", "")
    if uploaded is not None:
        name, content = uploaded.name or "", uploaded.read()
    elif pasted.strip():
        name, content = pasted_as_file(pasted)
    else:
        raise Invalid({0: {"file": [_("Choose a file or paste cells.")]}})
    code = request.POST.get("into") or request.POST.get("code", "").strip()
    if not code:
        raise Invalid({0: {"code": [_("Choose a portfolio or give a new one a code.")]}})
    return start_draft(actor, code, name, content)


def _find(actor: Actor, batch: str) -> PortfolioImport:
    rows = PortfolioImport.objects.visible_to(actor).select_related("portfolio")
    draft = rows.filter(batch=batch).first()
    if draft is None:
        raise Http404
    return draft


@require_http_methods(["GET", "POST"])
@guard("snapshot.import", "the portfolio that the file goes into")
@answered_once
def import_page(request: HttpRequest, batch: str) -> HttpResponse:
    """A draft: its mapping, the dry run, the import. An import that is done: its report, and taking it back."""
    actor = actor_of(request)
    draft = _find(actor, batch)
    require(actor, "snapshot.import", draft.portfolio)
    if draft.state != PortfolioImport.State.DRAFT:
        context = {
            "draft": draft,
            "report": draft.report,
            "may_undo": draft.state == PortfolioImport.State.IMPORTED
            and can(actor, "import.undo", draft.portfolio),
        }
        # Done is done: what is sent to it comes from an older page.
        return page(
            request, "indicators/import_done.html", context, status=409 if request.method == "POST" else 200
        )
    if request.method == "POST":
        if "drop" in request.POST:
            drop_draft(actor, draft)
            return redirect_to(request, reverse("indicators:import"))
        if "import" in request.POST:
            return _import(request, actor, draft)
        _keep_settings(request, actor, draft)
        return redirect_to(request, reverse("indicators:import-one", args=[draft.batch]))
    return _draft_page(request, actor, draft)


def _keep_settings(request: HttpRequest, actor: Actor, draft: PortfolioImport) -> None:
    """Keep what the form says about reading the file; a mapping also under a name, where one is given."""
    post = request.POST
    table = tables_of(draft.file_name, bytes(draft.content or b""))[0]
    kept = named_mapping(post.get("use", ""))
    mapping = kept or {
        key: header for index, header in enumerate(table.headers) if (key := post.get(f"column-{index}", ""))
    }
    draft.settings |= {
        "mapping": mapping,
        "as_of": post.get("as_of", ""),
        "as_of_column": post.get("as_of_column", ""),
        "tried": True,
    }
    draft.save(update_fields=["settings"])
    if name := post.get("keep_as", "").strip():
        try:
            keep_mapping(actor, name, mapping, draft.portfolio)
        except Invalid as error:
            messages.error(request, str(error))


def _import(request: HttpRequest, actor: Actor, draft: PortfolioImport) -> HttpResponse:
    confirmed = dict(pair.split("\t", 1) for pair in request.POST.getlist("same") if "\t" in pair)
    portfolio = draft.portfolio
    try:
        report = finish_draft(actor, draft, how_from(draft.settings), confirmed, dry_run=False)
    except UNREADABLE as error:
        messages.error(request, _words(error))
        return redirect_to(request, reverse("indicators:import-one", args=[draft.batch]))
    if PortfolioImport.objects.filter(batch=report.batch).exists():
        return redirect_to(request, reverse("indicators:import-one", args=[report.batch]))
    if report.unchanged:
        messages.success(request, _("Everything in this file was there already; nothing was written."))
    else:
        messages.warning(request, _("There is nothing to import in it."))
    return redirect_to(request, reverse("initiatives:page", args=[portfolio.code]))


def _draft_page(request: HttpRequest, actor: Actor, draft: PortfolioImport) -> HttpResponse:
    tables = tables_of(draft.file_name, bytes(draft.content or b""))
    columns = _columns(tables[0], draft.settings.get("mapping") or {})
    context = {
        "draft": draft,
        "columns": columns,
        "choices": _field_choices({c.key for c in columns}),
        "sheets": len(tables),
        "mappings": NamedMapping.objects.visible_to(actor),
        "settings": draft.settings,
        "trial": _try(actor, draft) if draft.settings.get("tried") else None,
        "most": MOST_SHOWN,
    }
    return page(request, "indicators/import_draft.html", context)


def _columns(table: Table, mapping: dict[str, str]) -> list[ColumnRow]:
    """The columns of the first table, taken for what the mapping says, else for what is suggested."""
    given = {" ".join(header.split()).casefold(): key for key, header in mapping.items()}
    guesses = {} if mapping else suggested(table)
    rows = []
    for index, header in enumerate(table.headers):
        samples = list(dict.fromkeys(cell.strip()[:60] for cell in table.column(index) if cell.strip()))[:3]
        key = guesses.get(index) or given.get(" ".join(header.split()).casefold(), "")
        if header.strip() or samples:
            rows.append(ColumnRow(index, header, samples, key))
    return rows


def _try(actor: Actor, draft: PortfolioImport) -> Trial:
    how = how_from(draft.settings)
    try:
        report = finish_draft(actor, draft, how, {}, dry_run=True)
        days = sorted({row.as_of for reading in readings_of(draft, how) for row in reading.rows})
    except UNREADABLE as error:
        return Trial(problem=_words(error))
    return Trial(report=report, days=days)


@require_POST
@guard("import.undo", "the portfolio that the file went into")
@answered_once
def undo_page(request: HttpRequest, batch: str) -> HttpResponse:
    """Take an import back."""
    actor = actor_of(request)
    draft = _find(actor, batch)
    try:
        count = undo_import(actor, batch)
        messages.success(request, _("Taken back: %(n)s reports.") % {"n": count})
    except Invalid as error:
        messages.error(request, " ".join(m for e in error.errors.values() for ms in e.values() for m in ms))
    return redirect_to(request, reverse("indicators:import-one", args=[draft.batch]))
