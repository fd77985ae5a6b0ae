"""How people name deliverables and requirements in the fields of other records."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from steerco.apps.deliverables.models import Deliverable, Requirement
from steerco.kit.fields import sort_key
from steerco.kit.registers.references import Reference, declare_reference


def _matching(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    return queryset.filter(deleted=False, sort_title__contains=sort_key(text)).order_by("sort_title", "pk")


def _exact(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    queryset = queryset.filter(deleted=False)
    code, _, rest = text.partition(" · ")[0].rpartition("/")
    prefix, _dash, number = rest.rpartition("-")
    own = getattr(queryset.model, "number_prefix", "")
    if code and number.isdigit() and prefix.upper() in (own, ""):
        return queryset.filter(initiative__code__iexact=code, number=int(number[:9]))
    return queryset.filter(sort_title=sort_key(text))


def declare() -> None:
    """Declare deliverables and requirements."""
    for key, slug, model in (
        ("deliverable", "deliverables", Deliverable),
        ("requirement", "requirements", Requirement),
    ):
        declare_reference(
            Reference(
                key=key,
                model=model,
                text=lambda row: f"{row.initiative.code}/{row.reference} · {row.title}",
                matching=_matching,
                exact=_exact,
                url=lambda row, slug=slug: reverse("registers:record", args=[slug, row.pk]),  # type: ignore[misc]
            )
        )
