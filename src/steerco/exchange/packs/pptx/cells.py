"""Ratings as filled cells of a slide."""

from steerco.exchange.packs.pptx.drawing import MUTED
from steerco.exchange.packs.pptx.page import Book
from steerco.exchange.packs.pptx.table import Cell
from steerco.exchange.packs.ratings import Rating, ink
from steerco.exchange.packs.values import DASH, declared_text


def rating_cell(book: Book, rating: Rating | None, *, arrow: bool = True) -> Cell:
    """A filled cell: shape, letters and, if compared, the arrow of the trend."""
    if rating is None:
        return Cell(DASH, ink=MUTED)
    colours = ink(rating.value, book.content.palette)
    return Cell(declared_text(book.words, rating, arrow=arrow), colours.fill, colours.text, bold=True)
