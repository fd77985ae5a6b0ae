"""Breaks text into lines as an office program does, and shortens it to what fits."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from steerco.exchange.packs.fit.metrics import line_height, text_width

ELLIPSIS = "…"
# Programs differ by a hair in kerning and rounding; a line counts as full a little early.
SLACK = 0.985
_WORDS = re.compile(r"[^ \n-]*-+|[^ \n-]+| +")


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set; `size` in points."""

    size: float
    bold: bool = False
    family: str = "Calibri"

    def width(self, text: str) -> float:
        """Points that `text` takes on one line."""
        return text_width(text, self.size, bold=self.bold, family=self.family)

    @property
    def line(self) -> float:
        """Points from one line to the next."""
        return line_height(self.size, family=self.family)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text that fits its box, and whether something was cut off."""

    text: str
    lines: int
    cut: bool


def wrap(text: str, width: float, style: Style) -> list[str]:
    """The lines of `text` in `width` points; breaks at spaces and hyphens, inside a word only if it must."""
    room = width * SLACK
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_paragraph(paragraph, room, style))
    return lines


def _paragraph(text: str, room: float, style: Style) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for word in _WORDS.findall(text):
        needs = style.width(word)
        if word[0] == " ":
            line, used = line + word, used + needs
            continue
        if used + needs > room:  # blanks before a word that does not fit behind them fall away
            if line.strip():
                lines.append(line.rstrip())
            line, used = "", 0.0
        while needs > room and len(word) > 1:
            head = _head(word, room, style)
            lines.append(head)
            word = word[len(head) :]
            needs = style.width(word)
        line, used = line + word, used + needs
    lines.append(line.rstrip())
    return lines


def _head(word: str, room: float, style: Style) -> str:
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        if style.width(word[:middle]) <= room:
            low = middle
        else:
            high = middle - 1
    return word[:low]


def height(text: str, width: float, style: Style) -> float:
    """Points that `text` takes in height when set in `width` points; 0 for an empty text."""
    return len(wrap(text, width, style)) * style.line if text else 0.0


def shorten(text: str, width: float, lines: int, style: Style) -> Fitted:
    """`text` cut at a word to at most `lines` lines of `width` points, with an ellipsis where it was cut."""
    if lines < 1 or not text:
        return Fitted("", 0, bool(text))
    # A line never holds more than this many signs: no need to measure the rest of a long text.
    reach = max(40, math.ceil(lines * width / max(style.size * 0.15, 0.1)))
    found = wrap(text[:reach], width, style)
    if len(found) <= lines and reach >= len(text):
        return Fitted(text, len(found), False)
    kept = found[:lines]
    last = kept[-1]
    while last and style.width(last + ELLIPSIS) > width * SLACK:
        last = last[:-1] if " " not in last else last.rsplit(" ", 1)[0]
    kept[-1] = last.rstrip(" ,;:.-–") + ELLIPSIS
    return Fitted("\n".join(_unwrap(text, kept)), lines, True)


def _unwrap(text: str, lines: Sequence[str]) -> list[str]:
    """Joins wrapped lines again so that the program that opens the document may break them itself."""
    paragraphs = [""]
    place = 0
    for index, line in enumerate(lines):
        body = line[:-1] if index == len(lines) - 1 and line.endswith(ELLIPSIS) else line
        found = text.find(body, place)
        gap = text[place:found] if found >= 0 else " "
        place = found + len(body) if found >= 0 else place
        if "\n" in gap:
            paragraphs.append(line)
        else:
            paragraphs[-1] += gap + line if index else line
    return paragraphs


def split(text: str, width: float, lines: int, style: Style) -> tuple[str, str]:
    """What fits `lines` lines of `width` points, and the rest for a next page."""
    found = wrap(text, width, style)
    if len(found) <= lines:
        return text, ""
    head = "\n".join(_unwrap(text, found[:lines]))
    place = 0
    for line in found[:lines]:
        place = text.find(line, place) + len(line)
    return head, text[place:].lstrip()


def pages(heights: Sequence[float], room: float) -> list[int]:
    """How many rows stand on each page, evenly: no page is left with a single orphan row when rows are alike.

    `heights` and `room` in one unit; a row taller than the room gets a page of its own.
    """
    if not heights:
        return []
    count = len(_greedy(heights, room))
    # The smallest room that still needs no more pages spreads the rows evenly over them.
    low, high = max(heights), room
    if low >= high:
        return _greedy(heights, room)
    for _ in range(24):
        middle = (low + high) / 2
        if len(_greedy(heights, middle)) <= count:
            high = middle
        else:
            low = middle
    return _greedy(heights, high)


def _greedy(heights: Sequence[float], room: float) -> list[int]:
    found, used, rows = [], 0.0, 0
    for value in heights:
        if rows and used + value > room + 1e-6:
            found.append(rows)
            used, rows = 0.0, 0
        used, rows = used + value, rows + 1
    found.append(rows)
    return found
