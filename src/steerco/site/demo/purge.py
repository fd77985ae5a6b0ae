"""Removing rows for good with everything that hangs on them, set by set: no row is loaded.

What hangs on a row is read off the foreign keys: a row that cannot be without it goes too (CASCADE, PROTECT), one
that can loses the reference (SET_NULL). Events stay: sealed ones cannot be changed. So a row that an event names is
not removed but emptied, by the `tombstone` of its model.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import ForeignKey, Model, QuerySet

from steerco.kit.history.versions import version_model, versioned_models
from steerco.kit.journal.models import Event
from steerco.kit.search.indexing import forget

BATCH = 500
Tombstone = Callable[[QuerySet[Any]], object]


def batches(ids: Iterable[int]) -> Iterator[list[int]]:
    """`ids` in portions that one statement takes."""
    rows = sorted(ids)
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def inbound(model: type[Model]) -> list[ForeignKey[Any, Any]]:
    """The foreign keys of all tables that point at `model`, those of the journal left out."""
    return [
        field
        for other in apps.get_models(include_auto_created=True)
        if other is not Event
        for field in other._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model is model
    ]


def _clears(field: ForeignKey[Any, Any]) -> bool:
    return field.remote_field.on_delete is models.SET_NULL


def held(model: type[Model], ids: Collection[int], but: Collection[type[Model]] = ()) -> set[int]:
    """Those of `ids` that a row names which would stay without them. Rows of the models in `but` do not count."""
    found: set[int] = set()
    for field in inbound(model):
        if field.model not in but and field.remote_field.on_delete in (models.SET_NULL, models.PROTECT):
            found |= _values(field, ids, field.attname)
    return found


def _values(field: ForeignKey[Any, Any], ids: Iterable[int], column: str) -> set[int]:
    manager = field.model._base_manager
    return {
        value
        for part in batches(ids)
        for value in manager.filter(**{f"{field.name}__in": part}).values_list(column, flat=True)
    }


class Purge:
    """Rows to remove. `take` them, then `remove()` in a transaction: foreign keys are checked at its end."""

    def __init__(self, tombstones: Mapping[type[Model], Tombstone]) -> None:
        self.tombstones = tombstones
        self.rows: dict[type[Model], set[int]] = defaultdict(set)
        self._leaves: dict[ForeignKey[Any, Any], set[int]] = defaultdict(set)
        self._cleared: dict[ForeignKey[Any, Any], set[int]] = defaultdict(set)

    def take(self, model: type[Model], ids: Iterable[int]) -> None:
        """Take rows and all that cannot be without them."""
        new = set(ids) - self.rows[model]
        if not new:
            return
        self.rows[model] |= new
        for field in inbound(model):
            if _clears(field):
                self._cleared[field] |= new
            elif _is_leaf(field.model):
                self._leaves[field] |= new
            else:
                self.take(field.model, _values(field, new, "pk"))

    def remove(self) -> None:
        """Remove what was taken."""
        for field, ids in self._cleared.items():
            for part in batches(ids):
                field.model._base_manager.filter(**{f"{field.name}__in": part}).update(**{field.name: None})
        for field, ids in self._leaves.items():
            for part in batches(ids):
                _delete(field.model._base_manager.filter(**{f"{field.name}__in": part}))
        for model, ids in self.rows.items():
            self._remove_rows(model, ids)

    def _remove_rows(self, model: type[Model], ids: Collection[int]) -> None:
        if model in versioned_models():
            for part in batches(ids):
                _delete(version_model(model)._default_manager.filter(id__in=part))
        named: set[int] = set()
        if model in self.tombstones:
            field = next(f for f in Event._meta.concrete_fields if f.related_model is model)
            named = _values(field, ids, field.attname)  # type: ignore[arg-type]
            for part in batches(named):
                self.tombstones[model](model._base_manager.filter(pk__in=part))
        forget(model, ids)
        for part in batches(set(ids) - named):
            _delete(model._base_manager.filter(pk__in=part))


def _is_leaf(model: type[Model]) -> bool:
    return not inbound(model) and model not in versioned_models()


def _delete(rows: QuerySet[Any]) -> None:
    """One statement, without looking for what hangs on the rows: that was taken before."""
    rows._raw_delete(rows.db)
