"""What stands on every document: the organisation's name and its protective marking. An app provides them."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Letterhead:
    """Both may be empty."""

    organisation: str = ""
    marking: str = ""


_source: list[Callable[[], Letterhead]] = []


def use_letterhead(source: Callable[[], Letterhead]) -> None:
    """Install the source."""
    _source[:] = [source]


def letterhead() -> Letterhead:
    """As it is now; empty where no app provides one."""
    return _source[0]() if _source else Letterhead()
