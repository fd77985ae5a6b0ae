"""Ratings of delivery confidence: five points, three points, and the states beside them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from steerco.exchange.tables.states import CellIssue, SpecialState, special_state


class Scale(StrEnum):
    """Which points a rating could have had."""

    FIVE = "five_point"
    THREE = "three_point"


class Point(StrEnum):
    """A point of a scale, from green (best) to red."""

    GREEN = "G"
    AMBER_GREEN = "AG"
    AMBER = "A"
    AMBER_RED = "AR"
    RED = "R"


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating: the scale with a point of it, or a state in place of a point."""

    scale: Scale | None
    value: Point | None
    state: SpecialState | None = None


_COLOURS = {
    "green": "G", "g": "G", "grün": "G", "gruen": "G", "amber": "A", "a": "A", "yellow": "A", "gelb": "A",
    "y": "A", "orange": "A", "red": "R", "r": "R", "rot": "R",
}  # fmt: skip
_WORDS = re.compile(r"[a-zäöüß]+", re.IGNORECASE)
_ALLOWED = re.compile(r"^[a-zäöüß]+(?:\s*[/\\\-–—,&+ ]\s*[a-zäöüß]+)?\s*\.?$", re.IGNORECASE)


def point_of(text: str) -> Point | None:
    """The point that a text names ("Amber/ Red", "amber-red", "AR", "Green"), None when it names none."""
    stripped = text.strip()
    if not _ALLOWED.match(stripped):
        return None
    words = [word.lower() for word in _WORDS.findall(stripped)]
    if len(words) == 1 and words[0] in ("ag", "ar", "ga", "ra"):
        words = list(words[0])
    try:
        letters = [_COLOURS[word] for word in words]
    except KeyError:
        return None
    if len(letters) == 1:
        return Point(letters[0])
    if set(letters) == {"A", "G"}:
        return Point.AMBER_GREEN
    if set(letters) == {"A", "R"}:
        return Point.AMBER_RED
    return None


def scale_of(cells: Iterable[str], header: str = "") -> Scale | None:
    """The scale of a column: five points if a cell or the header says so; None without ratings."""
    points = {point for cell in cells if (point := point_of(cell)) is not None}
    lowered = header.lower()
    if points & {Point.AMBER_GREEN, Point.AMBER_RED} or re.search(r"\b(?:five|5)[- ]point", lowered):
        return Scale.FIVE
    return Scale.THREE if points or re.search(r"\b(?:three|3)[- ]point", lowered) else None


def parse_rating(text: str, scale: Scale | None) -> Rating | CellIssue | None:
    """The rating in a cell of a column with this scale; None for an empty cell.

    Issues: not_a_rating; not_on_scale for a half point in a three-point column.
    """
    if not text.strip():
        return None
    point = point_of(text)
    if point is None:
        state = special_state(text)
        return Rating(scale, None, state) if state else CellIssue("not_a_rating", text)
    if scale is Scale.THREE and point in (Point.AMBER_GREEN, Point.AMBER_RED):
        return CellIssue("not_on_scale", text)
    return Rating(scale or Scale.THREE, point)
