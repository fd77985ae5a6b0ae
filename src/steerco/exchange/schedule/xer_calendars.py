"""P6's calendars: a nested text in one cell of the CALENDAR table.

`(0||DaysOfWeek()(...))` with days 1 (Sunday) to 7, each with shifts `s|08:00|f|16:00`; `(0||Exceptions()(...))` with
days `d|41519`, days since 1899-12-30, with their shifts or none.
"""

import re
from datetime import date, timedelta

from steerco.engine.schedule import Calendar, CalendarException, Shift
from steerco.exchange.schedule.xer_values import number, uid, whole_minutes

_EPOCH = date(1899, 12, 30)
_DAY = re.compile(r"\(0\|\|([1-7])\(\)")
_EXCEPTION = re.compile(r"\(0\|\|\d+\(d\|(\d{1,6})\)")
_SHIFT = re.compile(r"\((?:s\|(\d{1,2}:\d\d)\|f\|(\d{1,2}:\d\d)|f\|(\d{1,2}:\d\d)\|s\|(\d{1,2}:\d\d))\)")
_BLANK = re.compile(r"[\s\x7f]+")
_LAST_DAY = 100_000  # the year 2173


def calendar_from(row: dict[str, str]) -> Calendar | None:
    """The calendar of a row; None without an id. A text that says no hours leaves the week to the parent."""
    found = uid(row.get("clndr_id"))
    if found is None:
        return None
    hours = number(row.get("day_hr_cnt"))
    calendar = Calendar(
        found,
        name=row.get("clndr_name", "").strip(),
        parent=uid(row.get("base_clndr_id")),
        minutes_per_day=None if hours is None else whole_minutes(hours),
    )
    text = _BLANK.sub("", row.get("clndr_data", ""))
    days, _mark, rest = text.partition("Exceptions()")
    _head, mark, week = days.partition("DaysOfWeek()")
    if mark:
        for match, part in _parts(_DAY, week):
            calendar.week[(int(match[1]) - 2) % 7] = _shifts(part)
    for match, part in _parts(_EXCEPTION, rest):
        serial = int(match[1])
        if serial <= _LAST_DAY:
            day = _EPOCH + timedelta(days=serial)
            calendar.exceptions.append(CalendarException(day, day, _shifts(part)))
    return calendar


def _parts(start: re.Pattern[str], text: str) -> list[tuple[re.Match[str], str]]:
    """Each match of `start` with the text up to the next one."""
    matches = list(start.finditer(text))
    ends = [*(match.start() for match in matches[1:]), len(text)]
    return [(match, text[match.end() : end]) for match, end in zip(matches, ends, strict=False)]


def _shifts(text: str) -> list[Shift]:
    shifts = []
    for first, last, other_last, other_first in _SHIFT.findall(text):
        start, end = _minutes(first or other_first), _minutes(last or other_last) or 24 * 60
        if end > start:
            shifts.append((start, end))
    return sorted(shifts)


def _minutes(text: str) -> int:
    hours, _colon, minutes = text.partition(":")
    return min(int(hours) * 60 + int(minutes), 24 * 60)
