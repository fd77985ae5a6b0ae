"""The one schedule model: what every file format is read into and the scheduling engine computes on. Pure Python."""

from steerco.engine.schedule.model import (
    Assignment,
    Baseline,
    Calendar,
    CalendarException,
    Constraint,
    Dialect,
    FieldDefinition,
    Link,
    LinkType,
    P6Activity,
    Project,
    Resource,
    ResourceType,
    Schedule,
    Shift,
    Task,
    WorkWeek,
)
from steerco.engine.schedule.outline import inherit_dates, number_outline

__all__ = [
    "Assignment", "Baseline", "Calendar", "CalendarException", "Constraint", "Dialect", "FieldDefinition",
    "Link", "LinkType", "P6Activity", "Project", "Resource", "ResourceType", "Schedule", "Shift", "Task",
    "WorkWeek", "inherit_dates", "number_outline",
]  # fmt: skip
