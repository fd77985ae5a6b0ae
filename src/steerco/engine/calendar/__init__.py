"""Calendars of reporting: the periods of a rhythm, and the dates of a cycle in working days."""

from steerco.engine.calendar.periods import (
    Dates,
    Offsets,
    Period,
    Rhythm,
    dates_of,
    period_after,
    period_holding,
    shifted,
)

__all__ = ["Dates", "Offsets", "Period", "Rhythm", "dates_of", "period_after", "period_holding", "shifted"]
