"""Columns: one description of a value that lists, forms, cells, exports, imports, history and the API share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django import forms
from django.db import models
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from steerco.exchange.tables.money import minor_digits
from steerco.kit.fields import CustomField, FieldKind
from steerco.kit.once import once_per_request
from steerco.kit.pages.words import word
from steerco.kit.permissions import Actor
from steerco.kit.registers.inputs import DateInput, MoneyField, ReferenceField, YesNoField
from steerco.kit.registers.references import reference_to


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    STATE = "state"
    REFERENCE = "reference"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Column:
    """A value of a row.

    `name` is a model field, an attribute, or "custom.<key>". What is not given is taken from the model field:
    `label`, `kind`, `sort` (the lookup that orders by it; "" cannot be sorted). `currency` names the field with a
    money column's currency; money is kept in minor units. `html` and `text` override how a value is shown.
    `help` is the tooltip that explains a term. `headers` are other words that files have over this column; with "+"
    before them those of what has no field of its own and is kept in this text.
    `words` are other words that files have for a value; `of_percent` is the step of a scale for a percentage.
    `hidden_with` names a reference: where the reader may not see what it names, they do not see this value either.
    `anew`: it is made of other rows than the register's `reads`; a list that asks for it is read again each time.
    `needs` is the action that reading and writing a confidential value needs besides those on its row.
    A row's `withheld` are the names of the columns that its reader may not see (masking.py); they read as empty.
    """

    name: str
    label: str | Promise = ""
    kind: Kind | None = None
    sort: str | None = None
    help: str | Promise = ""
    currency: str = ""
    read_only: bool = False
    wide: bool = False
    anew: bool = False
    headers: tuple[str, ...] = ()
    hidden_with: str = ""
    needs: str = ""
    words: Mapping[Any, Sequence[str]] = field(default_factory=dict, compare=False)
    of_percent: Callable[[Decimal], int] | None = None
    html: Callable[[Any], SafeString | str] | None = None
    text: Callable[[Any], str] | None = None
    model_field: Any = field(default=None, compare=False)
    custom: CustomField | None = None

    def bound_to(self, model: type[models.Model]) -> "Column":
        """The column with everything that `model` knows of it filled in."""
        known = {f.name: f for f in model._meta.concrete_fields}
        found = known.get(self.name)
        if found is None:
            return replace(self, kind=self.kind or Kind.TEXT, sort=self.sort or "", read_only=True)
        kind = self.kind or _kind_of(found)
        sort = self.sort
        if sort is None:
            sort = _sort_of(found, known)
        return replace(
            self,
            label=self.label or found.verbose_name,
            kind=kind,
            sort=sort,
            help=self.help or found.help_text,
            read_only=self.read_only or not found.editable,
            model_field=found,
        )

    @classmethod
    def of_custom(cls, definition: CustomField) -> "Column":
        """The column of a field that the organisation added."""
        kinds = {
            FieldKind.TEXT: Kind.TEXT,
            FieldKind.NUMBER: Kind.NUMBER,
            FieldKind.DATE: Kind.DATE,
            FieldKind.CHOICE: Kind.CHOICE,
            FieldKind.YES_NO: Kind.YES_NO,
        }
        return cls(
            name=f"custom.{definition.key}",
            label=definition.label,
            kind=kinds[definition.kind],
            sort="",
            help=definition.help,
            custom=definition,
        )

    # -- reading ------------------------------------------------------------------------------------------------

    def value(self, row: Any) -> Any:
        """The Python value in `row` (a record or one of its versions)."""
        if self.is_withheld(row):
            return None
        if self.custom:
            stored = (row.custom or {}).get(self.custom.key)
            return date.fromisoformat(stored) if stored and self.kind is Kind.DATE else stored
        return getattr(row, self.name, None)

    def is_withheld(self, row: Any) -> bool:
        """Whether the reader for whom `row` was masked may not see this value."""
        return self.name in getattr(row, "withheld", ())

    def as_text(self, row: Any) -> str:
        """The value as people read it: in exports, titles and comparisons."""
        if self.is_withheld(row):
            return ""
        if self.text:
            return self.text(row)
        value = self.value(row)
        if value is None or value == "":
            return ""
        match self.kind:
            case Kind.MONEY:
                return money_text(value, self.currency_in(row))
            case Kind.DATE:
                return _date_text(value, get_language())
            case Kind.MOMENT:
                return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
            case Kind.CHOICE if not self.custom:
                return _words_of(self.model_field, get_language()).get(value, str(value))
            case Kind.STATE:
                words = _state_words(type(row), get_language()) if hasattr(row, "states") else {}
                return words.get(value, str(value))
            case Kind.YES_NO:
                return _("yes") if value else _("no")
            case Kind.REFERENCE:
                known_as = reference_to(type(value))
                return known_as.text(value) if known_as else str(value)
            case Kind.NUMBER:
                return formats.number_format(value) if not isinstance(value, str) else value
        return str(value)

    def choices(self) -> list[tuple[Any, str]]:
        """The values of a choice with the words that the organisation has for them ("initiative.type.project")."""
        return list(_words_of(self.model_field, get_language()).items())

    def word_key(self, value: Any) -> str:
        """The key of the organisation's own word for a value of a choice."""
        return _word_key(self.model_field, value)

    def as_html(self, row: Any) -> SafeString | str:
        """The value as a cell shows it."""
        if self.is_withheld(row):
            return ""
        if self.html:
            return self.html(row)
        text = self.as_text(row)
        if not text:
            return ""
        if tone := self.tone(row):
            return _badge(tone, text)
        if self.kind is Kind.LONG and len(text) > 160:
            return text[:157] + "…"
        return text

    def tone(self, row: Any) -> str:
        """The colour of a state's badge; "" for what has none."""
        if self.kind is not Kind.STATE or not hasattr(row, "states"):
            return ""
        state = row.states.by_key.get(row.state)
        return state.tone if state else "secondary"

    def as_data(self, row: Any) -> Any:
        """The value as data: for XLSX and the API; numbers stay numbers, dates dates, references their name."""
        value = self.value(row)
        if self.kind is Kind.REFERENCE:
            return self.as_text(row)
        return value

    # -- writing ------------------------------------------------------------------------------------------------

    def form_field(self, actor: Actor) -> forms.Field:
        """The field that reads a typed value; forms, cells, bulk edit, imports and the API all use it."""
        if self.custom:
            return self._custom_form_field()
        found = self.model_field
        common: dict[str, Any] = {"label": self.label, "help_text": self.help, "required": not found.blank}
        match self.kind:
            case Kind.REFERENCE:
                known = reference_to(found.related_model)
                if known is None:
                    raise LookupError(f"no reference is declared for {found.related_model}")
                return ReferenceField(known, actor, **common)
            case Kind.MONEY:
                return MoneyField(beside=self.currency, **common)
            case Kind.DATE:
                return forms.DateField(widget=DateInput, **common)
            case Kind.YES_NO:
                return YesNoField(**common)
            case Kind.CHOICE:
                choices = self.choices()
                if found.blank or found.null:
                    choices = [("", "—"), *choices]
                field_class = forms.TypedChoiceField
                coerce = int if isinstance(found, models.IntegerField) else str
                return field_class(
                    choices=choices, coerce=coerce, empty_value=None if found.null else "", **common
                )
            case Kind.LONG:
                return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), **common)
            case Kind.NUMBER:
                result = found.formfield()
                result.label, result.help_text = self.label, self.help
                return result
        return forms.CharField(max_length=getattr(found, "max_length", None), **common)

    def _custom_form_field(self) -> forms.Field:
        definition = self.custom
        if definition is None:
            raise LookupError(self.name)
        common: dict[str, Any] = {
            "label": definition.label,
            "help_text": definition.help,
            "required": definition.required,
        }
        match definition.kind:
            case FieldKind.NUMBER:
                return forms.DecimalField(**common)
            case FieldKind.DATE:
                return forms.DateField(widget=DateInput, **common)
            case FieldKind.CHOICE:
                return forms.ChoiceField(choices=[("", "—"), *((c, c) for c in definition.choices)], **common)
            case FieldKind.YES_NO:
                return YesNoField(**common)
        return forms.CharField(**common)

    def currency_in(self, row: Any) -> str:
        """The currency of a money column's amount in `row`; "" where none is named."""
        return getattr(row, self.currency, "") if self.currency else ""

    def initial(self, row: Any) -> Any:
        """The value as the form field starts with it."""
        value = self.value(row)
        if self.kind is Kind.REFERENCE:
            return self.as_text(row)
        if self.kind is Kind.MONEY and value is not None:
            return typed_amount(value, self.currency_in(row))
        return value


@once_per_request
def _words_of(found: "models.Field[Any, Any]", language: str | None) -> dict[Any, str]:
    """The words of a choice, by value, in the language now spoken."""
    return {value: word(_word_key(found, value), label) for value, label in found.flatchoices}


@once_per_request
def _state_words(model: Any, language: str | None) -> dict[str, str]:
    """The words of a model's states, by key, in the language now spoken."""
    return {state.key: str(state.label) for state in model.states.states}


@lru_cache(maxsize=1024)
def _badge(tone: str, text: str) -> SafeString:
    return format_html('<span class="badge bg-{}-lt">{}</span>', tone, text)


@lru_cache(maxsize=8192)
def _date_text(day: date, _language: str | None) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT")


@lru_cache(maxsize=8192)
def _number_text(amount: Decimal, places: int, _language: str | None) -> str:
    return formats.number_format(amount, places, force_grouping=True)


def _word_key(found: "models.Field[Any, Any]", value: Any) -> str:
    return f"{found.model._meta.model_name}.{found.name}.{value}"


def _kind_of(found: "models.Field[Any, Any]") -> Kind:
    if isinstance(found, models.ForeignKey):
        return Kind.REFERENCE
    if found.name == "state":
        return Kind.STATE
    if found.flatchoices:
        return Kind.CHOICE
    if isinstance(found, models.BooleanField):
        return Kind.YES_NO
    if isinstance(found, models.DateTimeField):
        return Kind.MOMENT
    if isinstance(found, models.DateField):
        return Kind.DATE
    if isinstance(found, models.TextField):
        return Kind.LONG
    if isinstance(found, models.IntegerField | models.DecimalField):
        return Kind.NUMBER
    return Kind.TEXT


def _sort_of(found: "models.Field[Any, Any]", known: dict[str, Any]) -> str:
    """Text sorts by its normalised key where there is one; a reference by its own."""
    for key in (f"sort_{found.name}",):
        if key in known:
            return key
    if isinstance(found, models.ForeignKey):
        related = {f.name for f in found.related_model._meta.concrete_fields}
        for key in ("sort_name", "sort_title", "name"):
            if key in related:
                return f"{found.name}__{key}"
        return ""
    return "" if isinstance(found, models.TextField | models.JSONField) else found.name


def major(minor: int, currency: str = "") -> Decimal:
    """An amount in minor units of a currency (ISO 4217) as one in major units; hundredths where none is named."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def typed_amount(minor: int, currency: str = "") -> str:
    """Minor units as somebody would type them: "1250.00", "1250,00", without cents where the currency has none."""
    return formats.number_format(major(minor, currency), minor_digits(currency), force_grouping=False)


def money_text(minor: int, currency: str = "") -> str:
    """Minor units as people read money: grouped, without cents from a thousand up."""
    amount = major(minor, currency)
    places = minor_digits(currency) if abs(amount) < 1000 and amount != amount.to_integral_value() else 0
    text = _number_text(amount, places, get_language())
    written = pgettext("amount", "%(mark)s%(number)s") % {"mark": f"{currency}\u00a0", "number": text}
    return written.strip() if currency else text


def moment_text(moment: datetime) -> str:
    """An instant as people read it."""
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
