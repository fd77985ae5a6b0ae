"""The whole deck: pages in the order in which a board reads them."""

import io
from pathlib import Path

from steerco.exchange.packs.archive import stamp
from steerco.exchange.packs.content import PackContent
from steerco.exchange.packs.pptx.house import open_house
from steerco.exchange.packs.pptx.page import Book, Progress
from steerco.exchange.packs.pptx.pages.changes import add_changes
from steerco.exchange.packs.pptx.pages.conflicts import add_conflicts
from steerco.exchange.packs.pptx.pages.cover import add_cover
from steerco.exchange.packs.pptx.pages.decisions import add_decisions
from steerco.exchange.packs.pptx.pages.milestones import add_milestones
from steerco.exchange.packs.pptx.pages.money import add_money
from steerco.exchange.packs.pptx.pages.notes import add_notes
from steerco.exchange.packs.pptx.pages.overview import add_overview
from steerco.exchange.packs.pptx.pages.project import add_project
from steerco.exchange.packs.pptx.pages.ratings import add_ratings
from steerco.exchange.packs.pptx.pages.risks import add_risks
from steerco.exchange.packs.printable import printable_content

PROPERTY_LENGTH = 255  # the most that a document property holds
_FRONT = (
    add_cover,
    add_overview,
    add_decisions,
    add_conflicts,
    add_changes,
    add_ratings,
    add_milestones,
    add_money,
    add_risks,
)


def render_pptx(
    content: PackContent, path: Path, *, template: Path | None = None, progress: Progress | None = None
) -> None:
    """Writes the deck of `content` to `path`, on `template` or on our own; equal content gives equal bytes.

    `progress` is told (done, total) after each step and may raise to cancel: nothing is written then.

    Raises:
        TemplateError: the template cannot carry a deck.
    """
    content = printable_content(content)
    book = Book(content, open_house(template))
    front = () if content.alone else _FRONT
    total = len(front) + len(content.projects) + 2
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    for add in front:
        add(book)
        step()
    for page in content.projects:
        add_project(book, page)
        step()
    add_notes(book)
    step()
    _describe(book)
    written = io.BytesIO()
    book.house.deck.save(written)
    path.write_bytes(stamp(written.getvalue(), content.generated_at))
    step()


def _describe(book: Book) -> None:
    content, properties = book.content, book.house.deck.core_properties
    values = {
        "title": content.title,
        "author": content.organisation,
        "last_modified_by": content.organisation,
        "subject": content.initiative_name,
        "keywords": content.marking,
        "language": book.language,
    }
    for name, value in values.items():
        setattr(properties, name, value[:PROPERTY_LENGTH])
