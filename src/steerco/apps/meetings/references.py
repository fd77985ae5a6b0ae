"""How people name meetings, and the bodies that meet, in the fields of other records."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from steerco.apps.governance.models import Body
from steerco.apps.initiatives.references import declare_record_reference
from steerco.apps.meetings.models import Meeting
from steerco.kit.fields import sort_key
from steerco.kit.registers.references import Reference, declare_reference


def _matching(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    return queryset.filter(sort_name__contains=sort_key(text)).order_by("sort_name", "pk")


def _exact(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    return queryset.filter(sort_name=sort_key(text))


def declare() -> None:
    """Declare both."""
    declare_record_reference(Meeting, "meetings")
    declare_reference(
        Reference(
            key="body",
            model=Body,
            text=lambda row: row.name,
            matching=_matching,
            exact=_exact,
            url=lambda row: reverse("registers:record", args=["bodies", row.pk]),
        )
    )
