"""Delimited text (CSV, semicolons, tabs, pasted cells) to a grid of texts."""

import csv
import io
from collections import Counter

from steerco.exchange.tables.said import Said, gettext_noop
from steerco.exchange.tables.table import TableError

_DELIMITERS = ",;\t|"
_SAMPLE_RECORDS = 60
_LONGEST_CELL = 2_000_000


def delimiter_of(text: str) -> str:
    """The delimiter under which the first records have the most equal and the widest shape.

    Quotes are respected, so commas within sentences do not count. Text without any delimiter is one column.
    """
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        widths: list[int] = []
        try:
            for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
                if any(record):
                    widths.append(len(record))
                if len(widths) == _SAMPLE_RECORDS:
                    break
        except csv.Error:
            continue
        if not widths:
            continue
        shape = Counter(width for width in widths if width > 1)
        if not shape:
            continue
        width, count = max(shape.items(), key=lambda item: item[0] * item[1])
        score = (count / len(widths)) ** 2 * width
        if score > best_score:
            best, best_score = delimiter, score
    return best


def read_grid(text: str, file: str, delimiter: str | None = None) -> list[list[str]]:
    """The records of `text`; record n is row n as a spreadsheet program shows it, blank lines included.

    Raises TableError when a quotation mark is opened and never closed, or a cell is longer than two million
    characters.
    """
    chosen = delimiter or delimiter_of(text)
    previous = csv.field_size_limit(_LONGEST_CELL)
    try:
        try:
            return _records(text, chosen, strict=True)
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise TableError(
                    file,
                    Said(gettext_noop("A quotation mark is opened in this row and never closed.")),
                    row=_open_quote(text, chosen),
                ) from error
        try:
            return _records(text, chosen, strict=False)
        except csv.Error as error:
            raise TableError(
                file, Said(gettext_noop("The text is not a table: %(why)s."), why=str(error))
            ) from error
    finally:
        csv.field_size_limit(previous)


def _records(text: str, delimiter: str, *, strict: bool) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict))


def _open_quote(text: str, delimiter: str) -> int:
    """The record in which the last quotation mark opens."""
    return len(_records(text, delimiter, strict=False))
