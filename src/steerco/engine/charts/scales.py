"""Scales and ticks: from values and dates to positions, and the round values beside an axis."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

ROUND_STEPS = (1, 2, 5, 10)
TINY = 1e-300  # what is smaller is nothing: its power of ten could not be told
MONTH_STEPS = (1, 3, 6, 12, 24, 60, 120, 240)
DAY_STEPS = (1, 7, 14)


@dataclass(frozen=True, slots=True)
class Linear:
    """Maps low..high onto start..stop; a range without extent maps onto the middle."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """Return the position of value, not clipped to the range."""
        if self.high == self.low:
            return (self.start + self.stop) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.stop - self.start)


@dataclass(frozen=True, slots=True)
class Dates:
    """Maps first..last onto start..stop by calendar days."""

    first: date
    last: date
    start: float
    stop: float

    def __call__(self, day: date) -> float:
        """Return the position of day, not clipped to the range."""
        linear = Linear(self.first.toordinal(), self.last.toordinal(), self.start, self.stop)
        return linear(day.toordinal())


def fair_range(values: Sequence[float], least: float = 0.1) -> tuple[float, float]:
    """Return the range to draw a course over without an axis: as the values have it, but never less than `least` of
    the largest, around their middle, so that a rounding does not look like a rise. (0, 1) for no values."""
    if not values:
        return 0, 1
    low, high = min(values), max(values)
    missing = least * max(abs(low), abs(high)) - (high - low)
    return (low - missing / 2, high + missing / 2) if missing > 0 else (low, high)


def known(values: Iterable[float | None]) -> list[float]:
    """Return the finite values; None, NaN and infinities are gaps in the data."""
    return [value for value in values if value is not None and math.isfinite(value)]


def runs(values: Sequence[float | None]) -> list[list[int]]:
    """Return the indexes of values as unbroken runs, split at the gaps."""
    found: list[list[int]] = [[]]
    for index, value in enumerate(values):
        if value is not None and math.isfinite(value):
            found[-1].append(index)
        elif found[-1]:
            found.append([])
    return [run for run in found if run]


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round values, evenly spaced by 1, 2 or 5 times a power of ten, that enclose low..high.

    Args:
        low: smallest value to enclose.
        high: largest value to enclose.
        about: intervals wanted; the result has at most twice as many.

    Returns:
        At least two values, ascending. A range without extent is widened to enclose its value.

    Raises:
        ValueError: a bound is not finite.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("ticks need finite bounds")
    least, most = min(low, high), max(low, high)
    low, high = (0.0 if abs(bound) < TINY else bound for bound in (least, most))
    smallest = max(abs(low), abs(high), TINY) * 1e-9
    if high - low <= smallest:
        room = abs(high) / 2 or 1.0
        low, high = (0.0, high) if low >= 0 and high > 0 else (low - room, high + room)
    rough = (high - low) / max(about, 1)
    exponent = math.floor(math.log10(rough))
    factor = next(step for step in ROUND_STEPS if step * 10.0**exponent >= rough * (1 - 1e-9))
    step = factor * 10.0**exponent
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    digits = max(0, -exponent)
    # Rounding may leave a bound just outside; whoever counts between the ticks relies on both being inside.
    first -= round(first * step, digits) > least
    last += round(last * step, digits) < most
    return [round(index * step, digits) for index in range(first, last + 1)]


def month_starts(first: date, last: date, months: int) -> list[date]:
    """Return the firsts of every months-th month within first..last, counted from January of year 0."""
    found = []
    index = -(-(first.year * 12 + first.month - 1 + (first.day > 1)) // months) * months
    while index // 12 <= date.max.year and (day := date(index // 12, index % 12 + 1, 1)) <= last:
        found.append(day)
        index += months
    return found


def date_ticks(first: date, last: date, most: int = 8) -> list[date]:
    """Return at most `most` dates within first..last: days, Mondays, or firsts of a month.

    A range of under three months is marked by days, weeks or fortnights, a longer one by months, quarters,
    half-years, years and so on. The result is empty where no such date falls inside.
    """
    if last < first:
        return []
    span = (last - first).days
    if span < 92:
        for step in DAY_STEPS:
            offset = 0 if step == 1 else -first.weekday() % 7
            if (span - offset) // step + 1 <= most:
                return [first + timedelta(days=day) for day in range(offset, span + 1, step)]
    for months in MONTH_STEPS:
        found = month_starts(first, last, months)
        if len(found) <= most:
            return found
    return found[:: -(-len(found) // most)]


def plain(value: float) -> str:
    """Write a tick with digit grouping and no needless decimals; the default where no locale is passed."""
    return f"{value:,.10g}" if abs(value) < 1e10 else f"{value:,.0f}"
