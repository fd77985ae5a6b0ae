"""Values that somebody sends, made into a Change by the same fields that pages use.

What is typed on a page is text that may be read in several ways; a program says exactly what it means. So the JSON
type of each value is checked first: money is an integer in minor units, a date is ISO, a reference is an id or the
name or code by which people know the row.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from steerco.interfaces.api.operations import Json, Schema, object_of
from steerco.interfaces.api.representation import column_schema, custom_schema
from steerco.kit.fields import FieldKind
from steerco.kit.history import Change
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.forms import SOURCES, RecordForm
from steerco.kit.registers.inputs import ReferenceField
from steerco.kit.registers.references import Reference
from steerco.kit.registers.register import Register

REASON_LENGTH = 2000
Known = dict[tuple[str, Any], Any]
Errors = dict[str, list[str]]


class Refused(Exception):
    """Values of one row that cannot be used: messages by field."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(str(errors))
        self.errors = errors


class GivenReference(ReferenceField):
    """A row given by its id (a number) or by its name or code (a text). `known` are the ones found before."""

    def __init__(self, reference: Reference, actor: Actor, *, known: Known, **options: Any) -> None:
        super().__init__(reference, actor, **options)
        self.known = known

    def clean(self, value: Any) -> Any:
        """The visible row, or None. Raises ValidationError: unknown and hidden are the same."""
        if value in self.empty_values:
            return super().clean(value)
        key = (self.reference.key, value)
        if key not in self.known:
            self.known[key] = self._by_id(value) if isinstance(value, int) else super().clean(value)
        return self.known[key]

    def _by_id(self, pk: int) -> Any:
        rows = visible_to(self.reference.model._default_manager.filter(pk=pk), self.actor)
        row = rows.first()
        if row is None:
            raise ValidationError(_("“%(text)s” is not known.") % {"text": pk})
        return row


class ValueForm(RecordForm):
    """The register's form, fed by a program."""

    def __init__(self, *args: Any, known: Known, **options: Any) -> None:
        self.known = known
        super().__init__(*args, **options)

    def _field(self, column: Column) -> Any:
        field = super()._field(column)
        if isinstance(field, ReferenceField):
            return GivenReference(
                field.reference, self.actor, known=self.known, label=field.label, required=field.required
            )
        return field


def change_of(
    register: Register,
    actor: Actor,
    columns: Mapping[str, Column],
    item: Any,
    known: Known,
    row: Any = None,
    version: int | None = None,
) -> Change:
    """The Change that the object `item` wants of `row` (None: a new row). Raises Refused.

    `columns` are the register's editable ones; `known` keeps the references found, for all rows of a body.
    """
    given = _flat(item)
    errors: Errors = {}
    data: dict[str, Any] = {}
    for name, value in given.items():
        column = columns.get(name)
        if column is None:
            errors[name] = [_("There is no such field to write.")]
            continue
        try:
            data[name] = typed(column, value)
        except ValueError as error:
            errors[name] = [str(error)]
    if errors:
        raise Refused(errors)
    if row is not None and not data:
        return Change(pk=row.pk, version=version)
    if row is None:
        data = {**_defaults(register, columns), **data}
    form = ValueForm(
        register, actor, data, row=row, names=list(columns if row is None else data), known=known
    )
    if not form.is_valid():
        raise Refused({name: [str(m) for m in messages] for name, messages in form.errors.items()})
    change = form.change()
    change.version = version
    return change


def _flat(item: Any) -> dict[str, Any]:
    """The fields of a body with the organisation's own under their column names."""
    if not isinstance(item, dict):
        raise Refused({"__all__": [_("This is not an object.")]})
    given = {name: value for name, value in item.items() if name != "custom"}
    own = item.get("custom", {})
    if not isinstance(own, dict):
        raise Refused({"custom": [_("This is not an object.")]})
    return {**given, **{f"custom.{key}": value for key, value in own.items()}}


def _defaults(register: Register, columns: Mapping[str, Column]) -> dict[str, Any]:
    """What a new row starts with, as its form on a page shows it."""
    start = {
        name: column.model_field.get_default()
        for name, column in columns.items()
        if column.model_field is not None and column.model_field.has_default()
    }
    if register.states is not None:
        start["state"] = register.states.first.key
    return start


def typed(column: Column, value: Any) -> Any:
    """`value` as the column's field takes it. Raises ValueError with what was expected."""
    if value is None and not _is_yes_no(column):
        return ""
    match _json_type(column):
        case "integer":
            fits = isinstance(value, int) and not isinstance(value, bool)
        case "number":
            fits = isinstance(value, int | float | str) and not isinstance(value, bool)
        case "boolean":
            fits = isinstance(value, bool)
        case "reference":
            fits = isinstance(value, int | str) and not isinstance(value, bool)
        case "date":
            fits = isinstance(value, str) and _is_day(value)
        case _:
            fits = isinstance(value, str)
    if not fits:
        raise ValueError(EXPECTED[_json_type(column)]())
    return value


EXPECTED = {
    "integer": lambda: _("A whole number is expected; money is in minor units."),
    "number": lambda: _("A number is expected."),
    "boolean": lambda: _("True or false is expected."),
    "reference": lambda: _("An id, or the name or code as text, is expected."),
    "date": lambda: _("A date such as 2026-10-01 is expected."),
    "string": lambda: _("A text is expected."),
}


def _is_yes_no(column: Column) -> bool:
    return column.kind is Kind.YES_NO


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _json_type(column: Column) -> str:
    """What a program must send for the column."""
    match column.kind:
        case Kind.REFERENCE:
            return "reference"
        case Kind.MONEY:
            return "integer"
        case Kind.YES_NO:
            return "boolean"
        case Kind.DATE:
            return "date"
        case Kind.NUMBER:
            whole = not column.custom and column.model_field.get_internal_type() != "DecimalField"
            return "integer" if whole else "number"
        case Kind.CHOICE if not column.custom and isinstance(column.model_field.flatchoices[0][0], int):
            return "integer"
    return "string"


# -- what the document says of it ---------------------------------------------------------------------------------


def new_schema(register: Register) -> Schema:
    """The schema of a body that makes a row."""
    columns = register.editable_columns()
    start = _defaults(register, columns)
    needed = [
        n
        for n, c in columns.items()
        if not c.custom and not c.model_field.blank and n not in start and not _is_yes_no(c)
    ]
    schema = object_of({**_properties(columns), **dict(circumstances(register))}, closed=True, needs=needed)
    return Schema(f"New{register.model.__name__}", schema)


def change_schema(register: Register, *extra: tuple[str, Any], name: str) -> Schema:
    """The schema of a body that changes a row: any of the writable fields, and `extra` properties."""
    columns = register.editable_columns()
    schema = object_of({**_properties(columns), **dict(extra)}, closed=True)
    return Schema(f"{register.model.__name__}{name}", schema)


def circumstances(register: Register) -> list[tuple[str, Any]]:
    """The properties beside the fields: the reason, and for whom an entry is made."""
    found: list[tuple[str, Any]] = [("reason", {"type": "string", "maxLength": REASON_LENGTH})]
    if register.is_records:
        found.append(("behalf_of", given_reference(nullable=True)))
        found.append(("behalf_source", {"type": "string", "enum": [key for key, _label in SOURCES]}))
    return found


def given_reference(*, nullable: bool) -> Json:
    """A reference as it is sent."""
    either = {"anyOf": [{"type": "integer"}, {"type": "string"}]}
    return {**either, "nullable": True} if nullable else either


def _properties(columns: Mapping[str, Column]) -> dict[str, Any]:
    plain = {n: _writable(c) for n, c in columns.items() if not c.custom}
    own = {c.custom.key: _own(c) for c in columns.values() if c.custom}
    return {**plain, "custom": object_of(own, closed=True)} if own else plain


def _writable(column: Column) -> Any:
    if column.kind is Kind.REFERENCE:
        return given_reference(nullable=column.model_field.null)
    schema = column_schema(column)
    if column.kind in {Kind.TEXT, Kind.LONG}:
        if column.model_field.max_length:
            schema = {**schema, "maxLength": column.model_field.max_length}
        if not column.model_field.blank:
            schema = {**schema, "minLength": 1}
    return schema


def _own(column: Column) -> Any:
    if column.custom and column.custom.kind is FieldKind.NUMBER:
        return {"anyOf": [{"type": "number"}, {"type": "string"}], "nullable": True}
    if column.custom and column.custom.kind is FieldKind.YES_NO:
        return {"type": "boolean"}
    return {**custom_schema(column), "nullable": True}
