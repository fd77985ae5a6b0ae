"""Form fields for what Django has none: a reference typed as text, money in major units, yes/no as a choice."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.exchange.tables.money import minor_digits, parse_amount
from steerco.kit.permissions import Actor
from steerco.kit.registers.references import Reference


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class ReferenceField(forms.CharField):
    """Another row, typed by name or code, with suggestions while typing. Cleans to the row."""

    def __init__(self, reference: Reference, actor: Actor, **options: Any) -> None:
        super().__init__(**options)
        self.reference, self.actor = reference, actor
        list_id = f"sc-suggest-{reference.key}"
        self.widget.attrs |= {
            "list": list_id,
            "autocomplete": "off",
            "hx-get": reverse("registers:suggest", args=[reference.key]),
            "hx-trigger": "input changed delay:150ms, focus once",
            "hx-target": f"#{list_id}",
            "hx-swap": "innerHTML",
            "hx-vals": "{}",
        }
        self.list_id = list_id

    def clean(self, value: Any) -> Any:
        """The row that is named, or None. Raises ValidationError with what is near."""
        text = super().clean(value)
        return self.reference.resolve(self.actor, text) if text else None


class MoneyField(forms.CharField):
    """An amount in major units, as written in the reader's language. Cleans to minor units of `currency`, which is set
    beforehand, or which stands in the field `beside` of a MoneyForm; else to hundredths."""

    def __init__(self, *, beside: str = "", **options: Any) -> None:
        self.beside, self.currency = beside, ""
        super().__init__(**options)
        self.widget.attrs |= {"inputmode": "decimal"}

    def clean(self, value: Any) -> Any:
        """Minor units, or None. Raises ValidationError."""
        if isinstance(value, int):
            return value
        text = super().clean(value)
        if not text:
            return None
        parsed = parse_amount(text, formats.get_format("DECIMAL_SEPARATOR")) or parse_amount(text)
        if parsed is None:
            raise ValidationError(_("“%(text)s” is not an amount.") % {"text": text})
        amount, unit, named = parsed
        if named and self.beside and named != self.currency.upper():
            raise ValidationError(
                _("The amount is in %(named)s, the entry in %(present)s.")
                % {"named": named, "present": self.currency or "—"}
            )
        minor = (amount * (unit or 1)).scaleb(minor_digits(self.currency))
        if minor != minor.to_integral_value() or abs(minor) > 10**17:
            raise ValidationError(_("“%(text)s” is not an amount in whole cents.") % {"text": text})
        return int(minor)


class MoneyForm(forms.BaseForm):
    """Mixed into a form whose amounts count in the currency that is typed beside them."""

    def currency_of(self, name: str) -> str:
        """The currency in the field `name`: what is typed, else what it starts with."""
        if self.is_bound and name in self.fields:
            return str(self.data.get(self.add_prefix(name), "")).strip()
        return str(self.get_initial_for_field(self.fields[name], name) or "") if name in self.fields else ""

    def _clean_fields(self) -> None:
        for field in self.fields.values():
            if isinstance(field, MoneyField) and field.beside:
                field.currency = self.currency_of(field.beside)
        super()._clean_fields()  # type: ignore[misc]


class YesNoField(forms.TypedChoiceField):
    """Yes or no, as a choice of two."""

    def __init__(self, **options: Any) -> None:
        options["required"] = False
        super().__init__(
            choices=(("", gettext_lazy("no")), ("1", gettext_lazy("yes"))),
            coerce=bool,
            empty_value=False,  # type: ignore[arg-type]
            **options,
        )

    def clean(self, value: Any) -> Any:
        """True or False; JSON's own booleans too."""
        return super().clean("1" if str(value).lower() in {"1", "true", "yes", "on"} else "")

    def prepare_value(self, value: Any) -> Any:
        """True and False as the choices have them."""
        return "1" if value in (True, "1") else ""
