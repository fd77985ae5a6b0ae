"""The parameters of a list's address: the page's own, read strictly. What cannot be used is refused, not ignored."""

from collections.abc import Mapping, Set
from datetime import date
from typing import Any

import django_filters
from django.http import QueryDict
from django.utils.translation import gettext as _

from steerco.interfaces.api.errors import BadParameters
from steerco.interfaces.api.operations import DAY, TEXT, Json, array_of, in_query
from steerco.kit.registers.columns import Column
from steerco.kit.registers.filters import choices_of, filter_set_class
from steerco.kit.registers.register import Register

LARGEST_PAGE = 200
DEFAULT_PAGE = 50
PAGED = frozenset({"size", "after", "before"})
ALWAYS = PAGED | {"q", "sort"}
SHOWN_ONLY = frozenset(
    {"cols", "by", "view"}
)  # of a page's address: they change how it looks, not what it lists
YES_NO = ("true", "false")

_size = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": DEFAULT_PAGE}
PAGE = [
    in_query("size", _size, "Rows per page."),
    in_query("after", TEXT, "Cursor of the next page, from “next”."),
    in_query("before", TEXT, "Cursor of the previous page, from “previous”."),
]


def check(register: Register, columns: Mapping[str, Column], query: QueryDict, filters: Any) -> int:
    """The page size that `query` asks for. Raises BadParameters naming everything that cannot be used."""
    problems: dict[str, list[str]] = {}
    known = ALWAYS | SHOWN_ONLY | filters.filters.keys() | ({"in"} if register.scope_path else set())
    for name, values in query.lists():
        if name not in known:
            problems[name] = [_("There is no such parameter.")]
        elif any("\x00" in value for value in values):
            problems[name] = [_("This holds a NUL character.")]
        elif len(values) > 1 and not isinstance(
            filters.filters.get(name), django_filters.MultipleChoiceFilter
        ):
            problems[name] = [_("This may be given once.")]
        elif name in filters.filters:
            problems |= _misread(name, filters.filters[name], values)
    problems |= {name: [str(m) for m in messages] for name, messages in filters.form.errors.items()}
    unknown = [
        p for p in asked_order(query) if p.lstrip("-") not in columns or not columns[p.lstrip("-")].sort
    ]
    if unknown:
        problems["sort"] = [_("It cannot be sorted by “%s”.") % part for part in unknown]
    try:
        size = page_size(query)
    except BadParameters as error:
        problems |= error.facts["parameters"]
    if problems:
        raise BadParameters(problems)
    return size


def page_size(query: QueryDict) -> int:
    """The page size that `query` asks for. Raises BadParameters."""
    problems = {}
    size = query.get("size", str(DEFAULT_PAGE))
    if not size.isascii() or not size.isdigit() or not 1 <= int(size[:9]) <= LARGEST_PAGE:
        problems["size"] = [_("A page has 1 to %d rows.") % LARGEST_PAGE]
    if query.get("after") and query.get("before"):
        problems["before"] = [_("Give “after” or “before”.")]
    if problems:
        raise BadParameters(problems)
    return int(size)


def refuse_unknown(query: QueryDict, names: Set[str], *, paged: bool = True) -> None:
    """Raise BadParameters for a parameter that is none of `names` (`paged`: nor of a page), or given twice."""
    known = names | (PAGED if paged else set())
    problems = {name: [_("There is no such parameter.")] for name in query if name not in known}
    problems |= {n: [_("This may be given once.")] for n, v in query.lists() if n in known and len(v) > 1}
    problems |= {n: [_("This holds a NUL character.")] for n in query if "\x00" in query[n]}
    if problems:
        raise BadParameters(problems)


def asked_order(query: QueryDict) -> list[str]:
    """The names of the sort columns, "-" before a descending one."""
    return [part.strip() for part in query.get("sort", "").split(",") if part.strip()]


def _misread(name: str, filter_: Any, values: list[str]) -> dict[str, list[str]]:
    """What the page's filter would pass over in silence."""
    value = values[-1]
    if isinstance(filter_, django_filters.BooleanFilter) and value not in YES_NO:
        return {name: [_("True or false is expected.")]}
    if isinstance(filter_, django_filters.DateFilter):
        try:
            date.fromisoformat(value)
        except ValueError:
            return {name: [_("A date such as 2026-10-01 is expected.")]}
    return {}


def described(register: Register) -> list[Json]:
    """The parameters for the OpenAPI document."""
    columns = register.all_columns()
    sorts = [f"{sign}{name}" for name, c in columns.items() if c.sort for sign in ("", "-")]
    found = [
        in_query("q", TEXT, "Every word must stand somewhere in the entry."),
        in_query(
            "sort", TEXT, f"Up to three columns, comma-separated, “-” for descending: {', '.join(sorts)}"
        ),
        *PAGE,
    ]
    if register.scope_path:
        found.insert(0, in_query("in", TEXT, "Code of an initiative: what is there and below."))
    filters = filter_set_class(register).base_filters
    return found + [in_query(name, _filter_schema(f), str(f.label or "")) for name, f in filters.items()]


def _filter_schema(filter_: Any) -> Json:
    choices = [key for key, _label in choices_of(filter_)]
    match filter_:
        case django_filters.MultipleChoiceFilter():
            return array_of({"type": "string", "enum": choices})
        case django_filters.ChoiceFilter():
            return {"type": "string", "enum": choices}
        case django_filters.BooleanFilter():
            return {"type": "string", "enum": list(YES_NO)}
        case django_filters.DateFilter():
            return DAY
        case django_filters.NumberFilter():
            return {"type": "number"}
    return TEXT
