"""Monthly figures of one initiative in one currency, and what they add up to.

Up to the last month with an actual or an accrual (the *cut*), what was spent counts: actual and accrual. After it the
forecast counts. Their sum is the expected cost, which stands against what was approved. Amounts are minor units.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What a figure says."""

    APPROVED = "approved"
    ACTUAL = "actual"
    ACCRUAL = "accrual"
    FORECAST = "forecast"


class Nature(StrEnum):
    """How a figure is booked."""

    CAPITAL = "capital"
    REVENUE = "revenue"


SPENT = frozenset({Kind.ACTUAL, Kind.ACCRUAL})


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `month` is its first day, `as_of` the day that it was right for."""

    month: date
    kind: Kind
    nature: Nature
    minor: int
    as_of: date


@dataclass(frozen=True, slots=True)
class Outlook:
    """What figures add up to; None where there is no figure of that kind. `ahead` is the forecast after the cut."""

    approved: int | None = None
    actual: int | None = None
    accrual: int | None = None
    ahead: int | None = None

    @property
    def spent(self) -> int | None:
        """Actual and accrual up to the cut."""
        return plus(self.actual, self.accrual)

    @property
    def expected(self) -> int | None:
        """What it will have cost: spent to date and forecast after it."""
        return plus(self.spent, self.ahead)

    @property
    def variance(self) -> int | None:
        """Expected less approved: positive is more than was approved. None where one of both is missing."""
        if self.expected is None or self.approved is None:
            return None
        return self.expected - self.approved

    def __add__(self, other: "Outlook") -> "Outlook":
        """Both together; the caller adds only what is in one currency."""
        return Outlook(
            plus(self.approved, other.approved),
            plus(self.actual, other.actual),
            plus(self.accrual, other.accrual),
            plus(self.ahead, other.ahead),
        )


def plus(one: int | None, other: int | None) -> int | None:
    """The sum of two figures that may be missing; None where both are."""
    if one is None or other is None:
        return other if one is None else one
    return one + other


def cut_of(figures: Iterable[Figure]) -> date | None:
    """The last month with an actual or an accrual; None before the first."""
    return max((figure.month for figure in figures if figure.kind in SPENT), default=None)


def counts(figure: Figure, cut: date | None) -> bool:
    """Whether a figure counts in the expected cost: spent up to the cut, forecast after it."""
    if figure.kind in SPENT:
        return True
    return figure.kind is Kind.FORECAST and (cut is None or figure.month > cut)


def outlook(figures: Iterable[Figure], cut: date | None) -> Outlook:
    """What the figures add up to; `cut` is that of the whole sheet, also for a year or one nature of it."""
    sums: dict[Kind, int] = {}
    for figure in figures:
        if figure.kind is Kind.APPROVED or counts(figure, cut):
            sums[figure.kind] = sums.get(figure.kind, 0) + figure.minor
    return Outlook(
        sums.get(Kind.APPROVED), sums.get(Kind.ACTUAL), sums.get(Kind.ACCRUAL), sums.get(Kind.FORECAST)
    )


def data_date(figures: Iterable[Figure], closed: date | None) -> date | None:
    """The oldest day that a figure which can still move was right for; None without any figure of cost.

    What was spent in a closed month (`closed`: the last one) is final and does not age. Where nothing can move any
    more it is the newest day. What was approved is a decision and has no such day.
    """
    known = list(figures)
    cut = cut_of(known)
    used = [figure for figure in known if counts(figure, cut)]
    moving = [f.as_of for f in used if f.kind is Kind.FORECAST or closed is None or f.month > closed]
    return min(moving) if moving else max((figure.as_of for figure in used), default=None)
