"""Reads across decisions: what is wanted, what is overdue, how long deciding takes, what came of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import QueryDict

from steerco.apps.governance.models import Decision
from steerco.apps.governance.services import CASCADE
from steerco.apps.links.models import Relation
from steerco.apps.people.models import Party
from steerco.apps.raid.models import Action
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.listing import in_every_state
from steerco.kit.registers.register import register_of

FEWEST_PEOPLE = 5  # measures of people are shown for groups of so many or more
WANTED = ("asked", "recorded")

TITLE = 300  # characters of an action's title


def decisions_in(actor: Actor, query: QueryDict) -> QuerySet[Any]:
    """The decisions that the address of a list means, in every state."""
    return in_every_state(register_of("decision"), actor, query)[0]


def wanted(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Of some decisions those that are waited for, the first needed first."""
    return queryset.filter(state__in=WANTED).order_by(F("decide_by").asc(nulls_last=True), "pk")


@dataclass(frozen=True)
class Latency:
    """How long one sort of decider took: calendar days from the asking to the decision or the meeting.

    `median` and `longest` are None where fewer than five people stand behind them.
    """

    kind: str
    label: str
    count: int
    median: float | None
    longest: int | None
    waiting: int
    overdue: int


@dataclass(frozen=True)
class Conversion:
    """What came of the decisions: how many were made, how many led to an action, how many were reversed."""

    decided: int
    with_action: int
    reversed: int


def latencies(queryset: QuerySet[Any], today: date) -> list[Latency]:
    """How long each sort of decider takes, over the decisions given. Two queries."""
    made = queryset.filter(
        asked_on__isnull=False, decided_on__isnull=False, state__in=("decided", "reversed")
    )
    took: dict[str, list[int]] = defaultdict(list)
    people: dict[str, set[int]] = defaultdict(set)
    rows = made.order_by().values_list("decider__kind", "decider", "asked_on", "decided_on")
    for kind, decider, asked, decided in rows:
        took[kind or ""].append(max((decided - asked).days, 0))
        people[kind or ""].add(decider)
    waiting: dict[str, int] = defaultdict(int)
    overdue: dict[str, int] = defaultdict(int)
    for kind, due in queryset.filter(state__in=WANTED).order_by().values_list("decider__kind", "decide_by"):
        waiting[kind or ""] += 1
        overdue[kind or ""] += due is not None and due < today
    found = []
    for kind in Party.Kind:
        days, shown = took[kind], kind == Party.Kind.BODY or len(people[kind]) >= FEWEST_PEOPLE
        if days or waiting[kind]:
            middle, most = (median(days), max(days)) if days and shown else (None, None)
            found.append(
                Latency(kind, str(kind.label), len(days), middle, most, waiting[kind], overdue[kind])
            )
    return found


def conversion(queryset: QuerySet[Any]) -> Conversion:
    """What came of the decisions given."""
    made = queryset.filter(Q(state="decided") | Q(state="reversed"))
    acted = Relation.objects.filter(kind=CASCADE, target__register=Action.register_key)
    return Conversion(
        decided=made.count(),
        with_action=made.filter(entry__in=acted.values("source")).count(),
        reversed=made.filter(state="reversed").count(),
    )


def actions_of(actor: Actor, row: Decision) -> list[Action]:
    """The actions that follow from a decision, as far as the actor sees them."""
    entries = Relation.objects.filter(source=row.entry_id, kind=CASCADE).values("target")
    found = visible_to(Action._default_manager.filter(entry__in=entries, deleted=False), actor)
    return list(found.select_related("initiative", "owner").order_by("due_on", "pk"))


def conditions_left(row: Decision, actions: Iterable[Action]) -> list[str]:
    """The conditions of a decision, one per line, of which none of `actions` is made: a title each."""
    made = {action.title for action in actions}
    lines = (line.strip(" -•*\t")[:TITLE] for line in row.conditions.splitlines())
    return [line for line in dict.fromkeys(lines) if line and line not in made]
