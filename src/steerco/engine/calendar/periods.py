"""The periods that are reported about, and when a report about one is opened, due, reviewed, locked, published.

A rhythm is told by one period's last day, its anchor: a week that ends on a Friday, months that end on the 25th,
quarters of a fiscal year. Days are counted in working days.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from steerco.engine.performance.rag import WorkWeek

ONE_DAY = timedelta(days=1)
LONGEST_SEARCH = 400  # days off in a row; no calendar has more


class Rhythm(StrEnum):
    """How often is reported. OWN: on the days that the calendar lists. MEETING: before each meeting of a body, whose
    days the caller knows."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    QUARTER = "quarter"
    OWN = "own"
    MEETING = "meeting"


DAYS = {Rhythm.WEEK: 7, Rhythm.FORTNIGHT: 14}
MONTHS = {Rhythm.MONTH: 1, Rhythm.QUARTER: 3}


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """From its first to its last day, both included."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Offsets:
    """Working days from the last day of a period (negative: before it)."""

    opens: int = -2
    due: int = 1
    review: int = 2
    lock: int = 3
    publish: int = 4

    def __post_init__(self) -> None:
        steps = (self.opens, self.due, self.review, self.lock, self.publish)
        if list(steps) != sorted(steps):
            raise ValueError(f"a cycle opens, is due, reviewed, locked and published in this order: {steps}")


@dataclass(frozen=True, slots=True)
class Dates:
    """The days of one cycle."""

    opens: date
    due: date
    review: date
    lock: date
    publish: date


def period_holding(rhythm: Rhythm, anchor: date, day: date, ends: Sequence[date] = ()) -> Period | None:
    """The period of `rhythm` that holds `day`; one of them ends on `anchor`.

    `ends` are the last days of OWN periods, in any order; None where `day` lies after the last of them, or where there
    is none before the first, so that its start is not known: that one starts on `anchor`, if it does not lie later.
    """
    if rhythm in DAYS:
        step = DAYS[rhythm]
        end = day + timedelta(days=(anchor - day).days % step)
        return Period(end - timedelta(days=step - 1), end)
    if rhythm in MONTHS:
        step = MONTHS[rhythm]
        number = _month(day)
        number += (_month(anchor) - number) % step
        while _last_day(number, anchor) < day:
            number += step
        while _last_day(number - step, anchor) >= day:
            number -= step
        return Period(_last_day(number - step, anchor) + ONE_DAY, _last_day(number, anchor))
    ordered = sorted(set(ends))
    for before, end in zip([None, *ordered], ordered, strict=False):
        if day <= end:
            start = before + ONE_DAY if before else anchor
            return Period(start, end) if start <= day else None
    return None


def period_after(rhythm: Rhythm, anchor: date, period: Period, ends: Sequence[date] = ()) -> Period | None:
    """The next period; None after the last OWN one."""
    return period_holding(rhythm, anchor, period.end + ONE_DAY, ends)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _last_day(number: int, anchor: date) -> date:
    """The last day of the period that ends in month `number`: the anchor's day, or the month's last if it is shorter
    or if the anchor is its own month's last."""
    year, month = divmod(number, 12)
    length = calendar.monthrange(year, month + 1)[1]
    at_end = anchor.day == calendar.monthrange(anchor.year, anchor.month)[1]
    return date(year, month + 1, length if at_end else min(anchor.day, length))


def shifted(day: date, count: int, week: WorkWeek) -> date:
    """The working day `count` working days after `day` (negative: before).

    A `day` off counts as the working day before it, so that 0 never leads to a day off. Raises ValueError for a week
    without working days.
    """
    found = _working(day, -1, week)
    step = 1 if count > 0 else -1
    for _ in range(abs(count)):
        found = _working(found + step * ONE_DAY, step, week)
    return found


def _working(day: date, step: int, week: WorkWeek) -> date:
    for _ in range(LONGEST_SEARCH):
        if day.weekday() in week.weekdays and day not in week.holidays:
            return day
        day += step * ONE_DAY
    raise ValueError("a calendar without working days")


def periods_until(ends: Sequence[date], anchor: date) -> list[Period]:
    """The periods that end on `ends` (in the order of what they come before, such as meetings): each begins after the
    one before, the first one after `anchor`.

    Where an end comes so soon after the one before that nothing lies between, its period is that one day.
    """
    found, before = [], anchor
    for end in ends:
        found.append(Period(min(before + ONE_DAY, end), end))
        before = max(before, end)
    return found


def dates_of(end: date, offsets: Offsets, week: WorkWeek) -> Dates:
    """The days of the cycle about the period that ends on `end`."""
    steps = (offsets.opens, offsets.due, offsets.review, offsets.lock, offsets.publish)
    return Dates(*(shifted(end, step, week) for step in steps))
