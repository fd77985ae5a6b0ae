"""Working days between two dates."""

from collections.abc import Collection
from datetime import date, timedelta

MONDAY_TO_FRIDAY = frozenset(range(5))


def working_days(
    start: date,
    end: date,
    weekdays: Collection[int] = MONDAY_TO_FRIDAY,
    holidays: Collection[date] = frozenset(),
) -> int:
    """Count the working days after start up to and including end; negative where end lies before start.

    From a Friday to the Monday after it is one day, and back again minus one.

    Args:
        weekdays: working weekdays, Monday is 0.
        holidays: days off; those on other weekdays do not count twice.
    """
    if end < start:
        return -working_days(end, start, weekdays, holidays)
    weeks, rest = divmod((end - start).days, 7)
    count = weeks * len(frozenset(weekdays))
    count += sum((start + timedelta(days=day)).weekday() in weekdays for day in range(1, rest + 1))
    return count - sum(start < day <= end and day.weekday() in weekdays for day in frozenset(holidays))
