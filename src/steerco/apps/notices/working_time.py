"""When a person works: their days, their quiet hours, their absence."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from steerco.apps.notices.models import WORKING_DAYS, Preference
from steerco.apps.organisation.selectors import days_off

LONGEST_SEARCH = 400  # days; an absence without an end stops the search there


@dataclass(frozen=True)
class WorkingTime:
    """The working days (ISO week days), quiet hours and absence of one person; times are local."""

    days: str = WORKING_DAYS
    quiet_from: time = time(19, 0)
    quiet_to: time = time(7, 0)
    away_from: date | None = None
    away_to: date | None = None

    @classmethod
    def of(cls, preference: Preference) -> "WorkingTime":
        """As the person set it."""
        return cls(
            preference.working_days,
            preference.quiet_from,
            preference.quiet_to,
            preference.away_from,
            preference.away_to,
        )

    def works_on(self, day: date) -> bool:
        """Whether the person works on `day`: nobody does on the organisation's days off."""
        if self.away_from and self.away_from <= day and (self.away_to is None or day <= self.away_to):
            return False
        return str(day.isoweekday()) in self.days and day not in days_off()

    def is_quiet(self, moment: datetime) -> bool:
        """Whether `moment` (aware) lies in the quiet hours, which may run over midnight."""
        at = timezone.localtime(moment).time()
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= at < self.quiet_to
        return at >= self.quiet_from or at < self.quiet_to

    def may_be_told(self, moment: datetime) -> bool:
        """Whether a mail may be sent at `moment` (aware)."""
        return self.works_on(timezone.localtime(moment).date()) and not self.is_quiet(moment)


def add_working_days(
    start: date, count: int, days: str = WORKING_DAYS, off: Collection[date] | None = None
) -> date:
    """The day `count` working days after `start` (before, for a negative count); `start` itself for 0.

    `off`: days off, by default the organisation's. Raises ValueError for a week without working days.
    """
    if not days:
        raise ValueError("a week without working days")
    off = days_off() if off is None else off
    step, day = (1 if count > 0 else -1), start
    for _ in range(abs(count)):
        day += timedelta(days=step)
        while str(day.isoweekday()) not in days or day in off:
            day += timedelta(days=step)
    return day


def working_days_between(
    start: date, end: date, days: str = WORKING_DAYS, off: Collection[date] | None = None
) -> int:
    """How many working days lie after `start` up to and including `end`; negative when `end` is earlier.

    `off`: days off, by default the organisation's.
    """
    off = days_off() if off is None else off
    if end < start:
        return -working_days_between(end, start, days, off)
    weeks, rest = divmod((end - start).days, 7)
    extra = sum(str((start + timedelta(days=n)).isoweekday()) in days for n in range(1, rest + 1))
    free = sum(start < day <= end and str(day.isoweekday()) in days for day in off)
    return weeks * len(set(days)) + extra - free
