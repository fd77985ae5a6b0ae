"""Results kept in a process for as long as the journal says that nothing was written of what they were read from.

A result is kept under what was asked, the statement that says what its reader may see, and the journal's state. A
write, a changed right or a restriction makes another key, so nobody is ever shown what was true before; nothing runs
out by time.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from steerco.kit.once import once_per_request

R = TypeVar("R")
MOST_KEPT = (
    256  # results in one process, those used last; each is counts, a page of rows or the ids of a tree
)

_kept: OrderedDict[Hashable, Any] = OrderedDict()
_lock = Lock()
_watched: list[tuple[str, ...]] = [()]  # replaced as a whole: other threads read it meanwhile
_MISSING = object()


def while_unchanged(models: tuple[str, ...], key: Hashable, compute: Callable[[], R]) -> R:
    """`compute()`, or what it returned before if since then the journal has no new event about `models`.

    `models` are labels ("raid.risk") of everything that the result is read from; `key` holds what was asked and what
    the reader may see (`statement_of`). The result is shared between readers: nobody changes it. Inside a
    transaction nothing is kept, since what it reads may be undone.
    """
    if not is_settled():
        return compute()
    full = (connection.settings_dict["NAME"], models, key, journal_state(models))
    with _lock:
        found = _kept.get(full, _MISSING)
        if found is not _MISSING:
            _kept.move_to_end(full)
            return found
    result = compute()
    with _lock:
        _kept[full] = result
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return result


def forget_all() -> None:
    """Keep nothing of what was kept: for tests and measurements."""
    with _lock:
        _kept.clear()


def is_settled() -> bool:
    """Whether what is read now stays: no transaction is open that could take it back."""
    return not connection.in_atomic_block


def journal_state(models: tuple[str, ...]) -> tuple[Any, ...]:
    """What tells one state of the events about `models` from every later one. One statement a request for all models.

    Sequences are taken before they are committed, so a higher one may be seen before a lower one; the sealer gives
    positions to what is committed. Sealed events are told by the last position, unsealed ones by their number: they
    only become more until the sealer takes them.
    """
    if not models:
        return ()
    states = _states(watch(*models))
    return tuple(states[model] for model in models)


def watch(*models: str) -> tuple[str, ...]:
    """Add to the models that a request asks of at once, early enough if possible; returns all of them."""
    every = _watched[0]
    if not set(models) <= set(every):
        every = _watched[0] = tuple(sorted({*every, *models}))
    return every


@once_per_request
def _states(models: tuple[str, ...]) -> dict[str, tuple[Any, ...]]:
    """The state of each model, read from indexes."""
    tail = "SELECT model, COUNT(*) AS number, MAX(sequence) AS last FROM journal_event WHERE position IS NULL"
    asked = ", ".join(["(%s)"] * len(models))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked.column1, (SELECT MAX(position) FROM journal_event WHERE model = asked.column1), "  # noqa: S608
            f"tail.number, tail.last FROM (VALUES {asked}) AS asked "
            f"LEFT JOIN ({tail} GROUP BY model) AS tail ON tail.model = asked.column1",
            models,
        )
        return {model: tuple(state) for model, *state in cursor.fetchall()}


def statement_of(queryset: QuerySet[Any]) -> Hashable:
    """The statement that `queryset` would send, with its values: equal ones read the same rows."""
    try:
        return queryset.query.sql_with_params()
    except EmptyResultSet:
        return ""


def rows_while_unchanged(models: tuple[str, ...], rows: QuerySet[Any]) -> list[Any]:
    """The rows of a `values` or `values_list` queryset, read again only after a write; see `while_unchanged`."""
    shape = rows._iterable_class.__name__
    return while_unchanged(models, (shape, statement_of(rows)), lambda: list(rows.all()))


def count_while_unchanged(models: tuple[str, ...], rows: QuerySet[Any]) -> int:
    """How many rows there are, counted again only after a write; see `while_unchanged`."""
    return while_unchanged(models, ("count", statement_of(rows.order_by())), rows.all().count)


@dataclass(frozen=True)
class Reading:
    """How rows and counts are read: anew, or with `models` only after a write to one of them."""

    models: tuple[str, ...] = ()

    def rows(self, queryset: QuerySet[Any]) -> list[Any]:
        """The rows of a `values` or `values_list` queryset."""
        return rows_while_unchanged(self.models, queryset) if self.models else list(queryset)

    def count(self, queryset: QuerySet[Any]) -> int:
        """How many rows there are."""
        if not self.models:
            return queryset.count()
        return while_unchanged(self.models, ("count", statement_of(queryset)), queryset.all().count)


def first_while_unchanged(models: tuple[str, ...], ordered: QuerySet[Any], most: int) -> list[Any]:
    """The first `most` rows of an ordered queryset. Which they are is found again only after a write to `models`;
    the rows themselves are always read, by their ids, with what the queryset reads beside them (no annotations)."""
    ids = rows_while_unchanged(models, ordered.values_list("pk", flat=True)[:most])
    plain = ordered.model._default_manager.all()
    plain.query.select_related = ordered.query.select_related
    rows = plain.in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]
