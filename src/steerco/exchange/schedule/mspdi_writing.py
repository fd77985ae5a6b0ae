"""Writing Microsoft's project XML: everything of the model that the format has a place for.

`read_mspdi(write_mspdi(schedule))` gives back the same project, calendars, tasks, links, resources, assignments and own
fields; what only Primavera knows is left out. Project recomputes what is missing when it opens the file.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from xml.sax.saxutils import escape

from steerco.engine.schedule import (
    Assignment,
    Calendar,
    CalendarException,
    Link,
    Resource,
    ResourceType,
    Schedule,
    Shift,
    Task,
    WorkWeek,
)
from steerco.exchange.schedule import mspdi_values as values
from steerco.exchange.schedule.mspdi import NAMESPACE

_NOBODY = -65535
_DAY_ENDS = "T23:59:00"
Value = str | int | float | bool | datetime | None


class _Writer:
    """Collects elements. A value of None or "" leaves its element out."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def value(self, name: str, value: Value) -> None:
        if value is None or value == "":
            return
        self.parts.append(f"<{name}>{_text(value)}</{name}>")

    def minutes(self, name: str, minutes: int | None) -> None:
        self.value(name, None if minutes is None else values.minutes_text(minutes))

    def opened(self, name: str) -> None:
        self.parts.append(f"<{name}>")

    def closed(self, name: str) -> None:
        self.parts.append(f"</{name}>")


def _text(value: str | int | float | bool | datetime) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return values.date_text(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return escape("".join(c for c in str(value) if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff")))


def write_mspdi(schedule: Schedule) -> bytes:
    """The schedule as an MSPDI file."""
    out = _Writer()
    out.parts.append('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n')
    out.parts.append(f'<Project xmlns="{NAMESPACE}">')
    _project(out, schedule)
    if schedule.fields:
        out.opened("ExtendedAttributes")
        for one in schedule.fields:
            out.opened("ExtendedAttribute")
            out.value("FieldID", one.key)
            out.value("FieldName", one.name)
            out.value("Alias", one.alias)
            out.closed("ExtendedAttribute")
        out.closed("ExtendedAttributes")
    _each(out, "Calendars", schedule.calendars, _calendar)
    links: dict[int, list[Link]] = defaultdict(list)
    for link in schedule.links:
        links[link.successor].append(link)
    out.opened("Tasks")
    for task in schedule.tasks:
        _task(out, task, links[task.uid])
    out.closed("Tasks")
    _each(out, "Resources", schedule.resources, _resource)
    _each(out, "Assignments", schedule.assignments, _assignment)
    out.parts.append("</Project>\n")
    return "".join(out.parts).encode()


def _each(out: _Writer, name: str, rows: Iterable, write) -> None:  # type: ignore[no-untyped-def]
    out.opened(name)
    for row in rows:
        write(out, row)
    out.closed(name)


def _project(out: _Writer, schedule: Schedule) -> None:
    project = schedule.project
    out.value("SaveVersion", project.options.get("SaveVersion", "14"))
    out.value("Name", project.name)
    out.value("Title", project.title)
    out.value("GUID", project.guid)
    out.value("LastSaved", project.saved_at)
    out.value("ScheduleFromStart", not project.schedule_from_finish)
    out.value("StartDate", project.start)
    out.value("FinishDate", project.finish)
    out.value("CurrencyCode", project.currency)
    out.value("CalendarUID", project.calendar)
    for name, minutes in (
        ("DefaultStartTime", project.default_start),
        ("DefaultFinishTime", project.default_finish),
    ):
        out.value(name, None if minutes is None else values.time_text(minutes))
    out.value("MinutesPerDay", project.minutes_per_day)
    out.value("MinutesPerWeek", project.minutes_per_week)
    out.value("DaysPerMonth", project.days_per_month)
    out.value("StatusDate", project.status_date)
    for name, option in project.options.items():
        if name != "SaveVersion" and name.isalnum():
            out.value(name, option)


def _calendar(out: _Writer, calendar: Calendar) -> None:
    out.opened("Calendar")
    out.value("UID", calendar.uid)
    out.value("Name", calendar.name)
    out.value("IsBaseCalendar", calendar.parent is None)
    out.value("BaseCalendarUID", -1 if calendar.parent is None else calendar.parent)
    _week(out, calendar.week)
    if calendar.exceptions:
        _each(out, "Exceptions", calendar.exceptions, _exception)
    if calendar.work_weeks:
        _each(out, "WorkWeeks", calendar.work_weeks, _work_week)
    out.closed("Calendar")


def _week(out: _Writer, week: list[list[Shift] | None]) -> None:
    out.opened("WeekDays")
    for number in range(1, 8):
        shifts = week[(number - 2) % 7]
        if shifts is not None:
            out.opened("WeekDay")
            out.value("DayType", number)
            _hours(out, shifts)
            out.closed("WeekDay")
    out.closed("WeekDays")


def _hours(out: _Writer, shifts: list[Shift]) -> None:
    out.value("DayWorking", bool(shifts))
    if shifts:
        out.opened("WorkingTimes")
        for first, last in shifts:
            out.opened("WorkingTime")
            out.value("FromTime", values.time_text(first))
            out.value("ToTime", values.time_text(last))
            out.closed("WorkingTime")
        out.closed("WorkingTimes")


def _span(out: _Writer, first: date, last: date) -> None:
    out.opened("TimePeriod")
    out.value("FromDate", f"{first.isoformat()}T00:00:00")
    out.value("ToDate", last.isoformat() + _DAY_ENDS)
    out.closed("TimePeriod")


def _exception(out: _Writer, one: CalendarException) -> None:
    out.opened("Exception")
    _span(out, one.first, one.last)
    out.value("Name", one.name)
    for name, text in (one.recurrence or {"Type": "1"}).items():
        if name.isalnum():
            out.value(name, text)
    _hours(out, one.shifts)
    out.closed("Exception")


def _work_week(out: _Writer, one: WorkWeek) -> None:
    out.opened("WorkWeek")
    _span(out, one.first, one.last)
    out.value("Name", one.name)
    _week(out, one.week)
    out.closed("WorkWeek")


def _task(out: _Writer, task: Task, links: list[Link]) -> None:
    out.opened("Task")
    out.value("UID", task.uid)
    out.value("GUID", task.guid)
    out.value("ID", task.id)
    out.value("Name", task.name)
    out.value("Active", task.active)
    out.value("Manual", task.manual)
    out.value("Type", _number(task.type, values.TASK_TYPES))
    out.value("IsNull", False)
    out.value("WBS", task.wbs)
    out.value("OutlineNumber", task.outline_number)
    out.value("OutlineLevel", task.outline_level)
    out.value("Priority", task.priority)
    out.value("Start", task.start)
    out.value("Finish", task.finish)
    out.minutes("Duration", task.duration_min)
    unit = values.format_of(task.duration_unit, elapsed=task.duration_elapsed, estimated=task.estimated)
    out.value("DurationFormat", unit)
    out.value("Stop", task.stop)
    out.value("Resume", task.resume)
    out.value("EffortDriven", task.effort_driven)
    out.value("Recurring", task.recurring)
    out.value("Estimated", task.estimated)
    out.value("Milestone", task.milestone)
    out.value("Summary", task.summary)
    out.value("Critical", task.critical)
    out.value("SubprojectName", task.subproject)
    out.value("ExternalTask", task.external)
    for name, moment in (
        ("EarlyStart", task.early_start),
        ("EarlyFinish", task.early_finish),
        ("LateStart", task.late_start),
        ("LateFinish", task.late_finish),
        ("ActualStart", task.actual_start),
        ("ActualFinish", task.actual_finish),
    ):
        out.value(name, moment)
    _tenths(out, "FreeSlack", task.free_slack_min)
    _tenths(out, "TotalSlack", task.total_slack_min)
    out.value("PercentComplete", task.percent_complete)
    out.minutes("ActualDuration", task.actual_duration_min)
    out.minutes("RemainingDuration", task.remaining_duration_min)
    out.value("ConstraintType", _number(task.constraint, values.CONSTRAINTS))
    out.value("CalendarUID", -1 if task.calendar is None else task.calendar)
    out.value("ConstraintDate", task.constraint_date)
    out.value("Deadline", task.deadline)
    _tenths(out, "LevelingDelay", task.leveling_delay_min)
    out.value("IgnoreResourceCalendar", task.ignore_resource_calendar)
    out.value("Notes", task.notes)
    out.value("PhysicalPercentComplete", task.physical_percent)
    for link in links:
        _link(out, link)
    for key, text in task.fields.items():
        out.opened("ExtendedAttribute")
        out.value("FieldID", key)
        out.value("Value", text)
        out.closed("ExtendedAttribute")
    for number, baseline in sorted(task.baselines.items()):
        out.opened("Baseline")
        out.value("Number", number)
        out.value("Start", baseline.start)
        out.value("Finish", baseline.finish)
        out.minutes("Duration", baseline.duration_min)
        out.minutes("Work", baseline.work_min)
        out.closed("Baseline")
    out.closed("Task")


def _tenths(out: _Writer, name: str, minutes: int | None) -> None:
    out.value(name, None if minutes is None else minutes * 10)


def _number(value: object, of: tuple) -> int | None:
    return of.index(value) if value in of else None


def _link(out: _Writer, link: Link) -> None:
    out.opened("PredecessorLink")
    out.value("PredecessorUID", link.predecessor)
    out.value("Type", values.LINK_TYPES.index(link.type))
    out.value("CrossProject", bool(link.cross_project))
    out.value("CrossProjectName", link.cross_project)
    is_share = link.lag_percent is not None
    out.value("LinkLag", link.lag_percent if is_share else link.lag_min * 10)
    unit = "PERCENT" if is_share else link.lag_unit
    out.value("LagFormat", values.format_of(unit, elapsed=link.lag_elapsed, estimated=False))
    out.closed("PredecessorLink")


def _resource(out: _Writer, resource: Resource) -> None:
    out.opened("Resource")
    out.value("UID", resource.uid)
    out.value("GUID", resource.guid)
    out.value("ID", resource.id)
    out.value("Name", resource.name)
    out.value("Type", int(resource.type is ResourceType.WORK))
    out.value("MaxUnits", None if resource.max_units_pct is None else resource.max_units_pct / 100)
    out.value("CalendarUID", resource.calendar)
    out.value("IsCostResource", resource.type is ResourceType.COST)
    out.closed("Resource")


def _assignment(out: _Writer, one: Assignment) -> None:
    out.opened("Assignment")
    out.value("UID", one.uid)
    out.value("TaskUID", one.task)
    out.value("ResourceUID", _NOBODY if one.resource is None else one.resource)
    out.minutes("ActualWork", one.actual_work_min)
    _tenths(out, "Delay", one.delay_min)
    out.value("Finish", one.finish)
    out.minutes("RemainingWork", one.remaining_work_min)
    out.value("Start", one.start)
    out.value("Units", None if one.units_pct is None else one.units_pct / 100)
    out.minutes("Work", one.work_min)
    out.value("WorkContour", _number(one.contour, values.CONTOURS))
    out.closed("Assignment")
