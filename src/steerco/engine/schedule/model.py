"""A schedule as its file stores it: project, calendars, tasks, links, resources, assignments.

Units: `*_min` is whole minutes, of working time unless the matching `*_elapsed` is true (then of the clock). A time of
day is minutes after midnight (0 to 1440). Dates are local and naive, as the planner sees them. What
a file does not say is None or "", never a guess: defaults belong to the engine.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

Shift = tuple[int, int]  # from, to: minutes after midnight


class Dialect(StrEnum):
    """Whose semantics the dates of a schedule follow."""

    MSP = "MSP"  # Microsoft Project
    P6 = "P6"  # Primavera P6
    PLAIN = "PLAIN"  # a table: dates without logic


class Constraint(StrEnum):
    """What holds a task in its place besides its links."""

    AS_SOON_AS_POSSIBLE = "AS_SOON_AS_POSSIBLE"
    AS_LATE_AS_POSSIBLE = "AS_LATE_AS_POSSIBLE"
    MUST_START_ON = "MUST_START_ON"
    MUST_FINISH_ON = "MUST_FINISH_ON"
    START_NO_EARLIER_THAN = "START_NO_EARLIER_THAN"
    START_NO_LATER_THAN = "START_NO_LATER_THAN"
    FINISH_NO_EARLIER_THAN = "FINISH_NO_EARLIER_THAN"
    FINISH_NO_LATER_THAN = "FINISH_NO_LATER_THAN"
    START_ON = "START_ON"  # P6: moves, but logic still wins
    FINISH_ON = "FINISH_ON"


class LinkType(StrEnum):
    """Which end of the predecessor drives which end of the successor."""

    FS = "FS"
    SS = "SS"
    FF = "FF"
    SF = "SF"


class ResourceType(StrEnum):
    """What a resource is measured in."""

    WORK = "WORK"
    MATERIAL = "MATERIAL"
    COST = "COST"


@dataclass(slots=True)
class CalendarException:
    """Days from `first` to `last` (both included) with other hours; no shifts: no work.

    `recurrence` keeps what a recurring exception stores beyond its range, by the names of its format, unexpanded.
    """

    first: date
    last: date
    shifts: list[Shift] = field(default_factory=list)
    name: str = ""
    recurrence: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class WorkWeek:
    """Another week between two dates (both included). `week` as in Calendar."""

    first: date
    last: date
    week: list[list[Shift] | None]
    name: str = ""


@dataclass(slots=True)
class Calendar:
    """When there is work. `week` is Monday to Sunday: None inherits from the parent, [] is a day without work."""

    uid: int
    name: str = ""
    parent: int | None = None
    week: list[list[Shift] | None] = field(default_factory=lambda: [None] * 7)
    exceptions: list[CalendarException] = field(default_factory=list)
    work_weeks: list[WorkWeek] = field(default_factory=list)
    minutes_per_day: int | None = None  # P6: for display


@dataclass(slots=True)
class Baseline:
    """What a task was planned to be when the baseline was taken."""

    start: datetime | None = None
    finish: datetime | None = None
    duration_min: int | None = None
    work_min: int | None = None


@dataclass(slots=True)
class P6Activity:
    """What only Primavera knows of an activity."""

    activity_type: str = ""  # TT_Task, TT_Mile, TT_FinMile, TT_LOE, TT_WBS, TT_Rsrc
    status: str = ""  # TK_NotStart, TK_Active, TK_Complete
    percent_type: str = ""  # CP_Drtn, CP_Phys, CP_Units
    planned_start: datetime | None = None
    planned_finish: datetime | None = None
    planned_duration_min: int | None = None
    remaining_start: datetime | None = None
    remaining_finish: datetime | None = None
    second_constraint: Constraint | None = None
    second_constraint_date: datetime | None = None
    expected_finish: datetime | None = None
    external_early_start: datetime | None = None
    external_late_finish: datetime | None = None


@dataclass(slots=True)
class Task:
    """A task, milestone, summary or activity.

    `uid` is the key within its schedule; `id` the number of its row; `code` what people call it (P6's activity id, an
    own number in a table); `baselines` by number, 0 the one that counts; `fields` the values of own fields and
    activity codes by the key of their definition.
    """

    uid: int
    id: int | None = None
    guid: str = ""
    code: str = ""
    name: str = ""
    wbs: str = ""
    outline_level: int = 0
    outline_number: str = ""
    parent: int | None = None
    summary: bool = False
    milestone: bool = False
    active: bool = True
    manual: bool = False
    recurring: bool = False
    external: bool = False  # a stand-in for a task of another plan
    subproject: str = ""  # the file that an inserted project comes from
    type: str = ""  # FIXED_UNITS, FIXED_DURATION, FIXED_WORK, as far as the dialect knows it
    effort_driven: bool = False
    estimated: bool = False
    start: datetime | None = None
    finish: datetime | None = None
    duration_min: int | None = None
    duration_elapsed: bool = False
    duration_unit: str = ""  # how its planner writes it: MINUTES, HOURS, DAYS, WEEKS, MONTHS
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    actual_duration_min: int | None = None
    remaining_duration_min: int | None = None
    stop: datetime | None = None
    resume: datetime | None = None
    percent_complete: float | None = None
    physical_percent: float | None = None
    constraint: Constraint | None = None
    constraint_date: datetime | None = None
    deadline: datetime | None = None
    calendar: int | None = None
    ignore_resource_calendar: bool = False
    priority: int | None = None
    leveling_delay_min: int | None = None
    early_start: datetime | None = None
    early_finish: datetime | None = None
    late_start: datetime | None = None
    late_finish: datetime | None = None
    total_slack_min: int | None = None
    free_slack_min: int | None = None
    critical: bool | None = None
    notes: str = ""
    baselines: dict[int, Baseline] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    p6: P6Activity | None = None

    @property
    def at(self) -> date | None:
        """The day that it ends, as a milestone stands for it: a start milestone has no other end than its start."""
        end = self.finish or self.start
        return end.date() if end else None

    @property
    def done_on(self) -> date | None:
        """The day that it was finished: as it is stored, else, for what is complete, the day that it ends."""
        end = self.actual_finish
        if end is None and (self.percent_complete or 0) >= 100:
            end = self.finish or self.start
        return end.date() if end else None

    @property
    def baseline_at(self) -> date | None:
        """The day that it ends by the baseline that counts."""
        baseline = self.baselines.get(0)
        end = (baseline.finish or baseline.start) if baseline else None
        return end.date() if end else None


@dataclass(slots=True)
class Link:
    """A dependency. A lag is minutes, or (`lag_percent`) a share of the predecessor's duration."""

    predecessor: int
    successor: int
    type: LinkType = LinkType.FS
    lag_min: int = 0
    lag_elapsed: bool = False
    lag_percent: float | None = None
    lag_unit: str = ""
    cross_project: str = ""  # the other plan, by the name that the file gives it


@dataclass(slots=True)
class Resource:
    """Who or what does the work."""

    uid: int
    id: int | None = None
    guid: str = ""
    code: str = ""
    name: str = ""
    type: ResourceType = ResourceType.WORK
    calendar: int | None = None
    max_units_pct: float | None = None


@dataclass(slots=True)
class Assignment:
    """A resource (None: nobody yet) on a task. Time-phased values are not kept."""

    task: int
    resource: int | None
    uid: int | None = None
    units_pct: float | None = None
    work_min: int | None = None
    actual_work_min: int | None = None
    remaining_work_min: int | None = None
    start: datetime | None = None
    finish: datetime | None = None
    delay_min: int | None = None
    contour: str = ""


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """An own field or activity code: `key` in the file, its built-in `name`, the `alias` that people gave it."""

    key: str
    name: str = ""
    alias: str = ""

    @property
    def label(self) -> str:
        """What people call it."""
        return self.alias or self.name or self.key


@dataclass(slots=True)
class Project:
    """The head of a schedule. `options` keeps the switches that change results, by the names of their format."""

    name: str = ""
    title: str = ""
    code: str = ""
    guid: str = ""
    start: datetime | None = None
    finish: datetime | None = None
    must_finish_by: datetime | None = None
    schedule_from_finish: bool = False
    status_date: datetime | None = None  # P6: the data date
    saved_at: datetime | None = None
    calendar: int | None = None
    minutes_per_day: int | None = None
    minutes_per_week: int | None = None
    days_per_month: int | None = None
    default_start: int | None = None  # minutes after midnight
    default_finish: int | None = None
    currency: str = ""
    options: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Schedule:
    """One plan out of one file.

    `identity` says which keys of a task (guid, code, uid) still mean the same task in the next issue of the file, the
    most certain first. `format` is MSPDI, XER, TABLE or what was converted (MPP, MPX, PMXML …).
    """

    dialect: Dialect
    format: str
    project: Project = field(default_factory=Project)
    identity: tuple[str, ...] = ()
    calendars: list[Calendar] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    fields: list[FieldDefinition] = field(default_factory=list)
