"""What an early-warning signal is. This app has its own; apps above declare theirs (`declare_signal`).

A signal is looked at for any day: `find(day, limit)` reads what was known then, so that the same rule that warns today
can be replayed over the history and measured by what came of it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from steerco.kit.permissions import Actor


@dataclass(frozen=True)
class Sign:
    """That an entry is on its way past a limit.

    `breach_on` is the day until which there is time to act; None: no day can be told. `data` is ready for JSON.
    `weight`: bigger is worse; what was decided about a warning ends when it grows.
    """

    entry_id: int
    weight: int
    breach_on: date | None
    data: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""


@dataclass(frozen=True)
class Signal:
    """A signal. `words(limit)`: the rule in words; `said(data)`: what was measured and how it goes on, as a sentence.

    `find(day, limit)`: the signs of that day, set-based, whatever anybody may see. `broken(day)`: the entries of which
    what it warns of is true on that day; None where nothing can be broken, so that it cannot be measured. `reads`: the
    models whose writes may change what it finds. `least`: the smallest limit that makes sense. `seen(actor)`: the
    entries of which the actor may know it, where seeing the entry is not enough.
    """

    key: str
    label: str | Promise
    words: Callable[[int], str]
    limit: int
    find: Callable[[date, int], Iterable[Sign]]
    said: Callable[[Mapping[str, Any]], str]
    reads: tuple[str, ...]
    broken: Callable[[date], Collection[int]] | None = None
    least: int = 0
    seen: Callable[[Actor], QuerySet[Any]] | None = None


_signals: dict[str, Signal] = {}


def declare_signal(signal: Signal) -> None:
    """Add a signal. Raises ValueError when its key is taken."""
    if _signals.get(signal.key, signal) is not signal:
        raise ValueError(f"signal declared twice: {signal.key}")
    _signals[signal.key] = signal


def signals() -> dict[str, Signal]:
    """Every signal by key, in order of declaration."""
    return dict(_signals)


def sentence(key: str, data: Mapping[str, Any]) -> str:
    """What was measured, in the reader's language; "" where the signal's app is gone."""
    found = _signals.get(key)
    return found.said(data) if found else ""


# -- words that several signals use --------------------------------------------------------------------------------


def day_text(text: Any) -> str:
    """A day as it stands in the data, in the reader's format."""
    return date_format(date.fromisoformat(text), "SHORT_DATE_FORMAT")


def tenths(value: Any) -> str:
    """A number of tenths: 25 is "2.5"."""
    whole, rest = divmod(int(value), 10)
    return number_format(whole) if not rest else number_format(value / 10, 1)


def act_until(text: Any) -> str:
    """How long there is time."""
    return _("There is time to act until %(day)s.") % {"day": day_text(text)}


def joined(*parts: str) -> str:
    """Sentences one after the other."""
    return " ".join(part for part in parts if part)
