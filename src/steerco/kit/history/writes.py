"""The one write. Page, API, import row and job end here, inside the service that decided what to write."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction

from steerco.kit import clock
from steerco.kit.fields.rows import insert_rows
from steerco.kit.history.columns import write_columns
from steerco.kit.history.versions import Versioned, differing, version_model
from steerco.kit.journal.models import Event
from steerco.kit.once import forget, one_request
from steerco.kit.permissions import Actor
from steerco.kit.search.indexing import index, index_changed

T = TypeVar("T", bound=Versioned)
BATCH = 500


@dataclass(frozen=True)
class FieldConflict:
    """One field that somebody else changed meanwhile: what it was, what they made of it, what was wanted."""

    name: str
    theirs: Any
    mine: Any


class Conflict(Exception):
    """The row was changed since it was read. Nothing was written."""

    def __init__(self, instance: Versioned, fields: Sequence[FieldConflict]) -> None:
        super().__init__(f"{instance._meta.label} {instance.pk} was changed meanwhile")
        self.instance = instance
        self.fields = list(fields)


class Invalid(Exception):
    """Values that cannot be written. `errors[i][field]` lists the messages for the i-th row; nothing was written."""

    def __init__(self, errors: dict[int, dict[str, list[str]]]) -> None:
        super().__init__("; ".join(f"row {i + 1}: {e}" for i, e in errors.items()))
        self.errors = errors

    @property
    def text(self) -> str:
        """What is wrong with all of the rows, one message after the other."""
        return " ".join(text for row in self.errors.values() for texts in row.values() for text in texts)


@dataclass
class Change:
    """What somebody wants of one row: `values` by field name; `pk` None creates; `version` is the one they read."""

    values: dict[str, Any] = field(default_factory=dict)
    pk: int | None = None
    version: int | None = None


@dataclass
class Write:
    """One row to write: the instance with its new values, the names of the fields to write (None: create), and
    the version that the writer read (None: take the row as it is, for writers that just read it)."""

    instance: Any
    fields: frozenset[str] | None = None
    version: int | None = None
    kind: str = ""
    changes: dict[str, list[Any]] = field(default_factory=dict)


_JSON_ALREADY = frozenset({str, int, bool})


def plain(value: Any) -> Any:
    """A field's value as the journal keeps it: JSON-ready, dates as ISO text, rows as their id."""
    if value is None or type(value) in _JSON_ALREADY:
        return value
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def save(
    actor: Actor, writes: Sequence[Write], *, kind: str, reason: str = "", batch: str = ""
) -> list[Event]:
    """Write rows of one model with their history and events, in one transaction.

    `kind` is the business action ("risk.changed"). Returns the events. Raises Conflict when a row's version is
    not the one that was read, Invalid when `full_clean` refuses. Rows without a difference leave no event.
    """
    if not writes:
        return []
    model = type(writes[0].instance)
    with transaction.atomic():
        new = [w for w in writes if w.fields is None]
        old = [w for w in writes if w.fields is not None]
        now = clock.now()
        if old:
            old = _differences(model, old)
        _clean(writes, [*new, *old])
        if new:
            _create(model, new, now)
            index([w.instance for w in new])
        if old:
            _update(model, old, now)
            index_changed([w.instance for w in old])
        written = [*new, *old]
        events = _append_events(actor, written, now, kind=kind, reason=reason, batch=batch)
        _write_versions(model, written, events)
    return events


def _differences(model: type[Versioned], writes: list[Write]) -> list[Write]:
    """Compare with the stored rows, locked; keep the writes that change something."""
    manager = (
        model._default_manager.select_for_update(of=("self",)) if _can_lock() else model._default_manager
    )
    stored = manager.in_bulk([w.instance.pk for w in writes])
    changed = []
    for write in writes:
        row = stored.get(write.instance.pk)
        if row is None:
            raise Conflict(write.instance, [])
        write.instance.stored = row
        for column in model._meta.concrete_fields:  # what is not ours to write is what stands there now
            if column.name not in (write.fields or ()):
                setattr(write.instance, column.attname, getattr(row, column.attname))
        for name in sorted(write.fields or ()):
            attname = model._meta.get_field(name).attname  # type: ignore[union-attr]
            before, after = plain(getattr(row, attname)), plain(getattr(write.instance, attname))
            if before != after:
                write.changes[name] = [before, after]
        if write.version is not None and row.version != write.version and write.changes:
            conflicts = [FieldConflict(n, theirs=b, mine=a) for n, (b, a) in write.changes.items()]
            raise Conflict(row, conflicts)
        if write.changes:
            changed.append(write)
    return changed


def _can_lock() -> bool:
    return connection.features.has_select_for_update_of


def _clean(all_writes: Sequence[Write], writes: Iterable[Write]) -> None:
    """`full_clean` of each row; companions (an entry) that `prepare_write` makes are not there yet."""
    errors: dict[int, dict[str, list[str]]] = {}
    with one_request():  # settings and own fields are read once for all rows
        for write in writes:
            exclude = {"entry", "created_at", "changed_at"}
            if write.fields is not None:
                names = {f.name for f in write.instance._meta.concrete_fields}
                exclude |= names - set(write.fields)
            exclude |= _given_as_rows(write.instance)
            try:
                write.instance.full_clean(exclude=exclude)
            except ValidationError as error:
                index = next(i for i, w in enumerate(all_writes) if w is write)
                errors[index] = error.message_dict
    if errors:
        raise Invalid(errors)


def _given_as_rows(instance: Versioned) -> set[str]:
    """References that hold a row already read: the database's own keys refuse one that went meanwhile, so that
    checking a thousand rows does not ask a thousand times."""
    return {
        f.name
        for f in instance._meta.concrete_fields
        if isinstance(f, models.ForeignKey)
        and getattr(instance, f.attname) is not None
        and f.is_cached(instance)
    }


def _create(model: type[Versioned], writes: list[Write], now: datetime) -> None:
    rows = [w.instance for w in writes]
    for row in rows:
        row.version, row.created_at, row.changed_at = 1, now, now
    model.prepare_write(rows, creating=True)
    insert_rows(model, rows)
    for write in writes:
        for f in model._meta.concrete_fields:
            if f.name not in model.bookkeeping and not f.primary_key:
                value = plain(getattr(write.instance, f.attname))
                if value not in (None, "", {}, []):
                    write.changes[f.name] = [None, value]


def _update(model: type[Versioned], writes: list[Write], now: datetime) -> None:
    rows = [w.instance for w in writes]
    for row in rows:
        row.version, row.changed_at = row.version + 1, now
    model.prepare_write(rows, creating=False)
    write_columns(model, rows, differing(rows, model._meta.concrete_fields))


def _append_events(
    actor: Actor, writes: Sequence[Write], now: datetime, *, kind: str, reason: str, batch: str
) -> list[Event]:
    return append_events(
        actor,
        [
            Event(
                kind=w.kind or kind,
                entry_id=w.instance.event_entry_id,
                model=w.instance._meta.label_lower,
                object_id=w.instance.pk,
                changes=w.changes,
            )
            for w in writes
        ],
        now,
        reason=reason,
        batch=batch,
    )


def append_events(
    actor: Actor, events: list[Event], now: datetime | None = None, *, reason: str = "", batch: str = ""
) -> list[Event]:
    """Sign `events` with the actor and append them to the journal, in the transaction of the action itself."""
    now = now or clock.now()
    for event in events:
        event.at = now
        event.actor_user_id = actor.user_id
        event.actor_label = actor.label[:200]
        event.via = actor.via
        event.behalf_of = actor.behalf_of
        event.behalf_source = actor.behalf_source
        event.reason = reason
        event.request_id = actor.request_id
        event.batch = batch
    forget()
    insert_rows(Event, events)
    return events


def _write_versions(model: type[Versioned], writes: Sequence[Write], events: list[Event]) -> None:
    """Close the versions before and open the new ones, all at the action's last event: an action is seen whole."""
    if not events:
        return
    versions = version_model(model)
    since = events[-1].sequence
    updated = [w.instance.pk for w in writes if w.fields is not None]
    for start in range(0, len(updated), BATCH):
        ids = updated[start : start + BATCH]
        versions._default_manager.filter(id__in=ids, until=None).update(until=since)
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(f.column)) for f in model._meta.concrete_fields)
    target, source = quote(versions._meta.db_table), quote(model._meta.db_table)
    ids = [w.instance.pk for w in writes]
    with connection.cursor() as cursor:  # copied by the database: the version is what stands in the row
        for start in range(0, len(ids), BATCH):
            chunk = ids[start : start + BATCH]
            insert = f"INSERT INTO {target} ({names}, since) SELECT {names}, %s FROM {source}"  # noqa: S608  own columns
            places = ", ".join(["%s"] * len(chunk))
            key = quote(str(model._meta.pk.column))
            cursor.execute(f"{insert} WHERE {key} IN ({places}) ORDER BY {key}", [since, *chunk])
