"""Treemap: areas in proportion to values, as near to squares as a row-by-row layout allows."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from steerco.engine.charts.scales import known, plain
from steerco.engine.charts.svg import SMALL_TEXT, Svg, chart, label, link, rect, shortened

# Share of the whole below which an area is none: no screen shows it, and its ratios overflow.
INVISIBLE = 1e-9


@dataclass(frozen=True, slots=True)
class Tile:
    """What an area stands for.

    Attributes:
        value: its size; zero, negative and unknown values have no area.
        tone: CSS class of its colour.
        short: second line, such as a rating's letter, so that colour does not stand alone.
        href: its page.
    """

    label: str
    value: float | None
    tone: str = "sc-series-1"
    short: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in user units."""

    x: float
    y: float
    width: float
    height: float


def area_value(value: float | None) -> float:
    """Return the value that an area stands for: 0 where it is unknown, not finite or not positive."""
    return max(0.0, next(iter(known([value])), 0.0))


def squarify(values: Sequence[float], whole: Box) -> list[Box]:
    """Divide a rectangle into one per value, areas in proportion, aspect ratios close to one.

    The layout of Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000): rows are laid along the shorter
    side of what is left, and a row grows while that improves its worst aspect ratio.

    Args:
        values: not negative, in descending order for the best shapes; zero, or less than a billionth of the
            whole, gets an empty rectangle.
        whole: the rectangle to divide.

    Raises:
        ValueError: a value is negative or not finite.
    """
    if any(value < 0 or not math.isfinite(value) for value in values):
        raise ValueError("areas must be finite and not negative")
    total = math.fsum(values)
    boxes = [Box(whole.x, whole.y, 0.0, 0.0)] * len(values)
    if total <= 0 or whole.width <= 0 or whole.height <= 0:
        return boxes
    drawn = [index for index, value in enumerate(values) if value > total * INVISIBLE]
    areas = {index: values[index] / total * whole.width * whole.height for index in drawn}
    rest, start = whole, 0
    while start < len(drawn):
        end = _row_end(drawn, areas, start, min(rest.width, rest.height))
        last = end == len(drawn)
        rest = _lay_row([(index, areas[index]) for index in drawn[start:end]], rest, boxes, last)
        start = end
    return boxes


def _row_end(drawn: Sequence[int], areas: dict[int, float], start: int, side: float) -> int:
    """Return where the row that begins at start ends: the first tile that would worsen its shapes."""
    row_sum = largest = 0.0
    smallest = worst = math.inf
    for end in range(start, len(drawn)):
        area = areas[drawn[end]]
        row_sum, smallest, largest = row_sum + area, min(smallest, area), max(largest, area)
        if side <= INVISIBLE:
            return len(drawn)
        ratio = max(largest * (side / row_sum) ** 2, (row_sum / side) ** 2 / smallest)
        if ratio > worst:
            return end
        worst = ratio
    return len(drawn)


def _lay_row(row: Sequence[tuple[int, float]], rest: Box, boxes: list[Box], last: bool) -> Box:
    """Place a row along the shorter side of rest and return what is left; the last row takes all of it."""
    total = math.fsum(area for _, area in row)
    upright = rest.width >= rest.height
    side, other = (rest.height, rest.width) if upright else (rest.width, rest.height)
    depth = other if last else min(total / side, other) if side > 0 else 0.0
    before = 0.0
    for index, area in row:
        low, before = before, before + area
        near, far = side * min(low / total, 1.0), side * min(before / total, 1.0)
        if upright:
            boxes[index] = Box(rest.x, rest.y + near, depth, far - near)
        else:
            boxes[index] = Box(rest.x + near, rest.y, far - near, depth)
    if upright:
        return Box(rest.x + depth, rest.y, max(rest.width - depth, 0.0), rest.height)
    return Box(rest.x, rest.y + depth, rest.width, max(rest.height - depth, 0.0))


def treemap(
    tiles: Sequence[Tile],
    *,
    title: str,
    description: str = "",
    width: float = 640,
    height: float = 320,
    write: Callable[[float], str] = plain,
) -> str:
    """Draw tiles as areas, largest first, with name and value where they fit."""
    ordered = sorted(tiles, key=lambda tile: -area_value(tile.value))
    boxes = squarify([area_value(tile.value) for tile in ordered], Box(0, 0, width, height))
    parts = []
    for tile, box in zip(ordered, boxes, strict=True):
        if box.width <= 0 or box.height <= 0:
            continue
        figure = write(area_value(tile.value))
        said = " · ".join(part for part in (tile.label, figure, tile.short) if part)
        inside = [rect(f"sc-tile {tile.tone}", box.x, box.y, box.width, box.height)]
        lines = (tile.label, " · ".join(part for part in (figure, tile.short) if part))
        for line, text in enumerate(lines):
            shown = shortened(text, box.width - 12) if box.height >= 22 + 15 * line else ""
            if shown and (line == 0 or shown == text):
                css = f"sc-tile-text {tile.tone}"
                inside.append(label(shown, box.x + 6, box.y + 16 + 15 * line, css=css, size=SMALL_TEXT))
        if box.height < 22 or not shortened(tile.label, box.width - 12):
            inside.extend(_letter(tile, box))
        parts.append(link(tile.href, said, *inside))
    return chart("treemap", width, height, title, description, *parts)


def _letter(tile: Tile, box: Box) -> list[Svg]:
    """Return the short text alone, for a tile too small for its name."""
    if not tile.short or box.height < 12 or shortened(tile.short, box.width - 2) != tile.short:
        return []
    x, y = box.x + box.width / 2, box.y + box.height / 2 + 4
    return [label(tile.short, x, y, css=f"sc-tile-text {tile.tone}", anchor="middle")]
