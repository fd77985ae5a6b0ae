"""Forms of a register: the fields that its columns say, cleaned into a Change."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.inputs import MoneyForm, ReferenceField
from steerco.kit.registers.masking import is_masked
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import Register

SOURCES = (
    ("", "—"),
    ("mail", _("by mail")),
    ("call", _("by phone")),
    ("meeting", _("in a meeting")),
    ("file", _("in a file")),
)


class RecordForm(MoneyForm, forms.Form):
    """Every editable column of a register, as far as `names` wants them."""

    def __init__(
        self,
        register: Register,
        actor: Actor,
        data: Mapping[str, Any] | None = None,
        row: Any = None,
        initial: Mapping[str, Any] | None = None,
        names: Iterable[str] | None = None,
    ) -> None:
        self.register, self.actor, self.row = register, actor, row
        columns = register.editable_columns()
        if row is not None:
            columns = {n: c for n, c in columns.items() if not is_masked(c, row)}
        self.columns = {n: columns[n] for n in (names or columns) if n in columns}
        start = {n: c.initial(row) for n, c in self.columns.items()} if row is not None else {}
        super().__init__(data, initial={**start, **(initial or {})})
        for name, column in self.columns.items():
            self.fields[name] = self._field(column)
        if row is not None:
            self.fields["version"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=getattr(row, "version", 0), required=False
            )

    def currency_of(self, name: str) -> str:
        """The currency that is typed, else the row's."""
        return super().currency_of(name) if name in self.fields else getattr(self.row, name, "")

    def _field(self, column: Column) -> forms.Field:
        field = column.form_field(self.actor)
        if column.kind is Kind.STATE:
            field = self._state_field(column)
        begins = self.register.begins.get(column.name)
        if begins is not None and self.row is None and isinstance(field, forms.ChoiceField):
            offered: Any = field.choices
            field.choices = [choice for choice in offered if choice[0] in begins]
        widget = field.widget
        css = "form-select" if isinstance(widget, forms.Select) else "form-control"
        widget.attrs["class"] = css
        return field

    def _state_field(self, column: Column) -> forms.Field:
        """The present state and the ones that a transition reaches; a new record starts anywhere."""
        states = self.register.states
        if states is None:
            raise LookupError(column.name)
        keys = (
            set(states.by_key)
            if self.row is None
            else {self.row.state} | {t.target for t in states.leaving(self.row.state)}
        )
        choices = [(s.key, s.label) for s in states.states if s.key in keys]
        return forms.ChoiceField(choices=choices, label=str(column.label), help_text=str(column.help))

    def grouped(self) -> list[tuple[Any, list[Any]]]:
        """(section, bound fields) in order; the organisation's own fields in a last section without a title."""
        groups: list[tuple[Any, list[Any]]] = []
        for section in self.register.sections:
            fields = [self[n] for n in section.fields if n in self.columns]
            if fields:
                groups.append((section, fields))
        own = [self[n] for n, c in self.columns.items() if c.custom]
        if own:
            groups.append((None, own))
        return groups

    def change(self) -> Change:
        """What the valid form wants: the values that differ from the row's, for a new row those that are given."""
        values: dict[str, Any] = {}
        custom = dict(getattr(self.row, "custom", None) or {})
        for name, column in self.columns.items():
            value = self.cleaned_data[name]
            if column.custom:
                custom[column.custom.key] = value.isoformat() if hasattr(value, "isoformat") else value
                values["custom"] = _json_ready(custom)
            else:
                if value in (None, "") and column.model_field is not None:
                    value = None if column.model_field.null else ("" if value is None else value)
                values[name] = value
        if self.row is None:
            return Change({n: v for n, v in values.items() if v not in (None, "")})
        return Change(values, pk=self.row.pk, version=self.cleaned_data.get("version"))

    def add_refusals(self, errors: Mapping[str, list[str]]) -> None:
        """Show what the service refused beside the fields, and what has no field at the top."""
        for name, messages in errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, ValidationError(message))


def _json_ready(custom: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value if isinstance(value, bool | str) else str(value)
        for key, value in custom.items()
        if value not in (None, "")
    }


class BehalfForm(forms.Form):
    """For whom an entry is made, and how they said it."""

    behalf_source = forms.ChoiceField(label=_("How it came"), choices=SOURCES, required=False)

    def __init__(self, actor: Actor, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.actor = actor
        self.fields["behalf_of"] = ReferenceField(
            reference("party"), actor, label=_("On behalf of"), required=False
        )
        for item in self.fields.values():
            css = "form-select" if isinstance(item.widget, forms.Select) else "form-control"
            item.widget.attrs["class"] = css

    def acting(self) -> Actor:
        """The actor, acting for the party that the valid form names."""
        party = self.cleaned_data.get("behalf_of")
        return self.actor.acting_for(party.pk, self.cleaned_data["behalf_source"]) if party else self.actor


def started_with(register: Register, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the form of a new row starts with, as its fields show it: the defaults, the first state, then `values`."""
    columns, start = register.editable_columns(), dict(values)
    probe = register.model(**{name: value for name, value in start.items() if value is not None})
    if register.states is not None:
        start["state"] = probe.state = register.states.first.key  # type: ignore[attr-defined]
    named = {name for name, column in columns.items() if name in start or _has_default(column)}
    return {name: columns[name].initial(probe) for name in named}


def _has_default(column: Column) -> bool:
    return column.model_field is not None and column.model_field.has_default()
