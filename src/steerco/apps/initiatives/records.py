"""The one service under every register of records: create, change, move, transition, delete, restore."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.initiatives.models import Alias, Entry, Record
from steerco.apps.initiatives.services import record_models
from steerco.kit.history import Change, Invalid, Write, save
from steerco.kit.permissions import Actor, Denied, can, require
from steerco.kit.registers.register import Register, register_by_key

R = TypeVar("R", bound=Record)


def write_records(
    actor: Actor, model: type[R], changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[R]:
    """Create and change records of one register. Raises Denied, Invalid (by position), Conflict; all or nothing.

    A new state is taken only along a transition; a new initiative is a move: it needs the right to create there,
    the restriction there covers it from then on, and the old number stays as an alias.
    """
    with transaction.atomic():
        stored = model._default_manager.select_related("initiative").in_bulk([c.pk for c in changes if c.pk])
        writes, moved = [], []
        for index, change in enumerate(changes):
            row: Any
            if change.pk is None:
                row = _new(actor, model, change, index)
            else:
                row = stored[change.pk]
                if not _only_moves(row, change):
                    require(actor, "record.edit", row)
                _check_state(actor, row, change, index)
                if "initiative" in change.values and change.values["initiative"].pk != row.initiative_id:
                    require(actor, "record.create", change.values["initiative"])
                    moved.append((row, row.reference))
            for name, value in change.values.items():
                setattr(row, name, value)
            fields = None if change.pk is None else frozenset(change.values)
            kind = f"{model.register_key}.{'created' if fields is None else 'changed'}"
            writes.append(Write(row, fields=fields, version=change.version, kind=kind))
        for row, reference in moved:
            Alias.objects.get_or_create(code=reference, entry_id=row.entry_id)
        if moved:
            model._number([row for row, _ in moved])
            for write in writes:
                if write.fields and "initiative" in write.fields:
                    write.fields |= {"number", "restricted_by"}
        save(actor, writes, kind=f"{model.register_key}.changed", reason=reason, batch=batch)
        for row, _ in moved:
            Entry.objects.filter(pk=row.entry_id).update(restricted_by=row.restricted_by_id)
    return [w.instance for w in writes]


def _new(actor: Actor, model: type[R], change: Change, index: int) -> R:
    initiative = change.values.get("initiative")
    if initiative is None:
        raise Invalid({index: {"initiative": [_("Say where it belongs.")]}})
    require(actor, "record.create", initiative)
    row = model()
    row.state = change.values.get("state") or model.states.first.key
    change.values.setdefault("state", row.state)
    ways = [t for t in model.states.transitions if t.target == row.state]
    if (
        row.state != model.states.first.key
        and ways
        and not any(can(actor, t.action, initiative) for t in ways)
    ):
        raise Denied(ways[0].action)  # nobody starts a record where they could not bring it
    return row


def _only_moves(row: Record, change: Change) -> bool:
    """Whether the change is a transition with what it asks for and nothing else: whoever may take it needs no more,
    so that a sponsor decides without the right to edit."""
    after = change.values.get("state")
    ways = [way for way in row.states.leaving(row.state) if way.target == after]
    return any(change.values.keys() <= {"state", *way.asks} for way in ways)


def _check_state(actor: Actor, row: R, change: Change, index: int) -> None:
    """A change of state in a form, cell or import goes along a transition that the actor may take."""
    after = change.values.get("state")
    if after is None or after == row.state:
        return
    for way in row.states.leaving(row.state):
        if way.target == after:
            require(actor, way.action, row)
            missing = [name for name in way.asks if not (change.values.get(name) or getattr(row, name))]
            if missing:
                raise Invalid({index: {name: [_("This is needed for that state.")] for name in missing}})
            return
    states = row.states.by_key
    message = _("It cannot go from “%(before)s” to “%(after)s”.") % {
        "before": states[row.state].label,
        "after": states[after].label if after in states else after,
    }
    raise Invalid({index: {"state": [message]}})


def delete_records(
    actor: Actor,
    model: type[R],
    pks: Sequence[int],
    *,
    restore: bool = False,
    reason: str = "",
    batch: str = "",
) -> list[R]:
    """Mark records deleted, or take that back. Nothing is lost; retention purges. Raises Denied."""
    with transaction.atomic():
        rows: list[Any] = list(model._default_manager.select_related("initiative").filter(pk__in=pks))
        for row in rows:
            require(actor, "record.delete", row)
            row.deleted = not restore
        kind = f"{model.register_key}.{'restored' if restore else 'deleted'}"
        save(
            actor,
            [Write(r, fields=frozenset({"deleted"})) for r in rows],
            kind=kind,
            reason=reason,
            batch=batch,
        )
    return rows


def record_of(entry: Entry) -> Record | None:
    """The record that an entry stands for; None for an initiative's entry."""
    for model in record_models():
        if model.register_key == entry.register:
            found: Record | None = model._default_manager.filter(entry=entry).first()
            return found
    return None


def rows_of(entries: Iterable[Entry]) -> dict[int, tuple[Register, Any]]:
    """The register and the initiative or record of each entry, by entry. One query for each register."""
    by_register: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        by_register[entry.register].append(entry.pk)
    found: dict[int, tuple[Register, Any]] = {}
    for key, ids in by_register.items():
        register = register_by_key(key)
        if register is not None:
            rows: Iterable[Any] = register.model._default_manager.filter(entry__in=ids)
            found |= {row.entry_id: (register, row) for row in rows}
    return found


def addresses_of(entries: Iterable[Entry]) -> dict[int, str]:
    """The address of the page of each entry's initiative or record, by entry. One query for each register."""
    return {pk: register.url(row) for pk, (register, row) in rows_of(entries).items()}


def address_of(entry: Entry) -> str:
    """The address of the page of one entry; "" for one whose register is gone."""
    return addresses_of([entry]).get(entry.pk, "")
