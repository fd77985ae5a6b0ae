"""What changed: biggest movers first within each kind, with the reason in the words of its source."""

from steerco.exchange.packs.content import Change, ChangeKind
from steerco.exchange.packs.messages import changes_message, changes_of
from steerco.exchange.packs.pptx.drawing import MUTED, TILE
from steerco.exchange.packs.pptx.house import LayoutRole
from steerco.exchange.packs.pptx.page import Book
from steerco.exchange.packs.pptx.pages.parts import add_table_pages
from steerco.exchange.packs.pptx.table import Cell, Column, Row, Table
from steerco.exchange.packs.ratings import RatingValue, ink
from steerco.exchange.packs.values import change_text, kind_name, value_text

PER_KIND = 8


def add_changes(book: Book) -> None:
    """Adds the change table, the biggest `PER_KIND` of each kind; none without a compared date."""
    if book.content.compare is None or not book.content.changes:
        return
    labels = book.labels
    columns = (
        Column(labels.project, 30, lines=2),
        Column(labels.before, align="ctr", least=58),
        Column(labels.after, align="ctr", least=58),
        Column(labels.change, align="r"),
        Column(labels.reason, 60, lines=2),
    )
    rows: list[Row] = []
    for kind in ChangeKind:
        rows.extend(_group(book, kind, changes_of(book.content, kind)))
    body = book.house.stands[LayoutRole.PAGE].body
    table = Table(columns, rows, body.width, book.family, row_height=20)
    add_table_pages(book, labels.changes, changes_message(book.content), table)


def _group(book: Book, kind: ChangeKind, changes: tuple[Change, ...]) -> list[Row]:
    if not changes:
        return []
    title = f"{kind_name(book.labels, kind)}: {len(changes)}"
    rest = len(changes) - PER_KIND
    if rest > 0:
        title += " – " + book.labels.more_in_workbook(rest)
    heading = (Cell(title, TILE, bold=True), *(Cell("", TILE) for _ in range(4)))
    return [Row(heading, heading=True), *(_row(book, change) for change in changes[:PER_KIND])]


def _row(book: Book, change: Change) -> Row:
    reason = change.reason or book.labels.no_reason
    if change.reason and change.source:
        reason = f"{change.reason} [{change.source}]"
    return Row(
        (
            Cell(change.project),
            _side(book, change.before),
            _side(book, change.after),
            Cell(change_text(book.words, change), bold=True),
            Cell(reason, ink=MUTED if not change.reason else "tx1"),
        )
    )


def _side(book: Book, value: object) -> Cell:
    if isinstance(value, RatingValue):
        colours = ink(value, book.content.palette)
        return Cell(value_text(book.words, value), colours.fill, colours.text, bold=True)
    return Cell(value_text(book.words, value))  # type: ignore[arg-type]
