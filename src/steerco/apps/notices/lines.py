"""How a notice is said. The app that tells something declares its words; they are asked for when the mail is sent."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from steerco.apps.notices.models import Notice
from steerco.kit.permissions import Actor


@dataclass(frozen=True)
class Line:
    """One line of a mail: what it is, why it reaches this person, where to go, what can be answered at once."""

    section: str | Promise
    text: str
    reason: str
    url: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    reply: str = ""  # the address that a comment on it may be mailed to


# Given the notice and its reader: the line, or None when it is settled or the reader may no longer see it.
Say = Callable[[Notice, Actor | None], Line | None]
_says: dict[str, Say] = {}


def declare_notice(kind: str, say: Say) -> None:
    """Say how notices of `kind` read. Raises ValueError when that is said already."""
    if _says.get(kind, say) is not say:
        raise ValueError(f"notice declared twice: {kind}")
    _says[kind] = say


def line_of(notice: Notice, reader: Actor | None) -> Line | None:
    """The words of `notice` now. Raises LookupError for a kind that nobody declared."""
    if notice.kind not in _says:
        raise LookupError(f"nobody declared the notice {notice.kind}")
    return _says[notice.kind](notice, reader)
