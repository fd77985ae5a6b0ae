"""Rows as the API gives them: every column of the register by name, as plain data.

Money is integer minor units beside its currency column, dates are ISO, states and choices are their keys, a
reference is {"id", "name"}; a row that the caller may not see is no reference at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from steerco.interfaces.api.operations import MOMENT, TEXT, Json, Schema, object_of
from steerco.kit.fields import FieldKind
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.masking import mask, withhold
from steerco.kit.registers.references import reference_to
from steerco.kit.registers.register import Register

REFERENCE = Schema("Reference", object_of({"id": {"type": "integer"}, "name": TEXT}))


def present(
    register: Register,
    actor: Actor,
    rows: Sequence[Any],
    *,
    columns: Mapping[str, Column] | None = None,
    today: Any = None,
) -> list[dict[str, Any]]:
    """`rows` as data. For a row as it was held earlier, `today` is the present row: today's rights decide what of
    the past is seen, so the place that it then belonged to is only named when the caller sees it now.
    """
    register = register.whole  # whoever may not see a confidential value is given an empty one
    columns = columns or register.all_columns()
    if register.confidential:
        mask(register, actor, rows)
        mask(register, actor, [today] if today is not None else [])
        for row in rows if today is not None else ():
            withhold(row, frozenset(register.confidential) & getattr(today, "withheld", frozenset()))
    seen = {
        column.name: _seen(register, actor, column, rows, today)
        for column in columns.values()
        if column.kind is Kind.REFERENCE and column.model_field is not None
    }
    plain = [c for c in columns.values() if not c.custom]
    own = [c for c in columns.values() if c.custom]
    result = []
    for row in rows:
        data: dict[str, Any] = {"id": row.pk, "version": row.version}
        if register.has_deleted:
            data["deleted"] = row.deleted
        for column in plain:
            data[column.name] = None if _untold(columns, column, row, seen) else _value(column, row, seen)
        if register.has_custom_fields:
            data["custom"] = {c.custom.key: c.value(row) for c in own if c.custom}
        result.append(data)
    return result


def _seen(
    register: Register, actor: Actor, column: Column, rows: Iterable[Any], today: Any
) -> frozenset[int] | None:
    """The ids of the referenced rows that `actor` may see; None: whoever sees the row sees what it names.

    Names of people and units belong to the row, as on its page; so does the place that it stands in.
    """
    related = column.model_field.related_model
    place = column.name == register.scope_path
    if related.access.rule != "scope" or (place and today is None):
        return None
    attname = column.model_field.attname
    ids = {getattr(row, attname) for row in rows} - {None}
    shown = set(visible_to(related._default_manager.filter(pk__in=ids), actor).values_list("pk", flat=True))
    if place:
        shown.add(getattr(today, attname))
    return frozenset(shown)


def _untold(columns: Mapping[str, Column], column: Column, row: Any, seen: Mapping[str, Any]) -> bool:
    """Whether the value belongs to a row that the caller may not see."""
    if not column.hidden_with:
        return False
    named = getattr(row, columns[column.hidden_with].model_field.attname)
    shown = seen[column.hidden_with]
    return named is not None and shown is not None and named not in shown


def _value(column: Column, row: Any, seen: Mapping[str, frozenset[int] | None]) -> Any:
    if column.model_field is None:
        return column.as_text(row)
    if column.is_withheld(row):
        return None if column.model_field.null or column.kind is Kind.CHOICE else ""
    value = getattr(row, column.model_field.attname)
    if column.kind is Kind.REFERENCE:
        shown = seen.get(column.name)
        if value is None or (shown is not None and value not in shown):
            return None
        return _reference(column, row)
    if column.kind is Kind.CHOICE and value == "":
        return None
    return value


def _reference(column: Column, row: Any) -> dict[str, Any] | None:
    try:
        named = getattr(row, column.name)
    except ObjectDoesNotExist:  # a row of the past may name what has been purged since
        return None
    known = reference_to(type(named))
    return {"id": named.pk, "name": known.text(named) if known else str(named)}


# -- what the document says of it ---------------------------------------------------------------------------------


def row_schema(register: Register) -> Schema:
    """The schema of what `present` gives, named after the model."""
    columns = register.all_columns().values()
    properties: dict[str, Any] = {"id": {"type": "integer"}, "version": {"type": "integer"}}
    if register.has_deleted:
        properties["deleted"] = {"type": "boolean"}
    properties |= {c.name: _described(c, column_schema(c)) for c in columns if not c.custom}
    if register.has_custom_fields:
        own = {c.custom.key: _described(c, _nullable(custom_schema(c))) for c in columns if c.custom}
        properties["custom"] = object_of(own)
    return Schema(register.model.__name__, object_of(properties))


def _described(column: Column, schema: Any) -> Any:
    text = str(column.help or column.label)
    return {**schema, "description": text} if text and not isinstance(schema, Schema) else schema


def column_schema(column: Column) -> Any:
    """The schema of one value as it is read."""
    found = column.model_field
    if found is None:
        return TEXT
    match column.kind:
        case Kind.REFERENCE:
            return {"allOf": [REFERENCE], "nullable": True} if found.null else REFERENCE
        case Kind.CHOICE:
            kind = {"type": "integer" if isinstance(found.flatchoices[0][0], int) else "string"}
            schema: dict[str, Any] = {**kind, "enum": [key for key, _ in found.flatchoices if key != ""]}
            return _nullable(schema) if found.null or found.blank else schema
        case Kind.STATE:
            return {"type": "string", "enum": [s.key for s in found.model.states.states]}
        case Kind.YES_NO:
            return {"type": "boolean"}
        case Kind.MOMENT:
            schema = dict(MOMENT)
        case Kind.DATE:
            schema = {"type": "string", "format": "date"}
        case Kind.MONEY:
            schema = {"type": "integer"}
        case Kind.NUMBER:
            whole = found.get_internal_type() != "DecimalField"
            schema = {"type": "integer"} if whole else {"type": "string", "format": "decimal"}
        case _:
            schema = {"type": "string"}
    return _nullable(schema) if found.null else schema


def custom_schema(column: Column) -> dict[str, Any]:
    """The schema of one value of a field that the organisation added."""
    if column.custom is None:
        raise LookupError(column.name)
    match column.custom.kind:
        case FieldKind.NUMBER:
            return {"type": "string", "format": "decimal"}
        case FieldKind.DATE:
            return {"type": "string", "format": "date"}
        case FieldKind.YES_NO:
            return {"type": "boolean"}
    return {"type": "string"}


def _nullable(schema: Json) -> dict[str, Any]:
    nullable = {**schema, "nullable": True}
    if "enum" in schema:
        nullable["enum"] = [*schema["enum"], None]
    return nullable
