"""Bars: shares of a whole in one line, and groups side by side."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from steerco.engine.charts.axes import LEGEND_HEIGHT, legend, value_axis, value_gutter
from steerco.engine.charts.scales import Linear, known, plain, ticks
from steerco.engine.charts.svg import Svg, chart, label, link, rect, shortened, text_width


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar.

    Attributes:
        label: name of the part.
        value: its size, not negative; None or NaN is drawn as nothing.
        tone: CSS class of its colour.
        short: the letter or figure written inside it where it fits.
        href: page that lists what it counts.
    """

    label: str
    value: float | None
    tone: str
    short: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A bar of segments with its name to the left."""

    label: str
    segments: Sequence[Segment]
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one kind, one for each category; None or NaN is a gap."""

    label: str
    values: Sequence[float | None]
    tone: str


def size_of(segment: Segment) -> float:
    """Return the segment's value, 0 for a gap.

    Raises:
        ValueError: the value is negative.
    """
    size = next(iter(known([segment.value])), 0.0)
    if size < 0:
        raise ValueError(f"a part of a whole cannot be negative: {segment.label} {size}")
    return size


def place_segments(
    segments: Sequence[Segment], left: float, width: float, whole: float | None = None
) -> list[tuple[Segment, float, float]]:
    """Return (segment, x, width) from left to right; the widths are the shares of whole.

    Args:
        whole: what the full width stands for; by default the sum of the segments.
    """
    sizes = [size_of(segment) for segment in segments]
    total = math.fsum(sizes) if whole is None else whole
    placed, before = [], 0.0
    for segment, size in zip(segments, sizes, strict=True):
        share = size / total * width if total > 0 else 0.0
        placed.append((segment, left + before, share))
        before += share
    return placed


def draw_segments(
    placed: Sequence[tuple[Segment, float, float]], top: float, height: float, write: Callable[[float], str]
) -> Svg:
    parts = []
    for segment, x, width in placed:
        if width <= 0:
            continue
        value = write(segment.value or 0)
        said = f"{segment.label}: {value}"
        # A hair of space between the parts keeps them apart without colour; a sliver keeps its full width.
        inset = 1.0 if width > 4 else 0.0
        css = f"sc-fill {segment.tone}"
        inside = [rect(css, x, top, width - inset, height, radius=2 if width > 6 else None)]
        written = next(
            (
                text
                for text in (f"{segment.short} {value}".strip(), segment.short or value)
                if text_width(text) + 8 <= width
            ),
            "",
        )
        if written:
            css = f"sc-on-fill {segment.tone}"
            inside.append(label(written, x + width / 2, top + height / 2 + 4, css=css, anchor="middle"))
        parts.append(link(segment.href, said, *inside))
    return Svg("".join(parts))


def stacked_bar(
    segments: Sequence[Segment],
    *,
    title: str,
    description: str = "",
    width: float = 480,
    height: float = 24,
    write: Callable[[float], str] = plain,
) -> str:
    """Draw one horizontal bar whose parts fill the width by their shares."""
    body = draw_segments(place_segments(segments, 0, width), 0, height, write)
    return chart("stack", width, height, title, description, body)


def stacked_bars(
    rows: Sequence[Row],
    *,
    title: str,
    description: str = "",
    width: float = 640,
    row_height: float = 26,
    gutter: float = 160,
    share: bool = False,
    write: Callable[[float], str] = plain,
) -> str:
    """Draw one horizontal bar per row on a common scale, names to the left and totals to the right.

    Args:
        share: every bar fills the width (shares of 100 %) instead of being as long as its total.
    """
    totals = [math.fsum(size_of(segment) for segment in row.segments) for row in rows]
    tail = max((text_width(write(total)) for total in totals), default=0.0) + 10
    room = max(width - gutter - tail, 1.0)
    largest = max(totals, default=0.0)
    parts = []
    for index, (row, total) in enumerate(zip(rows, totals, strict=True)):
        top = index * row_height + 3
        whole = total if share else largest
        placed = place_segments(row.segments, gutter, room, whole)
        end = gutter + (room * (total / whole) if whole > 0 else 0.0)
        middle = top + (row_height - 6) / 2 + 4
        name = label(shortened(row.label, gutter - 10), gutter - 8, middle, anchor="end")
        parts.append(link(row.href, row.label, name))
        parts.append(draw_segments(placed, top, row_height - 6, write))
        parts.append(label(write(total), end + 6, middle, css="sc-chart-value"))
    return chart("stacks", width, max(len(rows), 1) * row_height, title, description, *parts)


def grouped_bars(
    categories: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    description: str = "",
    width: float = 640,
    height: float = 240,
    write: Callable[[float], str] = plain,
) -> str:
    """Draw upright bars, one group per category with one bar per series, from zero up or down.

    Raises:
        ValueError: a series has not one value for each category.
    """
    for one in series:
        if len(one.values) != len(categories):
            raise ValueError(f"{one.label}: {len(one.values)} values for {len(categories)} categories")
    finite = known(value for one in series for value in one.values)
    steps = ticks(min([0.0, *finite]), max([0.0, *finite], default=1.0))
    left, bottom = value_gutter(steps, write), height - 20
    up = Linear(steps[0], steps[-1], bottom, LEGEND_HEIGHT + 6)
    pitch = (width - left) / max(len(categories), 1)
    bar = pitch * 0.72 / max(len(series), 1)
    parts = [legend([(one.tone, one.label) for one in series], left, width - left)]
    parts.append(value_axis(steps, up, left, width, write))
    labelled = -(-len(categories) * 44 // max(int(width - left), 1)) or 1
    for index, category in enumerate(categories):
        start = left + index * pitch + pitch * 0.14
        for place, one in enumerate(series):
            for value in known([one.values[index]]):
                y, zero = up(value), up(0)
                parts.append(
                    rect(
                        f"sc-fill {one.tone}",
                        start + place * bar,
                        min(y, zero),
                        max(bar - 1, bar * 0.8),
                        abs(y - zero),
                        title=f"{category}, {one.label}: {write(value)}",
                    )
                )
        if index % labelled == 0:
            name = shortened(category, pitch * labelled - 4)
            middle = left + (index + 0.5) * pitch
            parts.append(label(name, middle, height - 5, css="sc-chart-tick", anchor="middle"))
    return chart("bars", width, height, title, description, *parts)
