"""Reads across stakeholders: the map of influence and interest, who is due, how attitudes went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F
from django.http import QueryDict

from steerco.apps.stakeholders.actions import ATTITUDE
from steerco.apps.stakeholders.models import Attitude, Stakeholder
from steerco.kit import clock
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, can
from steerco.kit.registers.listing import queryset_for
from steerco.kit.registers.masking import mask
from steerco.kit.registers.register import register_of
from steerco.kit.registers.scopes import Scope

MAPPED = 200
LISTED = 200
SOON = timedelta(days=14)


@dataclass(frozen=True)
class Placed:
    """The map: rows of cells from the highest influence down, each with its stakeholders; and those without a place."""

    rows: Sequence[tuple[int, Sequence[tuple[int, Sequence[Stakeholder]]]]]
    unplaced: Sequence[Stakeholder]
    count: int
    scope: Scope | None


def power_map(actor: Actor, query: QueryDict) -> Placed:
    """The stakeholders of an address by influence and interest, as far as `actor` may read them."""
    register = register_of("stakeholder")
    found, scope, _filters = queryset_for(register, actor, query)
    rows = mask(
        register, actor, list(found.select_related(*register.related).order_by("sort_title", "pk")[:MAPPED])
    )
    cells: dict[tuple[int, int], list[Stakeholder]] = {}
    unplaced = []
    for row in rows:
        if row.influence is None or row.interest is None:
            unplaced.append(row)
        else:
            cells.setdefault((row.influence, row.interest), []).append(row)
    steps = range(1, 6)
    grid = [(power, [(step, cells.get((power, step), [])) for step in steps]) for power in reversed(steps)]
    return Placed(grid, unplaced, found.count(), scope)


@dataclass(frozen=True)
class Due:
    """A part of the engagement plan."""

    key: str
    rows: Sequence[Stakeholder]


@dataclass(frozen=True)
class Plan:
    """Who is to be spoken to: overdue, soon, later, and without a date."""

    parts: Sequence[Due]
    scope: Scope | None
    overdue: int
    late: date


def engagement_plan(actor: Actor, query: QueryDict) -> Plan:
    """The engagement plan of an address, the first due first."""
    register = register_of("stakeholder")
    found, scope, _filters = queryset_for(register, actor, query)
    ordered = found.select_related(*register.related).order_by(
        F("next_contact").asc(nulls_last=True), "sort_title"
    )
    rows = mask(register, actor, list(ordered[:LISTED]))
    today = clock.today()
    parts: dict[str, list[Stakeholder]] = {"overdue": [], "soon": [], "later": [], "undated": []}
    for row in rows:
        parts[_part(row.next_contact, today)].append(row)
    overdue = found.filter(next_contact__lt=today).count()
    return Plan([Due(key, part) for key, part in parts.items() if part], scope, overdue, today)


def _part(day: date | None, today: date) -> str:
    if day is None:
        return "undated"
    if day < today:
        return "overdue"
    return "soon" if day <= today + SOON else "later"


@dataclass(frozen=True)
class Turn:
    """A change of attitude; empty texts where it was not said."""

    at: datetime
    who: str
    before: str
    after: str
    is_better: bool | None
    reason: str


def attitude_over_time(actor: Actor, row: Stakeholder) -> list[Turn]:
    """How the attitude went, the latest first; nothing for whom it is confidential. The caller has found the row."""
    if not can(actor, ATTITUDE, row):
        return []
    events = Event.objects.filter(model=Stakeholder._meta.label_lower, object_id=row.pk).order_by("-sequence")
    turns = []
    for event in events:
        pair = event.changes.get("attitude")
        if pair:
            before, after = pair
            better = None if before is None or after is None else after > before
            turns.append(Turn(event.at, event.actor_label, _word(before), _word(after), better, event.reason))
    return turns


def _word(value: Any) -> str:
    return "" if value is None else str(Attitude(value).label)
