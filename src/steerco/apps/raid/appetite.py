"""The risk appetite in force: which threshold holds where, and which threats are over it.

Like a tolerance, what is set nearest above a threat holds for it. A threat is over when its score or its exposure, in
the currency of the appetite, is above the threshold; it is near from four fifths of it on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from steerco.apps.initiatives.models import Ancestry, Initiative
from steerco.apps.raid.models import Appetite, Risk
from steerco.apps.raid.registers.appetites import limit_in_words
from steerco.kit import clock
from steerco.kit.permissions import Actor
from steerco.kit.registers.listing import MOST_CHOSEN
from steerco.kit.registers.register import Register, register_of

NEAR_TENTHS = 8  # of ten: from here on a threat is near its threshold


@dataclass(frozen=True)
class Zone:
    """An appetite and the part of the tree where it is the nearest of its category: `where` is a condition on risks."""

    row: Appetite
    where: Q

    @property
    def over(self) -> Q:
        """The risks that are above it."""
        either = Q(pk__in=())
        if self.row.score is not None:
            either |= Q(score__gt=self.row.score)
        if self.row.money is not None:
            either |= Q(currency=self.row.currency, exposure__gt=self.row.money)
        return self.where & either

    @property
    def near(self) -> Q:
        """The risks that are near it or above it."""
        either = Q(pk__in=())
        if self.row.score is not None:
            either |= Q(score__gte=ceil(self.row.score * NEAR_TENTHS / 10))
        if self.row.money is not None:
            amount = max(ceil(self.row.money * NEAR_TENTHS / 10), 1)
            either |= Q(currency=self.row.currency, exposure__gte=amount)
        return self.where & either


@dataclass(frozen=True)
class Standing:
    """How the threats of a category stand against the appetite, at a place and below.

    `limit` is what holds at the place itself, in words, "" where nothing does; `set_at` is where it was set. `covered`
    are the threats for which any appetite holds. `state` is "in", "near" or "over", "" where none does. `url` opens the
    rows that are over; "" where none is, or more than an address can name.
    """

    category: str
    label: str
    limit: str
    set_at: str
    threats: int
    covered: int
    near: int
    over: int
    highest: int | None
    url: str

    @property
    def state(self) -> str:
        """In, near or over, by the worst of its threats."""
        if self.over:
            return "over"
        if self.near:
            return "near"
        return "in" if self.limit or self.covered else ""


def zones(day: date | None = None) -> list[Zone]:
    """Every appetite in force with the part of the tree that it is the nearest in. Two statements."""
    rows = list(Appetite.objects.filter(Appetite.in_force(day or clock.today())).order_by("-pk"))
    held: dict[tuple[str, int | None], Appetite] = {}
    for row in rows:  # of several at one place the one entered last
        held.setdefault((row.category, row.initiative_id), row)
    places = {place for _category, place in held if place is not None}
    below: dict[int, set[int]] = {place: set() for place in places}
    if len(places) > 1:
        pairs = Ancestry.objects.filter(ancestor__in=places, descendant__in=places, depth__gt=0)
        for ancestor, descendant in pairs.values_list("ancestor", "descendant"):
            below[ancestor].add(descendant)
    found = []
    for (category, place), row in sorted(held.items(), key=lambda item: (item[0][0], item[1].pk)):
        others = {p for c, p in held if c == category and p is not None and p != place}
        nearer = others if place is None else others & below[place]
        where = Q(category=category)
        if place is not None:
            where &= Q(initiative__in=_inside({place}))
        if nearer:
            where &= ~Q(initiative__in=_inside(nearer))
        found.append(Zone(row, where))
    return found


def _inside(places: Iterable[int]) -> QuerySet[Ancestry, Any]:
    return Ancestry.objects.filter(ancestor__in=sorted(places)).values("descendant")


def any_of(conditions: Iterable[Q]) -> Q:
    """Whatever meets one of the conditions."""
    either = Q(pk__in=())
    for condition in conditions:
        either |= condition
    return either


def standings(actor: Actor, risks: QuerySet[Risk], place: Initiative | None, query: str) -> list[Standing]:
    """How `risks`, those that `actor` may read at `place` and below, stand by category; a category with neither a
    threat nor an appetite here is left out. A handful of statements, however many rows there are.

    Args:
        query: the list's address of that place, to which the rows that are over are added.
    """
    in_force = zones()
    threats = risks.filter(direction=Risk.Direction.THREAT, state_group="open", deleted=False).order_by()
    over = any_of(zone.over for zone in in_force)
    counted = threats.exclude(category="").values("category")
    counts = {
        row["category"]: row
        for row in counted.annotate(
            threats=Count("pk"),
            covered=Count("pk", filter=any_of(zone.where for zone in in_force)),
            near=Count("pk", filter=any_of(zone.near for zone in in_force)),
            over=Count("pk", filter=over),
            highest=Max("score"),
        )
    }
    members: dict[str, list[int]] = {}
    if any(row["over"] for row in counts.values()):
        for category, pk in threats.filter(over).order_by("pk").values_list("category", "pk"):
            members.setdefault(category, []).append(pk)
    held = _held_at(place, in_force)
    named = _names(actor, held.values())
    register = register_of("risk")
    found = []
    for category, label in register.model_columns["category"].choices():
        row, limit = counts.get(category), held.get(category)
        if row is None and limit is None:
            continue
        pks = members.get(category, [])
        found.append(
            Standing(
                category=category,
                label=str(label),
                limit=limit_in_words(limit) if limit else "",
                set_at=_set_at(limit, named) if limit else "",
                threats=row["threats"] if row else 0,
                covered=row["covered"] if row else 0,
                near=row["near"] - row["over"] if row else 0,
                over=row["over"] if row else 0,
                highest=row["highest"] if row else None,
                url=rows_url(register, query, pks),
            )
        )
    return found


def rows_url(register: Register, query: str, pks: Sequence[int]) -> str:
    """The address of the list with exactly these rows; "" without any, or with more than an address can name."""
    if not pks or len(pks) > MOST_CHOSEN:
        return ""
    named = ",".join(map(str, pks))
    return f"{register.list_url()}?{query}{'&' if query else ''}rows={named}"


def _held_at(place: Initiative | None, in_force: Iterable[Zone]) -> dict[str, Appetite]:
    """The appetite that holds at `place` itself, by category."""
    above: dict[int | None, int] = {None: 10**6}
    if place is not None:
        rows = Ancestry.objects.filter(descendant=place)
        above |= dict(rows.values_list("ancestor", "depth"))
    held: dict[str, Appetite] = {}
    for zone in in_force:
        row = zone.row
        if row.initiative_id not in above:
            continue
        present = held.get(row.category)
        if present is None or above[row.initiative_id] < above[present.initiative_id]:
            held[row.category] = row
    return held


def _names(actor: Actor, rows: Iterable[Appetite]) -> dict[int | None, str]:
    """The names of the places, where `actor` may read them."""
    places = {row.initiative_id for row in rows if row.initiative_id is not None}
    if not places:
        return {}
    return dict(Initiative.objects.visible_to(actor).filter(pk__in=places).values_list("pk", "name"))


def _set_at(row: Appetite, names: dict[int | None, str]) -> str:
    if row.initiative_id is None:
        return _("the whole organisation")
    return names.get(row.initiative_id, _("a level above"))


def over_appetite(day: date) -> list[tuple[int, int, int, int]]:
    """(entry, initiative, score, highest score that is carried) of every open threat whose score is above the appetite
    for its category, whatever anybody may see. Three statements."""
    scored = [zone for zone in zones(day) if zone.row.score is not None]
    if not scored:
        return []
    limit = Case(
        *(When(zone.where, then=Value(zone.row.score)) for zone in scored),
        default=Value(None),
        output_field=IntegerField(null=True),
    )
    rows = Risk.objects.filter(
        state_group="open", deleted=False, direction=Risk.Direction.THREAT, initiative__archived=False
    )
    found = rows.order_by().annotate(carried=limit).filter(score__gt=F("carried"))
    values = found.values_list("entry", "initiative", "score", "carried")
    return [(entry, place, score or 0, carried) for entry, place, score, carried in values]
