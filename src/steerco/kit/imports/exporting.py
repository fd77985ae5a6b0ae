"""Lists as files: the rows that the address means and the actor may see, as XLSX that comes back, or CSV."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import uuid4

from django.db.models import Max, QuerySet
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from steerco.kit import clock
from steerco.kit.history.writes import append_events
from steerco.kit.imports.choices import options_of, scale_of_column
from steerco.kit.imports.identity import Identity
from steerco.kit.imports.representation import Exported, as_read, disarmed, exported
from steerco.kit.imports.workbooks import SheetColumn, workbook
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column, Kind, moment_text
from steerco.kit.registers.listing import queryset_for, sort_keys
from steerco.kit.registers.masking import mask
from steerco.kit.registers.paging import ordered
from steerco.kit.registers.register import Register

CHUNK = 1000
INLINE_ROWS = 5000  # more than these are written by a job
KINDS = {
    Kind.LONG: "long",
    Kind.NUMBER: "number",
    Kind.MONEY: "money",
    Kind.DATE: "date",
    Kind.MOMENT: "moment",
}
FORMS = ("xlsx", "csv")  # of files with data; a document is for people (printing.py)


@dataclass(frozen=True)
class ExportFile:
    """A finished file: what a download is called, its bytes, and how many rows it holds."""

    name: str
    content: bytes
    rows: int


def count_rows(register: Register, actor: Actor, query: QueryDict) -> int:
    """How many rows an export of that address has."""
    return queryset_for(register, actor, query)[0].order_by().count()


def export_list(
    register: Register, actor: Actor, query: QueryDict, form: str, *, everything: bool = False
) -> ExportFile:
    """The list at an address as a file of `form` ("xlsx", "csv"): its rows in its order, the chosen columns first,
    with `everything` all other columns after them. Leaves an event: who took how many rows out.

    Raises KeyError for an unknown form.
    """
    if form not in FORMS:
        raise KeyError(form)
    register = register.seen_by(actor)
    columns = chosen_columns(register, query, everything=everything)
    queryset, scope, _filters = queryset_for(register, actor, query)
    keys = sort_keys(register, register.all_columns(), query.get("sort", ""), "")
    export = uuid4().hex
    as_of = Event.objects.aggregate(last=Max("sequence"))["last"] or 0
    versions: dict[int, int] = {}
    rows = _rows(register, actor, ordered(queryset, keys), columns, versions)
    headers = headers_of(columns)
    title = f"{register.label_plural}" + (f" {scope.code}" if scope else "")
    if form == "csv":
        content, count = _as_csv(headers, rows)
    else:
        done = list(rows)
        count = len(done)
        identity = Identity(
            export=export,
            register=register.key,
            language=translation.get_language() or "",
            as_of=as_of,
            columns={header: column.name for header, column in zip(headers, columns, strict=True)},
            versions=versions,
        )
        content = workbook(
            title,
            sheet_columns(register, columns, headers),
            done,
            identity.as_json(),
            f"{title} · {moment_text(clock.now())} · {actor.label}",
        )
    leave_event(actor, register, count, form, export, query)
    day = timezone.localdate(clock.now()).isoformat()
    return ExportFile(f"{register.slug}{f'-{scope.code}' if scope else ''}-{day}.{form}", content, count)


def leave_event(
    actor: Actor, register: Register, count: int, form: str, export: str, query: QueryDict
) -> None:
    """Note who took how many rows out, in which form."""
    changes = {"rows": count, "form": form, "export": export, "query": query.urlencode()[:500]}
    kind, model = f"{register.key}.exported", register.model._meta.label_lower
    append_events(actor, [Event(kind=kind, model=model, changes=changes)])


def template(register: Register) -> ExportFile:
    """An empty workbook of a register: its columns with lists of choices and what each of them means."""
    columns = list(register.editable_columns().values())
    headers = headers_of(columns)
    identity = Identity(
        export=uuid4().hex,
        register=register.key,
        language=translation.get_language() or "",
        as_of=0,
        columns={header: column.name for header, column in zip(headers, columns, strict=True)},
        versions={},
    )
    content = workbook(
        str(register.label_plural), sheet_columns(register, columns, headers), [], identity.as_json()
    )
    return ExportFile(f"{register.slug}-template.xlsx", content, 0)


def chosen_columns(register: Register, query: QueryDict, *, everything: bool = False) -> list[Column]:
    """The chosen columns as the list shows them, then the others."""
    columns = register.all_columns()
    names = [n for n in query.get("cols", "").split(",") if n in columns] or list(register.shown)
    names = list(dict.fromkeys(names))
    if everything:
        names += [n for n in columns if n not in names]
    return [columns[n] for n in names]


def _rows(
    register: Register,
    actor: Actor,
    queryset: QuerySet[Any],
    columns: Sequence[Column],
    versions: dict[int, int],
) -> Iterator[tuple[int, list[Exported]]]:
    """Row id and values of each row, without the names behind hidden references; `versions` is filled on the way."""
    rows = queryset.iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        for row in mask(register, actor, chunk):
            versions[row.pk] = getattr(row, "version", 0)
            yield row.pk, [exported(column, row) for column in columns]


def headers_of(columns: Sequence[Column]) -> list[str]:
    """What stands over the columns, each different from the others."""
    headers: list[str] = []
    for column in columns:
        label = str(column.label) or column.name
        text = label[:1].upper() + label[1:]
        number = 2
        header = text
        while header in headers:
            header, number = f"{text} ({number})", number + 1
        headers.append(header)
    return headers


def sheet_columns(register: Register, columns: Sequence[Column], headers: Sequence[str]) -> list[SheetColumn]:
    """What a sheet must know of each column."""
    return [
        SheetColumn(
            header=header,
            kind=KINDS.get(column.kind or Kind.TEXT, "text"),
            choices=_choices(register, column),
            steps=None if column.read_only or column.kind is Kind.CHOICE else scale_of_column(column),
            help=_help(column),
            required=_is_required(column),
        )
        for column, header in zip(columns, headers, strict=True)
    ]


def _choices(register: Register, column: Column) -> tuple[str, ...]:
    if column.read_only:
        return ()
    if column.kind is Kind.YES_NO:
        return (_("yes"), _("no"))
    if column.kind in (Kind.CHOICE, Kind.STATE):
        return tuple(label for _value, label in options_of(register, column))
    return ()


def _help(column: Column) -> str:
    parts = [str(column.help)] if column.help else []
    if column.read_only:
        parts.append(_("Computed: what is typed here is only compared."))
    elif _is_required(column):
        parts.append(_("Needed."))
    match column.kind:
        case Kind.REFERENCE:
            parts.append(_("Name or code as it stands in the system."))
        case Kind.DATE:
            parts.append(_("A date, such as 2026-03-31."))
        case Kind.MONEY:
            parts.append(_("An amount, such as 12500.00."))
    return " ".join(parts)


def _is_required(column: Column) -> bool:
    found = column.model_field
    return bool(found is not None and not found.blank and not found.has_default() and not column.read_only)


def _as_csv(headers: Sequence[str], rows: Iterator[tuple[int, list[Exported]]]) -> tuple[bytes, int]:
    """Comma-separated, with the mark by which spreadsheets know UTF-8; texts disarmed, numbers as they are."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([disarmed(header) for header in headers])
    count = 0
    for _pk, values in rows:
        count += 1
        writer.writerow([disarmed(as_read(v)) if isinstance(v, str) else as_read(v) for v in values])
    return text.getvalue().encode("utf-8-sig"), count
