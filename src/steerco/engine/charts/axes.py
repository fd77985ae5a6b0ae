"""What stands around a plot: value axis, date axis, legend."""

from collections.abc import Callable, Sequence
from datetime import date

from steerco.engine.charts.marks import rule
from steerco.engine.charts.scales import Dates, Linear, date_ticks
from steerco.engine.charts.svg import Svg, label, rect, shortened, text_width

LEGEND_HEIGHT = 20.0


def iso_month(day: date) -> str:
    """Write a date tick as year and month; the default where no locale is passed."""
    return f"{day:%Y-%m}"


def value_gutter(steps: Sequence[float], write: Callable[[float], str]) -> float:
    """Return the width that the written ticks of a value axis need."""
    return max((text_width(write(step)) for step in steps), default=0.0) + 8


def value_axis(
    steps: Sequence[float], place: Linear, left: float, right: float, write: Callable[[float], str]
) -> Svg:
    """Return horizontal grid lines from left to right with their values to the left; zero is stronger."""
    parts = []
    for step in steps:
        y = place(step)
        parts.append(rule(left, y, right, y, "sc-chart-zero" if step == 0 else "sc-chart-grid"))
        parts.append(label(write(step), left - 6, y + 4, css="sc-chart-tick", anchor="end"))
    return Svg("".join(parts))


def date_axis(place: Dates, top: float, bottom: float, write: Callable[[date], str], most: int = 8) -> Svg:
    """Return vertical grid lines with their dates below, as many as fit without touching."""
    most = max(2, min(most, int((place.stop - place.start) // 56)))
    parts = []
    for day in date_ticks(place.first, place.last, most):
        x, written = place(day), write(day)
        parts.append(rule(x, top, x, bottom, "sc-chart-grid"))
        half = text_width(written) / 2
        anchor = "start" if x - half < 0 else "end" if x + half > place.stop + 12 else "middle"
        parts.append(label(written, x, bottom + 15, css="sc-chart-tick", anchor=anchor))
    return Svg("".join(parts))


def legend(entries: Sequence[tuple[str, str]], left: float, width: float) -> Svg:
    """Return one line of (tone, label) keys, cut where the width ends."""
    parts = []
    x = left
    for tone, text in entries:
        shown = shortened(text, left + width - x - 16)
        if not shown:
            break
        parts.append(rect(f"sc-fill {tone}", x, 4, 10, 10, radius=2))
        parts.append(label(shown, x + 14, 13))
        x += 14 + text_width(shown) + 16
    return Svg("".join(parts))
