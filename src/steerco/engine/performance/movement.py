"""What moved between two reports of an initiative, and which initiatives moved most."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Presence = Literal["both", "appeared", "left"]


@dataclass(frozen=True, slots=True)
class RatingScale:
    """A scale of ratings mapped to the common order, in which 1 is best and 5 is worst.

    Attributes:
        code: name of the scale.
        order: place of each rating in the common order. A rating that is no place on the way from best to
            worst (reset, exempt, not reported) is left out, and is never compared.
    """

    code: str
    order: Mapping[str, int]


FIVE_POINT = RatingScale("five_point", {"green": 1, "amber-green": 2, "amber": 3, "amber-red": 4, "red": 5})
THREE_POINT = RatingScale("three_point", {"green": 1, "amber": 3, "red": 5})


@dataclass(frozen=True, slots=True)
class Reported:
    """What was reported of an initiative; None where nothing was.

    Attributes:
        cost: whole-life cost in minor units of currency.
    """

    rating: str | None = None
    scale: RatingScale = FIVE_POINT
    end: date | None = None
    cost: int | None = None
    currency: str = ""

    @property
    def place(self) -> int | None:
        """The rating's place in the common order; None where it has none."""
        return None if self.rating is None else self.scale.order.get(self.rating)


@dataclass(frozen=True, slots=True)
class Movement:
    """The differences from an earlier to a later report; None where one of the two is unknown.

    Attributes:
        presence: reported both times, only later (appeared) or only earlier (left).
        rating_steps: places moved in the common order; positive is worse.
        rating_changed: the word differs, also where no steps can be counted.
        scales_differ: the ratings stand on different scales, so a step may be due to the change
            of scale.
        end_days: calendar days; positive is later.
        cost: minor units; positive is dearer. None where the currencies differ.
        cost_percent: the same in percent of the earlier cost; None where that is zero or negative.
    """

    key: str
    presence: Presence
    before: Reported | None
    after: Reported | None
    rating_steps: int | None = None
    rating_changed: bool = False
    scales_differ: bool = False
    end_days: int | None = None
    cost: int | None = None
    cost_percent: Decimal | None = None

    @property
    def moved(self) -> bool:
        """Whether anything differs."""
        return bool(
            self.presence != "both" or self.rating_changed or self.rating_steps or self.end_days or self.cost
        )


def compare(key: str, before: Reported | None, after: Reported | None) -> Movement:
    """Return what moved between two reports of one initiative.

    Raises:
        ValueError: neither report is given.
    """
    if before is None or after is None:
        if before is None and after is None:
            raise ValueError(f"nothing to compare: {key}")
        return Movement(key, "appeared" if before is None else "left", before, after)
    cost = cost_percent = None
    if before.cost is not None and after.cost is not None and before.currency == after.currency:
        cost = after.cost - before.cost
        cost_percent = Decimal(cost) * 100 / Decimal(before.cost) if before.cost > 0 else None
    steps = None
    if before.place is not None and after.place is not None:
        steps = after.place - before.place
    return Movement(
        key,
        "both",
        before,
        after,
        rating_steps=steps,
        rating_changed=before.rating != after.rating,
        scales_differ=before.scale.code != after.scale.code,
        end_days=(after.end - before.end).days if before.end and after.end else None,
        cost=cost,
        cost_percent=cost_percent,
    )


def compare_all(before: Mapping[str, Reported], after: Mapping[str, Reported]) -> list[Movement]:
    """Compare two reports of a portfolio, by the initiatives' keys in ascending order."""
    return [compare(key, before.get(key), after.get(key)) for key in sorted(before.keys() | after.keys())]


Order = Literal["overall", "rating", "end", "cost"]


def rank_movers(movements: Iterable[Movement], by: Order = "overall") -> list[Movement]:
    """Return what moved, biggest first; what did not move in the order asked for is left out.

    The order ``overall``, each following criterion deciding where the one before is equal:

    1. steps of the rating, more first, worse before better;
    2. days of the end date, more first, later before earlier;
    3. percent of the whole-life cost, more first, dearer before cheaper;
    4. a rating whose word changed though no steps can be counted (a reset, for example);
    5. initiatives that appeared, then those that left;
    6. the key, ascending.

    ``rating``, ``end`` and ``cost`` keep only what moved in that respect, by that criterion first. Cost is
    ranked in percent, since amounts of different currencies have no order.
    """
    sized = {
        "rating": lambda movement: movement.rating_steps,
        "end": lambda movement: movement.end_days,
        "cost": lambda movement: movement.cost_percent,
    }
    chosen = [
        movement
        for movement in movements
        if (movement.moved if by == "overall" else bool(sized[by](movement)))
    ]

    def place(movement: Movement) -> tuple:
        criteria = [_largest_first(sized[one](movement)) for one in ("rating", "end", "cost")]
        first = [] if by == "overall" else [_largest_first(sized[by](movement))]
        presence = {"both": 0, "appeared": 1, "left": 2}[movement.presence]
        return (*first, *criteria, not movement.rating_changed, presence, movement.key)

    return sorted(chosen, key=place)


def _largest_first(size: Decimal | int | None) -> tuple[Decimal, bool]:
    """Return a sort key: larger sizes first, of equal ones the positive first, unknown like zero."""
    value = Decimal(size or 0)
    return -abs(value), value <= 0
