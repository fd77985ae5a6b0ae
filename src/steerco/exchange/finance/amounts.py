"""The amounts of a pasted block or of a column: one way of writing for all of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN

from steerco.exchange.tables.money import minor_digits, parse_amount, unit_in_header
from steerco.exchange.tables.numbers import decimal_mark
from steerco.exchange.tables.said import Said, gettext_noop

LARGEST = 10**15  # minor units: nothing that a project costs
_GROUPED = re.compile(r"\d{1,3}([.,])\d{3}(?!\d)")
_EVIDENCE = re.compile(r"\d[.,](?:\d{1,2}|\d{4,})(?!\d)|\d[.,]\d{3}[.,]")
_THOUSANDS = re.compile(r"\bT\s?(?:€|EUR\b|CHF\b)")
_NOTHING = frozenset({"", "-", "–", "—", "n/a", "k. a."})


class Refused(ValueError):
    """An amount that cannot be taken. `said` says why, for whoever translates it."""

    def __init__(self, said: Said) -> None:
        super().__init__(str(said))
        self.said = said


@dataclass(frozen=True, slots=True)
class Written:
    """How amounts are written: their currency, the decimal mark, and what a bare number counts in."""

    currency: str
    mark: str = "."
    unit: int = 1


def unit_of(heading: str) -> int | None:
    """What a heading says that bare numbers count in ("£m", "in thousands", "T€"); None where it says nothing."""
    return 1_000 if _THOUSANDS.search(heading) else unit_in_header(heading)


def mark_in(texts: Iterable[str], otherwise: str = ".") -> str:
    """The decimal mark of amounts. Three digits behind a lone mark are thousands: nobody writes a tenth of a cent.
    `otherwise` where nothing says either."""
    known = list(texts)
    if any(_EVIDENCE.search(text) for text in known):
        return decimal_mark(known)
    grouping = {match[1] for text in known for match in _GROUPED.finditer(text)}
    if len(grouping) == 1:
        return "," if grouping == {"."} else "."
    return otherwise


def parse_minor(text: str, written: Written) -> int | None:
    """The amount of a cell in minor units; None for an empty cell or a dash. "(1,200)" is negative.

    Raises Refused: no amount, another currency, too large.
    """
    plain = text.strip().replace("\u2212", "-")
    if plain.casefold() in _NOTHING:
        return None
    parsed = parse_amount(plain, written.mark)
    if parsed is None:
        raise Refused(Said(gettext_noop("“%(text)s” is no amount."), text=plain[:40]))
    number, unit, named = parsed
    if named is not None and named != written.currency:
        raise Refused(
            Said(
                gettext_noop(
                    "“%(text)s” is in %(theirs)s; the sheet is in %(ours)s. Currencies are never mixed."
                ),
                text=plain[:40],
                theirs=named,
                ours=written.currency,
            )
        )
    minor = int(
        (number * (unit or written.unit) * 10 ** minor_digits(written.currency)).to_integral_value(
            ROUND_HALF_EVEN
        )
    )
    if abs(minor) >= LARGEST:
        raise Refused(Said(gettext_noop("“%(text)s” is larger than any amount here."), text=plain[:40]))
    return minor
