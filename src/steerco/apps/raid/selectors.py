"""What is read across the registers: who waits for whom, what clashes, which obstacles were removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.http import urlencode

from steerco.apps.initiatives.models import Initiative
from steerco.apps.raid.models import Conflict, Dependency, Obstacle
from steerco.kit import clock
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.listing import in_every_state, queryset_for
from steerco.kit.registers.masking import mask
from steerco.kit.registers.register import register_of
from steerco.kit.registers.scopes import Scope

SHOWN = 20
REMOVED_WITHIN = timedelta(days=90)


def needs_of(actor: Actor, subject: Initiative) -> list[Dependency]:
    """What the initiative and what lies below it needs of others, the first needed first. A giver that `actor` may
    not see is not named."""
    rows, _scope, _filters = queryset_for(register_of("dependency"), actor, _place(subject))
    return _first(actor, "dependency", rows.order_by(F("need_by").asc(nulls_last=True), "sort_title", "pk"))


def gifts_of(actor: Actor, subject: Initiative) -> list[Dependency]:
    """What others, outside the initiative and what lies below it, need of it: where `actor` may see both ends."""
    rows = _with_other_end(
        actor, Dependency.objects.filter(deleted=False, state_group="open"), "giver", subject
    )
    found = rows.select_related("initiative", "owner", "giver", "giver_owner")
    return list(found.order_by(F("need_by").asc(nulls_last=True), "sort_title", "pk")[:SHOWN])


def conflicts_of(actor: Actor, subject: Initiative, most: int = SHOWN) -> list[Conflict]:
    """At most `most` open conflicts that the initiative, or what lies below it, is a party of, the first due first."""
    rows, _scope, _filters = queryset_for(register_of("conflict"), actor, _place(subject))
    ordering = (F("due_on").asc(nulls_last=True), "sort_title", "pk")
    own = _first(actor, "conflict", rows.order_by(*ordering), most)
    others = _with_other_end(
        actor, Conflict.objects.filter(deleted=False, state_group="open"), "other", subject
    )
    found = [*own, *others.select_related("initiative", "owner", "other").order_by(*ordering)[:most]]
    return sorted(found, key=lambda row: (row.due_on or date.max, row.sort_title, row.pk))[:most]


def _with_other_end(actor: Actor, rows: QuerySet[Any], name: str, subject: Initiative) -> QuerySet[Any]:
    """The rows of other places that `actor` may read and whose end `name` is a visible initiative below `subject`."""
    inside = Initiative.objects.visible_to(actor).filter(above__ancestor=subject)
    seen = visible_to(rows.filter(**{f"{name}__in": inside.values("pk")}), actor)
    return seen.exclude(initiative__above__ancestor=subject)


def _place(subject: Initiative) -> QueryDict:
    return QueryDict(urlencode({"in": subject.code}))


def _first(actor: Actor, key: str, rows: QuerySet[Any], most: int = SHOWN) -> list[Any]:
    return list(mask(register_of(key), actor, list(rows[:most])))


@dataclass(frozen=True)
class Lane:
    """The obstacles in one state, and how many there are in all."""

    state: str
    label: Any
    rows: Sequence[Obstacle]
    count: int


@dataclass(frozen=True)
class Board:
    """Obstacles by state. `removed` counts those of the last 90 days, `days` is the median until they were gone."""

    lanes: Sequence[Lane]
    scope: Scope | None
    open: int
    oldest: int | None
    removed: int
    days: int | None


def board(actor: Actor, query: QueryDict) -> Board:
    """The obstacles that an address means, as far as `actor` may read them: the oldest first, removed ones newest
    first."""
    register = register_of("obstacle")
    data = query.copy()
    data.pop("state", None)
    rows, scope = in_every_state(register, actor, data)
    since = clock.today() - REMOVED_WITHIN
    recent = rows.filter(state="removed", removed_on__gte=since)
    opened = rows.filter(state_group="open")
    lanes = []
    for key, found in (
        ("raised", opened.filter(state="raised").order_by(F("raised_on").asc(nulls_last=True), "pk")),
        ("working", opened.filter(state="working").order_by(F("raised_on").asc(nulls_last=True), "pk")),
        ("removed", recent.order_by("-removed_on", "pk")),
    ):
        label = Obstacle.states.by_key[key].label
        lanes.append(Lane(key, label, list(found[:SHOWN]), found.count()))
    dates = recent.filter(raised_on__isnull=False).values_list("raised_on", "removed_on")
    ages = [(gone - raised).days for raised, gone in dates if gone >= raised]
    first = opened.exclude(raised_on=None).order_by("raised_on").values_list("raised_on", flat=True).first()
    return Board(
        lanes=lanes,
        scope=scope,
        open=lanes[0].count + lanes[1].count,
        oldest=(clock.today() - first).days if first else None,
        removed=lanes[2].count,
        days=round(median(ages)) if ages else None,
    )
