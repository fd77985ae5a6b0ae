"""What stands in the report of a review, in the words of its reader's language."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its heads, the share of the width that each column takes, its rows."""

    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the report: its heading, a text, a table, any of the two empty."""

    heading: str
    text: str = ""
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class ReviewReport:
    """A report. `tone` of the confidence: "green", "amber" or "red"; `digest` is the hash of what was issued."""

    language: str
    title: str
    organisation: str
    marking: str
    result: str
    tone: str
    issued_at: datetime
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    digest_label: str
    digest: str
