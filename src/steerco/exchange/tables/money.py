"""Amounts of money: currency, unit and decimal mark are decided for a column, then each cell is read."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from steerco.exchange.tables.numbers import DIGITS, decimal_mark, parse_number
from steerco.exchange.tables.states import CellIssue, SpecialState, special_state

SYMBOLS = {"£": "GBP", "€": "EUR", "$": "USD", "¥": "JPY", "₹": "INR", "zł": "PLN"}
CODES = (
    "GBP",
    "EUR",
    "USD",
    "CHF",
    "AUD",
    "CAD",
    "NZD",
    "JPY",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "INR",
    "ZAR",
    "SGD",
    "HKD",
)
# Digits after the mark of a major unit (ISO 4217, in force in 2026); two for all that are not listed.
_CODES_BY_DIGITS = {
    0: [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ],
    3: ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"],
}
_MINOR_DIGITS = {code: digits for digits, codes in _CODES_BY_DIGITS.items() for code in codes}

_UNITS = (
    (10**9, r"bn|billions?|b|mrd\.?|milliarden?"),
    (10**6, r"millions?|millionen|mio\.?|mill?\.?|mn|mm|m"),
    (10**3, r"thousands?|tausend|tsd\.?|k|000s?|'000"),
)
_CURRENCY = "|".join([*(re.escape(symbol) for symbol in SYMBOLS), *CODES])
_HEADER_UNITS = tuple(
    (
        factor,
        re.compile(rf"(?:(?:{_CURRENCY})\s?|\(\s?|\bin\s+)(?:{words})(?![\w])|\b(?:{long})\b", re.IGNORECASE),
    )
    for (factor, words), long in zip(
        _UNITS, ("billions?", "millions?|mio", "thousands?|tsd|000s"), strict=True
    )
)
_CELL = re.compile(
    rf"^(?P<open>\()?\s*(?P<sign1>[-–−+])?\s*(?P<currency1>{_CURRENCY})?\s*(?P<sign2>[-–−+])?\s*"
    rf"(?P<number>{DIGITS.pattern})\s*"
    rf"(?P<unit>{'|'.join(words for _, words in _UNITS)})?\s*(?P<currency2>{_CURRENCY})?\s*"
    rf"(?P<sign3>[-–−])?\s*(?P<close>\))?$",
    re.IGNORECASE,
)
_UNIT_OF_CELL = tuple((factor, re.compile(rf"(?:{words})", re.IGNORECASE)) for factor, words in _UNITS)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (pence, cents) of an ISO 4217 currency."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class MoneyFormat:
    """How the cells of one column are written.

    `unit` is what a bare number counts in (1, 1000, 1000000, ...), None when neither header nor cells say;
    `currency` is None likewise.
    """

    currency: str | None
    unit: int | None
    mark: str = "."


def minor_digits(currency: str) -> int:
    """How many decimal digits the minor unit of `currency` has."""
    return _MINOR_DIGITS.get(currency.upper(), 2)


def codes_by_digits() -> dict[int, list[str]]:
    """The currencies whose minor unit has other than two digits, by how many it has."""
    return _CODES_BY_DIGITS


def currency_in(text: str) -> str | None:
    """The currency that a text names most often by symbol or code, None without any."""
    found: Counter[str] = Counter()
    for symbol, code in SYMBOLS.items():
        found[code] += text.count(symbol)
    for code in CODES:
        found[code] += len(re.findall(rf"\b{code}\b", text))
    code, count = found.most_common(1)[0]
    return code if count else None


def unit_in_header(header: str) -> int | None:
    """The unit that a header names ("(£m)", "£ million", "in thousands"), None without any."""
    for factor, pattern in _HEADER_UNITS:
        if pattern.search(header):
            return factor
    return None


def money_format(cells: Sequence[str], header: str = "") -> MoneyFormat:
    """Currency, unit and decimal mark of a column, from its header and all of its cells."""
    amounts = [cell for cell in cells if _CELL.match(cell.strip())]
    return MoneyFormat(
        currency=currency_in(header) or currency_in("\n".join(amounts)),
        unit=unit_in_header(header),
        mark=decimal_mark(amounts),
    )


def is_amount(text: str) -> bool:
    """Whether a text looks like an amount of money (or a bare number)."""
    return _CELL.match(text.strip()) is not None


def has_unit(text: str) -> bool:
    """Whether an amount names its own unit ("£1.90m")."""
    match = _CELL.match(text.strip())
    return bool(match and match["unit"])


def parse_amount(text: str, mark: str = ".") -> tuple[Decimal, int | None, str | None] | None:
    """Number, unit named in the cell and currency named in the cell; None when the text is no amount.

    A minus sign before or after, or parentheses around, make it negative.
    """
    match = _CELL.match(text.strip())
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    number = parse_number(match["number"], mark)
    if number is None:
        return None
    signs = [sign for sign in (match["sign1"], match["sign2"], match["sign3"]) if sign]
    if len(signs) > 1 or (signs and match["open"]):
        return None
    if match["open"] or (signs and signs[0] != "+"):
        number = -number
    unit = next((f for f, p in _UNIT_OF_CELL if match["unit"] and p.fullmatch(match["unit"])), None)
    named = match["currency1"] or match["currency2"]
    return number, unit, SYMBOLS.get(named.lower(), named.upper()) if named else None


def parse_money(text: str, form: MoneyFormat) -> Money | SpecialState | CellIssue | None:
    """The amount in a cell of a column that is written as `form`; None for an empty cell.

    A unit in the cell ("£1.90m") replaces the unit of the column. Fractions of a minor unit are rounded half
    to even. Issues: not_an_amount; currency_differs when the cell names another currency than its column.

    Raises ValueError when `form` has no currency.
    """
    if form.currency is None:
        raise ValueError("The format of a money column needs a currency.")
    if not text.strip():
        return None
    parsed = parse_amount(text, form.mark)
    if parsed is None:
        return special_state(text) or CellIssue("not_an_amount", text)
    number, unit, named = parsed
    if named is not None and named != form.currency:
        return CellIssue("currency_differs", text)
    factor = unit or form.unit or 1
    minor = number * factor * 10 ** minor_digits(form.currency)
    return Money(int(minor.to_integral_value(ROUND_HALF_EVEN)), form.currency)
