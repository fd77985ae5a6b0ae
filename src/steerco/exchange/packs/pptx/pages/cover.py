"""The cover: what pack, of when, for whom, under which marking."""

from steerco.exchange.packs.pptx.page import Book
from steerco.exchange.packs.report import cover_lines


def add_cover(book: Book) -> None:
    """Adds the cover on the template's cover layout."""
    content = book.content
    book.cover(content.title, content.marking, cover_lines(content))
