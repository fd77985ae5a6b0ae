"""Fields that an organisation adds without a developer: typed definitions, values in one JSON column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from steerco.kit.once import once_per_request


class FieldKind(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class CustomField:
    """One definition: `key` is stable, `label` is what people read, `choices` for kind CHOICE."""

    key: str
    label: str
    kind: FieldKind
    choices: tuple[str, ...] = ()
    required: bool = False
    help: str = ""
    active: bool = True  # a retired field takes no new values; what was entered stays with its row


class CustomFieldSource(Protocol):
    """What `organisation` provides: the definitions of a register or of initiatives."""

    def __call__(self, subject: str) -> Sequence[CustomField]:
        """The definitions for `subject` ("risk", "initiative"), retired ones too, in order."""


_source: list[CustomFieldSource] = []


def use_custom_fields(source: CustomFieldSource) -> None:
    """Install the source of definitions."""
    _source[:] = [source]


def custom_fields(subject: str) -> Sequence[CustomField]:
    """The definitions in use for `subject`, in order."""
    return [d for d in _all(subject) if d.active]


@once_per_request
def _all(subject: str) -> Sequence[CustomField]:
    return _source[0](subject) if _source else ()


def clean_custom(subject: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` by key, each checked by its definition and JSON-ready; keys without a definition are refused.

    Raises ValidationError with one message per bad field, named by its label.
    """
    definitions = {d.key: d for d in _all(subject)}
    errors, cleaned = [], {}
    for key in values.keys() - definitions.keys():
        errors.append(_("There is no field “%(key)s” here.") % {"key": key})
    for key, definition in definitions.items():
        value = values.get(key)
        if not definition.active:
            if key in values:
                cleaned[key] = value
            continue
        if value in (None, ""):
            if definition.required:
                errors.append(_("“%(field)s” is required.") % {"field": definition.label})
            continue
        try:
            cleaned[key] = _typed(definition, value)
        except (ValueError, InvalidOperation):
            errors.append(
                _("“%(value)s” does not fit the field “%(field)s”.")
                % {"value": value, "field": definition.label}
            )
    if errors:
        raise ValidationError({"custom": errors})
    return cleaned


def _typed(definition: CustomField, value: Any) -> Any:
    match definition.kind:
        case FieldKind.NUMBER:
            number = Decimal(str(value))
            if not number.is_finite():
                raise ValueError(value)
            return str(number)
        case FieldKind.DATE:
            return date.fromisoformat(str(value)).isoformat()
        case FieldKind.YES_NO:
            return str(value).lower() in {"1", "true", "yes", "on"}
        case FieldKind.CHOICE:
            if str(value) not in definition.choices:
                raise ValueError(value)
            return str(value)
        case _:
            return str(value)
