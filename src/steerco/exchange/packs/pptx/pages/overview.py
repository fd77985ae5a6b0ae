"""The first page after the cover: the state of the portfolio at a glance."""

from steerco.exchange.packs.content import Change, ChangeKind, Milestone
from steerco.exchange.packs.figures import stand_text
from steerco.exchange.packs.fit.wrap import shorten
from steerco.exchange.packs.messages import (
    changes_of,
    decisions_message,
    ratings_message,
)
from steerco.exchange.packs.overview import tiles
from steerco.exchange.packs.pptx.charts import Series, stacked_bar
from steerco.exchange.packs.pptx.drawing import ACCENT, INK, MUTED, TILE, Box, Text
from steerco.exchange.packs.pptx.house import LayoutRole
from steerco.exchange.packs.pptx.page import Book, Page
from steerco.exchange.packs.pptx.pages.parts import add_heading
from steerco.exchange.packs.pptx.table import Cell, Column, Row, Table
from steerco.exchange.packs.ratings import RatingValue, ink
from steerco.exchange.packs.values import change_text, kind_name, value_text

TILE_HEIGHT = 66.0
MOVERS = (
    (ChangeKind.RATING_WORSE, 3),
    (ChangeKind.END_LATER, 3),
    (ChangeKind.COST_UP, 3),
    (ChangeKind.RATING_BETTER, 3),
)


def add_overview(book: Book) -> None:
    """Adds the overview: figures on top, distribution and next milestones left, biggest movers right."""
    page = book.page(LayoutRole.PAGE, book.labels.overview, ratings_message(book.content))
    _tiles(book, page)
    left, right = page.body.below(TILE_HEIGHT + 16).columns(46, 54, gap=24)
    foot = 26.0
    half = left.height * 0.5
    _distribution(book, page, left.first(half - 6))
    _next(book, page, Box(left.left, left.top + half + 6, left.width, left.height - half - 6 - foot))
    _movers(book, page, Box(right.left, right.top, right.width, right.height - foot))
    style = book.style(12, bold=True)
    asked = shorten(decisions_message(book.content), page.body.width - 20, 1, style).text
    place = Box(page.body.left, page.body.bottom - 20, page.body.width, 20)
    texts = (Text(asked, 12, True, ACCENT),)
    page.drawing.shape(
        place, book.labels.decisions, colour=TILE, texts=texts, anchor="ctr", insets=(12, 0, 8, 0)
    )


def _tiles(book: Book, page: Page) -> None:
    found = tiles(book.words)
    boxes = page.body.first(TILE_HEIGHT).columns(*(1 for _ in found), gap=10)
    for box, (name, value, words) in zip(boxes, found, strict=True):
        _tile(book, page, box, name, value, words)


def _tile(book: Book, page: Page, box: Box, name: str, value: str, words: str) -> None:
    room = box.width - 20
    sizes = (22, 18, 15, 12)
    size = next((size for size in sizes if book.style(size, bold=True).width(value) < room * 0.98), sizes[-1])
    texts = (
        Text(shorten(name, room, 1, book.style(10)).text, 10, False, MUTED),
        Text(shorten(value, room, 1, book.style(size, bold=True)).text, size, True, INK),
        Text(shorten(words, room, 1, book.style(9)).text, 9, False, MUTED),
    )
    page.drawing.shape(box, name, colour=TILE, texts=texts, anchor="ctr", insets=(12, 2, 8, 2))
    page.drawing.shape(Box(box.left, box.top, 3, box.height), f"Edge {name}", colour=ACCENT)


def _distribution(book: Book, page: Page, box: Box) -> None:
    content, labels = book.content, book.labels
    shares = [share for share in content.distribution if share.now or share.compared]
    box = add_heading(book, page.drawing, box, labels.rating_distribution)
    if not shares:
        return
    both = any(share.compared is not None for share in shares) and content.compare is not None
    categories = [stand_text(content, content.as_of)]
    if both and content.compare:
        categories.append(stand_text(content, content.compare))
    rows = [
        Series(
            labels.name(share.value),
            (share.now, share.compared or 0) if both else (share.now,),
            ink(share.value, content.palette),
        )
        for share in shares
    ]
    words = "; ".join(
        f"{row.name} "
        + ", ".join(f"{value} ({when})" for value, when in zip(row.values, categories, strict=True))
        for row in rows
    )
    stacked_bar(
        page,
        box,
        labels.rating_distribution,
        f"{labels.rating_distribution}: {words}",
        categories,
        rows,
    )


def _movers(book: Book, page: Page, box: Box) -> None:
    labels = book.labels
    box = add_heading(book, page.drawing, box, labels.biggest_movers)
    picked = [change for kind, count in MOVERS for change in changes_of(book.content, kind)[:count]]
    if not picked:
        page.drawing.text(
            box.first(16),
            "Empty",
            Text(labels.no_earlier_data if not book.content.compare else labels.none, 10, False, MUTED),
        )
        return
    columns = (
        Column(labels.project, 42),
        Column(labels.what, 22),
        Column(labels.before, align="ctr"),
        Column(labels.after, align="ctr"),
        Column(labels.change, align="r"),
    )
    table = Table(columns, [_mover(book, change) for change in picked], box.width, book.family, row_height=21)
    table.first(box.height).draw(
        page.drawing, box.left, box.top, labels.biggest_movers, labels.biggest_movers
    )


def _mover(book: Book, change: Change) -> Row:
    after = Cell(value_text(book.words, change.after))
    if isinstance(change.after, RatingValue):
        colours = ink(change.after, book.content.palette)
        after = Cell(value_text(book.words, change.after), colours.fill, colours.text, bold=True)
    return Row(
        (
            Cell(change.project, bold=True),
            Cell(kind_name(book.labels, change.kind), ink=MUTED),
            Cell(value_text(book.words, change.before)),
            after,
            Cell(change_text(book.words, change)),
        )
    )


def _next(book: Book, page: Page, box: Box) -> None:
    labels = book.labels
    ahead = sorted(
        (item for item in book.content.milestones if item.actual is None and item.expected),
        key=lambda item: (item.expected or book.content.as_of, item.project, item.name),
    )
    ahead = [item for item in ahead if (item.expected or book.content.as_of) >= book.content.as_of]
    if not ahead:
        return
    box = add_heading(book, page.drawing, box, labels.next_milestones)
    columns = (
        Column(labels.project, 35),
        Column(labels.milestone, 42),
        Column(labels.expected, align="r"),
        Column(labels.late, align="r"),
    )
    rows = [_milestone(book, item) for item in ahead]
    table = Table(columns, rows, box.width, book.family, row_height=19)
    table.first(box.height).draw(
        page.drawing, box.left, box.top, labels.next_milestones, labels.next_milestones
    )


def _milestone(book: Book, item: Milestone) -> Row:
    late = item.days_late or 0
    words = book.labels.days(late) if late > 0 else book.labels.on_time
    day = book.figures.day(item.expected) if item.expected else ""
    return Row((Cell(item.project), Cell(item.name, bold=True), Cell(day), Cell(words, bold=late > 0)))
