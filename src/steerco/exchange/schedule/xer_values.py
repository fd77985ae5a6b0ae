"""The values in cells of an XER file."""

from datetime import datetime

from steerco.engine.schedule import Constraint, LinkType

CONSTRAINTS = {
    "CS_ALAP": Constraint.AS_LATE_AS_POSSIBLE,
    "CS_MSO": Constraint.START_ON,
    "CS_MEO": Constraint.FINISH_ON,
    "CS_MSOA": Constraint.START_NO_EARLIER_THAN,
    "CS_MSOB": Constraint.START_NO_LATER_THAN,
    "CS_MEOA": Constraint.FINISH_NO_EARLIER_THAN,
    "CS_MEOB": Constraint.FINISH_NO_LATER_THAN,
    "CS_MANDSTART": Constraint.MUST_START_ON,
    "CS_MANDFIN": Constraint.MUST_FINISH_ON,
}
LINK_TYPES = {
    "PR_FS": LinkType.FS,
    "PR_SS": LinkType.SS,
    "PR_FF": LinkType.FF,
    "PR_SF": LinkType.SF,
}
TASK_TYPES = {
    "DT_FixedDUR2": "FIXED_DURATION_AND_UNITS",
    "DT_FixedDrtn": "FIXED_DURATION",
    "DT_FixedQty": "FIXED_UNITS",
    "DT_FixedRate": "FIXED_UNITS",
    "DT_FixedWork": "FIXED_WORK",
}
PRIORITIES = {"PT_Top": 1000, "PT_High": 750, "PT_Normal": 500, "PT_Low": 250, "PT_Lowest": 1}


def uid(text: str | None) -> int | None:
    """An id; None where the cell is empty or holds none."""
    stripped = (text or "").strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) < 19 else None


def number(text: str | None) -> float | None:
    """A number; some P6 clients write a decimal comma."""
    try:
        found = float((text or "").strip().replace(",", "."))
    except ValueError:
        return None
    return found if abs(found) < 1e12 else None


def whole_minutes(hours: float) -> int:
    """Hours as whole minutes."""
    return round(hours * 60)


def minutes(text: str | None) -> int | None:
    """Minutes of a cell with hours."""
    hours = number(text)
    return None if hours is None else whole_minutes(hours)


def moment(text: str | None) -> datetime | None:
    """A date with or without a time of day; None where the cell is empty or holds none."""
    stripped = (text or "").strip()
    if not stripped[:4].isdigit() or len(stripped) > 19:
        return None
    try:
        return datetime.fromisoformat(stripped)
    except ValueError:
        return None
