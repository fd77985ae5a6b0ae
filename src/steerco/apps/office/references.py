"""How people name categories of requests in a field."""

from typing import Any

from django.db.models import Q, QuerySet

from steerco.apps.office.models import RequestCategory
from steerco.kit.fields import sort_key
from steerco.kit.registers.references import Reference, declare_reference


def _matching(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    return queryset.filter(in_use=True, sort_name__contains=sort_key(text)).order_by("sort_name", "pk")


def _exact(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    return queryset.filter(Q(name=text) | Q(sort_name=sort_key(text)))


def declare() -> None:
    """Declare categories."""
    declare_reference(Reference("request_category", RequestCategory, lambda row: row.name, _matching, _exact))
