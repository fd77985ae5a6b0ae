"""Workbooks as they go out: every text a text, numbers and dates real, choices as lists, the identity very hidden.

XlsxWriter only; nothing here knows registers or rights.
"""

import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from steerco.kit import clock
from steerco.kit.imports.parse_tables import ID_HEADER, IDENTITY_SHEET
from steerco.kit.imports.representation import Exported, as_read, fitting, is_dangerous, is_exact

LISTS_SHEET = "steerco_lists"
ROWS_TO_FILL = 1000  # how far below the last row the lists of choices reach
LONGEST_LIST = 250  # characters of a list of choices inside a validation; longer ones stand on a sheet
CHUNK = 30_000
PRINTABLE_COLUMNS = 14
FIRST_YEAR = 1901  # spreadsheets disagree about days before

FORMATS = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm", "money": "#,##0.00", "number": "General"}


@dataclass(frozen=True)
class SheetColumn:
    """A column of the sheet: `kind` is "text", "long", "number", "money", "date" or "moment"; `choices` are offered,
    never forced on what stands there already; `steps` are the lowest and highest whole number."""

    header: str
    kind: str
    choices: tuple[str, ...] = ()
    steps: tuple[int, int] | None = None
    help: str = ""
    required: bool = False


def begun(buffer: io.BytesIO) -> xlsxwriter.Workbook:
    """A workbook that is written into `buffer`; no text in it becomes a formula, a link or a number."""
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": clock.now().replace(tzinfo=None, microsecond=0)})
    return book


def workbook(
    name: str,
    columns: Sequence[SheetColumn],
    rows: Iterable[tuple[int | None, Sequence[Exported]]],
    identity: dict[str, Any],
    footer: str = "",
) -> bytes:
    """A workbook with one sheet of `rows` (row id, values in the order of `columns`)."""
    buffer = io.BytesIO()
    with begun(buffer) as book:
        sheet = book.add_worksheet(sheet_name(name))
        writer = _SheetWriter(book, sheet, columns)
        count = 0
        for count, (pk, values) in enumerate(rows, start=1):
            writer.row(count, pk, values)
        writer.finish(count, footer)
        write_identity(book, identity)
    return buffer.getvalue()


def sheet_name(text: str) -> str:
    """A name that a sheet may have."""
    bare = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", text).strip(" '=+-@")
    return bare[:31] or "1"


class _SheetWriter:
    """Writes one sheet."""

    def __init__(self, book: Any, sheet: Any, columns: Sequence[SheetColumn]) -> None:
        self.book, self.sheet, self.columns = book, sheet, columns
        self.widths = [len(c.header) + 3 for c in columns]
        top: dict[str, Any] = {"valign": "top"}
        self.text = book.add_format(top)
        self.wrapped = book.add_format({**top, "text_wrap": True})
        # An apostrophe that is no part of the text keeps a spreadsheet from reading it as a formula when edited.
        self.quoted = book.add_format({**top, "text_wrap": True, "quote_prefix": True})
        self.formats = {kind: book.add_format({**top, "num_format": form}) for kind, form in FORMATS.items()}
        head = book.add_format(
            {
                "bold": True,
                "bg_color": "#1F3A5F",
                "font_color": "#FFFFFF",
                "valign": "top",
                "text_wrap": True,
            }
        )
        for index, column in enumerate(columns):
            sheet.write_string(0, index, column.header, head)
            if column.help:
                sheet.write_comment(0, index, column.help[:2000], {"x_scale": 1.6})
        sheet.write_string(0, len(columns), ID_HEADER, head)

    def row(self, number: int, pk: int | None, values: Sequence[Exported]) -> None:
        """One row, its id in the hidden column."""
        for index, value in enumerate(values):
            if value is not None and value != "":
                self._cell(number, index, value)
        if pk is not None:
            self.sheet.write_number(number, len(self.columns), pk)

    def _cell(self, row: int, index: int, value: Exported) -> None:
        kind = self.columns[index].kind
        read = as_read(value)
        self.widths[index] = max(self.widths[index], min(len(read) + 2, 60))
        if isinstance(value, datetime) and value.year >= FIRST_YEAR:
            self.sheet.write_datetime(row, index, value, self.formats["moment"])
        elif isinstance(value, date) and not isinstance(value, datetime) and value.year >= FIRST_YEAR:
            self.sheet.write_datetime(row, index, value, self.formats["date"])
        elif isinstance(value, int | Decimal) and is_exact(value):
            number = self.formats["money" if kind == "money" else "number"]
            self.sheet.write_number(row, index, value, number)
        elif is_dangerous(read):
            self.sheet.write_string(row, index, read, self.quoted)
        else:
            wraps = kind == "long" or "\n" in read or len(read) > 60
            self.sheet.write_string(row, index, fitting(read), self.wrapped if wraps else self.text)

    def finish(self, count: int, footer: str) -> None:
        """Freeze, filter, widths, lists of choices, and how it prints."""
        sheet, last = self.sheet, len(self.columns)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(count, 1), last)
        for index, width in enumerate(self.widths):
            sheet.set_column(index, index, max(8, min(width, 60)))
        sheet.set_column(last, last, 8, None, {"hidden": True})
        self._validate(count + ROWS_TO_FILL)
        sheet.set_landscape()
        sheet.set_paper(9)
        if last <= PRINTABLE_COLUMNS:  # more of them on one page could not be read
            sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&L" + footer.replace("&", "&&")[:200] + "&R&P / &N")

    def _validate(self, last_row: int) -> None:
        lists = None
        for index, column in enumerate(self.columns):
            rule: dict[str, Any] = {"ignore_blank": True, "error_type": "warning"}
            if column.choices:
                rule |= {"validate": "list", "source": list(column.choices)}
                if sum(len(choice) + 1 for choice in column.choices) > LONGEST_LIST or any(
                    "," in choice for choice in column.choices
                ):
                    lists = lists or self._lists_sheet()
                    for row, choice in enumerate(column.choices):
                        lists.write_string(row, index, choice)
                    end = xlsxwriter.utility.xl_rowcol_to_cell(len(column.choices) - 1, index, True, True)
                    start = xlsxwriter.utility.xl_rowcol_to_cell(0, index, True, True)
                    rule["source"] = f"={LISTS_SHEET}!{start}:{end}"
            elif column.steps:
                low, high = column.steps
                rule |= {"validate": "integer", "criteria": "between", "minimum": low, "maximum": high}
            elif column.kind == "date":
                rule |= {"validate": "date", "criteria": ">=", "value": date(FIRST_YEAR, 1, 1)}
            else:
                continue
            self.sheet.data_validation(1, index, last_row, index, rule)

    def _lists_sheet(self) -> Any:
        sheet = self.book.add_worksheet(LISTS_SHEET)
        sheet.very_hidden()
        return sheet


def write_identity(book: Any, identity: dict[str, Any]) -> None:
    """What the workbook knows of itself, as JSON over as many cells as it needs, on a very hidden sheet."""
    sheet = book.add_worksheet(IDENTITY_SHEET)
    sheet.very_hidden()
    text = json.dumps(identity, ensure_ascii=True, separators=(",", ":"))
    for row, start in enumerate(range(0, len(text), CHUNK)):
        sheet.write_string(row, 0, text[start : start + CHUNK])
