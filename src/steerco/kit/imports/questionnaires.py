"""A form that is filled in elsewhere: a workbook whose questions are locked and whose answers come back.

Each answer stands in a row of its own, with the key of its question in a hidden column, so that it is found again
wherever its row went. Knows no registers or rights; `read_confined` reads the file.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from steerco.exchange.packs.fit.wrap import Style, wrap
from steerco.exchange.tables.table import column_letters
from steerco.kit.imports.confinement import Reading, Unreadable
from steerco.kit.imports.parse_tables import ID_HEADER
from steerco.kit.imports.representation import Exported, fitting, is_dangerous
from steerco.kit.imports.workbooks import FIRST_YEAR, LISTS_SHEET, begun, sheet_name, write_identity

LABEL, ANSWER, LAST, KNOWN, KEY = range(5)
WIDTHS = (27, 56, 32, 50)  # characters
POINTS = 5.25  # that a column of one character is wide in Calibri 11
LINE = 15.0
MOST_LINES = 12  # of what stands beside an answer in one row: what is longer goes on below, also over pages
HIGHEST = 26  # lines of a row: none can be higher than 409 points
ROOM = {"text": 3, "line": 2}  # lines that an answer has at least, for whoever writes by hand
TEXT = Style(11)


@dataclass(frozen=True)
class Question:
    """What is asked, and in smaller words how to answer it (`help`). `kind`: "text", "line", "number", "date" or
    "choice"; `value` stands there already, `last` was said the last time, `known` is what the system knows, a line
    each; `longest` is in characters."""

    key: str
    label: str
    help: str = ""
    kind: str = "text"
    value: Exported = None
    choices: tuple[str, ...] = ()
    last: str = ""
    known: tuple[str, ...] = ()
    longest: int = 0
    tints: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # choice -> (fill, text), RRGGBB


@dataclass(frozen=True)
class Section:
    """Questions under one heading."""

    title: str
    questions: Sequence[Question]


@dataclass(frozen=True)
class Questionnaire:
    """A form: its title, the lines under it, the four headings of its columns, and what it knows of itself."""

    title: str
    lines: Sequence[str]
    headings: Sequence[str]
    sections: Sequence[Section]
    identity: dict[str, Any]
    footer: str = ""
    german: bool = False


@dataclass(frozen=True)
class Returned:
    """An answer as it came back: its text, and where it stands."""

    key: str
    label: str
    text: str
    sheet: str
    cell: str
    label_cell: str


def questionnaire_workbook(form: Questionnaire) -> bytes:
    """The form as a protected workbook in which only answers can be typed; no text in it becomes a formula."""
    buffer = io.BytesIO()
    with begun(buffer) as book:
        _Writer(book, form).write()
        write_identity(book, form.identity)
    return buffer.getvalue()


def returned_answers(reading: Reading) -> list[Returned]:
    """The answers in a workbook that went out from here. Raises Unreadable where its columns are not as they were."""
    table = reading.tables[0]
    sheet, headers = table["sheet"], table["headers"]
    if len(headers) <= KEY or headers[KEY] != ID_HEADER:
        where = _("Sheet “%(sheet)s”, row %(row)s:") % {"sheet": sheet, "row": table["header_row"]}
        what = _("the columns were moved. Download the workbook anew and copy your texts into it.")
        raise Unreadable(f"{where} {what}")
    found = []
    for number, cells in table["rows"]:
        if cells[KEY].strip():
            at = [f"{column_letters(column + 1)}{number}" for column in (LABEL, ANSWER)]
            found.append(Returned(cells[KEY].strip(), cells[LABEL], cells[ANSWER], sheet, at[1], at[0]))
    return found


def label_of(one: Question) -> str:
    """The question with its help, as its cell reads."""
    return fitting(f"{one.label}\n{one.help}" if one.help else one.label)


def chunks(text: str, width: float) -> Iterator[str]:
    """A text in pieces that fit a row: no program shows a higher one."""
    piece: list[str] = []
    used = 0
    for paragraph in text.split("\n") if text else ():
        for lines in _slices(paragraph, width):
            if piece and used + lines[1] > MOST_LINES:
                yield "\n".join(piece)
                piece, used = [], 0
            piece.append(lines[0])
            used += lines[1]
    if piece:
        yield "\n".join(piece)


def _slices(paragraph: str, width: float) -> Iterator[tuple[str, int]]:
    lines = wrap(paragraph, width * POINTS, TEXT)
    if len(lines) <= MOST_LINES:
        yield paragraph, len(lines)
        return
    for start in range(0, len(lines), MOST_LINES):
        some = lines[start : start + MOST_LINES]
        yield " ".join(some), len(some)


class _Writer:
    """Writes the one sheet that is seen, and the lists of choices."""

    def __init__(self, book: Any, form: Questionnaire) -> None:
        self.book, self.form = book, form
        self.sheet = book.add_worksheet(sheet_name(form.headings[LABEL]))
        self.lists = book.add_worksheet(LISTS_SHEET)
        self.lists.very_hidden()
        self.listed: dict[tuple[str, ...], str] = {}
        base: dict[str, Any] = {"font_name": "Calibri", "font_size": 11, "valign": "top", "text_wrap": True}
        rule: dict[str, Any] = {"top": 1, "top_color": "#D5DDE5"}
        box = {**base, "locked": False, "border": 1, "border_color": "#8FA3B5", "bg_color": "#F4F8FC"}
        day = "dd.mm.yyyy" if form.german else "d mmm yyyy"
        looks: dict[str, dict[str, Any]] = {
            "title": {**base, "text_wrap": False, "bold": True, "font_size": 16},
            "line": {**base, "text_wrap": False, "font_color": "#56616D"},
            "head": {**base, "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3A5F"},
            "section": {
                **base, "text_wrap": False, "bold": True, "font_size": 13, "font_color": "#1F3A5F", "valign": "bottom",
            },
            "label": {**base, **rule, "bold": True},
            "strong": {"font_name": "Calibri", "font_size": 11, "bold": True},
            "help": {"font_name": "Calibri", "font_size": 9, "font_color": "#56616D"},
            "beside": {**base, **rule, "font_color": "#56616D"},
            "below": {**base, "font_color": "#56616D"},
            # Text cells: what is typed with = + - @ in front stays a text too.
            "text": {**box, "num_format": "@"},
            "quoted": {**box, "num_format": "@", "quote_prefix": True},
            "number": {**box, "num_format": "General", "align": "left"},
            "date": {**box, "num_format": day, "align": "left"},
        }  # fmt: skip
        self.formats = {name: book.add_format(look) for name, look in looks.items()}
        self.at = 0

    def write(self) -> None:
        """Everything, from the title down to how it prints."""
        sheet, form = self.sheet, self.form
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheet.set_column(KEY, KEY, 8, None, {"hidden": True})
        self._line(form.title, "title", 24)
        for text in form.lines:
            self._line(text, "line", LINE)
        head = self.at
        for column, text in enumerate(form.headings):
            sheet.write_string(head, column, text, self.formats["head"])
        sheet.write_string(head, KEY, ID_HEADER, self.formats["head"])
        self.at += 1
        for section in form.sections:
            self._section(section)
        sheet.freeze_panes(head + 1, 1)
        sheet.repeat_rows(head)
        self._page()

    def _line(self, text: str, look: str, height: float) -> None:
        self.sheet.write_string(self.at, 0, fitting(text), self.formats[look])
        self.sheet.set_row(self.at, height)
        self.at += 1

    def _section(self, section: Section) -> None:
        self._line(section.title, "section", 30)
        for question in section.questions:
            self._question(question)

    def _question(self, one: Question) -> None:
        """A row; what does not fit beside the answer goes on in locked rows below."""
        first = self.at
        known = "\n".join(fitting(line) for line in one.known)
        beside = zip_longest(
            chunks(fitting(one.last), WIDTHS[LAST]), chunks(known, WIDTHS[KNOWN]), fillvalue=""
        )
        rows = list(beside) or [("", "")]
        for number, (last, told) in enumerate(rows):
            texts = {LAST: last, KNOWN: told}
            if number == 0:
                texts |= {LABEL: label_of(one), ANSWER: str(one.value or "")}
                self._label(first, one)
                self._answer(first, one)
                self.sheet.write_string(first, KEY, one.key)
            look = self.formats["below" if number else "beside"]
            for column in (LAST, KNOWN):
                self.sheet.write_string(self.at, column, texts[column], look)
            least = ROOM.get(one.kind, 1) if number == 0 else 1
            self.sheet.set_row(self.at, _lines(texts, least) * LINE + 4)
            self.at += 1

    def _label(self, row: int, one: Question) -> None:
        look, text = self.formats["label"], label_of(one)
        label, _line, rest = text.partition("\n")
        if label and rest.strip():
            pieces = (self.formats["strong"], f"{label}\n", self.formats["help"], rest)
            self.sheet.write_rich_string(row, LABEL, *pieces, look)
        else:
            self.sheet.write_string(row, LABEL, text, look)

    def _answer(self, row: int, one: Question) -> None:
        value, sheet = one.value, self.sheet
        if isinstance(value, date):
            sheet.write_datetime(row, ANSWER, value, self.formats["date"])
        elif isinstance(value, int | Decimal):
            sheet.write_number(row, ANSWER, value, self.formats["number"])
        else:
            text = fitting(value or "")
            look = one.kind if one.kind in ("number", "date") else "text"
            look = "quoted" if is_dangerous(text) else look
            if text:
                sheet.write_string(row, ANSWER, text, self.formats[look])
            else:
                sheet.write_blank(row, ANSWER, None, self.formats[look])
        if rule := self._rule(one):
            sheet.data_validation(row, ANSWER, row, ANSWER, {"ignore_blank": True, **rule})
        for choice, (fill, ink) in one.tints.items():
            tint = self.book.add_format({"bg_color": f"#{fill}", "font_color": f"#{ink}"})
            quoted = choice.replace('"', '""')
            look_of = {"type": "cell", "criteria": "==", "value": f'"{quoted}"', "format": tint}
            sheet.conditional_format(row, ANSWER, row, ANSWER, look_of)

    def _rule(self, one: Question) -> dict[str, Any]:
        if one.kind == "choice":
            said = _("Choose from the list of the cell.")
            return {"validate": "list", "source": self._list(one.choices), "error_message": said}
        if one.kind == "date":
            first = date(FIRST_YEAR, 1, 1)
            said = _("Write a date.")
            return {"validate": "date", "criteria": ">=", "value": first, "error_message": said}
        if one.kind == "number":
            said = _("Write a number.")
            between = {"criteria": "between", "minimum": -1e15, "maximum": 1e15}
            return {"validate": "decimal", **between, "error_message": said}
        if one.longest:
            said = _("At most %(n)s characters.") % {"n": one.longest}
            return {"validate": "length", "criteria": "<=", "value": one.longest, "error_message": said}
        return {}

    def _list(self, choices: tuple[str, ...]) -> str:
        """Where a list of choices stands: on a sheet, as a comma in one would cut it inside a validation."""
        if choices not in self.listed:
            column = len(self.listed)
            for row, choice in enumerate(choices):
                self.lists.write_string(row, column, fitting(choice))
            letters = xl_col_to_name(column)
            self.listed[choices] = f"={LISTS_SHEET}!${letters}$1:${letters}${len(choices)}"
        return self.listed[choices]

    def _page(self) -> None:
        sheet = self.sheet
        sheet.protect("", {"format_rows": True, "format_columns": True})
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.print_area(0, 0, max(self.at - 1, 0), KNOWN)
        sheet.set_footer("&L" + self.form.footer.replace("&", "&&")[:200] + "&R&P / &N")


def _lines(texts: Mapping[int, str], least: int) -> int:
    most = least
    for column, text in texts.items():
        if text:
            style = Style(11, bold=column == LABEL)
            most = max(most, len(wrap(text[:4_000], WIDTHS[column] * POINTS, style)))
    return min(most, HIGHEST)
