"""How people name any entry: "NWC-PAY/R-12 · Supplier insolvency", or an initiative by its code."""

from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.services import record_models
from steerco.apps.initiatives.states import StateGroup
from steerco.kit.registers.references import Reference, declare_reference


@cache
def prefixes() -> dict[str, str]:
    """What stands before the number, by register: "risk" is "R"."""
    return {model.register_key: model.number_prefix for model in record_models()}


def label(entry: Entry) -> str:
    """The entry as people say it, without its title: "NWC-PAY/R-12"."""
    code = entry.initiative.code if entry.initiative else ""
    return (
        code
        if entry.register == "initiative"
        else f"{code}/{prefixes().get(entry.register, '')}-{entry.number}"
    )


def text(entry: Entry) -> str:
    """The entry as it stands in a field."""
    return f"{label(entry)} · {entry.title}"


def _present(queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.exclude(state_group=StateGroup.DELETED).select_related("initiative")


def _matching(queryset: QuerySet[Any], typed: str) -> QuerySet[Any]:
    found = Q(title__icontains=typed) | Q(initiative__code__istartswith=typed)
    return _present(queryset).filter(found).order_by("initiative__code", "register", "number", "pk")


def _exact(queryset: QuerySet[Any], typed: str) -> QuerySet[Any]:
    name = typed.partition(" · ")[0].strip()
    code, _, number = name.rpartition("/")
    prefix, _, digits = number.rpartition("-")
    if code and digits.isdigit():
        keys = [key for key, known in prefixes().items() if known == prefix.upper()]
        return _present(queryset).filter(
            initiative__code__iexact=code, register__in=keys, number=int(digits[:9])
        )
    by_code = _present(queryset).filter(register="initiative", initiative__code__iexact=name)
    return by_code if by_code.exists() else _present(queryset).filter(title__iexact=typed)


def address(entry: Entry) -> str:
    """The address that leads to the entry's page."""
    return reverse("links:entry", args=[entry.pk])


def declare() -> None:
    """Declare entries."""
    declare_reference(
        Reference(key="entry", model=Entry, text=text, matching=_matching, exact=_exact, url=address)
    )
