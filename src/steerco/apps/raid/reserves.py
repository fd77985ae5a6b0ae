"""The sum of the reserves: what open risks are expected to cost, and the contingency that is held against it.

Money is summed by currency; currencies are never added together. A risk counts with the probability that its level of
the tree gives to its step; one without an amount or a probability is counted, not guessed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum, Value

from steerco.apps.initiatives.models import Ancestry, Initiative
from steerco.apps.organisation.scales import risk_matrix
from steerco.apps.raid.models import ContingencyMovement, Risk
from steerco.engine.risk.reserves import Balance, Ledger, Movement, MovementKind, balance
from steerco.engine.risk.scoring import (
    Direction,
    Exposure,
    Matrix,
    expected_days,
    expected_money,
)
from steerco.kit.once import once_per_request
from steerco.kit.permissions import Actor, visible_to


@dataclass
class Exposed:
    """What risks would cost if they happened, what they are expected to cost; what chances would bring, what they are
    expected to bring.

    Amounts are minor units of one currency, or working days.
    """

    exposure: int = 0
    expected: int | Decimal = 0
    chance: int = 0
    gain: int | Decimal = 0

    def add(self, direction: str, exposure: int, expected: int | Decimal) -> None:
        """Count risks in; the engine gives what a chance brings as a negative number."""
        if direction == Direction.OPPORTUNITY:
            self.chance += exposure
            self.gain -= expected
        else:
            self.exposure += exposure
            self.expected += expected


@dataclass
class Reserve:
    """The reserve of an initiative, what lies below it included: money by currency, days, and what is not quantified.

    `risks` are the open ones, `quantified` those of them that count in money or days.
    """

    money: dict[str, Exposed] = field(default_factory=dict)
    days: Exposed = field(default_factory=Exposed)
    ledger: Ledger = field(default_factory=lambda: Ledger({}, Balance()))
    risks: int = 0
    quantified: int = 0

    @property
    def currencies(self) -> list[str]:
        """Every currency that anything is in."""
        return sorted({*self.money, *self.ledger.money})

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return (
            not self.currencies
            and not self.days.exposure
            and not self.ledger.days.held
            and not self.days.gain
        )


@once_per_request
def _matrix(level: str) -> Matrix:
    return risk_matrix(level)


def step_of_percent(percent: Decimal) -> int:
    """The step of the organisation's general scale of probability that a percentage falls into."""
    return _matrix("").probability.level_for("percent", percent).value


def expected_of(risk: Risk) -> tuple[int | None, Decimal | None]:
    """The expected money (minor units) and days of one risk; None where it is not quantified."""
    if risk.current_probability is None:
        return None, None
    percent = _matrix(risk.initiative.type).probability.percent_of(risk.current_probability)
    amount = max(risk.exposure or 0, 0)  # what is below zero is no exposure
    exposed = Exposure(amount, risk.currency, risk.exposure_days or 0, percent, Direction(risk.direction))
    money = abs(expected_money(exposed)) if amount else None
    return money, abs(expected_days(exposed)) if risk.exposure_days else None


def reserve_of(risks: QuerySet[Risk]) -> Reserve:
    """What `risks` (any of them that are open) are expected to cost: one grouped query, one sum for each step of the
    scale."""
    return _reserves(risks.annotate(place=Value(0))).total


@dataclass
class _Sums:
    total: Reserve
    places: dict[int, Reserve]


def _reserves(risks: QuerySet[Any]) -> _Sums:
    """The reserves of `risks` by their annotation `place`, and their total. A place is counted once in the total only
    where each risk has one place."""
    sums = _Sums(Reserve(), {})
    grouped = risks.filter(state_group="open", deleted=False).order_by()
    keys = ("place", "initiative__type", "currency", "direction", "current_probability")
    known = Q(current_probability__isnull=False) & (Q(exposure__gt=0) | Q(exposure_days__gt=0))
    for row in grouped.values(*keys).annotate(
        money=Sum("exposure", filter=Q(exposure__gt=0)),
        days=Sum("exposure_days"),
        n=Count("pk"),
        quantified=Count("pk", filter=known),
    ):
        for reserve in (sums.total, sums.places.setdefault(row["place"], Reserve())):
            _count(reserve, row)
    return sums


def _count(reserve: Reserve, row: Mapping[str, Any]) -> None:
    reserve.risks += row["n"]
    reserve.quantified += row["quantified"]
    if row["current_probability"] is None:
        return
    percent = _matrix(row["initiative__type"]).probability.percent_of(row["current_probability"])
    money, days = row["money"] or 0, row["days"] or 0
    exposed = Exposure(money, row["currency"], days, percent, Direction(row["direction"]))
    if money:
        kept = reserve.money.setdefault(row["currency"], Exposed())
        kept.add(row["direction"], money, expected_money(exposed))
    if days:
        reserve.days.add(row["direction"], days, expected_days(exposed))


def ledger_of(places: Iterable[int], actor: Actor | None = None) -> Ledger:
    """The contingency of `places`, approved movements alone; with `actor`, what they may read of it."""
    rows = ContingencyMovement.objects.filter(initiative__in=list(places))
    return _ledger(visible_to(rows, actor) if actor is not None else rows)


def ledgers_of_each(places: Iterable[int], actor: Actor) -> dict[int, Ledger]:
    """The contingency at and below each of `places` that `actor` may read: approved movements. One statement."""
    ids = set(places)
    rows = visible_to(ContingencyMovement._default_manager.all(), actor)
    rows = rows.filter(initiative__above__ancestor__in=ids, state="approved", deleted=False).order_by()
    movements: dict[int, list[Movement]] = {}
    grouped = rows.values("type", "currency", place=F("initiative__above__ancestor"))
    for row in grouped.annotate(money=Sum("amount"), time=Sum("days")):
        moved = Movement(MovementKind(row["type"]), row["money"] or 0, row["currency"], row["time"] or 0)
        movements.setdefault(row["place"], []).append(moved)
    return {place: balance(found) for place, found in movements.items()}


def _ledger(rows: QuerySet[ContingencyMovement]) -> Ledger:
    sums = rows.filter(state="approved", deleted=False).order_by().values("type", "currency")
    return balance(
        Movement(MovementKind(row["type"]), row["money"] or 0, row["currency"], row["time"] or 0)
        for row in sums.annotate(money=Sum("amount"), time=Sum("days"))
    )


@dataclass(frozen=True)
class Moved:
    """An approved movement of money: `month` (its first day) is that of the movement, else of the decision."""

    kind: str
    amount: int
    currency: str
    month: date | None


def approved_movements(actor: Actor, initiative: Initiative) -> list[Moved]:
    """The approved movements of money at one initiative that `actor` may read, for a sheet by month."""
    rows = visible_to(ContingencyMovement._default_manager.filter(initiative=initiative), actor)
    rows = rows.filter(state="approved", deleted=False, amount__gt=0)
    return [
        Moved(row.type, row.amount or 0, row.currency, day.replace(day=1) if day else None)
        for row in rows.order_by("pk")
        for day in (row.moved_on or row.decided_on,)
    ]


@dataclass(frozen=True)
class Reserves:
    """The reserve of an initiative with all below it, its own, and those of its visible children; of the whole
    organisation those of what stands at the top of what the reader sees."""

    total: Reserve
    parts: list[tuple[Initiative, Reserve]]


def _below(rows: QuerySet[Any], places: Iterable[Initiative]) -> QuerySet[Any]:
    """What stands at `places` and below, each row once; found from the tree, never by looking through all rows."""
    inside = Ancestry.objects.filter(ancestor__in=[place.pk for place in places])
    return rows.filter(initiative__in=inside.values("descendant"))


def reserves_of_all(actor: Actor) -> Reserves:
    """The reserve of all that `actor` may read, and what each place at the top of it makes of the total."""
    risks = visible_to(Risk._default_manager.all(), actor)
    moves = visible_to(ContingencyMovement._default_manager.all(), actor)
    total = reserve_of(risks)
    total.ledger = _ledger(moves)
    if total.is_empty:
        return Reserves(total, [])
    visible = Initiative.objects.visible_to(actor)
    seen_below = Ancestry.objects.filter(depth__gt=0, ancestor__in=visible.order_by().values("pk"))
    tops = visible.filter(archived=False).exclude(pk__in=seen_below.values("descendant"))
    found = list(tops)
    inside = risks.filter(initiative__above__ancestor__in=tops.order_by().values("pk"))
    by_place = _reserves(inside.annotate(place=F("initiative__above__ancestor")))
    parts = [(place, by_place.places.get(place.pk, Reserve())) for place in found]
    _add_ledgers(moves, None, found, {place.pk: reserve for place, reserve in parts})
    parts = [(place, reserve) for place, reserve in parts if not reserve.is_empty]
    return Reserves(total, parts if len(parts) > 1 else [])


def reserves_of(actor: Actor, subject: Initiative) -> Reserves:
    """The reserve of `subject` as far as `actor` may read it, and what each part of it makes of the total."""
    children = list(Initiative.objects.visible_to(actor).filter(parent=subject, archived=False))
    risks = visible_to(Risk._default_manager.all(), actor)
    moves = visible_to(ContingencyMovement._default_manager.all(), actor)
    total = reserve_of(_below(risks, [subject]))
    total.ledger = _ledger(_below(moves, [subject]))
    if not children or total.is_empty:
        return Reserves(total, [])
    of_child = Q(initiative__above__ancestor__in=[child.pk for child in children])
    of_children = _below(risks, children).filter(of_child)
    by_child = _reserves(of_children.annotate(place=F("initiative__above__ancestor")))
    own = reserve_of(risks.filter(initiative=subject))
    parts = [(subject, own), *((child, by_child.places.get(child.pk, Reserve())) for child in children)]
    _add_ledgers(moves, subject, children, {place.pk: reserve for place, reserve in parts})
    parts = [(place, reserve) for place, reserve in parts if not reserve.is_empty]
    return Reserves(total, parts if len(parts) > 1 else [])


def _add_ledgers(
    moves: QuerySet[ContingencyMovement],
    subject: Initiative | None,
    children: list[Initiative],
    reserves: dict[int, Reserve],
) -> None:
    if subject is not None:
        reserves[subject.pk].ledger = _ledger(moves.filter(initiative=subject))
    movements: dict[int, list[Movement]] = {}
    of_child = Q(initiative__above__ancestor__in=[child.pk for child in children])
    rows = _below(moves, children).filter(of_child, state="approved", deleted=False).order_by()
    grouped = rows.values("type", "currency", place=F("initiative__above__ancestor"))
    for row in grouped.annotate(money=Sum("amount"), time=Sum("days")):
        moved = Movement(MovementKind(row["type"]), row["money"] or 0, row["currency"], row["time"] or 0)
        movements.setdefault(row["place"], []).append(moved)
    for place, moved_there in movements.items():
        reserves[place].ledger = balance(moved_there)
