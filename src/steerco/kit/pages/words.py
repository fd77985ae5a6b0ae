"""The organisation's own words for things: "Work package" for "Workstream". Apps provide them, kit asks for them.

Sentences quote a word unchanged and never inflect it.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise, lazy

Words = Mapping[str, tuple[str, str]]
_source: list[Callable[[], Words]] = []


def use_words(source: Callable[[], Words]) -> None:
    """Install the source: own words by key, as (singular, plural), in the reader's language."""
    _source[:] = [source]


def word(key: str, default: str | Promise, *, plural: bool = False) -> str:
    """The organisation's word for `key`, or `default`."""
    own = _source[0]().get(key) if _source else None
    return own[plural] if own else str(default)


lazy_word = lazy(word, str)


def words_now() -> Hashable:
    """What tells the own words in use now, in the reader's language, from all others: for keeping what was made."""
    return tuple(sorted(_source[0]().items())) if _source else ()


@dataclass(frozen=True)
class Word:
    """A word that an organisation may replace: ours, and the group that it stands in. Without a plural: "" ."""

    key: str
    group: str | Promise
    singular: str | Promise
    plural: str | Promise = ""


_declared: dict[str, Word] = {}


def declare_word(found: Word) -> None:
    """Offer a word for replacement; the same key again replaces what was said before."""
    _declared[found.key] = found


def replaceable_words() -> list[Word]:
    """Every word that may be replaced, in order of declaration."""
    return list(_declared.values())
