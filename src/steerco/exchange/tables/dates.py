"""Dates: the order of day and month is decided for a whole column, then each cell is read."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from steerco.exchange.tables.states import CellIssue, SpecialState, special_state

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar jan", "february februar feb", "march märz mar mär", "april apr", "may mai",
            "june juni jun", "july juli jul",
            "august aug", "september sept sep", "october oktober oct okt", "november nov",
            "december dezember dec dez",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_TIME = r"(?:[T ,]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"^(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}$", re.IGNORECASE)
_NUMERIC = re.compile(
    rf"^(\d{{1,3}})\s?[/.-]\s?(\d{{1,3}})\s?[/.-]\s?(\d{{4}}|\d{{2}}){_TIME}$", re.IGNORECASE
)
_WORDS = re.compile(
    rf"^(?:\w+day,?\s+)?(\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]+(?:of\s+)?({_MONTH})\.?,?[\s-]+(\d{{4}}|\d{{2}}){_TIME}$",
    re.IGNORECASE,
)
_WORDS_US = re.compile(rf"^({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}}){_TIME}$", re.IGNORECASE)
_SERIAL = re.compile(r"^([2-7]\d{4})$")
_INEXACT = re.compile(
    rf"^(?:(?:{_MONTH})\.?[\s,-]+\d{{2,4}}|q[1-4]\b.*|\d{{4}}(?:\s?[-/]\s?\d{{2,4}})?|(?:early|mid|late|end)\b.*)$",
    re.IGNORECASE,
)
# Two-digit years up to this one are 20xx: plans reach far ahead, starts rarely before 1980.
_LAST_SHORT_YEAR = 79
_SERIAL_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class DateOrder:
    """Order of the numbers in a column: `day_first`, and how many cells prove it (0: nothing does).

    `numeric` counts the cells to which the order matters.
    """

    day_first: bool
    proofs: int
    numeric: int = field(default=0, compare=False)


def date_order(cells: Iterable[str]) -> DateOrder:
    """The order of day and month in a column, from every cell that can only be read one way.

    Without any proof the order is day first with `proofs` 0, for the caller to decide by other columns.
    """
    votes: Counter[bool] = Counter()
    numeric = 0
    for cell in cells:
        match = _NUMERIC.match(cell.strip())
        if match:
            numeric += 1
            first, second = int(match[1]), int(match[2])
            if first > 12 >= second:
                votes[True] += 1
            elif second > 12 >= first:
                votes[False] += 1
    day_first = votes[True] >= votes[False]
    return DateOrder(day_first, abs(votes[True] - votes[False]), numeric)


def is_date(text: str) -> bool:
    """Whether a text is a calendar day in a form that is read here (serial numbers aside)."""
    stripped = text.strip()
    return any(form.match(stripped) for form in (_ISO, _NUMERIC, _WORDS, _WORDS_US))


def parse_date(text: str, order: DateOrder) -> date | SpecialState | CellIssue | None:
    """The day in a cell of a column with this order; None for an empty cell. Times of day are dropped.

    Two-digit years are 1980 to 2079. A whole number from 20000 to 79999 is a spreadsheet's serial day.
    Issues: date_not_exact ("March 2021"), date_impossible ("31/02/2020"), not_a_date.
    """
    stripped = text.strip()
    if not stripped:
        return None
    if match := _ISO.match(stripped):
        return _day(match[1], match[2], match[3], text)
    if match := _NUMERIC.match(stripped):
        day, month = (match[1], match[2]) if order.day_first else (match[2], match[1])
        return _day(match[3], month, day, text)
    if match := _WORDS.match(stripped):
        return _day(match[3], str(MONTHS[match[2].lower()]), match[1], text)
    if match := _WORDS_US.match(stripped):
        return _day(match[3], str(MONTHS[match[1].lower()]), match[2], text)
    if match := _SERIAL.match(stripped):
        return _SERIAL_EPOCH + timedelta(days=int(match[1]))
    return special_state(text) or CellIssue(
        "date_not_exact" if _INEXACT.match(stripped) else "not_a_date", text
    )


def _day(year: str, month: str, day: str, text: str) -> date | CellIssue:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number <= _LAST_SHORT_YEAR else 1900
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return CellIssue("date_impossible", text)
