"""Numbers as people write them: which mark is the decimal one is decided for a whole column."""

import re
from collections.abc import Iterable
from decimal import Decimal

_SPACES = " \u00a0\u202f\u2009'’"
DIGITS = re.compile(r"\d(?:[\d.,'’ \u00a0\u202f\u2009]*\d)?")


def decimal_mark(cells: Iterable[str]) -> str:
    """The decimal mark of a column ("." or ","), from the evidence in all of its cells.

    "1.234,56" and "1,5" speak for the comma, "1,234.56" and "1.5" for the point; "1,234" and "1.234" alone
    say nothing. Without evidence it is the point.
    """
    votes = {".": 0, ",": 0}
    for cell in cells:
        for match in DIGITS.finditer(cell):
            _vote(match.group(0), votes)
    return "," if votes[","] > votes["."] else "."


def _vote(number: str, votes: dict[str, int]) -> None:
    last = max(number.rfind("."), number.rfind(","))
    if last < 0:
        return
    mark, other = (number[last], "," if number[last] == "." else ".")
    decimals = len(number) - last - 1
    if other in number[:last]:
        votes[mark] += 3
    elif number.count(mark) > 1:
        votes[other] += 1
    elif decimals != 3 or number.startswith("0"):
        votes[mark] += 1


def parse_number(text: str, mark: str) -> Decimal | None:
    """The number that `text` is, digits with grouping and one decimal `mark`; None when it is not one.

    Grouping is by the other mark, spaces or apostrophes, and must stand before whole groups of three.
    """
    plain = text.strip()
    for space in _SPACES:
        plain = plain.replace(space, "_")
    group = "." if mark == "," else ","
    whole, _, fraction = plain.partition(mark)
    pieces = re.split(rf"[_{re.escape(group)}]", whole)
    if fraction and not fraction.isascii():
        return None
    if (fraction and not fraction.isdigit()) or mark in fraction:
        return None
    if not all(piece.isdigit() and piece.isascii() for piece in pieces):
        return None
    if len(pieces) > 1 and (len(pieces[0]) > 3 or any(len(piece) != 3 for piece in pieces[1:])):
        return None
    return Decimal("".join(pieces) + ("." + fraction if fraction else ""))
