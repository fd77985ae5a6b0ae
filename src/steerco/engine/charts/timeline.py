"""Timeline of milestones: where each was planned, where it is expected now."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from steerco.engine.charts.axes import date_axis, iso_month
from steerco.engine.charts.marks import mark, rule
from steerco.engine.charts.scales import Dates
from steerco.engine.charts.svg import (
    SMALL_TEXT,
    Svg,
    chart,
    label,
    link,
    shortened,
    text_width,
)

RADIUS = 5.5


@dataclass(frozen=True, slots=True)
class Milestone:
    """A dated point.

    Attributes:
        label: its name, written beside it where there is room.
        baseline: planned date, drawn hollow.
        forecast: expected or actual date, drawn solid.
        tone: CSS class of the solid mark.
        href: its page.
        said: sentence shown on pointing and spoken; the label if empty.
    """

    label: str
    baseline: date | None = None
    forecast: date | None = None
    tone: str = "sc-series-1"
    href: str | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of milestones with its name to the left."""

    label: str
    milestones: Sequence[Milestone]
    href: str | None = None


def span_of(lanes: Sequence[Lane], today: date) -> tuple[date, date]:
    """Return the first and last date to show: every milestone and today, with a twentieth of room around."""
    days = [
        day
        for lane in lanes
        for milestone in lane.milestones
        for day in (milestone.baseline, milestone.forecast)
        if day
    ]
    first, last = min([*days, today]), max([*days, today])
    room = max((last - first).days // 20, 7)
    first = max(first, date.min + timedelta(days=room)) - timedelta(days=room)
    return first, min(last, date.max - timedelta(days=room)) + timedelta(days=room)


def timeline(
    lanes: Sequence[Lane],
    *,
    today: date,
    title: str,
    description: str = "",
    today_label: str = "",
    span: tuple[date, date] | None = None,
    width: float = 760,
    lane_height: float = 30,
    gutter: float = 150,
    write_date: Callable[[date], str] = iso_month,
) -> str:
    """Draw one row per lane: baseline hollow, forecast solid, the slip between them as a line, today across.

    Args:
        span: first and last date; marks outside it are left out. By default everything is inside.
    """
    first, last = span or span_of(lanes, today)
    across = Dates(first, last, gutter, width - 12)
    top = 18.0
    bottom = top + max(len(lanes), 1) * lane_height
    parts = [date_axis(across, top, bottom, write_date, 12)]
    if first <= today <= last:
        x = across(today)
        parts.append(rule(x, top - 4, x, bottom, "sc-chart-now"))
        if today_label:
            parts.append(label(today_label, x, top - 7, css="sc-chart-value", anchor="middle"))
    for index, lane in enumerate(lanes):
        middle = top + (index + 0.5) * lane_height
        parts.append(rule(gutter, middle, width - 12, middle, "sc-chart-lane"))
        name = label(shortened(lane.label, gutter - 10), gutter - 8, middle + 4, anchor="end")
        parts.append(link(lane.href, lane.label, name))
        parts.append(_lane(lane, across, middle, width))
    return chart("timeline", width, bottom + 22, title, description, *parts)


def _lane(lane: Lane, across: Dates, middle: float, width: float) -> Svg:
    """Return the marks of a lane from left to right; a name is written only where it touches no mark."""
    inside = [
        (milestone, [day if day and across.first <= day <= across.last else None for day in
                     (milestone.baseline, milestone.forecast)])
        for milestone in lane.milestones
    ]  # fmt: skip
    shown = [
        (milestone, planned, expected) for milestone, (planned, expected) in inside if planned or expected
    ]
    taken = sorted(across(day) for _, *days in shown for day in days if day)
    parts = []
    written_to = across.start
    for milestone, planned, expected in sorted(shown, key=lambda one: one[2] or one[1] or date.min):
        x = across(expected or planned or across.first)
        said = milestone.said or milestone.label
        marks = []
        if planned and expected and planned != expected:
            marks.append(rule(across(planned), middle, x, middle, f"sc-line sc-chart-slip {milestone.tone}"))
        if planned:
            marks.append(mark("diamond", across(planned), middle, RADIUS, f"sc-hollow {milestone.tone}"))
        if expected:
            marks.append(mark("diamond", x, middle, RADIUS, f"sc-fill {milestone.tone}"))
        left = x + RADIUS + 4
        after = bisect_right(taken, x)
        free_to = (taken[after] if after < len(taken) else width) - RADIUS - 3
        text = shortened(milestone.label, free_to - left, SMALL_TEXT)
        if text and left >= written_to and text_width(text) > 14:
            marks.append(label(text, left, middle - 5))
            written_to = left + text_width(text)
        parts.append(link(milestone.href, said, *marks))
    return Svg("".join(parts))
