"""Lists as documents: the rows that the address means and the actor may see, as on the screen, on paper."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from uuid import uuid4

from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steerco.exchange.lists.content import Cell, Group, Head, PrintedList
from steerco.exchange.lists.render import LONGEST, render_list
from steerco.kit import clock
from steerco.kit.imports.exporting import ExportFile, chosen_columns, headers_of, leave_event
from steerco.kit.pages.letterhead import letterhead
from steerco.kit.permissions import Actor, read_ahead
from steerco.kit.registers.columns import Column, Kind, moment_text
from steerco.kit.registers.listing import active_filters, completed, queryset_for, sort_keys
from steerco.kit.registers.masking import mask
from steerco.kit.registers.paging import ordered
from steerco.kit.registers.register import Register

MOST_ROWS = 2000  # of a document; more is for a spreadsheet


def print_list(register: Register, actor: Actor, query: QueryDict) -> ExportFile:
    """The list at an address as a PDF, at most MOST_ROWS of its rows. Leaves an event: who took how many rows out."""
    register = register.seen_by(actor)
    columns = chosen_columns(register, query)
    queryset, scope, filters = queryset_for(register, actor, query)
    by = query.get("by", "") if query.get("by", "") in register.groups else ""
    keys = sort_keys(register, register.all_columns(), query.get("sort", ""), by)
    rows = list(ordered(queryset, keys)[:MOST_ROWS])
    read_ahead(actor, rows)
    group = register.all_columns()[by] if by else None
    masked = list(mask(register, actor, rows))
    heads = tuple(
        Head(title, column.kind in (Kind.NUMBER, Kind.MONEY))
        for title, column in zip(headers_of(columns), columns, strict=True)
    )
    top, now = letterhead(), clock.now()
    count = ngettext("%(count)s entry", "%(count)s entries", len(rows)) % {"count": len(rows)}
    paper = PrintedList(
        language=(translation.get_language() or "en")[:2],
        title=f"{register.label_plural}" + (f", {scope.label}" if scope else ""),
        organisation=top.organisation,
        marking=top.marking,
        facts=(count, *_facts(register, query, filters, group)),
        made=f"{moment_text(now)} · {actor.label}",
        made_at=now,
        heads=heads,
        groups=tuple(
            Group(title, tuple(tuple(_cell(column, row) for column in columns) for row in found))
            for title, found in groupby(masked, lambda row: (group.as_text(row) or "—") if group else "")
        ),
        words={
            "none": _("No entries."),
            "cut": _("texts are cut at %(n)s characters") % {"n": LONGEST},
        },
    )
    leave_event(actor, register, len(rows), "pdf", uuid4().hex, query)
    day = timezone.localdate(now).isoformat()
    name = f"{register.slug}{f'-{scope.code}' if scope else ''}-{day}.pdf"
    return ExportFile(name, render_list(paper), len(rows))


def _cell(column: Column, row: Any) -> Cell:
    return Cell(column.as_text(row), column.tone(row))


def _facts(register: Register, query: QueryDict, filters: Any, group: Column | None) -> Iterator[str]:
    """Which rows these are, and in what order, in words."""
    for _name, label, value in active_filters(filters, completed(register, query)):
        yield f"{label}: {value}"
    if query.get("q"):
        yield _("search: %(text)s") % {"text": query.get("q", "")}
    if group is not None:
        yield _("grouped by %(column)s") % {"column": group.label}
    columns = register.all_columns()
    for part in query.get("sort", "").split(","):
        if (column := columns.get(part.strip().lstrip("-"))) is not None:
            falling = part.strip().startswith("-")
            said = _("sorted by %(column)s, falling") if falling else _("sorted by %(column)s")
            yield said % {"column": column.label}
