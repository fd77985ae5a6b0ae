"""References to rows that the reader may not see: the row is shown, the name behind its reference is not.

What belongs to such a reference (`Column.hidden_with`) is withheld with it: the owner at a hidden end is no owner.
So is what is confidential (`Column.needs`) from whoever lacks the right at that row.
"""

from collections.abc import Sequence
from typing import Any

from steerco.kit.permissions import Actor, can, read_ahead, visible_to
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.register import Register


def mask(register: Register, actor: Actor, rows: Sequence[Any]) -> Sequence[Any]:
    """`rows` with hidden references read as None; their ids stay, so that writing leaves them as they are.

    The place that a row belongs to keeps its name: who may read a record may know where it stands. At most one
    query per reference to things in the tree.
    """
    if actor.trusted:
        return rows
    for column in _references(register):
        name, attname = column.model_field.name, column.model_field.attname
        related = column.model_field.related_model
        ids = {getattr(row, attname) for row in rows} - {None}
        if not ids:
            continue
        visible = visible_to(related._default_manager.filter(pk__in=ids), actor)
        shown = set(visible.order_by().values_list("pk", flat=True))
        with_it = frozenset(c.name for c in register.all_columns().values() if c.hidden_with == column.name)
        for row in rows:
            if getattr(row, attname) not in shown:
                row._state.fields_cache[name] = None
                withhold(row, with_it)
    _withhold_confidential(register.whole, actor, rows)
    return rows


def _withhold_confidential(register: Register, actor: Actor, rows: Sequence[Any]) -> None:
    if not register.confidential:
        return
    read_ahead(actor, rows)
    for row in rows:
        names = (name for name, needs in register.confidential.items() if not can(actor, needs, row))
        withhold(row, frozenset(names))


def withhold(row: Any, names: frozenset[str]) -> None:
    """Let the columns `names` read as empty in `row`; its values stay, so that writing leaves them as they are."""
    if names:
        row.withheld = getattr(row, "withheld", frozenset()) | names


def mask_past(register: Register, actor: Actor, held: Any, row: Any) -> Any:
    """`held`, what `row` once was, with hidden references read as None; so is the place that it stood in then and
    that the reader does not see.
    """
    mask(register, actor, [held])
    withhold(held, frozenset(register.whole.confidential) & getattr(row, "withheld", frozenset()))
    place = register.all_columns().get(register.scope_path)
    if actor.trusted or place is None or place.model_field is None:
        return held
    name, attname = place.model_field.name, place.model_field.attname
    then = getattr(held, attname)
    if then != getattr(row, attname):
        rows = place.model_field.related_model._default_manager.filter(pk=then)
        if not visible_to(rows, actor).exists():
            held._state.fields_cache[name] = None
    return held


def is_masked(column: Column, row: Any) -> bool:
    """Whether the column holds something in `row` that the reader may not see."""
    if column.is_withheld(row):
        return True
    field = column.model_field
    return (
        column.kind is Kind.REFERENCE
        and field is not None
        and getattr(row, field.attname, None) is not None
        and row._state.fields_cache.get(field.name, row) is None
    )


def _references(register: Register) -> list[Column]:
    return [
        column
        for column in register.all_columns().values()
        if column.kind is Kind.REFERENCE
        and column.model_field is not None
        and column.name != register.scope_path
        and column.model_field.related_model.access.rule == "scope"
    ]
