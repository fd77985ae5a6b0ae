"""The days on which a body meets: every week or two, or the same weekday of each month or quarter."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum


class MeetingRhythm(StrEnum):
    """How often a body meets. MONTH and QUARTER: on the weekday of the month that its first meeting has."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    QUARTER = "quarter"


_DAYS = {MeetingRhythm.WEEK: 7, MeetingRhythm.FORTNIGHT: 14}
_MONTHS = {MeetingRhythm.MONTH: 1, MeetingRhythm.QUARTER: 3}
FOURTH = 4


def place_in_month(day: date) -> int:
    """Which of its weekday in the month a day is: 1 for the first Monday, -1 for the last where that is a fifth."""
    place = (day.day - 1) // 7 + 1
    return place if place <= FOURTH else -1


def weekday_of_month(year: int, month: int, weekday: int, place: int) -> date:
    """The `place`-th (-1: last) `weekday` (Monday is 0) of a month."""
    if place > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (place - 1))
    end = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return end - timedelta(days=(end.weekday() - weekday) % 7)


def meeting_days(rhythm: MeetingRhythm, first: date, until: date) -> list[date]:
    """The days from `first` to `until`, both included."""
    return list(_days(rhythm, first, until))


def _days(rhythm: MeetingRhythm, first: date, until: date) -> Iterator[date]:
    day, number = first, first.year * 12 + first.month - 1
    while day <= until:
        yield day
        if rhythm in _DAYS:
            day += timedelta(days=_DAYS[rhythm])
        else:
            number += _MONTHS[rhythm]
            day = weekday_of_month(number // 12, number % 12 + 1, first.weekday(), place_in_month(first))
