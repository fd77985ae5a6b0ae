"""The clock of a promise: it runs on working days, in the office's hours, and nowhere else."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from steerco.apps.notices.models import WORKING_DAYS

LONGEST = 5000  # days; nothing that is promised lies further away


@dataclass(frozen=True)
class WorkingHours:
    """When the office works: from–to in local time, on working days (ISO week days) that are not `off`."""

    opens: time = time(8)
    closes: time = time(16)
    days: str = WORKING_DAYS
    off: Collection[date] = frozenset()

    @property
    def day(self) -> int:
        """The minutes of a working day."""
        return (self.closes.hour - self.opens.hour) * 60 + self.closes.minute - self.opens.minute

    def opening(self, day: date) -> datetime:
        """When the office opens on `day` (aware)."""
        return timezone.make_aware(datetime.combine(day, self.opens))

    def closing(self, day: date) -> datetime:
        """When the office closes on `day` (aware)."""
        return timezone.make_aware(datetime.combine(day, self.closes))

    def after(self, start: datetime, minutes: int) -> datetime:
        """The moment at which the clock, started at `start` (aware), has run for `minutes`.

        Raises ValueError for a time that is further away than anybody promises.
        """
        left = timedelta(minutes=minutes)
        for begin, end in self._open(start):
            if left <= end - begin:
                return begin + left
            left -= end - begin
        raise ValueError(f"{minutes} minutes are too many")

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """How many whole minutes the clock runs from `start` to `end` (aware); 0 where `end` is not later."""
        ran = timedelta()
        for begin, close in self._open(start):
            if begin >= end:
                break
            ran += min(close, end) - begin
        return int(ran.total_seconds() // 60)

    def _open(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The stretches from `start` on in which the clock runs."""
        first = timezone.localtime(start).date()
        for number in range(LONGEST):
            day = first + timedelta(days=number)
            begin, end = max(start, self.opening(day)), self.closing(day)
            if str(day.isoweekday()) in self.days and day not in self.off and begin < end:
                yield begin, end
