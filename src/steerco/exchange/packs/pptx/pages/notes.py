"""Notes and sources: what the figures rest on, what is left out, where the data comes from."""

from steerco.exchange.packs.fit.wrap import height, split
from steerco.exchange.packs.pptx.drawing import Text
from steerco.exchange.packs.pptx.house import LayoutRole
from steerco.exchange.packs.pptx.page import Book
from steerco.exchange.packs.report import notes

SIZE = 12.0
AFTER = 6.0


def add_notes(book: Book) -> None:
    """Adds the notes over as many pages as they need."""
    texts = [Text(line, SIZE, after=AFTER) for line in notes(book.content)]
    stand = book.house.stands[LayoutRole.PAGE]
    room = stand.body.height - book.style(11).line - 8
    pages = _flow(book, texts, stand.body.width, room)
    for number, lines in enumerate(pages, start=1):
        topic = book.labels.notes
        if len(pages) > 1:
            topic = book.labels.continued.format(title=topic, part=number, parts=len(pages))
        page = book.page(LayoutRole.PAGE, topic, book.labels.msg_notes)
        page.drawing.text(page.body, "Notes", *lines)


def _flow(book: Book, texts: list[Text], width: float, room: float) -> list[list[Text]]:
    """The texts over pages; a text that is longer than the rest of a page continues on the next."""
    style = book.style(SIZE)
    pages: list[list[Text]] = [[]]
    used = 0.0
    waiting = list(texts)
    while waiting:
        text = waiting.pop(0)
        needs = height(text.text, width, style) + AFTER * (text.text.count("\n") + 1)
        if used + needs <= room:
            pages[-1].append(text)
            used += needs
            continue
        # Each line may end a paragraph, so room is counted with its distance.
        lines = int((room - used) / (style.line + AFTER))
        if lines >= 3:
            head, rest = split(text.text, width, lines, style)
            pages[-1].append(Text(head, SIZE, after=AFTER))
            waiting.insert(0, Text(rest, SIZE, after=AFTER))
        else:
            waiting.insert(0, text)
        pages.append([])
        used = 0.0
    return [page for page in pages if page]
