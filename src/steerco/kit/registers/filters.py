"""The filters of a register: one FilterSet serves the page and the API, with the same names."""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from steerco.exchange.tables.money import codes_by_digits
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.inputs import DateInput
from steerco.kit.registers.register import Register

GROUPS = (
    ("open", _("open")),
    ("done", _("done")),
    ("pending", _("not yet open")),
    ("all", _("all")),
)


class Filters(django_filters.FilterSet):
    """A FilterSet whose filters and form are made once, not for each list: nobody changes them.

    What depends on the reader's language is lazy in them (labels) or asked for when needed (choices).
    """

    form_class: ClassVar[type[forms.Form] | None] = None

    def __init__(self, data: QueryDict, queryset: QuerySet[Any]) -> None:
        self.is_bound, self.data, self.queryset = True, data, queryset
        self.request, self.form_prefix = None, None
        self.filters = self.base_filters

    def get_form_class(self) -> type[forms.Form]:
        """The form of the class; its instances copy the fields."""
        own = type(self)
        if own.form_class is None:
            own.form_class = super().get_form_class()
        return own.form_class


class MoneyFilter(django_filters.NumberFilter):
    """A bound in major units for amounts that are kept in minor ones, each in the currency of its row (`beside`)."""

    def __init__(self, *given: Any, beside: str, **options: Any) -> None:
        super().__init__(*given, **options)
        self.beside = beside

    def filter(self, rows: QuerySet[Any], value: Decimal | None) -> QuerySet[Any]:
        """The rows whose amount keeps the bound."""
        if value is None:
            return rows
        bound = f"{self.field_name}__{self.lookup_expr}"
        odd = codes_by_digits() if self.beside else {}
        usual = (
            ~Q(**{f"{self.beside}__in": [code for codes in odd.values() for code in codes]}) if odd else Q()
        )
        wanted = usual & Q(**{bound: value.scaleb(2)})
        for digits, codes in odd.items():
            wanted |= Q(**{f"{self.beside}__in": codes, bound: value.scaleb(digits)})
        return rows.filter(wanted)


def choices_of(filter_: django_filters.Filter) -> list[tuple[str, str]]:
    """The values that a filter takes, with their words; none for one that takes anything."""
    found = filter_.extra.get("choices") or ()
    return [(str(value), str(label)) for value, label in (found() if callable(found) else found)]


def filter_set_class(register: Register, asked: frozenset[str] | None = None) -> type[Filters]:
    """The FilterSet of `register`: an exact, many-choice, from/to or contains filter by the kind of each column.

    With `asked`, names in an address, only the filters that it needs: a page of many small lists shows no forms.
    """
    named = [
        name
        for name in register.filters
        if asked is None or any(one == name or one.startswith(f"{name}_") for one in asked)
    ]
    return _filter_set_class(register, tuple(named))


@lru_cache(maxsize=512)
def _filter_set_class(register: Register, named: tuple[str, ...]) -> type[Filters]:
    declared: dict[str, Any] = {}
    for name in named:
        declared |= _filters_of(register.model_columns[name])
    if register.states is not None:
        declared["group"] = django_filters.ChoiceFilter(
            label=_("Open or done"), choices=GROUPS, method=_by_group, empty_label=None
        )
    if register.is_records:
        declared["mine"] = django_filters.BooleanFilter(method=_mine, label=_("Mine only"))
    meta = type("Meta", (), {"model": register.model, "fields": []})
    name = f"{register.key.title().replace('_', '')}Filters"
    return type(name, (Filters,), {**declared, "Meta": meta})


def _by_group(queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
    return queryset if value == "all" else queryset.filter(state_group=value)


def _mine(queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
    """Narrowed by the list to the actor's parties; the flag alone says nothing about who asks."""
    return queryset


def _filters_of(column: Column) -> dict[str, django_filters.Filter]:
    name = column.name
    match column.kind:
        case Kind.CHOICE:
            return {
                name: django_filters.MultipleChoiceFilter(
                    field_name=name, choices=lambda: column.choices(), label=column.label, distinct=False
                )
            }
        case Kind.STATE:
            states = column.model_field.model.states
            return {
                name: django_filters.MultipleChoiceFilter(
                    field_name=name, choices=lambda: states.choices, label=column.label, distinct=False
                )
            }
        case Kind.DATE:
            return {
                f"{name}_from": django_filters.DateFilter(
                    field_name=name, lookup_expr="gte", label=_("from"), widget=DateInput
                ),
                f"{name}_to": django_filters.DateFilter(
                    field_name=name, lookup_expr="lte", label=_("to"), widget=DateInput
                ),
            }
        case Kind.MONEY:
            bounds = {"field_name": name, "beside": column.currency}
            return {
                name: MoneyFilter(label=column.label, widget=forms.HiddenInput, **bounds),
                f"{name}_min": MoneyFilter(lookup_expr="gte", label=_("at least"), **bounds),
                f"{name}_max": MoneyFilter(lookup_expr="lte", label=_("at most"), **bounds),
            }
        case Kind.NUMBER:
            return {
                name: django_filters.NumberFilter(
                    field_name=name, label=column.label, widget=forms.HiddenInput
                ),
                f"{name}_min": django_filters.NumberFilter(
                    field_name=name, lookup_expr="gte", label=_("at least")
                ),
                f"{name}_max": django_filters.NumberFilter(
                    field_name=name, lookup_expr="lte", label=_("at most")
                ),
            }
        case Kind.YES_NO:
            return {name: django_filters.BooleanFilter(field_name=name, label=column.label)}
        case Kind.REFERENCE:
            return {
                name: django_filters.CharFilter(
                    method=_reference_filter(name, column.sort or ""), label=column.label
                )
            }
    return {name: django_filters.CharFilter(field_name=name, lookup_expr="icontains", label=column.label)}


def _reference_filter(name: str, path: str) -> Callable[[QuerySet[Any], str, str], QuerySet[Any]]:
    """By id, by "none", or by a part of the name; by no name where the row may be hidden, which would tell of it."""

    def narrowed(queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == "none":
            return queryset.filter(**{f"{name}__isnull": True})
        if value.isdigit():
            return queryset.filter(**{f"{name}_id": int(value[:18])})
        if not path:
            return queryset.none()
        text_path = path.replace("sort_", "")
        return queryset.filter(Q(**{f"{text_path}__icontains": value}))

    return narrowed
