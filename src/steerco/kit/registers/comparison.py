""" "What changed since": the list against what the system held at an instant. Today's rights decide what is seen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from steerco.kit.history.versions import sequence_at, version_model
from steerco.kit.journal.unchanged import Reading
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.points import resolve_point
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.paging import ANEW
from steerco.kit.registers.register import Register
from steerco.kit.registers.scopes import Scope, narrow

REMOVED_LIMIT = 50


@dataclass
class Comparison:
    """The state at `moment` beside today's. `added`, `changed`, `removed` count rows; `gone` are removed ones."""

    moment: datetime
    label: str
    sequence: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    gone: list[Any] = field(default_factory=list)
    old: dict[int, Any] = field(default_factory=dict)
    names: dict[str, dict[int, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def mark(self, row: Any) -> str:
        """Whether the row was added or changed since."""
        if row.created_at > self.moment:
            return "added"
        return "changed" if row.pk in self.old and row.changed_at > self.moment else ""

    def old_texts(self, row: Any, columns: list[Column]) -> dict[str, str]:
        """The old value of every column that differs, by name, as people read it."""
        version = self.old.get(row.pk)
        if version is None:
            return {}
        found = {}
        for column in columns:
            if self._is_hidden(column, version, row):
                continue
            if column.model_field is None and not column.custom and not hasattr(version, column.name):
                continue  # made of other rows: nobody kept what it was
            before = self._text(column, version)
            if before != column.as_text(row):
                found[column.name] = before or "—"
        return found

    def _is_hidden(self, column: Column, version: Any, row: Any) -> bool:
        """Whether the column is withheld now, or was the value of something then that the reader may not see."""
        if column.is_withheld(row):
            return True
        then = getattr(version, f"{column.hidden_with}_id", None) if column.hidden_with else None
        return then is not None and then not in self.names.get(column.hidden_with, {})

    def _text(self, column: Column, version: Any) -> str:
        if column.kind is Kind.REFERENCE and not column.custom:
            pk = getattr(version, column.model_field.attname)
            return self.names.get(column.name, {}).get(pk, "—") if pk else ""
        if column.kind is Kind.STATE:
            state = column.model_field.model.states.by_key.get(column.value(version))
            return str(state.label) if state else ""
        if column.model_field is None and not column.custom:
            return column.as_text(version) if hasattr(version, column.name) else ""
        return column.as_text(version)


def compare(
    register: Register,
    actor: Actor,
    queryset: QuerySet[Any],
    scope: Scope | None,
    wanted: str,
    shown: Sequence[Any],
    reading: Reading = ANEW,
) -> Comparison | None:
    """The comparison with `wanted` (a date or the key of a named point); None when nothing is compared.

    All of `queryset` is counted; the old values are read for the rows that are `shown`.
    """
    if not wanted:
        return None
    moment, label = _moment(actor, scope, wanted)
    if moment is None:
        return Comparison(
            moment=datetime.now(UTC),
            label="",
            sequence=0,
            problems=[_("“%s” is no date to compare with.") % wanted],
        )
    sequence = sequence_at(moment)
    versions = version_model(register.model)._default_manager
    result = Comparison(moment=moment, label=label, sequence=sequence)
    grouped = queryset.order_by().annotate(every=Value(1)).values("every")
    counted = grouped.annotate(
        added=Count("pk", filter=Q(created_at__gt=moment)),
        changed=Count("pk", filter=Q(changed_at__gt=moment, created_at__lte=moment)),
    )
    for result.added, result.changed in reading.rows(counted.values_list("added", "changed")):
        pass  # one row, or none
    held: QuerySet[Any] = versions.filter(since__lte=sequence).exclude(until__lte=sequence)
    result.old = {v.id: v for v in held.filter(id__in=[row.pk for row in shown if row.changed_at > moment])}
    if register.has_deleted:
        gone = narrow(visible_to(register.model._default_manager.all(), actor), scope, register.scope_path)
        gone = gone.filter(deleted=True, changed_at__gt=moment, created_at__lte=moment)
        result.removed = gone.count()
        result.gone = list(gone.select_related(*register.related)[:REMOVED_LIMIT])
    result.names = _names(register, actor, result.old)
    return result


def _moment(actor: Actor, scope: Scope | None, wanted: str) -> tuple[datetime | None, str]:
    """The end of the day meant, or the instant of a named point."""
    point = resolve_point(actor, scope.row if scope else None, wanted)
    if point is not None:
        return point.moment, str(point.label)
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        return None, ""
    return timezone.make_aware(datetime.combine(day, time.max)), day.isoformat()


def _names(register: Register, actor: Actor, old: dict[int, Any]) -> dict[str, dict[int, str]]:
    """The names of the rows that old versions point at, one query per reference column."""
    from_columns = [
        c for c in register.all_columns().values() if c.kind is Kind.REFERENCE and c.model_field is not None
    ]
    result = {}
    for column in from_columns:
        ids = {getattr(v, column.model_field.attname) for v in old.values()} - {None}
        if ids:
            rows = visible_to(column.model_field.related_model._default_manager.filter(pk__in=ids), actor)
            blank = register.model
            result[column.name] = {r.pk: column.as_text(blank(**{column.name: r})) for r in rows}
    return result
