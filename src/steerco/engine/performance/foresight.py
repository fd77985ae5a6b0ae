"""Early warnings: how a measured value goes on, when it passes its limit, and how well that was foreseen.

A course is what was known of one thing, day by day: a point where it changed, and one for today. Its slope is the
median of the slopes between all pairs of points (Theil and Sen): one wild report does not turn it, and a value that
has stopped moving flattens with every day.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations, pairwise
from math import ceil, floor
from statistics import median

from steerco.engine.performance.lateness import working_days

WEEK = 7
WORK_WEEK = 5
FURTHEST = timedelta(days=3660)  # what is further off is not foreseen


@dataclass(frozen=True, slots=True)
class Point:
    """What was known on a day."""

    day: date
    value: int


def course(points: Sequence[Point], today: date) -> list[Point]:
    """The points in order of their days, the last of each day alone, those that repeat the value before left out, and
    the last value once more for today."""
    by_day = {point.day: point.value for point in points}
    found: list[Point] = []
    for day in sorted(by_day):
        if not found or found[-1].value != by_day[day]:
            found.append(Point(day, by_day[day]))
    if found and found[-1].day < today:
        found.append(Point(today, found[-1].value))
    return found


def slope(points: Sequence[Point]) -> Fraction:
    """How much the value grows a day: the median of the slopes between all pairs of points; 0 for less than two."""
    slopes = [
        Fraction(two.value - one.value, (two.day - one.day).days)
        for one, two in combinations(points, 2)
        if one.day != two.day
    ]
    return Fraction(median(slopes)) if slopes else Fraction(0)


def rises(points: Sequence[Point]) -> int:
    """How often the value grew from one point to the next."""
    return sum(two.value > one.value for one, two in pairwise(points))


def passes(value: int, limit: int, a_day: Fraction, today: date) -> date | None:
    """The day on which a value that grows by `a_day` is above `limit` by one whole unit.

    None where it does not grow, or only after ten years. What is above already is so today.
    """
    if value > limit:
        return today
    if a_day <= 0:
        return None
    days = ceil((limit + 1 - value) / a_day)
    return today + timedelta(days=days) if days <= FURTHEST.days else None


@dataclass(frozen=True, slots=True)
class Drift:
    """A date that moves away.

    Attributes:
        moves: how often it was moved out.
        a_week: working days that it moves out in a week.
        late: working days late as it is forecast now.
        allowed: working days that it may be late.
        breach_on: the day on which its forecast is later than allowed, if it goes on.
        at_its_date: working days late when it is reached, if it goes on; None where it moves away as fast as time
            passes.
    """

    moves: int
    a_week: Fraction
    late: int
    allowed: int
    breach_on: date
    at_its_date: int | None


def drift(forecasts: Sequence[tuple[date, date]], baseline: date, allowed: int, today: date) -> Drift | None:
    """How a date with its forecasts, as (day on which it was known, forecast), will pass `allowed` working days late.

    None where it is late by more already, does not move out, or is reached before it passes.
    """
    known = [Point(day, working_days(baseline, forecast)) for day, forecast in forecasts]
    points = course(known, today)
    if not points or points[-1].value > allowed:
        return None
    a_day, late = slope(points), points[-1].value
    breach_on = passes(late, allowed, a_day, today)
    last = max(forecasts, key=lambda pair: pair[0])[1]
    a_week = a_day * WEEK
    at_its_date = _when_reached(late, max(working_days(today, last), 0), a_week / WORK_WEEK)
    if breach_on is None or (at_its_date is not None and at_its_date <= allowed):
        return None
    return Drift(rises(points), a_week, late, allowed, breach_on, at_its_date)


def _when_reached(late: int, ahead: int, a_working_day: Fraction) -> int | None:
    """What lies `ahead` working days off and moves out by `a_working_day` each: how late it is when it is reached."""
    if a_working_day >= 1:
        return None
    return floor(late + ahead * a_working_day / (1 - a_working_day))


def used(value: int, allowed: int, percent: int) -> int | None:
    """The per cent of `allowed` that `value` uses, rounded down, where that is `percent` or more and not above 100."""
    if allowed <= 0 or not 0 < value <= allowed:
        return None
    share = value * 100 // allowed
    return share if share >= percent else None


# -- how good the warnings were ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found: who was warned of, and what was broken."""

    day: date
    warned: Collection[int]
    broken: Collection[int]


@dataclass(frozen=True, slots=True)
class Record:
    """How warnings fared.

    Attributes:
        right: warnings after which it broke within the days given.
        wrong: warnings after which it did not.
        undecided: warnings whose days are not over.
        breaches: how often something broke that was whole at a look before.
        foreseen: of these, those that were warned of before.
        lead_days: calendar days from the first warning to the breach, of the foreseen ones, in ascending order.
    """

    right: int = 0
    wrong: int = 0
    undecided: int = 0
    breaches: int = 0
    foreseen: int = 0
    lead_days: tuple[int, ...] = ()

    @property
    def warnings(self) -> int:
        """All warnings."""
        return self.right + self.wrong + self.undecided

    @property
    def precision(self) -> int | None:
        """Per cent of the decided warnings that were right, rounded down; None without any."""
        decided = self.right + self.wrong
        return 100 * self.right // decided if decided else None

    @property
    def recall(self) -> int | None:
        """Per cent of the breaches that were foreseen, rounded down; None without any."""
        return 100 * self.foreseen // self.breaches if self.breaches else None

    @property
    def median_lead(self) -> int | None:
        """Days from the first warning to the breach in the middle of all; None without any."""
        return floor(median(self.lead_days)) if self.lead_days else None


def replay(looks: Sequence[Look], within: int) -> Record:
    """How the warnings of `looks`, in order of their days, fared: right where it broke within `within` days.

    A warning is a run of looks that warn of the same thing; it begins at the first. What breaks at the look at which it
    is first warned of was not foreseen, and such a warning does not count.
    """
    begun: dict[int, list[date]] = defaultdict(list)
    broke: dict[int, list[date]] = defaultdict(list)
    for number, look in enumerate(looks):
        before = looks[number - 1] if number else None
        for one in look.warned:
            if one not in look.broken and (before is None or one not in before.warned):
                begun[one].append(look.day)
        for one in look.broken:
            if before is not None and one not in before.broken:
                broke[one].append(look.day)
    right = wrong = undecided = foreseen = 0
    leads: list[int] = []
    last = looks[-1].day if looks else date.min
    for one, days in begun.items():
        for day in days:
            if any(0 < (end - day).days <= within for end in broke[one]):
                right += 1
            elif (last - day).days >= within:
                wrong += 1
            else:
                undecided += 1
    for one, ends in broke.items():
        for end in ends:
            ahead = [(end - day).days for day in begun[one] if 0 < (end - day).days <= within]
            if ahead:
                foreseen += 1
                leads.append(max(ahead))
    breaches = sum(map(len, broke.values()))
    return Record(right, wrong, undecided, breaches, foreseen, tuple(sorted(leads)))
