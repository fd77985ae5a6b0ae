"""Open conflicts: what clashes, the parties, who comes first by rank, who resolves it by when."""

from steerco.exchange.packs.content import Conflict
from steerco.exchange.packs.messages import conflicts_message
from steerco.exchange.packs.pptx.house import LayoutRole
from steerco.exchange.packs.pptx.page import Book
from steerco.exchange.packs.pptx.pages.parts import add_table_pages
from steerco.exchange.packs.pptx.table import Cell, Column, Row, Table
from steerco.exchange.packs.values import DASH, day_text


def add_conflicts(book: Book) -> None:
    """Adds as many pages as the conflicts need; none if none is open."""
    if not book.content.conflicts:
        return
    labels = book.labels
    columns = (
        Column(labels.number),
        Column(labels.conflict, 26, lines=4),
        Column(labels.about, 8, lines=2),
        Column(labels.parties, 24, lines=4),
        Column(labels.options, 18, lines=4),
        Column(labels.by_rank, 14, lines=3),
        Column(labels.resolver, 12, lines=2),
        Column(labels.resolve_by),
    )
    rows = [_row(book, conflict) for conflict in book.content.conflicts]
    body = book.house.stands[LayoutRole.PAGE].body
    table = Table(columns, rows, body.width, book.family, size=11 if len(rows) <= 6 else 10, row_height=36)
    add_table_pages(book, labels.conflicts, conflicts_message(book.content), table)


def _row(book: Book, conflict: Conflict) -> Row:
    options = "  ".join(f"({index}) {option}" for index, option in enumerate(conflict.options, start=1))
    return Row(
        (
            Cell(conflict.number),
            Cell(conflict.title, bold=True),
            Cell(conflict.about or DASH),
            Cell(" / ".join(conflict.parties) or DASH),
            Cell(options or DASH),
            Cell(conflict.by_rank or DASH),
            Cell(conflict.resolver or DASH),
            Cell(day_text(book.figures, conflict.deadline), bold=True),
        )
    )
