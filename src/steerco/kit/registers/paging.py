"""Keyset paging: the next rows after a row, whatever the order, nulls last, without counting or skipping."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Model, Q, QuerySet

from steerco.kit.journal.unchanged import Reading

ANEW = Reading()
PAGE_SIZES = (50, 100, 200)


@dataclass(frozen=True)
class Key:
    """One sort key: a lookup and its direction."""

    path: str
    descending: bool = False


class BrokenCursor(ValueError):
    """A cursor that `fetch` did not write, or wrote for another order."""


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursors before and after them ("" where there is nothing more)."""

    rows: list[Any]
    before: str
    after: str


def ordered(queryset: QuerySet[Any], keys: Sequence[Key], *, reverse: bool = False) -> QuerySet[Any]:
    """`queryset` in the order of `keys`, nulls last (first when reversed), the same on both databases."""
    order = []
    for key in keys:
        descending, expression = key.descending != reverse, F(key.path)
        nulls: dict[str, Any] = {}
        if _may_be_null(queryset.model, key.path):  # said only where it matters: an index could not be used
            nulls = {"nulls_first": True} if reverse else {"nulls_last": True}
        order.append(expression.desc(**nulls) if descending else expression.asc(**nulls))
    return queryset.order_by(*order)


def _may_be_null(model: type[Model], path: str) -> bool:
    """Whether the lookup `path` of `model` can be without a value."""
    found: Any = model
    for name in path.split("__"):
        try:
            field = found._meta.get_field(name)
        except FieldDoesNotExist:  # an annotation
            return True
        if field.null:
            return True
        found = field.related_model
    return False


def fetch(
    queryset: QuerySet[Any],
    keys: Sequence[Key],
    size: int,
    after: str = "",
    before: str = "",
    *,
    reading: Reading = ANEW,
) -> Page:
    """`size` rows after (or before) the cursor. `keys` must end in a unique one. Raises BrokenCursor."""
    start, backwards = _read(before or after, len(keys)), bool(before)
    if start is not None:
        try:
            queryset = queryset.filter(_beyond(keys, start, backwards))
        except (ValueError, TypeError, ValidationError) as error:  # values of the wrong type
            raise BrokenCursor from error
    # Sorted by id alone: what a hundred thousand rows hold besides their keys is read for one page of them.
    narrow = ordered(queryset.select_related(None), keys, reverse=backwards).values_list("pk", flat=True)
    ids = reading.rows(narrow[: size + 1])
    found = _by_id(queryset).in_bulk(ids)
    rows = [found[pk] for pk in ids if pk in found]
    more = len(ids) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    earlier = more if backwards else start is not None
    later = True if backwards else more
    return Page(
        rows=rows,
        before=_cursor(keys, rows[0]) if rows and earlier else "",
        after=_cursor(keys, rows[-1]) if rows and later else "",
    )


def _by_id(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Any rows, with what `queryset` reads beside them: for ids that it found within the reader's rights just now."""
    if queryset.query.annotations:
        return queryset.order_by()
    plain = queryset.model._default_manager.all()
    plain.query.select_related = queryset.query.select_related
    return plain.prefetch_related(*queryset._prefetch_related_lookups)  # type: ignore[attr-defined]


def _beyond(keys: Sequence[Key], values: list[Any], backwards: bool) -> Q:
    """Rows on the far side of `values`: equal on the first i keys and beyond on the next, for each i."""
    result = Q()
    equal = Q()
    for key, value in zip(keys, values, strict=True):
        step = _step(key, value, backwards)
        if step is not None:
            result |= equal & step
        equal &= Q(**{f"{key.path}__isnull": True}) if value is None else Q(**{key.path: value})
    return result if result else Q(pk__in=[])


def _step(key: Key, value: Any, backwards: bool) -> Q | None:
    if value is None:  # nulls are last: nothing comes after them on this key; everything else comes before
        return Q(**{f"{key.path}__isnull": False}) if backwards else None
    smaller = key.descending != backwards
    beyond = Q(**{f"{key.path}__{'lt' if smaller else 'gt'}": value})
    return beyond if backwards else beyond | Q(**{f"{key.path}__isnull": True})


def _cursor(keys: Sequence[Key], row: Any) -> str:
    values = []
    for key in keys:
        value: Any = row
        for part in key.path.split("__"):
            value = getattr(value, part, None)
        if isinstance(value, datetime | date):
            value = value.isoformat()
        elif isinstance(value, Decimal):
            value = str(value)
        values.append(value)
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> list[Any] | None:
    """The values of `cursor`, None for none."""
    if not cursor:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise BrokenCursor from error
    plain = isinstance(values, list) and all(v is None or isinstance(v, str | int) for v in values)
    if not plain or len(values) != length:
        raise BrokenCursor
    return values
