"""Histogram: how the values of many initiatives are distributed."""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from steerco.engine.charts.marks import rule
from steerco.engine.charts.scales import Linear, known, plain, ticks
from steerco.engine.charts.svg import Svg, chart, label, link, rect, text_width


@dataclass(frozen=True, slots=True)
class Bin:
    """Values from low up to, not including, high; an infinite bound is an open end.

    Attributes:
        tone: CSS class of its colour.
        href: page that lists what it counts.
    """

    low: float
    high: float
    count: int
    tone: str = "sc-series-1"
    href: str | None = None


def count_in_bins(
    values: Iterable[float | None], edges: Sequence[float] | None = None, about: int = 12
) -> list[Bin]:
    """Count values between edges; gaps are left out.

    Args:
        edges: ascending bounds. Values below the first and from the last on are counted in open bins, which
            are left out while empty. Without edges, round ones that enclose all values; the last bin then
            includes its upper bound.
        about: bins wanted where no edges are given.

    Raises:
        ValueError: edges are fewer than two or not ascending.
    """
    finite = known(values)
    closed = edges is None
    if edges is None:
        if not finite:
            return []
        edges = ticks(min(finite), max(finite), about)
    if len(edges) < 2 or any(low >= high for low, high in pairwise(edges)):
        raise ValueError("edges must be at least two, ascending")
    counts = [0] * (len(edges) + 1)
    for value in finite:
        counts[len(edges) - 1 if closed and value == edges[-1] else bisect_right(edges, value)] += 1
    bounds = [-math.inf, *edges, math.inf]
    bins = [Bin(bounds[i], bounds[i + 1], count) for i, count in enumerate(counts)]
    return [one for one in bins if one.count or (math.isfinite(one.low) and math.isfinite(one.high))]


def histogram(
    bins: Sequence[Bin],
    *,
    title: str,
    description: str = "",
    values: Iterable[float | None] = (),
    median_label: str = "",
    width: float = 480,
    height: float = 180,
    write: Callable[[float], str] = plain,
    write_count: Callable[[float], str] = plain,
) -> str:
    """Draw bins as upright bars of equal width with their counts above and their bounds below.

    Args:
        values: with these and median_label given, a line marks their median.
        write: how a bound is written.
        write_count: how a count is written.
    """
    bottom, top = height - 20, 18 + 14 * bool(median_label)
    up = Linear(0, max((one.count for one in bins), default=0) or 1, bottom, top)
    pitch = width / max(len(bins), 1)
    parts = [rule(0, bottom, width, bottom, "sc-chart-zero")]
    widest = max((text_width(write(b)) for one in bins for b in known([one.low, one.high])), default=0)
    every = max(1, math.ceil((widest + 8) / pitch))
    for index, one in enumerate(bins):
        x = index * pitch
        bounds = [write(bound) if math.isfinite(bound) else "" for bound in (one.low, one.high)]
        said = f"{bounds[0]} … {bounds[1]}: {write_count(one.count)}".strip()
        inside = [
            rect(
                f"sc-fill {one.tone}",
                x + 1,
                up(one.count),
                max(pitch - 2, pitch * 0.8),
                bottom - up(one.count),
            )
        ]
        if one.count and text_width(write_count(one.count)) <= pitch:
            middle = x + pitch / 2
            written = write_count(one.count)
            inside.append(label(written, middle, up(one.count) - 4, css="sc-chart-value", anchor="middle"))
        parts.append(link(one.href if one.count else None, said, *inside))
        if bounds[0] and index % every == 0:
            anchor = "start" if x - widest / 2 < 0 else "middle"
            parts.append(label(bounds[0], x, height - 5, css="sc-chart-tick", anchor=anchor))
    if bins and math.isfinite(bins[-1].high) and len(bins) % every == 0:
        parts.append(label(write(bins[-1].high), width, height - 5, css="sc-chart-tick", anchor="end"))
    finite = known(values)
    if median_label and finite and bins:
        parts.extend(_median(bins, median(finite), pitch, bottom, median_label, width))
    return chart("histogram", width, height, title, description, *parts)


def _median(
    bins: Sequence[Bin], middle: float, pitch: float, bottom: float, text: str, width: float
) -> list[Svg]:
    """Return the median's line and label, placed within the bin that holds it."""
    index = next((i for i, one in enumerate(bins) if one.low <= middle < one.high), len(bins) - 1)
    one = bins[index]
    closed = math.isfinite(one.low) and math.isfinite(one.high)
    within = (middle - one.low) / (one.high - one.low) if closed else 0.5
    x = min((index + within) * pitch, width)
    anchor = "end" if x + text_width(text) + 6 > width else "start"
    return [
        rule(x, 4, x, bottom, "sc-chart-now"),
        label(text, x + (-5 if anchor == "end" else 5), 13, css="sc-chart-value", anchor=anchor),
    ]
