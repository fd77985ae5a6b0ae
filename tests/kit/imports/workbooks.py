"""What RAID workbooks for tests are made of: sheets, each with what a person would say that its columns are.

Every workbook differs in what real ones differ in: titles above the headers, merged cells and grouped headers, words
and numbers of the scales, German, dates as text, hidden and blank rows, totals, several sheets, one sheet for all.
"""

import io
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import xlsxwriter

Grid = list[list[Any]]


@dataclass
class Sheet:
    """A sheet of a workbook. `merged` are ranges with their text; `columns` what each header is to be read as."""

    name: str
    register: str
    rows: Grid
    columns: dict[str, str]
    titles: list[str]  # of the rows that are to be read
    merged: list[tuple[str, str]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)


@dataclass
class Book:
    """A workbook."""

    name: str
    sheets: list[Sheet]
    others: dict[str, Grid] = field(
        default_factory=dict
    )  # sheets that hold no records: a cover, lists of words

    def content(self) -> bytes:
        """Its bytes."""
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream) as book:
            dates = book.add_format({"num_format": "dd/mm/yyyy"})
            percent = book.add_format({"num_format": "0%"})
            for name, grid in self.others.items():
                _write(book.add_worksheet(name), grid, dates, percent)
            for sheet in {sheet.name: sheet for sheet in self.sheets}.values():
                made = book.add_worksheet(sheet.name)
                _write(made, sheet.rows, dates, percent)
                for place, text in sheet.merged:
                    made.merge_range(place, text)
                for row in sheet.hidden_rows:
                    made.set_row(row, None, None, {"hidden": True})
        return stream.getvalue()


def _write(sheet: Any, grid: Grid, dates: Any, percent: Any) -> None:
    for row, cells in enumerate(grid):
        for column, value in enumerate(cells):
            if isinstance(value, date):
                sheet.write_datetime(row, column, value, dates)
            elif isinstance(value, float) and value < 1:
                sheet.write_number(row, column, value, percent)
            elif value not in (None, ""):
                sheet.write(row, column, value)
