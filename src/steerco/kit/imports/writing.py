"""Writing a plan: all of it through the register's own service, in one transaction, or not at all.

A dry run writes too, and takes everything back: so it refuses exactly what the import would refuse.
"""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.exchange.tables.ratings import point_of
from steerco.kit.history import Change, Conflict, Invalid
from steerco.kit.history.writes import plain
from steerco.kit.imports.merging import as_exported
from steerco.kit.imports.planning import Plan
from steerco.kit.imports.representation import as_read, exported
from steerco.kit.imports.rows import PlannedRow
from steerco.kit.imports.siblings import in_order, refuse_orphans, with_rows
from steerco.kit.imports.words import folded
from steerco.kit.permissions import Actor, Denied
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.register import Register

MOST_ROUNDS = 60


class TooManyRefusals(Exception):
    """So many rows are refused one after the other that the file should be put right first."""


@dataclass
class Written:
    """What an import left: ids with the version of each row."""

    created: dict[int, int] = field(default_factory=dict)
    changed: dict[int, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "created": {str(k): v for k, v in self.created.items()},
            "changed": {str(k): v for k, v in self.changed.items()},
        }


def write_plan(
    register: Register, actor: Actor, plan: Plan, *, batch: str, reason: str
) -> tuple[Written, list[PlannedRow]]:
    """Write every row of the plan that is to be created or changed, and compare what is computed.

    Must be called inside a transaction. Rows that the service refuses are rejected in the plan, and the others are
    written without them. Raises TooManyRefusals.
    """
    rows = [row for row in plan.rows if row.is_open and row.values]
    instances = _write(register, actor, rows, plan.partial, batch=batch, reason=reason)
    written = Written()
    rows = [row for row in rows if row.is_open and row.values]
    for row, instance in zip(rows, instances, strict=True):
        target = written.created if row.current is None else written.changed
        target[instance.pk] = instance.version
    results = {id(row): instance for row, instance in zip(rows, instances, strict=True)}
    computed = {n: c for n, c in register.all_columns().items() if _is_computed(c)}
    for row in plan.rows:
        instance = results.get(id(row), row.current)
        if row.is_open and instance is not None:
            _compare_computed(row, instance, computed)
    plan.report.fingerprint = _fingerprint(rows)
    return written, rows


def _write(
    register: Register, actor: Actor, rows: list[PlannedRow], partial: bool, *, batch: str, reason: str
) -> list[Any]:
    """The written instances in the order of the rows that stay open."""
    for _round in range(MOST_ROUNDS):
        refuse_orphans(rows, register.all_columns(), partial=partial)
        rows = [row for row in rows if row.is_open and row.values]
        written: dict[int, Any] = {}
        try:
            with transaction.atomic():
                for step in in_order(rows):
                    instances = _write_step(register, actor, step, written, batch=batch, reason=reason)
                    written |= {id(row): instance for row, instance in zip(step, instances, strict=True)}
        except _Refused:
            continue
        return [written[id(row)] for row in rows]
    raise TooManyRefusals


class _Refused(Exception):
    """The service refused rows of a step, which are marked by now: everything is tried again without them."""


def _write_step(
    register: Register,
    actor: Actor,
    rows: list[PlannedRow],
    written: dict[int, Any],
    *,
    batch: str,
    reason: str,
) -> list[Any]:
    """Write rows that name none of each other; `written` are those that they may name. Raises _Refused."""
    changes = [_change(row, written) for row in rows]
    try:
        with transaction.atomic():
            return register.write(actor, changes, reason=reason, batch=batch)
    except Invalid as error:
        for position, errors in error.errors.items():
            _refuse(register, rows[position], errors)
    except Conflict as error:
        for row in rows:
            if row.pk == error.instance.pk:
                row.refuse(_("Somebody changed this entry meanwhile."), _("Check again."))
    except Denied:
        _refuse_denied(register, actor, rows, written, batch=batch)
    raise _Refused


def _change(row: PlannedRow, written: dict[int, Any]) -> Change:
    version = row.current.version if row.current is not None else None
    values = with_rows(row.values, written)
    return Change(values, pk=row.pk if row.current is not None else None, version=version)


def _refuse(register: Register, row: PlannedRow, errors: dict[str, list[str]]) -> None:
    columns = register.all_columns()
    row.refuse_all()
    for name, messages in errors.items():
        column = columns.get(name)
        label = str(column.label) if column else ""
        row.refuse("; ".join(messages), _("Correct the cell."), name, label)


def _refuse_denied(
    register: Register, actor: Actor, rows: list[PlannedRow], written: dict[int, Any], *, batch: str
) -> None:
    """Reject the rows that the service denies, found by halves: it does not say which they are."""
    if len(rows) == 1:
        rows[0].refuse_all()
        rows[0].refuse(_("You may not do this."), _("Leave the row out."))
        return
    middle = len(rows) // 2
    for half in (rows[:middle], rows[middle:]):
        point = transaction.savepoint()
        try:
            register.write(actor, [_change(row, written) for row in half], batch=batch)
        except Denied:
            transaction.savepoint_rollback(point)
            _refuse_denied(register, actor, half, written, batch=batch)
        except (Invalid, Conflict):
            transaction.savepoint_rollback(point)  # the next round names these
        else:
            transaction.savepoint_rollback(point)


def _is_computed(column: Column) -> bool:
    """Whether a column shows what the system computes: neither typed nor the number that names the row."""
    return column.read_only and column.kind is not Kind.MOMENT and column.name != "reference"


def _compare_computed(row: PlannedRow, instance: Any, computed: dict[str, Column]) -> None:
    """Say where a typed score or rating differs from the computed one: the computed one stands."""
    for name, column in computed.items():
        cell = row.cells.get(name)
        if cell is None or not cell.text.strip():
            continue
        ours = as_read(exported(column, instance))
        if row.base is not None and cell.text == as_exported(row, column, row.base):
            continue  # not typed: it stands as it was exported
        if not _mean_the_same(cell.text, ours):
            row.report.notes.append(
                _("%(label)s: the file says “%(theirs)s” (%(cell)s), computed is “%(ours)s”.")
                % {"label": column.label, "theirs": cell.text, "cell": cell.address, "ours": ours or "—"}
            )


def _mean_the_same(one: str, other: str) -> bool:
    """Whether two texts are the same words, number or rating."""
    if folded(one) == folded(other):
        return True
    try:
        if Decimal(one.strip()) == Decimal(other.strip()):
            return True
    except InvalidOperation:
        pass
    point = point_of(one)
    return point is not None and point == point_of(other)


def _fingerprint(rows: list[PlannedRow]) -> str:
    """What a person agreed to: the same text as long as the same would be written over the same versions."""
    digest = sha256()
    for row in rows:
        values = sorted((name, repr(plain(value))) for name, value in row.values.items())
        version = row.current.version if row.current is not None else 0
        digest.update(repr((row.report.file, row.report.row, row.pk, version, values)).encode())
    return digest.hexdigest()
