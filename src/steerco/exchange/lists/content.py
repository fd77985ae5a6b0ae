"""What stands in a printed list, in the words of its reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Head:
    """A column: what stands above it, and whether its values are numbers."""

    title: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A value; `tone` ("success", "warning", "danger", …) puts it on a coloured ground, which says no more than it."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under a heading; one without a title where the list is not grouped."""

    title: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class PrintedList:
    """A list. `facts` say which rows these are, `made` when and for whom, `words` are the template's."""

    language: str
    title: str
    organisation: str
    marking: str
    facts: tuple[str, ...]
    made: str
    made_at: datetime
    heads: tuple[Head, ...]
    groups: tuple[Group, ...]
    words: Mapping[str, str]
