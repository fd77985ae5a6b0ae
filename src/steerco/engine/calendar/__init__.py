"""Calendars of reporting: the periods of a rhythm, and the dates of a cycle in working days."""

from steerco.engine.calendar.periods import (
    Dates,
    Offsets,
    Period,
    Rhythm,
    dates_of,
    period_after,
    period_holding,
    periods_until,
    shifted,
)
from steerco.engine.calendar.sittings import MeetingRhythm, meeting_days, place_in_month, weekday_of_month

__all__ = [
    "Dates",
    "MeetingRhythm",
    "Offsets",
    "Period",
    "Rhythm",
    "dates_of",
    "meeting_days",
    "period_after",
    "period_holding",
    "periods_until",
    "place_in_month",
    "shifted",
    "weekday_of_month",
]
