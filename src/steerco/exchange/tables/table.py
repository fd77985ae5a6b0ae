"""The table that every file format is read into, and what can be said about reading it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from steerco.exchange.tables.said import Said, gettext_noop

_IN_FILE = gettext_noop("%(file)s: %(message)s")
_AT_ROW = gettext_noop("%(file)s, row %(row)s: %(message)s")
_AT_CELL = gettext_noop("%(file)s, row %(row)s, cell %(cell)s: %(message)s")


class TableError(ValueError):
    """A file that cannot be read as tables, with the place where it fails.

    `row` is the number that a person sees in the file (1 is the first), `cell` an address such as "C7".
    """

    def __init__(self, file: str, message: str, row: int | None = None, cell: str = "") -> None:
        self.file = file
        self.row = row
        self.cell = cell
        self.message = message
        template = _AT_CELL if cell else _AT_ROW if row is not None else _IN_FILE
        super().__init__(Said(template, file=file, row=row, cell=cell, message=message))


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a person should know about a file: what was assumed, repaired, skipped or refused.

    `code` is stable, `message` English (see `said` for other languages), `cell` an address such as "C7"
    ("" when it concerns the row or file), `value` the text of the file that it is about.
    """

    code: str
    message: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    cell: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One record. `number` is the row (turned round: the column) that a person sees in the file."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Headers and records of one sheet; every row has as many cells as there are headers.

    `header_row` is the row (turned round: the column) of the headers, `positions` the column (turned round:
    the row) of each header, all counted from 1 as a person sees them in the file.
    """

    source: str
    sheet: str
    header_row: int
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    positions: tuple[int, ...]
    transposed: bool = False
    notes: tuple[Note, ...] = field(default=())

    def cell_address(self, row: Row | int, column: int) -> str:
        """The spreadsheet address ("C7") of the cell of `row` in column index `column` (from 0)."""
        number = row.number if isinstance(row, Row) else row
        position = self.positions[column]
        return cell_address(position, number) if self.transposed else cell_address(number, position)

    def column(self, index: int) -> tuple[str, ...]:
        """The texts of one column (index from 0) over all rows."""
        return tuple(row.cells[index] for row in self.rows)

    def with_notes(self, notes: Sequence[Note]) -> "Table":
        """A copy that carries `notes` after its own."""
        return replace(self, notes=(*self.notes, *notes))


def column_letters(number: int) -> str:
    """The letters of a spreadsheet column: 1 is "A", 27 is "AA".

    Raises ValueError below 1.
    """
    if number < 1:
        raise ValueError("Columns are counted from 1.")
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_address(row: int, column: int) -> str:
    """The spreadsheet address of a cell, both numbers counted from 1."""
    return f"{column_letters(column)}{row}"
