"""Forms of the settings: the organisation, its own fields, its risk scales."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.organisation.models import FieldDefinition, Organisation
from steerco.apps.organisation.scales import BANDS, with_bands
from steerco.apps.organisation.selectors import organisation
from steerco.kit.fields import FieldKind
from steerco.kit.registers.columns import major
from steerco.kit.registers.inputs import MoneyField, MoneyForm
from steerco.kit.registers.register import registers

KINDS = (
    (FieldKind.TEXT, gettext_lazy("text")),
    (FieldKind.NUMBER, gettext_lazy("number")),
    (FieldKind.DATE, gettext_lazy("date")),
    (FieldKind.CHOICE, gettext_lazy("choice from a list")),
    (FieldKind.YES_NO, gettext_lazy("yes or no")),
)
BAND_LABELS = {
    "percent": gettext_lazy("from %"),
    "money": gettext_lazy("costs from"),
    "days": gettext_lazy("working days from"),
}


def dress(form: forms.BaseForm) -> None:
    """Our look for every field."""
    for field in form.fields.values():
        css = "form-control"
        if isinstance(field.widget, forms.CheckboxInput):
            css = "form-check-input"
        elif isinstance(field.widget, forms.Select):
            css = "form-select"
        field.widget.attrs["class"] = css


class SettingsForm(MoneyForm, forms.ModelForm):
    """The organisation's settings."""

    language = forms.ChoiceField(label=gettext_lazy("language"), choices=settings.LANGUAGES)
    fiscal_year_start = forms.TypedChoiceField(
        label=gettext_lazy("first month of the fiscal year"), choices=list(MONTHS.items()), coerce=int
    )

    code_from = MoneyField(label=gettext_lazy("code for a sign-off from"), beside="currency", required=False)

    class Meta:
        model = Organisation
        fields = (
            "name",
            "marking",
            "currency",
            "language",
            "fiscal_year_start",
            "staff_read_all",
            "palette",
            "risk_appetite",
            "code_from",
            "sign_on_makes_accounts",
            "period_names",
            "holiday_country",
            "holiday_region",
            "own_days_off",
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code_from"].help_text = Organisation._meta.get_field("code_from").help_text
        amount = self.initial.get("code_from")
        self.initial["code_from"] = "" if amount is None else f"{major(amount, self.instance.currency):f}"
        dress(self)

    def clean_code_from(self) -> int | None:
        """An amount is not negative."""
        amount: int | None = self.cleaned_data["code_from"]
        if amount is not None and amount < 0:
            raise forms.ValidationError(_("An amount from 0 up."))
        return amount

    def clean_currency(self) -> str:
        """Three letters, as ISO 4217 has them."""
        code = str(self.cleaned_data["currency"]).upper()
        if len(code) != 3 or not (code.isascii() and code.isalpha()):
            raise forms.ValidationError(_("A currency has three letters, such as EUR."))
        return code


class FieldForm(forms.Form):
    """A field of the organisation's own; where it is and what it holds stay as they were first said."""

    label = forms.CharField(label=gettext_lazy("Label"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("It holds"), choices=KINDS)
    choices = forms.CharField(
        label=gettext_lazy("Choices, one on each line"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    required = forms.BooleanField(label=gettext_lazy("Must be filled"), required=False)
    help = forms.CharField(label=gettext_lazy("Help"), max_length=200, required=False)
    rank = forms.IntegerField(
        label=gettext_lazy("Place in the order"), min_value=0, max_value=999, required=False
    )

    def __init__(self, data: Mapping[str, Any] | None = None, row: FieldDefinition | None = None) -> None:
        initial = {}
        if row is not None:
            names = ("label", "required", "help", "rank")
            initial = {**{n: getattr(row, n) for n in names}, "choices": "\n".join(row.choices)}
        super().__init__(data, initial=initial)
        self.row = row
        if row is not None:
            del self.fields["kind"]
            if row.kind != FieldKind.CHOICE:
                del self.fields["choices"]
        else:
            places = [(r.key, r.label_plural) for r in registers() if r.has_custom_fields]
            self.fields["subject"] = forms.ChoiceField(label=_("Where"), choices=places)
            self.order_fields(("subject",))
        dress(self)

    def clean(self) -> dict[str, Any]:
        """A list needs choices; a new field a key that is free."""
        values = dict(self.cleaned_data)
        kind = self.row.kind if self.row else values.get("kind")
        lines = [line.strip() for line in values.get("choices", "").splitlines()]
        values["choices"] = (
            list(dict.fromkeys(line for line in lines if line)) if kind == FieldKind.CHOICE else []
        )
        if kind == FieldKind.CHOICE and len(values["choices"]) < 2:
            self.add_error("choices", _("A list needs at least two choices."))
        values["rank"] = values.get("rank") or 0
        if self.row is None and "subject" in values and "label" in values:
            values["key"] = slugify(values["label"]).replace("-", "_")[:40] or "field"
            if FieldDefinition.objects.filter(subject=values["subject"], key=values["key"]).exists():
                self.add_error("label", _("There is such a field already, in use or retired."))
        return values


def _floor(kind: str, label: str, low: int) -> forms.Field:
    if kind == "money":
        field = MoneyField(label=label)
        field.currency = organisation().currency
        field.initial = f"{major(low, field.currency):f}"
        return field
    highest = 100 if kind == "percent" else 10_000
    return forms.IntegerField(label=label, initial=low, min_value=0, max_value=highest)


class ScaleForm(forms.Form):
    """The steps of one axis: what each is called and the lowest amount that it stands for."""

    def __init__(
        self, axis: str, steps: Sequence[Mapping[str, Any]], data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, prefix=axis)
        self.axis, self.count = axis, len(steps)
        for step in steps:
            value = step["value"]
            label = _("Name of step %d") % value
            self.fields[f"label_{value}"] = forms.CharField(label=label, max_length=60, initial=step["label"])
            for kind in BANDS[axis]:
                low = step[kind][0]
                label = f"{BAND_LABELS[kind]} ({step['label']})"
                self.fields[f"{kind}_{value}"] = _floor(kind, label, low)
        dress(self)

    def rows(self) -> list[tuple[int, Any, list[Any]]]:
        """(value, the name's field, the amounts' fields) of each step, the highest first."""
        return [
            (value, self[f"label_{value}"], [self[f"{kind}_{value}"] for kind in BANDS[self.axis]])
            for value in range(self.count, 0, -1)
        ]

    def heads(self) -> list[str]:
        """The columns of amounts."""
        return [str(BAND_LABELS[kind]) for kind in BANDS[self.axis]]

    def steps(self) -> list[dict[str, Any]]:
        """The steps of the valid form, as a RiskScale keeps them."""
        values = range(1, self.count + 1)
        labels = [self.cleaned_data[f"label_{value}"] for value in values]
        floors = {
            kind: [self.cleaned_data[f"{kind}_{value}"] for value in values] for kind in BANDS[self.axis]
        }
        return with_bands(self.axis, labels, floors)
