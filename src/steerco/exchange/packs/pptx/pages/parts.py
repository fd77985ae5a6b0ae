"""What several kinds of pages share: tables over pages, headings, remarks."""

from steerco.exchange.packs.fit.wrap import shorten
from steerco.exchange.packs.pptx.drawing import INK, MUTED, Box, Drawing, Text
from steerco.exchange.packs.pptx.house import LayoutRole
from steerco.exchange.packs.pptx.page import Book, Page
from steerco.exchange.packs.pptx.table import Table

REMARK = 9.0
HEADING = 11.0
REMARK_ROOM = 20.0


def add_table_pages(book: Book, topic: str, title: str, table: Table, remark: str = "") -> None:
    """Draws `table` on as many pages as it needs, "(2/6)" behind the topic of each."""
    room = _table_room(book) - (REMARK_ROOM if remark else 0)
    parts = table.pages(room)
    for number, part in enumerate(parts, start=1):
        text = topic
        if len(parts) > 1:
            text = book.labels.continued.format(title=topic, part=number, parts=len(parts))
        page = book.page(LayoutRole.PAGE, text, title)
        part.draw(page.drawing, page.body.left, page.body.top, topic, f"{text}. {title}")
        if remark:
            add_remark(book, page, remark)


def _table_room(book: Book) -> float:
    stand = book.house.stands[LayoutRole.PAGE]
    topic = 0.0 if stand.layout.name.startswith("Steerco ") else book.style(11).line + 6
    return stand.body.height - topic


def add_remark(book: Book, page: Page, text: str) -> None:
    """One small line at the foot of the body."""
    style = book.style(REMARK)
    box = Box(page.body.left, page.body.bottom - style.line - 1, page.body.width, style.line + 1)
    page.drawing.text(box, "Remark", Text(shorten(text, box.width, 1, style).text, REMARK, False, MUTED))


def add_heading(book: Book, drawing: Drawing, box: Box, text: str) -> Box:
    """A heading on top of `box`; returns what is left under it."""
    style = book.style(HEADING, bold=True)
    short = shorten(text, box.width, 1, style).text
    drawing.text(box.first(style.line + 1), f"Heading {text}"[:60], Text(short, HEADING, True, INK))
    return box.below(style.line + 5)
