"""Calendars of Microsoft's project XML: week, exceptions of both kinds (old ones stand among the days), work weeks."""

from datetime import date, timedelta
from xml.etree.ElementTree import Element

from steerco.engine.schedule import Calendar, CalendarException, Shift, WorkWeek
from steerco.exchange.schedule.mspdi_values import MIDNIGHT, date_from, time_from
from steerco.exchange.schedule.problems import Reading
from steerco.exchange.tables import Said
from steerco.exchange.tables.said import gettext_noop

_MOST_DAYS = timedelta(days=366 * 50)
_RANGE, _HOURS = "TimePeriod", "WorkingTimes"


def calendar_from(element: Element, uid: int, parent: int | None, reading: Reading) -> Calendar:
    """The calendar that an element describes; what cannot be read of it is noted."""
    calendar = Calendar(uid, name=(element.findtext("Name") or "").strip(), parent=parent)
    try:
        calendar.week, calendar.exceptions = _week(element)
        modern = [_exception(one) for one in element.iterfind("Exceptions/Exception")]
        if modern:  # they stand in both forms, for older programs
            calendar.exceptions = [one for one in modern if one]
        for one in element.iterfind("WorkWeeks/WorkWeek"):
            span = _span(one)
            if span:
                week, _none = _week(one)
                calendar.work_weeks.append(WorkWeek(*span, week, (one.findtext("Name") or "").strip()))
    except (ValueError, OverflowError) as error:
        message = gettext_noop(
            "The calendar cannot be read in full (%(why)s); the stored dates do not need it."
        )
        reading.note(Said(message, why=str(error)[:60]), calendar.name[:80])
    return calendar


def _week(element: Element) -> tuple[list[list[Shift] | None], list[CalendarException]]:
    """The days from Monday to Sunday; days of type 0 are exceptions of the old kind."""
    week: list[list[Shift] | None] = [None] * 7
    exceptions = []
    for day in element.iterfind("WeekDays/WeekDay"):
        number = int((day.findtext("DayType") or "0").strip())
        if number == 0:
            found = _exception(day)
            if found:
                exceptions.append(found)
        elif 1 <= number <= 7:
            week[(number - 2) % 7] = _shifts(day)  # their week begins on Sunday, with 1
    return week, exceptions


def _shifts(element: Element) -> list[Shift]:
    if (element.findtext("DayWorking") or "1").strip() in ("0", "false"):
        return []
    shifts = []
    for one in element.iterfind(f"{_HOURS}/WorkingTime"):
        first, last = one.findtext("FromTime"), one.findtext("ToTime")
        if first and last:
            start, end = time_from(first), time_from(last) or MIDNIGHT  # midnight at the end of the day
            if end > start:
                shifts.append((start, end))
    return sorted(shifts)


def _span(element: Element) -> tuple[date, date] | None:
    first = date_from(element.findtext(f"{_RANGE}/FromDate") or "")
    last = date_from(element.findtext(f"{_RANGE}/ToDate") or "")
    if first is None or last is None or not timedelta(0) <= last - first <= _MOST_DAYS:
        return None
    return first.date(), last.date()


def _exception(element: Element) -> CalendarException | None:
    span = _span(element)
    if span is None:
        return None
    kind = (element.findtext("Type") or "1").strip()
    recurrence = {}
    if kind != "1":  # 1 is a plain range of days
        recurrence = {
            child.tag: (child.text or "").strip()
            for child in element
            if len(child) == 0 and child.tag not in ("Name", "DayWorking") and (child.text or "").strip()
        }
    return CalendarException(*span, _shifts(element), (element.findtext("Name") or "").strip(), recurrence)
