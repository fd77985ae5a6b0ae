"""The RAG table: every project with each dimension's rating, trend, end date and cost."""

from steerco.exchange.packs.content import RatingRow
from steerco.exchange.packs.messages import ratings_message
from steerco.exchange.packs.pptx.cells import rating_cell
from steerco.exchange.packs.pptx.drawing import MUTED
from steerco.exchange.packs.pptx.house import LayoutRole
from steerco.exchange.packs.pptx.page import Book
from steerco.exchange.packs.pptx.pages.parts import add_table_pages
from steerco.exchange.packs.pptx.table import Cell, Column, Row, Table
from steerco.exchange.packs.ratings import Rating
from steerco.exchange.packs.values import (
    DASH,
    money_text,
    month_text,
    moved_text,
    rating_key,
    rating_text,
    told_columns,
)


def add_ratings(book: Book) -> None:
    """Adds the table over as many pages as it needs."""
    content, labels = book.content, book.labels
    if not content.ratings:
        return
    compare = content.compare is not None
    body = book.house.stands[LayoutRole.PAGE].body
    least = body.width * 0.056
    columns = [Column(labels.project, 40, lines=2), Column(labels.unit, 12)]
    if any(row.code for row in content.ratings):
        columns.insert(0, Column(labels.code))
    if compare:
        columns.append(Column(labels.was, align="ctr"))
    columns.extend(Column(name, align="ctr", least=least) for name in content.dimensions)
    if any(row.computed for row in content.ratings):
        columns.append(Column(labels.computed, align="ctr", least=least))
    columns.append(Column(labels.end, align="r"))
    if compare:
        columns.append(Column(labels.moved, align="r"))
    columns.append(Column(labels.whole_life, align="r"))
    if compare:
        columns.append(Column(labels.change, align="r"))
    titles = {column.title for column in columns}
    rows = [_row(book, row, titles) for row in content.ratings]
    told = told_columns([[cell.text for cell in row.cells] for row in rows])
    columns = [columns[place] for place in told]
    rows = [Row(tuple(row.cells[place] for place in told)) for row in rows]
    table = Table(columns, rows, body.width, book.family, row_height=19)
    add_table_pages(book, labels.ratings, ratings_message(content), table, rating_key(book.words))


def _row(book: Book, row: RatingRow, titles: set[str]) -> Row:
    labels, figures = book.labels, book.figures
    cells = [Cell(row.project, bold=True), Cell(row.unit, ink=MUTED)]
    if labels.code in titles:
        cells.insert(0, Cell(row.code, ink=MUTED))
    if labels.was in titles:
        cells.append(_was(book, row))
    cells.extend(rating_cell(book, rating) for rating in row.cells)
    if labels.computed in titles:
        shown = Rating(row.computed) if row.computed else None
        cells.append(rating_cell(book, shown, arrow=False))
    cells.append(Cell(month_text(figures, row.end)))
    if labels.moved in titles:
        known = row.end is not None and row.end_compared is not None
        days = (row.end - row.end_compared).days if known else None  # type: ignore[operator]
        cells.append(Cell(moved_text(labels, figures, days), bold=bool(days and days > 0)))
    cells.append(Cell(money_text(figures, row.cost)))
    if labels.change in titles:
        text = DASH
        if row.cost and row.cost_compared and row.cost.minor != row.cost_compared.minor:
            text = figures.money_change(row.cost, row.cost_compared) or DASH
        cells.append(Cell(text))
    return Row(tuple(cells))


def _was(book: Book, row: RatingRow) -> Cell:
    first = row.cells[0] if row.cells else None
    if first is None or first.previous is None:
        return Cell(DASH, ink=MUTED)
    return Cell(rating_text(book.labels, first.previous), ink=MUTED)
