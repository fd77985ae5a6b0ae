"""Monthly money as a workbook: a long table that comes back the way it went out."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter

from steerco.exchange.tables.money import minor_digits


@dataclass(frozen=True, slots=True)
class Row:
    """A figure as it goes out; `minor` in minor units of `currency`."""

    code: str
    name: str
    month: date
    kind: str
    nature: str
    minor: int
    currency: str
    as_of: date


def long_workbook(title: str, headers: Sequence[str], rows: Iterable[Row], notes: Sequence[str]) -> bytes:
    """One sheet with a row for each figure, and a second with `notes` (a line each). Texts stay texts."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet(title[:31])
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF5"})
        month = book.add_format({"num_format": "yyyy-mm"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        amount = book.add_format({"num_format": "#,##0.00"})
        for column, header in enumerate(headers):
            sheet.write_string(0, column, header, bold)
        last = 0
        for last, row in enumerate(rows, 1):
            _write_row(sheet, last, row, month, day, amount)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(last, 1), len(headers) - 1)
        for column, width in enumerate((14, 36, 10, 16, 18, 16, 10, 12)):
            sheet.set_column(column, column, width)
        if notes:
            second = book.add_worksheet("Notes")
            second.set_column(0, 0, 90)
            for line, text in enumerate(notes):
                second.write_string(line, 0, text)
    return buffer.getvalue()


def _write_row(sheet: Any, line: int, row: Row, month: Any, day: Any, amount: Any) -> None:
    sheet.write_string(line, 0, row.code)
    sheet.write_string(line, 1, row.name)
    sheet.write_datetime(line, 2, row.month, month)
    sheet.write_string(line, 3, row.kind)
    sheet.write_string(line, 4, row.nature)
    sheet.write_number(line, 5, Decimal(row.minor) / 10 ** minor_digits(row.currency), amount)
    sheet.write_string(line, 6, row.currency)
    sheet.write_datetime(line, 7, row.as_of, day)
