"""What stands on an agenda or in minutes, in the words of its reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Point:
    """An item: its number, title, what it is about, when; what was said and what came of it."""

    number: str
    title: str
    about: str
    time: str
    text: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Paper:
    """An agenda or minutes. `words`: the headings of the template."""

    language: str
    kind: str
    title: str
    organisation: str
    marking: str
    state: str
    made_at: datetime
    facts: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    points: tuple[Point, ...]
    words: Mapping[str, str]
