"""What stands on a certificate, in the words of its reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Signature:
    """An approver: who answered, as what, with which words, when, and how identity was shown."""

    who: str
    role: str
    answer: str
    when: str
    how: str
    comment: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that was signed: its name, its size in bytes and its SHA-256."""

    name: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate. `tone` of the result: "green", "amber" or "red"; `words`: the headings of the template."""

    language: str
    title: str
    organisation: str
    marking: str
    result: str
    tone: str
    closed_at: datetime
    facts: tuple[tuple[str, str], ...]
    signatures: tuple[Signature, ...]
    files: tuple[File, ...]
    fingerprint: str
    words: Mapping[str, str]
