"""The values of Microsoft's project XML: dates, durations, lags, numbers of enumerations.

Source: the published schema of the Project XML data interchange (MSPDI) and what Project itself writes.
"""

import re
from datetime import datetime, timedelta

from steerco.engine.schedule import Constraint, LinkType

_DURATION = re.compile(
    r"^(-)?P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$"
)
_DATE = re.compile(
    r"^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$"
)
_TIME = re.compile(r"^(\d\d):(\d\d)(?::\d\d)?")
MIDNIGHT = 24 * 60
# Programs that do not know a date write these; Project itself begins in 1984 and ends in 2149.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199

CONSTRAINTS = (
    Constraint.AS_SOON_AS_POSSIBLE,
    Constraint.AS_LATE_AS_POSSIBLE,
    Constraint.MUST_START_ON,
    Constraint.MUST_FINISH_ON,
    Constraint.START_NO_EARLIER_THAN,
    Constraint.START_NO_LATER_THAN,
    Constraint.FINISH_NO_EARLIER_THAN,
    Constraint.FINISH_NO_LATER_THAN,
)
LINK_TYPES = (LinkType.FF, LinkType.FS, LinkType.SF, LinkType.SS)
TASK_TYPES = ("FIXED_UNITS", "FIXED_DURATION", "FIXED_WORK")
CONTOURS = (
    "FLAT", "BACK_LOADED", "FRONT_LOADED", "DOUBLE_PEAK", "EARLY_PEAK", "LATE_PEAK", "BELL", "TURTLE", "CONTOURED",
)  # fmt: skip
# DurationFormat and LagFormat: the unit, and one more for the elapsed one. From 35 on the same, estimated.
UNITS = {3: "MINUTES", 5: "HOURS", 7: "DAYS", 9: "WEEKS", 11: "MONTHS", 19: "PERCENT"}
_ESTIMATED = 32
NO_FORMAT, NO_FORMAT_ESTIMATED = 21, 53


def date_from(text: str) -> datetime | None:
    """A local date and time; None for an empty one and for the dates that stand for "none".

    Raises ValueError for what is no date.
    """
    stripped = text.strip()
    if stripped in ("", "NA"):
        return None
    match = _DATE.match(stripped)
    if match is None:
        raise ValueError(stripped)
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    if hour == 24 and minute == second == 0:
        return datetime(year, month, day) + timedelta(days=1)
    return datetime(year, month, day, hour, minute, second)


def minutes_from(text: str) -> int | None:
    """Whole minutes of a duration such as PT40H0M0S; a day in it has 24 hours. None for an empty one.

    Raises ValueError for what is no duration.
    """
    stripped = text.strip()
    if not stripped:
        return None
    match = _DURATION.match(stripped)
    if match is None or stripped.endswith(("P", "T")) or len(stripped) > 60:
        raise ValueError(stripped)
    sign, days, hours, minutes, seconds = match.groups()
    total = (
        float(days or 0) * MIDNIGHT + float(hours or 0) * 60 + float(minutes or 0) + float(seconds or 0) / 60
    )
    return round(-total if sign else total)


def time_from(text: str) -> int:
    """A time of day as minutes after midnight. Raises ValueError."""
    match = _TIME.match(text.strip())
    if match is None or int(match[1]) > 24 or int(match[2]) > 59:
        raise ValueError(text)
    return min(int(match[1]) * 60 + int(match[2]), MIDNIGHT)


def unit_from(number: int | None) -> tuple[str, bool, bool]:
    """(unit, elapsed, estimated) of a DurationFormat or LagFormat; ("", False, …) for the one that means none."""
    if number is None:
        return "", False, False
    estimated = number >= 3 + _ESTIMATED
    plain = number - _ESTIMATED if estimated else number
    elapsed = plain not in UNITS and plain - 1 in UNITS
    return UNITS.get(plain - 1 if elapsed else plain, ""), elapsed, estimated


def format_of(unit: str, *, elapsed: bool, estimated: bool) -> int:
    """The DurationFormat of a unit."""
    number = next((key for key, known in UNITS.items() if known == unit), NO_FORMAT)
    elapsed = elapsed and number != NO_FORMAT
    return number + elapsed + (_ESTIMATED if estimated else 0)


def date_text(moment: datetime) -> str:
    """A date as Project writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")


def minutes_text(minutes: int) -> str:
    """A duration as Project writes it."""
    sign, whole = ("-", -minutes) if minutes < 0 else ("", minutes)
    return f"{sign}PT{whole // 60}H{whole % 60}M0S"


def time_text(minutes: int) -> str:
    """A time of day; the end of the day is 00:00 of the next."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}:00"
