"""Lines over time, with a band between a low and a high course."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from steerco.engine.charts.axes import LEGEND_HEIGHT, date_axis, iso_month, legend, value_axis, value_gutter
from steerco.engine.charts.marks import mark, rule
from steerco.engine.charts.scales import Dates, Linear, known, plain, runs, ticks
from steerco.engine.charts.svg import Svg, chart, element, label, number, text_width


@dataclass(frozen=True, slots=True)
class Line:
    """A course of values, one for each date; None or NaN is a gap.

    Attributes:
        dashed: a plan or forecast, told from an actual by more than its colour.
    """

    label: str
    values: Sequence[float | None]
    tone: str
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A low and a high course, one value each for each date; drawn where both are known."""

    label: str
    low: Sequence[float | None]
    high: Sequence[float | None]
    tone: str = "sc-series-1"


def line_chart(
    days: Sequence[date],
    lines: Sequence[Line],
    *,
    title: str,
    description: str = "",
    band: Band | None = None,
    today: date | None = None,
    today_label: str = "",
    from_zero: bool = True,
    width: float = 640,
    height: float = 260,
    write: Callable[[float], str] = plain,
    write_date: Callable[[date], str] = iso_month,
) -> str:
    """Draw courses over ascending dates.

    Args:
        today: a vertical line where it falls within the dates.
        from_zero: the value axis includes zero.

    Raises:
        ValueError: a course has not one value for each date, or the dates do not ascend.
    """
    courses = [line.values for line in lines] + ([band.low, band.high] if band else [])
    if any(len(course) != len(days) for course in courses):
        raise ValueError("a course needs one value for each date")
    if any(early >= late for early, late in pairwise(days)):
        raise ValueError("dates must ascend")
    finite = known(value for course in courses for value in course) or [0.0]
    steps = ticks(min([*finite, 0.0] if from_zero else finite), max([*finite, 0.0] if from_zero else finite))
    left, bottom, top = value_gutter(steps, write), height - 22, LEGEND_HEIGHT + 8
    up = Linear(steps[0], steps[-1], bottom, top)
    keys = [(line.tone, line.label) for line in lines] + (
        [(f"sc-band {band.tone}", band.label)] if band else []
    )
    parts = [legend(keys, left, width - left), value_axis(steps, up, left, width - 8, write)]
    if days:
        across = Dates(days[0], days[-1], left + 4, width - 12)
        parts.append(date_axis(across, top, bottom, write_date))
        xs = [across(day) for day in days]
        if band:
            parts.append(_band(xs, band, up))
        parts.extend(_line(days, xs, line, up, write) for line in lines)
        if today and days[0] <= today <= days[-1]:
            parts.append(_today(across(today), top, bottom, today_label, width))
    return chart("lines", width, height, title, description, *parts)


def _band(xs: Sequence[float], band: Band, up: Linear) -> Svg:
    both = [
        low if len(known([low, high])) == 2 else None for low, high in zip(band.low, band.high, strict=True)
    ]
    parts = []
    for run in runs(both):
        there = [f"{number(xs[i])},{number(up(band.high[i] or 0))}" for i in run]
        back = [f"{number(xs[i])},{number(up(band.low[i] or 0))}" for i in reversed(run)]
        parts.append(element("polygon", {"class": f"sc-band {band.tone}", "points": " ".join(there + back)}))
    return Svg("".join(parts))


def _line(
    days: Sequence[date], xs: Sequence[float], line: Line, up: Linear, write: Callable[[float], str]
) -> Svg:
    css = f"sc-line {line.tone}" + (" sc-dashed" if line.dashed else "")
    parts = []
    for run in runs(line.values):
        points = [(xs[i], up(line.values[i] or 0)) for i in run]
        if len(points) > 1:
            course = " ".join(f"{number(x)},{number(y)}" for x, y in points)
            parts.append(element("polyline", {"class": css, "points": course}))
        if len(days) <= 60:
            parts.extend(
                mark("circle", *point, 2.5, f"sc-fill {line.tone}",
                     f"{line.label}, {days[i].isoformat()}: {write(line.values[i] or 0)}")
                for i, point in zip(run, points, strict=True)
            )  # fmt: skip
        elif len(points) == 1:
            parts.append(mark("circle", *points[0], 2.5, f"sc-fill {line.tone}"))
    return Svg("".join(parts))


def _today(x: float, top: float, bottom: float, text: str, width: float) -> Svg:
    anchor = "end" if x + text_width(text) + 6 > width else "start"
    place = x + (-4 if anchor == "end" else 4)
    line = rule(x, top, x, bottom, "sc-chart-now")
    return Svg(line + label(text, place, top + 10, css="sc-chart-value", anchor=anchor)) if text else line
