"""The child process that reads an uploaded file: bytes on stdin, tables as JSON on stdout.

It starts with nothing but the file: the environment is empty, and `confine` takes away all else before the first byte
is read.
"""

import io
import json
import sys
import zipfile
import zlib
from typing import Any

from steerco.exchange.confinement import confine
from steerco.exchange.tables import Row, Said, Table, TableError, read_pasted, read_tables
from steerco.exchange.tables.said import gettext_noop
from steerco.exchange.tables.workbook import Sheet, read_sheets

IDENTITY_SHEET = "steerco_identity"
ID_HEADER = "steerco_row"  # heads the hidden column of row ids
_LIST_OF_SHEETS = 1024 * 1024


def main() -> None:
    """Read one file as the first line of stdin (JSON: name, header_row, pasted) describes it."""
    confine()
    order = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    try:
        answer = read(data, order["name"], order["header_row"], pasted=order["pasted"])
    except TableError as error:
        answer = {
            "problem": {"message": as_data(error.message), "row": error.row, "cell": error.cell},
        }
    json.dump(answer, sys.stdout)


def read(data: bytes, name: str, header_row: int | None, *, pasted: bool) -> dict[str, Any]:
    """{"tables": [...], "identity": {...} or None}. Raises TableError."""
    if pasted:
        return {"tables": [as_json(read_pasted(data.decode("utf-8"), name))], "identity": None}
    if may_be_own_export(data) and (own := own_export(read_sheets(data, name), name)) is not None:
        return own
    return {"tables": [as_json(t) for t in read_tables(data, name, header_row)], "identity": None}


def may_be_own_export(data: bytes) -> bool:
    """Whether the list of sheets of a workbook names the identity; says nothing about damage or hostility."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)).open("xl/workbook.xml") as part:
            return IDENTITY_SHEET.encode() in part.read(_LIST_OF_SHEETS)
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, OSError, zlib.error, RuntimeError):
        return False  # the reader says what is wrong with it


def own_export(sheets: list[Sheet], name: str) -> dict[str, Any] | None:
    """A workbook that was exported here: the sheet with row ids, and the identity out of the very hidden one."""
    hidden = next((s for s in sheets if s.name == IDENTITY_SHEET), None)
    if hidden is None:
        return None
    for sheet in sheets:
        for number, row in enumerate(sheet.grid[:30], start=1):
            if sheet is not hidden and ID_HEADER in row:
                identity = _identity_in(hidden, name)
                return {"tables": [_plain_table(sheet, name, number)], "identity": identity}
    return None


def _identity_in(hidden: Sheet, name: str) -> Any:
    try:
        return json.loads("".join(cells[0] for cells in hidden.grid if cells))
    except (ValueError, RecursionError) as error:
        said = gettext_noop(
            "The hidden sheet of the workbook is damaged: download the workbook anew and copy your texts."
        )
        raise TableError(name, Said(said)) from error


def _plain_table(sheet: Sheet, name: str, header_row: int) -> dict[str, Any]:
    """The table under a known row of headers, without any guess."""
    headers = sheet.grid[header_row - 1]
    width = len(headers)
    rows = [
        Row(number, tuple([*row, *[""] * width][:width]))
        for number, row in enumerate(sheet.grid[header_row:], start=header_row + 1)
        if any(text.strip() for text in row)
    ]
    positions = tuple(range(1, width + 1))
    return as_json(Table(name, sheet.name, header_row, tuple(headers), tuple(rows), positions))


def as_data(message: str) -> Any:
    """A sentence with what it needs to be said in another language."""
    return message.as_data() if isinstance(message, Said) else message


def as_json(table: Table) -> dict[str, Any]:
    """A table as plain data."""
    return {
        "source": table.source,
        "sheet": table.sheet,
        "header_row": table.header_row,
        "headers": list(table.headers),
        "rows": [[row.number, list(row.cells)] for row in table.rows],
        "positions": list(table.positions),
        "transposed": table.transposed,
        "notes": [[n.code, as_data(n.message), n.row, n.cell, n.value] for n in table.notes],
    }


if __name__ == "__main__":
    main()
