"""Percentages: in percentage points, whether a cell has a sign or a spreadsheet stored a fraction."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from steerco.exchange.tables.numbers import DIGITS, decimal_mark, parse_number
from steerco.exchange.tables.states import CellIssue, SpecialState, special_state

_CELL = re.compile(
    rf"^(?P<open>\()?\s*(?P<sign>[-–−+])?\s*(?P<number>{DIGITS.pattern})\s*(?P<mark>%)?\s*(?P<close>\))?$"
)
_INEXACT = re.compile(r"^(?:[<>≤≥~]|more than|less than|over|under|about|approx)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PercentFormat:
    """How a column is written: the decimal mark, and whether a number without "%" is a fraction of one."""

    mark: str = "."
    bare_is_fraction: bool = False


def percent_format(cells: Sequence[str]) -> PercentFormat:
    """How the percentages of a column are written.

    A bare number is a fraction (0.13 is 13 %) when other cells carry the sign or when all bare numbers lie
    within -3 to 3 and one is not whole: what a spreadsheet stores for a cell formatted as a percentage.
    """
    mark = decimal_mark(cells)
    matches = [match for cell in cells if (match := _CELL.match(cell.strip()))]
    if any(match["mark"] for match in matches):
        return PercentFormat(mark, bare_is_fraction=True)
    numbers = [n for match in matches if (n := parse_number(match["number"], mark)) is not None]
    fractions = bool(numbers) and max(numbers) <= 3 and any(n != n.to_integral_value() for n in numbers)
    return PercentFormat(mark, fractions)


def parse_percent(text: str, form: PercentFormat) -> Decimal | SpecialState | CellIssue | None:
    """The percentage in a cell, in percentage points; None for an empty cell.

    Issues: percentage_not_exact (">1000%"), not_a_percentage.
    """
    stripped = text.strip()
    if not stripped:
        return None
    match = _CELL.match(stripped)
    if match is None or bool(match["open"]) != bool(match["close"]):
        state = special_state(text)
        if state is not None:
            return state
        return CellIssue("percentage_not_exact" if _INEXACT.match(stripped) else "not_a_percentage", text)
    number = parse_number(match["number"], form.mark)
    if number is None:
        return CellIssue("not_a_percentage", text)
    if match["open"] or match["sign"] in ("-", "–", "−"):
        number = -number
    return number * 100 if form.bare_is_fraction and not match["mark"] else number


def is_percent(text: str) -> bool:
    """Whether a text is a number with a percent sign."""
    match = _CELL.match(text.strip())
    return bool(match and match["mark"])
