"""A list as the address describes it: scope, search, filters, order, groups, columns, comparison, page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils.safestring import SafeString

from steerco.kit.fields.indexes import OutOfOrder
from steerco.kit.journal.unchanged import Reading
from steerco.kit.permissions import Actor, read_ahead, visible_to
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.comparison import Comparison, compare
from steerco.kit.registers.filters import Filters, choices_of, filter_set_class
from steerco.kit.registers.masking import mask
from steerco.kit.registers.paging import ANEW, PAGE_SIZES, BrokenCursor, Key, Page, fetch
from steerco.kit.registers.register import Register
from steerco.kit.registers.scopes import Scope, find_scope, narrow

COUNT_LIMIT = 1000
MOST_CHOSEN = 500  # rows that an address may name one by one
# What the address may hold besides filters. Everything else is ignored, never passed to the database.
RESERVED = frozenset({"in", "q", "rows", "sort", "by", "cols", "size", "after", "before", "compare", "view"})


@dataclass
class Cell:
    """One value of one row, ready to be shown."""

    column: Column
    html: SafeString | str
    was: str = ""
    editable: bool = False


@dataclass
class Row:
    """One row of the list. `mark` is "", "added" or "changed" against the compared date."""

    row: Any
    url: str
    cells: list[Cell]
    mark: str = ""
    group: str = ""
    starts_group: bool = False


@dataclass
class Listing:
    """Everything that the list page shows."""

    register: Register
    scope: Scope | None
    columns: list[Column]
    hidden_columns: list[Column]
    rows: list[Row]
    count: int
    count_is_limit: bool
    page: Page
    sort: str
    group_by: str
    group_counts: dict[str, int]
    size: int
    search: str
    active_filters: list[tuple[str, str, str]]  # (name, label, value as read)
    comparison: Comparison | None
    problems: list[str] = field(default_factory=list)

    @property
    def shown_names(self) -> str:
        """The shown columns as the address names them."""
        return ",".join(c.name for c in self.columns)


def queryset_for(
    register: Register, actor: Actor, query: QueryDict
) -> tuple[QuerySet[Any], Scope | None, Any]:
    """The rows that the address means, unordered, with the scope and the bound filters.

    The list, its export, bulk edit over "all that match", the API and heat maps all start here. Only
    the filters in the address are made; `whole_filters` has them all, for their form.
    """
    register = register.seen_by(actor)
    scope = find_scope(actor, query.get("in", ""))
    queryset = narrow(register.rows(actor), scope, register.scope_path)
    if query.get("in") and scope is None:
        queryset = queryset.none()
    if query.get("rows"):
        queryset = queryset.filter(pk__in=chosen_rows(query.get("rows", "")))
    if query.get("q"):
        queryset = register.searched(queryset, query.get("q", ""))
    data = completed(register, query)
    filters = filter_set_class(register, frozenset(data))(data, queryset=queryset)
    rows = filters.qs if filters.is_valid() else queryset.none()  # a value that does not fit finds nothing
    if register.is_records and filters.form.cleaned_data.get("mine"):
        has_owner = any(f.name == "owner" for f in register.model._meta.concrete_fields)
        rows = rows.filter(**{f"{'owner' if has_owner else 'entry__owner'}__in": actor.parties})
    for needs in _asked_confidential(register, query):
        rows = visible_to(rows, actor, view=needs)
    return rows, scope, filters


def in_every_state(register: Register, actor: Actor, query: QueryDict) -> tuple[QuerySet[Any], Scope | None]:
    """The rows that the address means, open or done alike, unordered, with the scope."""
    whole = query.copy()
    whole["group"] = "all"
    rows, scope, _filters = queryset_for(register, actor, whole)
    return rows, scope


def chosen_rows(text: str) -> list[int]:
    """The row ids that an address names, "3,12,40": how a page leads to exactly the rows that it counted. What is no
    id means nothing; of more than MOST_CHOSEN the first count."""
    words = (word.strip() for word in text.split(",", MOST_CHOSEN)[:MOST_CHOSEN])
    return [int(word) for word in words if word.isascii() and word.isdigit() and len(word) <= 18]


def _asked_confidential(register: Register, query: QueryDict) -> set[str]:
    """The actions of the confidential columns that an address filters, sorts or groups by.

    Rows where the reader may not see them are left out: their order and number would tell.
    """
    asked = {*query, query.get("by", ""), *(p.strip().lstrip("-") for p in query.get("sort", "").split(","))}
    return {
        needs
        for name, needs in register.confidential.items()
        if any(word == name or word.startswith(f"{name}_") for word in asked)
    }


def completed(register: Register, query: QueryDict) -> QueryDict:
    """The address with what holds where it says nothing: open records only."""
    data = query.copy()
    if register.states is not None and not data.get("group") and not data.get("state"):
        data["group"] = "open"
    return data


def whole_filters(register: Register, query: QueryDict) -> Filters:
    """Every filter of the register with what the address says, for the form above a list."""
    return filter_set_class(register)(completed(register, query), register.model._default_manager.none())


def listing(register: Register, actor: Actor, query: QueryDict) -> Listing:
    """The list that the address describes, one page of it."""
    register = register.seen_by(actor)
    queryset, scope, filters = queryset_for(register, actor, query)
    columns = register.all_columns()
    chosen = [n for n in query.get("cols", "").split(",") if n in columns] or list(register.shown)
    shown = [columns[n] for n in chosen]
    group_by = query.get("by", "")
    group_by = group_by if group_by in register.groups else ""
    sort = query.get("sort", "")
    keys = sort_keys(register, columns, sort, group_by)
    size = next((s for s in PAGE_SIZES if str(s) == query.get("size")), PAGE_SIZES[0])
    reading = _reading(register, query)
    try:
        page = fetch(queryset, keys, size, query.get("after", ""), query.get("before", ""), reading=reading)
    except BrokenCursor:  # an old or made-up address: the first page is what its reader wants
        page = fetch(queryset, keys, size, reading=reading)
    count = count_of(queryset, page, reading)
    comparison = compare(register, actor, queryset, scope, query.get("compare", ""), page.rows, reading)
    return Listing(
        register=register,
        scope=scope,
        columns=shown,
        hidden_columns=[c for n, c in columns.items() if n not in chosen],
        rows=_rows(register, actor, page.rows, shown, columns.get(group_by), comparison),
        count=min(count, COUNT_LIMIT),
        count_is_limit=count > COUNT_LIMIT,
        page=page,
        sort=sort,
        group_by=group_by,
        group_counts=_group_counts(queryset, columns.get(group_by), reading),
        size=size,
        search=query.get("q", ""),
        active_filters=active_filters(filters, query),
        comparison=comparison,
        problems=comparison.problems if comparison else [],
    )


def _reading(register: Register, query: QueryDict) -> Reading:
    """How ids and counts are read: again only after a write, where the register says what decides them.

    What is searched for is not kept: nobody knows where its words stand. Nor is what a column decides that is made of
    other rows.
    """
    asked = {*query, query.get("by", ""), *(p.strip().lstrip("-") for p in query.get("sort", "").split(","))}
    anew = query.get("q") or any(column.anew and column.name in asked for column in register.columns)
    return ANEW if anew else Reading(register.reads)


def count_of(queryset: QuerySet[Any], page: Page, reading: Reading = ANEW) -> int:
    """How many rows there are, counted to one above the limit; a page without neighbours is its own count."""
    if page.rows and not page.before and not page.after:
        return len(page.rows)
    return reading.count(queryset.order_by()[: COUNT_LIMIT + 1])


def sort_keys(register: Register, columns: dict[str, Column], sort: str, group_by: str) -> list[Key]:
    """The sort keys: the group's first, then what was asked, then the register's own order, then the id."""
    keys = []
    if group_by:
        keys.append(Key(columns[group_by].sort or group_by))
    asked = [part.strip() for part in sort.split(",") if part.strip()][:3]
    for part in asked:
        column = columns.get(part.lstrip("-"))
        if column is not None and column.sort:
            keys.append(Key(column.sort, descending=part.startswith("-")))
    if not asked:
        keys += [Key(p.lstrip("-"), descending=p.startswith("-")) for p in register.order]
    seen: dict[str, Key] = {}
    for key in keys:
        seen.setdefault(key.path, key)
    seen.setdefault("id", Key("id"))
    ordered = list(seen.values())
    return ordered[: ordered.index(seen["id"]) + 1]


def _rows(
    register: Register,
    actor: Actor,
    rows: Sequence[Any],
    columns: list[Column],
    group: Column | None,
    comparison: Comparison | None,
) -> list[Row]:
    read_ahead(actor, rows)
    result = []
    before = None
    for row in mask(register, actor, rows):
        was = comparison.old_texts(row, columns) if comparison else {}
        may_edit = register.allows(actor, "edit", row)
        cells = [
            Cell(
                c,
                c.as_html(row),
                was.get(c.name, ""),
                may_edit and not c.read_only and c.kind is not Kind.LONG,
            )
            for c in columns
        ]
        name = group.as_text(row) if group else ""
        result.append(
            Row(
                row=row,
                url=register.url(row),
                cells=cells,
                mark=comparison.mark(row) if comparison else "",
                group=name,
                starts_group=group is not None and name != before,
            )
        )
        before = name
    return result


def _group_counts(queryset: QuerySet[Any], group: Column | None, reading: Reading) -> dict[str, int]:
    """How many rows each group has: one grouped query, exact."""
    if group is None or group.model_field is None:
        return {}
    counts: dict[str, int] = {}
    probe = queryset.model
    counted = queryset.order_by().values_list(OutOfOrder(group.name)).annotate(n=Count("pk"))
    pairs = reading.rows(counted)
    if group.kind is Kind.REFERENCE:
        related = group.model_field.related_model._default_manager.in_bulk([pk for pk, _ in pairs if pk])
        for pk, n in pairs:
            text = group.as_text(probe(**{group.name: related.get(pk)})) if pk else ""
            counts[text] = counts.get(text, 0) + n
        return counts
    for value, n in pairs:
        counts[group.as_text(probe(**{group.name: value}))] = n
    return counts


def active_filters(filters: Any, query: QueryDict) -> list[tuple[str, str, str]]:
    """The filters that are on, for their chips."""
    active = []
    for name, filter_ in filters.filters.items():
        values = [v for v in query.getlist(name) if v]
        if not values:
            continue
        choices = dict(choices_of(filter_))
        label = str(filter_.label or name)
        active.append((name, label, ", ".join(choices.get(v, v) for v in values)))
    return active
