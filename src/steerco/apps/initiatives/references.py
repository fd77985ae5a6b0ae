"""How people name initiatives and parties, and the places that lists are looked at from."""

from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse

from steerco.apps.initiatives.models import Ancestry, Initiative, Record
from steerco.apps.initiatives.selectors import find_initiative
from steerco.apps.people.models import Party, Unit
from steerco.kit.fields import sort_key
from steerco.kit.permissions import Actor
from steerco.kit.registers.references import Reference, declare_reference
from steerco.kit.registers.scopes import Scope


def _by_name(path: str, sort_path: str, *others: str) -> Any:
    """Rows whose sort key starts with, then contains, the text; `others` are further lookups that may match."""

    def matching(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        key = sort_key(text)
        either = Q(**{f"{sort_path}__contains": key})
        for other in others:
            either |= Q(**{f"{other}__istartswith": text})
        first = Case(
            When(**{f"{sort_path}__startswith": key}, then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
        return queryset.filter(either).order_by(first, sort_path, "pk")

    return matching


def _exact_party(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    return queryset.filter(Q(sort_name=sort_key(text)) | Q(person__email__iexact=text))


def _exact_initiative(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    code = text.split(" · ")[0]
    by_code = queryset.filter(code__iexact=code)
    return by_code if by_code.exists() else queryset.filter(sort_name=sort_key(text))


def _exact_unit(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    return queryset.filter(Q(sort_name=sort_key(text)) | Q(code__iexact=text))


def _matching_record(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    return queryset.filter(deleted=False, sort_title__contains=sort_key(text)).order_by("sort_title", "pk")


def _exact_record(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    """By number ("NWC-PAY/R-12", with or without the title behind it), else by the whole title."""
    queryset = queryset.filter(deleted=False)
    code, _, rest = text.partition(" · ")[0].rpartition("/")
    prefix, _dash, number = rest.rpartition("-")
    own = getattr(queryset.model, "number_prefix", "")
    if code and number.isdigit() and prefix.upper() in (own, ""):
        return queryset.filter(initiative__code__iexact=code, number=int(number[:9]))
    return queryset.filter(sort_title=sort_key(text))


def declare_record_reference(model: type[Record], slug: str) -> None:
    """Let fields name the records of `model`, whose list stands under `slug`: "NWC-PAY/R-12 · Supplier insolvency"."""
    declare_reference(
        Reference(
            key=model.register_key,
            model=model,
            text=lambda row: f"{row.initiative.code}/{row.reference} · {row.title}",
            matching=_matching_record,
            exact=_exact_record,
            url=lambda row: reverse("registers:record", args=[slug, row.pk]),
        )
    )


def declare() -> None:
    """Declare what the registers of every app may name."""
    declare_reference(
        Reference(
            key="party",
            model=Party,
            text=lambda party: party.name,
            matching=_by_name("name", "sort_name", "person__email"),
            exact=_exact_party,
        )
    )
    declare_reference(
        Reference(
            key="initiative",
            model=Initiative,
            text=lambda row: f"{row.code} · {row.name}",
            matching=_by_name("name", "sort_name", "code"),
            exact=_exact_initiative,
            url=lambda row: reverse("initiatives:page", args=[row.code]),
        )
    )
    declare_reference(
        Reference(
            key="unit",
            model=Unit,
            text=lambda unit: unit.name,
            matching=_by_name("name", "sort_name", "code"),
            exact=_exact_unit,
        )
    )


class TreeScopes:
    """The scope protocol of the kit on the tree."""

    def find(self, actor: Actor, code: str) -> Scope | None:
        """The visible initiative with that code, now or formerly."""
        row = find_initiative(actor, code)
        if row is None:
            return None
        return Scope(row.code, row.name, reverse("initiatives:page", args=[row.code]), row)

    def narrow(self, queryset: QuerySet[Any], scope: Scope, path: str) -> QuerySet[Any]:
        """The rows at the initiative or below it."""
        below = Ancestry.objects.filter(ancestor=scope.row).values("descendant")
        return queryset.filter(**{f"{path}__in": below})
