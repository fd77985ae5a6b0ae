"""Undoing an import: what it changed goes back to what the journal says it was, what it created goes.

Records are deleted by their mark, row by row: one that somebody touched since stays as it is, with the reason. Rows
without a mark (people, units, initiatives) are taken away, all or none: something may hang on them.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.kit.history import Change, Conflict, Invalid, Write, save
from steerco.kit.imports.finding import place_column, rows_by_pk
from steerco.kit.imports.holding import held
from steerco.kit.imports.models import ImportRun
from steerco.kit.imports.services import ImportRefused
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied, can
from steerco.kit.registers.register import Register, register_by_key

UNDO = "undo-"  # before the batch of the import that is undone
BATCH = 40  # letters of a batch


@dataclass
class Kept:
    """An entry that the undo left alone, and why. `title` is "" for one that the actor may not see."""

    pk: int
    title: str
    reason: str


@dataclass
class Undone:
    """What an undo did."""

    restored: int = 0
    deleted: int = 0
    kept: list[Kept] = field(default_factory=list)


class Held(ImportRefused):
    """Something hangs on what the import created: `held` says on which row, and what. Nothing was undone."""

    def __init__(self, held: list[Kept]) -> None:
        self.heading = _("Nothing was undone: something hangs on what this import created.")
        self.held = held
        super().__init__(" ".join([self.heading, *(f"{row.title or '—'}: {row.reason}" for row in held)]))


def may_undo(actor: Actor, run: ImportRun) -> bool:
    """Whether the actor may undo that import: whoever made it, or who may undo imports of others."""
    if run.state != ImportRun.State.APPLIED:
        return False
    mine = actor.trusted or (run.owner_id == actor.user_id and actor.user_id is not None)
    return can(actor, "import.run", anywhere=True) if mine else can(actor, "import.undo")


def undo(actor: Actor, run: ImportRun) -> Undone:
    """Undo an import in one transaction, and store with the run what was left alone.

    Raises Denied, ImportRefused, Held.
    """
    register = register_by_key(run.register)
    if register is None or run.state != ImportRun.State.APPLIED:
        raise ImportRefused(_("There is nothing to undo."))
    if not may_undo(actor, run):
        raise Denied("import.undo")
    result = Undone()
    batch, reason = f"{UNDO}{run.batch}"[:BATCH], _("Import undone")
    created = {int(pk): version for pk, version in run.outcome.get("created", {}).items()}
    changed = {int(pk): version for pk, version in run.outcome.get("changed", {}).items()}
    with transaction.atomic():
        taken = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.APPLIED)
        if not taken.update(state=ImportRun.State.UNDONE):
            raise ImportRefused(_("There is nothing to undo."))
        rows = rows_by_pk(register, actor, [*created, *changed])
        if register.has_deleted:
            _delete(register, actor, _untouched(register, rows, created, result), result, batch, reason)
        _restore(register, actor, run, _untouched(register, rows, changed, result), result, batch, reason)
        if not register.has_deleted:  # what was moved below a new row has gone back by now
            _remove(register, actor, run, created, result, batch, reason)
        run.state = ImportRun.State.UNDONE
        run.outcome = {**run.outcome, "undone": asdict(result)}
        run.save(update_fields=["state", "outcome"])
    return result


def _untouched(
    register: Register, rows: dict[int, Any], versions: dict[int, int], result: Undone
) -> list[Any]:
    """The rows that stand as the import left them; the others are listed."""
    found = []
    for pk, version in versions.items():
        row = rows.get(pk)
        if row is None:
            result.kept.append(Kept(pk, "", _("It was deleted since, or you may not see it.")))
        elif row.version != version:
            result.kept.append(Kept(pk, register.title(row), _("Somebody changed it since.")))
        else:
            found.append(row)
    return found


def _delete(
    register: Register, actor: Actor, rows: list[Any], result: Undone, batch: str, reason: str
) -> None:
    allowed = []
    for row in rows:
        if register.allows(actor, "delete", row):
            allowed.append(row)
        else:
            result.kept.append(Kept(row.pk, register.title(row), _("You may not delete it.")))
    if not allowed:
        return
    try:
        with transaction.atomic():
            register.delete(actor, [row.pk for row in allowed], reason=reason, batch=batch)
            result.deleted += len(allowed)
    except Invalid as refusal:
        if len(allowed) == 1:
            result.kept.append(Kept(allowed[0].pk, register.title(allowed[0]), refusal.text))
            return
        for row in allowed:  # each by itself: the others go
            _delete(register, actor, [row], result, batch, reason)


def _remove(
    register: Register,
    actor: Actor,
    run: ImportRun,
    created: dict[int, int],
    result: Undone,
    batch: str,
    reason: str,
) -> None:
    """Take away what the import created. Raises Held, naming each row that cannot go and why."""
    found = Undone()
    rows = _untouched(register, rows_by_pk(register, actor, created), created, found)
    refused = list(found.kept)
    refused += [
        Kept(row.pk, register.title(row), _("You may not change it."))
        for row in rows
        if not register.allows(actor, "edit", row)
    ]
    titles = {row.pk: register.title(row) for row in rows}
    for pk, what in held(register, actor, rows, run.batch).items():
        refused.append(Kept(pk, titles[pk], _("Held by: %s.") % what))
    if refused:
        raise Held(refused)
    register.remove(actor, rows, reason=reason, batch=batch)
    result.deleted = len(rows)


def _restore(
    register: Register,
    actor: Actor,
    run: ImportRun,
    rows: list[Any],
    result: Undone,
    batch: str,
    reason: str,
) -> None:
    """Write back the old values of the import's own events."""
    label = register.model._meta.label_lower
    events = Event.objects.filter(batch=run.batch, model=label, object_id__in=[row.pk for row in rows])
    before: dict[int, dict[str, Any]] = {}
    for event in events.order_by("-sequence"):  # the oldest value of a field wins
        before.setdefault(event.object_id or 0, {}).update({n: p[0] for n, p in event.changes.items()})
    values = _as_values(register, before)
    for row in rows:
        wanted = values.get(row.pk, {})
        message = _write_back(register, actor, row, wanted, batch, reason)
        if message:
            result.kept.append(Kept(row.pk, register.title(row), message))
        else:
            result.restored += 1


def _write_back(
    register: Register, actor: Actor, row: Any, wanted: dict[str, Any], batch: str, reason: str
) -> str:
    """Write one row back; why not, where that cannot be."""
    if not register.allows(actor, "edit", row):
        return _("You may not change it.")
    refusal = register.undo_refusal(actor, row, wanted, batch)
    if refusal:
        return refusal
    try:
        with transaction.atomic():
            if register.is_records and "state" in wanted and place_column(register) not in wanted:
                # A state goes back the way it came, which no transition needs to allow.
                for name, value in wanted.items():
                    setattr(row, name, value)
                write = Write(row, fields=frozenset(wanted), version=row.version)
                save(actor, [write], kind=f"{register.key}.undone", reason=reason, batch=batch)
            else:
                register.write(
                    actor, [Change(wanted, pk=row.pk, version=row.version)], reason=reason, batch=batch
                )
    except Invalid as error:
        return "; ".join(m for errors in error.errors.values() for ms in errors.values() for m in ms)
    except Conflict:
        return _("Somebody changed it since.")
    except Denied:
        return _("You may not change it.")
    return ""


def _as_values(register: Register, before: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The journal's plain values as fields take them: references as rows, read once per model."""
    fields = {f.name: f for f in register.model._meta.concrete_fields}
    known: dict[str, dict[int, Any]] = {}
    for name, found in fields.items():
        if found.is_relation:
            model: Any = found.related_model
            ids = {values[name] for values in before.values() if values.get(name) is not None}
            known[name] = model._base_manager.in_bulk(ids) if ids else {}
    editable = register.editable_columns()
    result: dict[int, dict[str, Any]] = {}
    for pk, values in before.items():
        result[pk] = {}
        for name, value in values.items():
            if name not in editable and name != "custom":
                continue  # derived columns follow by themselves
            if name in known:
                result[pk][name] = known[name].get(value) if value is not None else None
            else:
                result[pk][name] = fields[name].to_python(value)
    return result
