"""Sparklines: the course of a number, and the steps of a rating, at the height of a line of text."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from steerco.engine.charts.marks import mark, rating_mark
from steerco.engine.charts.scales import Linear, fair_range, known, runs
from steerco.engine.charts.svg import Svg, chart, element, number

MOST_POINTS = 400


@dataclass(frozen=True, slots=True)
class Step:
    """One rating of a course.

    Attributes:
        level: position, 1 is best; larger is worse and drawn lower.
        tone: CSS class such as ``sc-rag-amber``.
        label: what it says, with its date.
    """

    level: float
    tone: str
    label: str = ""


def thinned(values: Sequence[float | None], most: int = MOST_POINTS) -> list[float | None]:
    """Return at most `most` values that keep the extremes and the gaps of the course."""
    if len(values) <= most:
        return list(values)
    size = -(-len(values) // max(1, most // 2))
    kept: list[float | None] = []
    for start in range(0, len(values), size):
        part = values[start : start + size]
        finite = [index for index, value in enumerate(part) if value is not None and math.isfinite(value)]
        if not finite:
            kept.append(None)
            continue
        ends = {
            min(finite, key=lambda index: part[index] or 0),
            max(finite, key=lambda index: part[index] or 0),
        }
        kept.extend(part[index] for index in sorted(ends))
    return kept


def sparkline(
    values: Sequence[float | None],
    *,
    title: str,
    description: str = "",
    width: float = 96,
    height: float = 24,
    tone: str = "sc-series-1",
) -> str:
    """Draw the course of a number, oldest first, with a point at the last known value.

    None and NaN are gaps; a value between two gaps is a point.
    """
    values = thinned(values)
    finite = known(values)
    across = Linear(0, len(values) - 1, 3, width - 4)
    up = Linear(*fair_range(finite), height - 4, 4)
    parts: list[Svg] = []
    for run in runs(values):
        points = [(across(index), up(values[index] or 0)) for index in run]
        if len(points) == 1:
            parts.append(mark("circle", *points[0], 1.5, f"sc-fill {tone}"))
        else:
            course = " ".join(f"{number(x)},{number(y)}" for x, y in points)
            parts.append(element("polyline", {"class": f"sc-line {tone}", "points": course}))
    if finite:
        last = max(index for run in runs(values) for index in run)
        parts.append(mark("circle", across(last), up(values[last] or 0), 2.5, f"sc-fill {tone}"))
    return chart("sparkline", width, height, title, description, *parts)


def rating_steps(
    steps: Sequence[Step | None],
    *,
    title: str,
    description: str = "",
    width: float = 96,
    height: float = 24,
    worst: float = 5,
) -> str:
    """Draw the course of a rating, oldest first: one mark per report at the height of its level.

    Args:
        steps: None where nothing was reported.
        worst: the level at the bottom edge; 1 is the top edge.
    """
    radius = min(4.0, height / 6, width / (2.4 * max(len(steps), 1)))
    across = Linear(0, len(steps) - 1, radius + 2, width - radius - 2)
    down = Linear(1, worst, radius + 2, height - radius - 2)
    parts: list[Svg] = []
    for run in runs([step.level if step else None for step in steps]):
        course = " ".join(
            f"{number(across(index))},{number(down(step.level))}" for index in run if (step := steps[index])
        )
        if len(run) > 1:
            parts.append(element("polyline", {"class": "sc-line sc-chart-course", "points": course}))
    parts.extend(
        rating_mark(step.tone, across(index), down(step.level), radius, step.label)
        for index, step in enumerate(steps)
        if step and math.isfinite(step.level)
    )
    return chart("steps", width, height, title, description, *parts)
