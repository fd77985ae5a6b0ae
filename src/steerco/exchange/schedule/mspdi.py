"""Reading Microsoft's project XML (MSPDI), as Project 2003 to the present and the other Gantt programs write it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from xml.etree.ElementTree import Element

from steerco.engine.schedule import (
    Assignment,
    Baseline,
    Dialect,
    FieldDefinition,
    Link,
    Project,
    Resource,
    ResourceType,
    Schedule,
    Task,
)
from steerco.exchange.schedule import mspdi_values as values
from steerco.exchange.schedule.mspdi_calendars import calendar_from
from steerco.exchange.schedule.problems import MOST_TASKS, Reading, ScheduleError
from steerco.exchange.schedule.xml_stream import elements
from steerco.exchange.tables import Said
from steerco.exchange.tables.said import gettext_noop

NAMESPACE = "http://schemas.microsoft.com/project"
_COLLECTED = frozenset({"Task", "Resource", "Assignment", "Calendar", "ExtendedAttribute"})
_DROPPED = frozenset({"TimephasedData"})
_NOBODY = -65535


def read_mspdi(data: bytes) -> Reading:
    """The schedule in an MSPDI file. Raises ScheduleError."""
    schedule = Schedule(Dialect.MSP, "MSPDI", identity=("guid", "uid"))
    reading = Reading([schedule])
    head: dict[str, str] = {}
    seen: set[int] = set()
    for around, element in elements(data, _COLLECTED, _DROPPED):
        match element.tag:
            case "Task":
                _add_task(reading, schedule, Values(reading, element), seen)
            case "Resource":
                _add_resource(schedule, Values(reading, element))
            case "Assignment":
                _add_assignment(schedule, Values(reading, element))
            case "Calendar":
                found = Values(reading, element)
                if (uid := found.number("UID")) is not None:
                    schedule.calendars.append(
                        calendar_from(element, uid, found.uid("BaseCalendarUID"), reading)
                    )
            case "ExtendedAttribute" if around == "ExtendedAttributes":
                own = Values(reading, element)
                schedule.fields.append(
                    FieldDefinition(own.text("FieldID"), own.text("FieldName"), own.text("Alias"))
                )
            case _:
                head.setdefault(element.tag, element.text or "")
    schedule.project = _project(Values(reading, None, head))
    _place_in_outline(schedule.tasks)
    known = {task.uid for task in schedule.tasks}
    schedule.assignments = [one for one in schedule.assignments if one.task in known]
    return reading


class Values:
    """The simple children of an element, read by name and type; what cannot be read is noted and counts as absent."""

    def __init__(
        self, reading: Reading, element: Element | None, texts: dict[str, str] | None = None
    ) -> None:
        self.reading = reading
        self.element = element
        self.texts = texts or {}
        for child in element if element is not None else ():
            if len(child) == 0 and child.text:
                self.texts.setdefault(child.tag, child.text)

    def below(self, name: str) -> Iterator["Values"]:
        """Each child element called `name`."""
        for child in self.element.findall(name) if self.element is not None else ():
            yield Values(self.reading, child)

    def text(self, name: str) -> str:
        """The text, stripped; "" where there is none."""
        return self.texts.get(name, "").strip()

    def _unreadable(self, name: str) -> None:
        where = self.text("Name") or (f"UID {self.text('UID')}" if self.text("UID") else "")
        message = gettext_noop("%(name)s: “%(value)s” cannot be read and counts as empty.")
        self.reading.note(Said(message, name=name, value=self.text(name)[:60]), where[:80])

    def number(self, name: str) -> int | None:
        """A whole number."""
        text = self.text(name)
        try:
            return int(text) if text and len(text) < 20 else None
        except ValueError:
            value = self.decimal(name)
            return None if value is None else int(value)

    def uid(self, name: str) -> int | None:
        """A reference: -1 means none."""
        found = self.number(name)
        return found if found is not None and found >= 0 else None

    def decimal(self, name: str) -> float | None:
        """A number that may have a fraction."""
        text = self.text(name)
        try:
            found = float(text) if text else None
        except ValueError:
            self._unreadable(name)
            return None
        return found if found is None or abs(found) < 1e15 else None  # also drops nan and infinities

    def flag(self, name: str, default: bool = False) -> bool:
        """1 or 0, true or false."""
        text = self.text(name).lower()
        return text in ("1", "true") if text else default

    def date(self, name: str) -> datetime | None:
        """A date and time."""
        try:
            return values.date_from(self.text(name))
        except (ValueError, OverflowError):
            self._unreadable(name)
            return None

    def minutes(self, name: str) -> int | None:
        """A duration."""
        try:
            return values.minutes_from(self.text(name))
        except (ValueError, OverflowError):
            self._unreadable(name)
            return None

    def choice(self, name: str, of: tuple) -> object:
        """One of an enumeration, by its number."""
        found = self.number(name)
        return of[found] if found is not None and 0 <= found < len(of) else None


_OPTIONS = (
    "HonorConstraints", "CriticalSlackLimit", "MultipleCriticalPaths", "SplitsInProgressTasks", "MoveCompletedEndsBack",
    "MoveRemainingStartsBack", "MoveRemainingStartsForward", "MoveCompletedEndsForward", "SaveVersion",
)  # fmt: skip


def _project(head: Values) -> Project:
    start, finish = head.text("DefaultStartTime"), head.text("DefaultFinishTime")
    return Project(
        name=head.text("Name"),
        title=head.text("Title"),
        guid=head.text("GUID"),
        start=head.date("StartDate"),
        finish=head.date("FinishDate"),
        schedule_from_finish=not head.flag("ScheduleFromStart", default=True),
        status_date=head.date("StatusDate"),
        saved_at=head.date("LastSaved"),
        calendar=head.uid("CalendarUID"),
        minutes_per_day=head.number("MinutesPerDay"),
        minutes_per_week=head.number("MinutesPerWeek"),
        days_per_month=head.number("DaysPerMonth"),
        default_start=_time(head, "DefaultStartTime") if start else None,
        default_finish=_time(head, "DefaultFinishTime") if finish else None,
        currency=head.text("CurrencyCode"),
        options={name: head.text(name) for name in _OPTIONS if head.text(name)},
    )


def _time(head: Values, name: str) -> int | None:
    try:
        return values.time_from(head.text(name))
    except ValueError:
        return None


def _add_task(reading: Reading, schedule: Schedule, found: Values, seen: set[int]) -> None:
    uid = found.number("UID")
    if found.flag("IsNull"):
        return  # an empty row of the plan
    if uid is None:
        reading.note(Said(gettext_noop("A task without an id (UID) was left out.")), found.text("Name")[:80])
        return
    if uid in seen:
        message = gettext_noop("A second task with the id (UID) %(uid)s was left out.")
        reading.note(Said(message, uid=uid), found.text("Name")[:80])
        return
    if len(seen) >= MOST_TASKS:
        raise ScheduleError(
            Said(gettext_noop("The plan has more than %(most)s tasks: split it."), most=MOST_TASKS)
        )
    seen.add(uid)
    schedule.tasks.append(_task(uid, found))
    schedule.links += _links(uid, found)


def _task(uid: int, found: Values) -> Task:
    unit, elapsed, estimated = values.unit_from(found.number("DurationFormat"))
    constraint = found.choice("ConstraintType", values.CONSTRAINTS)
    return Task(
        uid=uid,
        id=found.number("ID"),
        guid=found.text("GUID").strip("{}").upper(),
        name=" ".join(found.text("Name").split()),
        wbs=found.text("WBS"),
        outline_level=max(found.number("OutlineLevel") or 0, 0),
        outline_number=found.text("OutlineNumber"),
        summary=found.flag("Summary"),
        milestone=found.flag("Milestone"),
        active=found.flag("Active", default=True),
        manual=found.flag("Manual"),
        recurring=found.flag("Recurring"),
        external=found.flag("ExternalTask"),
        subproject=found.text("SubprojectName"),
        type=str(found.choice("Type", values.TASK_TYPES) or ""),
        effort_driven=found.flag("EffortDriven"),
        estimated=found.flag("Estimated") or estimated,
        start=found.date("Start") or found.date("ManualStart"),
        finish=found.date("Finish") or found.date("ManualFinish"),
        duration_min=found.minutes("Duration"),
        duration_elapsed=elapsed,
        duration_unit=unit,
        actual_start=found.date("ActualStart"),
        actual_finish=found.date("ActualFinish"),
        actual_duration_min=found.minutes("ActualDuration"),
        remaining_duration_min=found.minutes("RemainingDuration"),
        stop=found.date("Stop"),
        resume=found.date("Resume"),
        percent_complete=found.decimal("PercentComplete"),
        physical_percent=found.decimal("PhysicalPercentComplete"),
        constraint=constraint,  # type: ignore[arg-type]  # one of CONSTRAINTS
        constraint_date=found.date("ConstraintDate"),
        deadline=found.date("Deadline"),
        calendar=found.uid("CalendarUID"),
        ignore_resource_calendar=found.flag("IgnoreResourceCalendar"),
        priority=found.number("Priority"),
        leveling_delay_min=_tenths(found.number("LevelingDelay")),
        early_start=found.date("EarlyStart"),
        early_finish=found.date("EarlyFinish"),
        late_start=found.date("LateStart"),
        late_finish=found.date("LateFinish"),
        total_slack_min=_tenths(found.number("TotalSlack")),
        free_slack_min=_tenths(found.number("FreeSlack")),
        critical=found.flag("Critical") if found.text("Critical") else None,
        notes=found.text("Notes"),
        baselines=_baselines(found.below("Baseline")),
        fields={
            one.text("FieldID"): one.text("Value")
            for one in found.below("ExtendedAttribute")
            if one.text("FieldID") and one.text("Value")
        },
    )


def _tenths(number: int | None) -> int | None:
    """Minutes of a number of tenths of minutes."""
    return None if number is None else round(number / 10)


def _baselines(found: Iterable[Values]) -> dict[int, Baseline]:
    baselines = {}
    for one in found:
        number = one.number("Number") or 0
        baseline = Baseline(
            one.date("Start"), one.date("Finish"), one.minutes("Duration"), one.minutes("Work")
        )
        if 0 <= number <= 10 and (baseline.start or baseline.finish):
            baselines[number] = baseline
    return baselines


def _links(uid: int, found: Values) -> Iterator[Link]:
    for one in found.below("PredecessorLink"):
        predecessor = one.number("PredecessorUID")
        if predecessor is None:
            continue
        unit, elapsed, _estimated = values.unit_from(one.number("LagFormat"))
        lag = one.number("LinkLag") or 0
        is_share = unit == "PERCENT"
        kind = one.choice("Type", values.LINK_TYPES)
        yield Link(
            predecessor,
            uid,
            kind or values.LINK_TYPES[1],  # type: ignore[arg-type]  # one of LINK_TYPES
            lag_min=0 if is_share else round(lag / 10),
            lag_elapsed=elapsed,
            lag_percent=float(lag) if is_share else None,
            lag_unit=unit,
            cross_project=one.text("CrossProjectName") if one.flag("CrossProject") else "",
        )


def _add_resource(schedule: Schedule, found: Values) -> None:
    uid = found.number("UID")
    if uid is None or found.flag("IsNull"):
        return
    units = found.decimal("MaxUnits")
    kind = ResourceType.WORK if found.text("Type") in ("", "1") else ResourceType.MATERIAL
    schedule.resources.append(
        Resource(
            uid,
            id=found.number("ID"),
            guid=found.text("GUID").strip("{}").upper(),
            name=" ".join(found.text("Name").split()),
            type=ResourceType.COST if found.flag("IsCostResource") or found.text("Type") == "2" else kind,
            calendar=found.uid("CalendarUID"),
            max_units_pct=None if units is None else round(units * 100, 4),
        )
    )


def _add_assignment(schedule: Schedule, found: Values) -> None:
    task, resource = found.number("TaskUID"), found.number("ResourceUID")
    if task is None:
        return
    units = found.decimal("Units")
    schedule.assignments.append(
        Assignment(
            task,
            None if resource in (None, _NOBODY) else resource,
            uid=found.number("UID"),
            units_pct=None if units is None else round(units * 100, 4),
            work_min=found.minutes("Work"),
            actual_work_min=found.minutes("ActualWork"),
            remaining_work_min=found.minutes("RemainingWork"),
            start=found.date("Start"),
            finish=found.date("Finish"),
            delay_min=_tenths(found.number("Delay")),
            contour=str(found.choice("WorkContour", values.CONTOURS) or ""),
        )
    )


def _place_in_outline(tasks: list[Task]) -> None:
    """Parents from the levels: the nearest task above that stands further out."""
    above: list[Task] = []
    for task in tasks:
        while above and above[-1].outline_level >= task.outline_level:
            above.pop()
        task.parent = above[-1].uid if above else None
        if above:
            above[-1].summary = True
        above.append(task)
