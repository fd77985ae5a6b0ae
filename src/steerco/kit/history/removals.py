"""Taking rows away for good: only for undoing what made them. What people delete is marked, not removed."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction

from steerco.kit.history.versions import Versioned, version_model
from steerco.kit.history.writes import BATCH, append_events, plain
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor
from steerco.kit.search.indexing import forget


def remove(
    actor: Actor, rows: Sequence[Versioned], *, kind: str, reason: str = "", batch: str = ""
) -> list[Event]:
    """Remove rows of one model that nothing hangs on, those below others first; history and journal keep them.

    The events say what each row held ({field: [value, None]}), the last versions end with them. Returns the events.
    Raises ProtectedError where something still names a row.
    """
    if not rows:
        return []
    model = type(rows[0])
    with transaction.atomic():
        events = append_events(
            actor,
            [
                Event(
                    kind=kind,
                    entry_id=row.event_entry_id,
                    model=model._meta.label_lower,
                    object_id=row.pk,
                    changes=_held(row),
                )
                for row in rows
            ],
            reason=reason,
            batch=batch,
        )
        versions = version_model(model)._default_manager
        for ids in _chunks([row.pk for row in rows]):
            versions.filter(id__in=ids, until=None).update(until=events[-1].sequence)
        pks = {row.pk for row in rows}
        forget(model, pks)
        _delete(model, pks)
    return events


def _held(row: Versioned) -> dict[str, list[Any]]:
    fields = (f for f in row._meta.concrete_fields if f.name not in row.bookkeeping and not f.primary_key)
    values = {f.name: plain(getattr(row, f.attname)) for f in fields}
    return {name: [value, None] for name, value in values.items() if value not in (None, "", {}, [])}


def _delete(model: type[Versioned], pks: set[int]) -> None:
    """Delete from the leaves up, for models whose rows stand below each other."""
    above = [f.attname for f in model._meta.concrete_fields if f.related_model is model]
    left = set(pks)
    while left:
        named: set[int] = set()
        for attname in above:
            for ids in _chunks(sorted(left)):
                rows = model._default_manager.filter(**{f"{attname}__in": ids})
                named |= set(rows.values_list(attname, flat=True))
        # Rows that are named from outside stand in `named` for ever: the database then says by whom.
        leaves = left - named or left
        for ids in _chunks(sorted(leaves)):
            model._default_manager.filter(pk__in=ids).delete()
        left -= leaves


def _chunks(pks: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(pks), BATCH):
        yield pks[start : start + BATCH]
