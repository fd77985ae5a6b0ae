"""Milestones on a time line: native shapes, one group per project, baseline hollow against expectation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from steerco.exchange.packs.content import Milestone
from steerco.exchange.packs.fit.wrap import pages, shorten
from steerco.exchange.packs.messages import AMBER_DAYS, milestones_message
from steerco.exchange.packs.pptx.drawing import ACCENT, INK, MUTED, PAPER, Box, Drawing, Text
from steerco.exchange.packs.pptx.house import LayoutRole
from steerco.exchange.packs.pptx.page import Book, Page
from steerco.exchange.packs.pptx.pages.parts import REMARK_ROOM, add_remark
from steerco.exchange.packs.printable import one_line
from steerco.exchange.packs.ratings import RatingValue, ink
from steerco.exchange.packs.timeline import (
    Span,
    chosen,
    milestone_words,
    rows_by_project,
    span_of,
    standing,
    ticks,
)

ROW = 24.0
AXIS = 22.0
SIGN = 10.0
_NAMES = 0.24


@dataclass(frozen=True, slots=True)
class Track:
    """A time line's days laid on `left` to `right` points."""

    span: Span
    left: float
    right: float

    def place(self, day: date) -> float:
        """Points from the left edge of the slide, kept inside the line."""
        return self.left + self.span.share(day) * (self.right - self.left)


def add_milestones(book: Book) -> None:
    """Adds as many time lines as the projects need; none without dated milestones."""
    content, labels = book.content, book.labels
    dated = [item for item in content.milestones if item.expected]
    if not dated:
        return
    shown = chosen(dated, content.as_of)
    rows = rows_by_project(shown)
    title = milestones_message(content)
    stand = book.house.stands[LayoutRole.PAGE]
    room = stand.body.height - AXIS - REMARK_ROOM - book.style(11).line - 6
    parts = pages([ROW] * len(rows), room)
    start = 0
    for number, count in enumerate(parts, start=1):
        topic = labels.milestones
        if len(parts) > 1:
            topic = labels.continued.format(title=topic, part=number, parts=len(parts))
        page = book.page(LayoutRole.PAGE, topic, title)
        _line(book, page, rows[start : start + count], shown)
        add_remark(book, page, _key(book, len(dated) - len(shown)))
        start += count


def _key(book: Book, hidden: int) -> str:
    text = book.labels.milestone_key.format(amber=AMBER_DAYS)
    return f"{text} · {book.labels.more_in_workbook(hidden)}" if hidden else text


def _line(
    book: Book, page: Page, rows: Sequence[tuple[str, list[Milestone]]], items: Sequence[Milestone]
) -> None:
    body, today = page.body, book.content.as_of
    names = body.width * _NAMES
    span = span_of(items, today)
    track = Track(span, body.left + names + 8, body.right)
    bottom = body.top + AXIS + ROW * len(rows)
    with page.drawing.group(Box(body.left, body.top, body.width, bottom - body.top), "Time axis", "") as axis:
        for day, label in ticks(book.figures, span):
            left = track.place(day)
            axis.rule((left, body.top + AXIS - 4), (left, bottom), f"Tick {label}")
            if left < body.right - 40:
                axis.text(Box(left + 3, body.top, 70, 14), f"Label {label}", Text(label, 9, False, MUTED))
        if span.shows(today):
            left = track.place(today)
            axis.rule((left, body.top + AXIS - 4), (left, bottom), book.labels.as_of, ACCENT, 1.5, "dash")
    for index, (project, own) in enumerate(rows):
        top = body.top + AXIS + ROW * index
        box = Box(body.left, top, body.width, ROW)
        alt = f"{project}: " + "; ".join(milestone_words(book.words, item) for item in own)
        with page.drawing.group(box, f"{book.labels.milestones}: {one_line(project)}"[:120], alt) as row:
            _row(book, row, box, project, own, track, names)


def _row(
    book: Book, row: Drawing, box: Box, project: str, items: list[Milestone], track: Track, names: float
) -> None:
    span = track.span
    style = book.style(10, bold=True)
    name = shorten(one_line(project), names, 1, style).text
    middle = box.top + box.height / 2
    row.rule((box.left, box.bottom), (box.right, box.bottom), "Row line")
    row.text(
        Box(box.left, middle - style.line / 2, names, style.line + 1), "Project", Text(name, 10, True, INK)
    )
    for index, item in enumerate(items):
        if item.expected is None or not span.shows(item.expected):
            continue
        here = track.place(item.expected)
        if item.baseline and item.baseline != item.expected:
            planned = track.place(item.baseline)
            start, end = min(planned, here), max(planned, here)
            row.rule((start, middle), (end, middle), f"Slip {item.name}"[:60], MUTED, 1.5)
            if span.shows(item.baseline):
                row.shape(_sign(planned, middle), "Baseline", geometry="diamond", colour=PAPER, line=MUTED)
        geometry, colour = _look(book, item)
        row.shape(
            _sign(here, middle),
            f"{item.name}"[:60],
            geometry=geometry,
            colour=colour,
            alt=milestone_words(book.words, item),
        )
        _label(book, row, item, _right_of(track, item, here), middle, _left_of(track, items[index + 1 :]))


def _right_of(track: Track, item: Milestone, here: float) -> float:
    """Where the item's last sign stands: its baseline, if it came early."""
    if item.baseline and track.span.shows(item.baseline):
        return max(here, track.place(item.baseline))
    return here


def _left_of(track: Track, items: list[Milestone]) -> float:
    """Where the next sign or baseline begins."""
    days = [day for item in items for day in (item.expected, item.baseline) if track.span.shows(day)]
    return min((track.place(day) for day in days if day), default=track.right + SIGN) - SIGN


def _label(book: Book, row: Drawing, item: Milestone, here: float, middle: float, limit: float) -> None:
    left = here + SIGN / 2 + 3
    style = book.style(8.5)
    room = limit - left
    if room < 26:
        return
    text = shorten(one_line(item.name), room, 1, style).text
    place = Box(left, middle - style.line / 2, room, style.line + 0.5)
    row.text(place, f"Name {item.name}"[:60], Text(text, 8.5, False, INK))


def _sign(left: float, middle: float) -> Box:
    return Box(left - SIGN / 2, middle - SIGN / 2, SIGN, SIGN)


def _look(book: Book, item: Milestone) -> tuple[str, str]:
    """Shape and colour of what is expected: late is never told by colour alone."""
    palette = book.content.palette
    return {
        "done": ("rect", MUTED),
        "late": ("diamond", ink(RatingValue.RED, palette).fill),
        "slipping": ("triangle", ink(RatingValue.AMBER, palette).fill),
        "on_time": ("ellipse", ink(RatingValue.GREEN, palette).fill),
    }[standing(item)]
