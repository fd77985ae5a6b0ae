"""The sheets of what is asked of the board: decisions wanted, open conflicts."""

from steerco.exchange.packs.messages import conflicts_message, decisions_message
from steerco.exchange.packs.xlsx.book import Book, Field, Value, table_sheet


def add_decisions(book: Book) -> None:
    """The decisions wanted; an empty table when there are none."""
    content, labels = book.words.content, book.words.labels
    fields = [
        Field(labels.number, 8),
        Field(labels.project, 28),
        Field(labels.question, 46, "strong"),
        Field(labels.options, 40),
        Field(labels.recommendation, 34),
        Field(labels.consequence, 34),
        Field(labels.decider.format(name="").strip(" :"), 20),
        Field(labels.due, 13, "date"),
    ]
    rows: list[list[Value]] = [
        [
            item.number,
            item.project,
            item.question,
            "\n".join(f"({index}) {option}" for index, option in enumerate(item.options, start=1)),
            item.recommendation,
            item.consequence,
            item.decider,
            item.deadline,
        ]
        for item in content.decisions
    ]
    table_sheet(book, "decisions", decisions_message(content), fields, rows)


def add_conflicts(book: Book) -> None:
    """The open conflicts; no sheet when there are none."""
    content, labels = book.words.content, book.words.labels
    if not content.conflicts:
        return
    fields = [
        Field(labels.number, 8),
        Field(labels.conflict, 46, "strong"),
        Field(labels.about, 14),
        Field(labels.parties, 40),
        Field(labels.options, 40),
        Field(labels.by_rank, 30),
        Field(labels.resolver, 20),
        Field(labels.resolve_by, 13, "date"),
    ]
    rows: list[list[Value]] = [
        [
            item.number,
            item.title,
            item.about,
            "\n".join(item.parties),
            "\n".join(f"({index}) {option}" for index, option in enumerate(item.options, start=1)),
            item.by_rank,
            item.resolver,
            item.deadline,
        ]
        for item in content.conflicts
    ]
    table_sheet(book, "conflicts", conflicts_message(content), fields, rows)
