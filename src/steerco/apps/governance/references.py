"""How people name decisions in the fields of other records."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from steerco.apps.governance.models import Decision
from steerco.kit.fields import sort_key
from steerco.kit.registers.references import Reference, declare_reference


def _matching(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    return queryset.filter(deleted=False, sort_title__contains=sort_key(text)).order_by("sort_title", "pk")


def _exact(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    code, _, rest = text.partition(" · ")[0].rpartition("/")
    number = rest.rpartition("-")[2]
    if code and number.isdigit():
        return queryset.filter(initiative__code__iexact=code, number=int(number[:9]))
    return queryset.filter(sort_title=sort_key(text))


def declare() -> None:
    """Declare decisions."""
    declare_reference(
        Reference(
            key="decision",
            model=Decision,
            text=lambda row: f"{row.initiative.code}/{row.reference} · {row.title}",
            matching=_matching,
            exact=_exact,
            url=lambda row: reverse("registers:record", args=["decisions", row.pk]),
        )
    )
