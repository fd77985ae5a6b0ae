"""Who leaves and still has something: when somebody counts as leaving, and what the apps above say that people have."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from steerco.kit import clock
from steerco.kit.permissions import Actor

SOON = timedelta(days=60)  # how long before they leave somebody is flagged

Having = Callable[[Actor], Q]
_havings: list[Having] = []


def declare_having(having: Having) -> None:
    """Add a condition on people: that they have something which `actor` may see."""
    _havings.append(having)


def with_leavers(queryset: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
    """The people with `leaver`: they left, or leave soon, and still have something that `actor` may see."""
    still = Q(pk__in=[])
    for having in _havings:
        still |= having(actor)
    flagged = When(Q(leaves__lte=clock.today() + SOON) & still, then=Value(True))
    return queryset.annotate(leaver=Case(flagged, default=Value(False), output_field=BooleanField()))
