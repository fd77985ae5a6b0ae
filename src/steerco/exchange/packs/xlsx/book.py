"""A workbook in which user text can never become a formula."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from steerco.exchange.packs.fit.wrap import Style, wrap
from steerco.exchange.packs.ratings import Palette, RatingValue, ink
from steerco.exchange.packs.values import Wording

CELL_LENGTH = 32_767
SHEET_LENGTH = 31
MOST_LINES = 20
TOP = 2  # the row in which the table of a sheet begins
_READ = 4_000
SHEETS = (
    "overview",
    "decisions",
    "conflicts",
    "changes",
    "ratings",
    "milestones",
    "money",
    "risks",
    "heat_map",
    "projects",
    "text",
    "history",
    "notes",
)
_SHEET_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True, slots=True)
class Formula:
    """An A1 formula with the value that a viewer shows without calculating."""

    text: str
    value: float | int | str


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a table: title, width in characters, and how its values look."""

    title: str
    width: float
    look: str = "text"


Value = str | int | float | Decimal | date | Formula | None


@dataclass(slots=True)
class Book:
    """An open workbook with its formats."""

    workbook: xlsxwriter.Workbook
    words: Wording
    formats: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._name_sheets()
        day = "dd.mm.yyyy" if self.words.figures.german else "d mmm yyyy"
        looks: dict[str, dict[str, object]] = {
            "text": {"text_wrap": True},
            "code": {"font_color": "#56616D"},
            "strong": {"bold": True, "text_wrap": True},
            "rating": {"align": "center", "bold": True},
            "centre": {"align": "center"},
            "number": {"num_format": "#,##0"},
            "money": {"num_format": "#,##0.0;[Red]-#,##0.0"},
            "percent": {"num_format": "0.0%;[Red]-0.0%"},
            "days": {"num_format": "+#,##0;-#,##0;0"},
            "date": {"num_format": day, "align": "right"},
            "title": {"bold": True, "font_size": 16},
            "topic": {"bold": True, "font_color": "#1F5F8B"},
            "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F5F8B", "text_wrap": True},
            "marking": {"bold": True},
            "muted": {"font_color": "#56616D"},
        }
        for name, look in looks.items():
            top = {} if name in ("title", "topic", "marking") else {"valign": "top"}
            self.formats[name] = self.workbook.add_format(
                {"font_name": "Calibri", "font_size": 11, **top, **look}
            )

    def _name_sheets(self) -> None:
        """Legal, unique names for all sheets before the first is written: formulas refer to later ones."""
        taken: set[str] = set()
        for key in SHEETS:
            label = str(getattr(self.words.labels, key))
            name = label.translate(_SHEET_FORBIDDEN).strip()[:SHEET_LENGTH] or key
            if name.casefold() in taken:
                name = f"{name[: SHEET_LENGTH - len(key) - 3]} ({key})"
            taken.add(name.casefold())
            self.names[key] = name

    def sheet(self, key: str) -> Worksheet:
        """The sheet that is named by the label `key`; the marking stands in head and foot of each page."""
        sheet = self.workbook.add_worksheet(self.names[key])
        content = self.words.content
        # & starts a code in headers: doubled, it prints itself.
        mark = " · ".join(part for part in (content.marking, content.organisation) if part)[:120].replace(
            "&", "&&"
        )
        sheet.set_header(f"&C&B{mark}" if not mark[:1].isdigit() else f"&C&B {mark}")
        sheet.set_footer(f"&C{mark}&R&P / &N")
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, value: Value, look: str = "text") -> None:
        """Writes a value by its type: a text stays a text whatever it begins with, numbers stay numbers."""
        style = self.formats[look]
        if value is None:
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, Formula):
            sheet.write_formula(row, column, value.text, style, value.value)
        elif isinstance(value, str):
            sheet.write_string(row, column, value[:CELL_LENGTH], style)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, style)
        else:
            sheet.write_number(row, column, value, style)

    def table(
        self, sheet: Worksheet, top: int, name: str, fields: Sequence[Field], rows: Sequence[Sequence[Value]]
    ) -> None:
        """A live table (filters, banded rows) from row `top`; an empty one keeps one blank row."""
        titles = _unique([column.title for column in fields])
        last = top + max(len(rows), 1)
        columns = [{"header": title, "header_format": self.formats["head"]} for title in titles]
        for index, column in enumerate(fields):
            sheet.set_column(index, index, column.width)
        sheet.add_table(
            top,
            0,
            last,
            len(fields) - 1,
            {"name": name, "columns": columns, "style": "Table Style Light 1", "autofilter": True},
        )
        for number, row in enumerate(rows, start=top + 1):
            for index, (column, value) in enumerate(zip(fields, row, strict=True)):
                self.put(sheet, number, index, value, column.look)
            sheet.set_row(number, _height(fields, row))
        sheet.freeze_panes(top + 1, 1)
        sheet.repeat_rows(top)

    def colour_ratings(self, sheet: Worksheet, first: int, last: int, columns: Sequence[int]) -> None:
        """Conditional formats by the letters of the rating, so that a changed cell changes its colour."""
        labels, palette = self.words.labels, self.words.content.palette
        for column in columns:
            for value in RatingValue:
                sheet.conditional_format(
                    first,
                    column,
                    last,
                    column,
                    {
                        "type": "cell",
                        "criteria": "==",
                        "value": f'"{labels.letter(value)}"',
                        "format": self._rating_format(value, palette),
                    },
                )

    def _rating_format(self, value: RatingValue, palette: Palette) -> Any:
        name = f"rating {value}"
        if name not in self.formats:
            colours = ink(value, palette)
            self.formats[name] = self.workbook.add_format(
                {"bg_color": f"#{colours.fill}", "font_color": f"#{colours.text}"}
            )
        return self.formats[name]


def _height(fields: Sequence[Field], row: Sequence[Value]) -> float:
    """Points that the longest text of a row needs: not every program finds that out when it opens the file."""
    lines = 1
    for column, value in zip(fields, row, strict=True):
        if isinstance(value, str) and column.look in ("text", "strong"):
            # A column of one character is about 5.25 points wide in Calibri 11.
            style = Style(11, bold=column.look == "strong")
            lines = max(lines, len(wrap(value[:_READ], column.width * 5.25, style)))
    return min(lines, MOST_LINES) * 15.0


def _unique(titles: Sequence[str]) -> list[str]:
    """Headings of a table must differ, must not be empty, and must not look like formulas to older readers."""
    found: list[str] = []
    taken: set[str] = set()
    for index, title in enumerate(titles, start=1):
        base = " ".join(title.split())[:200] or f"#{index}"
        name, number = base, 1
        while name.casefold() in taken:
            number += 1
            name = f"{base} ({number})"
        taken.add(name.casefold())
        found.append(name)
    return found


def table_sheet(
    book: Book, key: str, message: str, fields: list[Field], rows: list[list[Value]]
) -> tuple[Worksheet, int, int]:
    """A sheet with its message on top and one table; returns sheet, first and last row of data."""
    sheet = book.sheet(key)
    book.put(sheet, 0, 0, message, "title")
    sheet.set_row(0, 24)
    book.table(sheet, TOP, key, fields, rows)
    return sheet, TOP + 1, TOP + max(len(rows), 1)
