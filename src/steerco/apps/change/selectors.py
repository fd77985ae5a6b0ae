"""Reads across change requests: what the approved ones did to the baseline, one after the other."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from steerco.apps.change.models import AGREED, BaselineChange, ChangeRequest
from steerco.apps.planning.models import Milestone
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.listing import in_every_state
from steerco.kit.registers.register import register_of

MOST = 500  # approved changes that one page adds up


def changes_in(actor: Actor, query: QueryDict) -> QuerySet[Any]:
    """The change requests that the address of a list means, in every state."""
    return in_every_state(register_of("change_request"), actor, query)[0]


@dataclass(frozen=True)
class Effect:
    """One approved change with what it added, and the running totals after it: days, and minor units by currency."""

    row: ChangeRequest
    days: int
    money: dict[str, int]
    lines: list[BaselineChange] = field(default_factory=list)


@dataclass(frozen=True)
class Tally:
    """What became of the requests, and what the approved ones add up to. `left_out`: approved ones beyond MOST."""

    effects: list[Effect]
    states: dict[str, int]
    days: int
    money: dict[str, int]
    left_out: int


def lines_of(actor: Actor, rows: Sequence[ChangeRequest]) -> QuerySet[BaselineChange]:
    """What the requests do to the baseline; what they do to a milestone that the actor may not see is left out."""
    seen = Milestone.objects.visible_to(actor).order_by().values("pk")
    lines = visible_to(BaselineChange.objects.filter(change__in=rows), actor)
    lines = lines.filter(Q(milestone=None) | Q(milestone__in=seen))
    return lines.select_related("milestone", "change").order_by("pk")


def tally(actor: Actor, queryset: QuerySet[Any]) -> Tally:
    """The approved requests among `queryset` in the order of their decision, with running totals. Four queries.

    Days are those by which each was said to move the end of its initiative; they add up within one initiative, and
    over several they say how much was granted, not by how much the whole moves.
    """
    agreed = queryset.filter(verdict__in=AGREED, confirmed_on__isnull=False)
    rows = list(agreed.order_by("decided_on", "pk")[: MOST + 1])
    left_out = agreed.count() - MOST if len(rows) > MOST else 0
    lines: dict[int, list[BaselineChange]] = defaultdict(list)
    for line in lines_of(actor, rows[:MOST]).filter(applied_on__isnull=False):
        lines[line.change_id].append(line)
    days, money, effects = 0, defaultdict[str, int](int), []
    for row in rows[:MOST]:
        days += row.days or 0
        if row.money:
            money[row.currency] += row.money
        effects.append(Effect(row, days, dict(sorted(money.items())), lines[row.pk]))
    counted = queryset.order_by().values_list("state").annotate(n=Count("pk"))
    return Tally(effects, dict(counted), days, dict(sorted(money.items())), left_out)
