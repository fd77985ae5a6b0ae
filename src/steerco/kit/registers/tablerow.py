"""The headings and rows of a list as HTML.

Written in Python: a template costs eight times as much for each of a thousand cells.
"""

from typing import Any
from urllib.parse import quote_plus

from django.http import QueryDict
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from steerco.kit.pages.addresses import address
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.listing import Cell, Listing, Row
from steerco.kit.registers.register import Register

NUMBERS = frozenset({Kind.MONEY, Kind.NUMBER})


def table_head(register: Register, listing: Listing, query: QueryDict, *, selectable: bool) -> SafeString:
    """The `<tr>` of the headings; a sortable one leads to the list sorted by it, and from there the other way round."""
    parts = ["<tr>"]
    if selectable:
        label = escape(_("Choose all on this page"))
        parts.append(
            f'<th><input class="form-check-input" type="checkbox" data-sc-select-all aria-label="{label}"></th>'
        )
    rest = query.copy()
    for name in ("sort", "after", "before"):
        rest.pop(name, None)
    before = f"{rest.urlencode()}&" if rest else ""
    for place, column in enumerate(listing.columns):
        css = f' class="{_css(column, place)}"' if _css(column, place) else ""
        words = escape(column.label)
        if not column.sort:
            parts.append(f"<th{css}>{words}</th>")
            continue
        name = column.name
        order, mark = {name: ("ascending", " ▲"), f"-{name}": ("descending", " ▼")}.get(
            listing.sort, ("none", "")
        )
        sort = quote_plus(f"-{name}" if order == "ascending" else name)
        parts.append(
            f'<th{css} aria-sort="{order}"><a href="{escape(f"?{before}sort={sort}")}">{words}{mark}</a></th>'
        )
    parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308  every value in it is escaped above


def table_row(register: Register, row: Row, *, selectable: bool) -> SafeString:
    """The `<tr>` of `row`; `selectable` puts the box for bulk edit before its cells."""
    pk = row.row.pk
    editor = address("registers:cell", register.slug, pk, "x").removesuffix("x/")
    parts = ['<tr data-sc-row class="sc-added">' if row.mark == "added" else "<tr data-sc-row>"]
    if selectable:
        label = escape(_("Choose %(title)s") % {"title": row.row})
        parts.append(
            f'<td><input class="form-check-input" type="checkbox" name="pk" value="{pk}" form="sc-bulk" '
            f'data-sc-select aria-label="{label}"></td>'
        )
    for place, cell in enumerate(row.cells):
        parts.append(f'<td class="{_css(cell.column, place)}"')
        if cell.editable:
            parts.append(
                f' data-sc-cell="{register.key}-{pk}-{cell.column.name}" data-sc-edit tabindex="0" '
                f'hx-get="{editor}{cell.column.name}/" hx-trigger="sc-edit" hx-target="this" hx-swap="innerHTML"'
            )
        parts.append(f">{_content(register, row, cell)}</td>")
    parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308  every value in it is escaped above


def _css(column: Column, place: int) -> str:
    return "sc-num" if column.kind in NUMBERS else "" if place else "sc-freeze"


def _content(register: Register, row: Row, cell: Cell) -> str:
    html: Any = cell.html if isinstance(cell.html, SafeString) else escape(cell.html)
    if cell.was:
        return f'<span class="sc-compare"><del>{escape(cell.was)}</del><ins>{html}</ins></span>'
    if cell.column.name == register.title_column:
        return f'<a href="{escape(row.url)}" data-sc-open>{html}</a>'
    return f"{html}"
