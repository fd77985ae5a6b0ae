"""Files and pasted cells to tables."""

from pathlib import PurePath

from steerco.exchange.tables.delimited import read_grid
from steerco.exchange.tables.layout import table_from_grid
from steerco.exchange.tables.said import Said, gettext_noop
from steerco.exchange.tables.table import Note, Table, TableError
from steerco.exchange.tables.texts import decode, repair_of
from steerco.exchange.tables.workbook import Sheet, read_sheets

LARGEST_FILE = 50 * 1024 * 1024

_PACKAGE = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_TASKS = "TBkndTask".encode("utf-16-le")  # the folder of tasks in a file of Microsoft Project
_PLANS = (b"ERMHDR", b"MPX,", b"MPX;", b"MPX\t")  # how files of Primavera and of Microsoft Project begin
_ROOTS = (b"schemas.microsoft.com/project", b"APIBusinessObjects")  # the same, written as XML
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read_tables(data: bytes, name: str, header_row: int | None = None) -> list[Table]:
    """The tables in a CSV, TSV or XLSX file, one per sheet that has any, in the order of the sheets.

    `name` is what notes and errors call the file; what it is, is decided by its bytes. `header_row` (from 1)
    replaces the search for the row of headers, on every sheet. Mangled letters are repaired with a note.

    Raises TableError when the file is larger than 50 MB, damaged, hostile, a plan, or holds no table at all.
    """
    source = PurePath(name).name
    if len(data) > LARGEST_FILE:
        raise TableError(source, Said(gettext_noop("The file is larger than 50 MB.")))
    if not data.strip():
        raise TableError(source, Said(gettext_noop("The file is empty.")))
    if _is_plan(data):
        raise TableError(
            source,
            Said(
                gettext_noop(
                    "This is a plan, not a table. Bring it with “Bring a plan” on the page of its initiative."
                )
            ),
        )
    if data.startswith((_PACKAGE, _OLE)):
        sheets = read_sheets(data, source)
        return _tables(sheets, source, header_row, [])
    text, encoding = decode(data, source)
    notes = (
        []
        if encoding.startswith("utf")
        else [
            Note("encoding_assumed", Said(gettext_noop("Read as %(encoding)s."), encoding=encoding), source)
        ]
    )
    return _tables([Sheet("", read_grid(text, source), hidden=False)], source, header_row, notes)


def _is_plan(data: bytes) -> bool:
    """Whether it is the file of a planning program: read as a table it would give rows of nonsense."""
    if data.startswith(_OLE):
        return _TASKS in data
    head = data[:2000]
    for mark in _MARKS:
        head = head.removeprefix(mark)
    head = head.replace(b"\0", b"").lstrip()
    return head.startswith(_PLANS) or (head.startswith(b"<") and any(root in head for root in _ROOTS))


def read_pasted(text: str, name: str = "clipboard") -> Table:
    """The table in cells pasted from a spreadsheet (tabs) or as delimited text.

    Raises TableError when the text is larger than 50 MB or holds no table.
    """
    if len(text) > LARGEST_FILE:
        raise TableError(name, Said(gettext_noop("The pasted text is larger than 50 MB.")))
    grid = read_grid(text, name, delimiter="\t" if "\t" in text else None)
    return _tables([Sheet("", grid, hidden=False)], name, None, [])[0]


def _tables(sheets: list[Sheet], source: str, header_row: int | None, notes: list[Note]) -> list[Table]:
    tables = []
    for sheet in sheets:
        grid, extra = sheet.grid, list(notes)
        repair = repair_of(text for row in grid for text in row if not text.isascii())
        if repair is not None:
            mend, what = repair
            grid = [[text if text.isascii() else mend(text) for text in row] for row in grid]
            extra.append(
                Note(
                    "letters_repaired",
                    Said(gettext_noop("Repaired %(what)s."), what=what),
                    source,
                    sheet.name,
                )
            )
        if sheet.hidden:
            extra.append(
                Note(
                    "sheet_hidden",
                    Said(gettext_noop("This sheet is hidden in the workbook.")),
                    source,
                    sheet.name,
                )
            )
        table = table_from_grid(grid, source, sheet.name, header_row)
        if table is not None:
            tables.append(table.with_notes(extra))
    if not tables:
        raise TableError(
            source, Said(gettext_noop("The file holds no table: no row of headers with records under it."))
        )
    return tables
