"""Decisions wanted: question, options, recommendation, consequence, who decides by when."""

from steerco.exchange.packs.content import Decision
from steerco.exchange.packs.messages import decisions_message
from steerco.exchange.packs.pptx.house import LayoutRole
from steerco.exchange.packs.pptx.page import Book
from steerco.exchange.packs.pptx.pages.parts import add_table_pages
from steerco.exchange.packs.pptx.table import Cell, Column, Row, Table
from steerco.exchange.packs.values import DASH, day_text


def add_decisions(book: Book) -> None:
    """Adds as many pages as the decisions need; none if nothing is asked."""
    if not book.content.decisions:
        return
    labels = book.labels
    columns = (
        Column(labels.number),
        Column(labels.question, 27, lines=6),
        Column(labels.options, 22, lines=6),
        Column(labels.recommendation, 21, lines=6),
        Column(labels.consequence, 19, lines=6),
        Column(labels.decider.format(name="").strip(" :"), 11, lines=2),
        Column(labels.due),
    )
    rows = [_row(book, decision) for decision in book.content.decisions]
    body = book.house.stands[LayoutRole.PAGE].body
    table = Table(columns, rows, body.width, book.family, size=12 if len(rows) <= 4 else 11, row_height=44)
    add_table_pages(book, labels.decisions, decisions_message(book.content), table)


def _row(book: Book, decision: Decision) -> Row:
    question = f"{decision.project}: {decision.question}" if decision.project else decision.question
    options = "  ".join(f"({index}) {option}" for index, option in enumerate(decision.options, start=1))
    return Row(
        (
            Cell(decision.number),
            Cell(question, bold=True),
            Cell(options or DASH),
            Cell(decision.recommendation or DASH),
            Cell(decision.consequence or DASH),
            Cell(decision.decider or DASH),
            Cell(day_text(book.figures, decision.deadline), bold=True),
        )
    )
