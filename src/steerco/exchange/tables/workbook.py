"""XLSX workbooks to grids of texts, after a look into the package that refuses hostile ones.

The cell reader allocates the whole rectangle that the cells of a sheet span, so the span is taken from the
XML first: a file of a few bytes can otherwise claim seventeen thousand million cells.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from steerco.exchange.tables.said import Said, gettext_noop
from steerco.exchange.tables.table import TableError, column_letters

LARGEST_UNPACKED = 400 * 1024 * 1024
LARGEST_RATIO = 150
RATIO_COUNTS_FROM = 8 * 1024 * 1024
MOST_PARTS = 5_000
MOST_CELLS = 5_000_000

_CHUNK = 1024 * 1024
_DECLARATIONS = tuple(
    mark.encode(encoding)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: its name, its cells as texts from A1 on, and whether the workbook hides it."""

    name: str
    grid: list[list[str]]
    hidden: bool


def read_sheets(data: bytes, file: str) -> list[Sheet]:
    """Every worksheet of an XLSX workbook, in order, hidden ones included.

    Raises TableError for a workbook that is encrypted, damaged or hostile.
    """
    check_package(data, file)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = []
        for metadata in workbook.sheets_metadata:
            if metadata.typ != SheetTypeEnum.WorkSheet:
                continue
            read = workbook.get_sheet_by_name(metadata.name)
            grid = [[_text(value) for value in row] for row in read.to_python(skip_empty_area=False)]
            _fill_down(grid, read.merged_cell_ranges or ())
            sheets.append(Sheet(metadata.name, grid, metadata.visible != SheetVisibleEnum.Visible))
    except (CalamineError, ValueError, OverflowError) as error:
        raise TableError(
            file, Said(gettext_noop("The workbook is damaged: %(why)s."), why=str(error))
        ) from error
    return sheets


def _fill_down(grid: list[list[str]], merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """What stands in cells that are merged over several rows of one column stands in each of these rows."""
    for (top, left), (bottom, right) in merged:
        if left != right or top >= len(grid) or left >= len(grid[top]):
            continue
        for row in grid[top + 1 : bottom + 1]:
            if left < len(row) and not row[left]:
                row[left] = grid[top][left]


def check_package(data: bytes, file: str) -> None:
    """Refuses what is no XLSX package or would do harm when read.

    Checked: encryption, names that leave the package or occur twice, number of parts, unpacked size as stored
    and as really unpacked, ratio, DOCTYPE and ENTITY declarations, and the rectangle that cells span.

    Raises TableError.
    """
    if data.startswith(_OLE):
        raise TableError(
            file,
            Said(
                gettext_noop(
                    "This is an old .xls or a password-protected workbook: save it as .xlsx without password."
                )
            ),
        )
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise TableError(
            file, Said(gettext_noop("The workbook is damaged: it is not a readable package."))
        ) from error
    parts = package.infolist()
    if len(parts) > MOST_PARTS:
        raise TableError(
            file, Said(gettext_noop("The workbook has more than %(most)s parts."), most=MOST_PARTS)
        )
    _check_names(parts, file)
    total = sum(part.file_size for part in parts)
    if total > LARGEST_UNPACKED:
        raise TableError(file, Said(gettext_noop("The workbook is too large when unpacked.")))
    for part in parts:
        if part.file_size > RATIO_COUNTS_FROM and part.file_size > LARGEST_RATIO * max(part.compress_size, 1):
            raise TableError(
                file,
                Said(
                    gettext_noop("The part %(part)s unpacks to far more than a real workbook does."),
                    part=part.filename,
                ),
            )
    if total > RATIO_COUNTS_FROM and total > LARGEST_RATIO * len(data):
        raise TableError(
            file, Said(gettext_noop("The workbook unpacks to far more than a real workbook does."))
        )
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels", ".vml")):
            _check_part(package, part, file)


def has_macros(data: bytes) -> bool:
    """Whether a workbook that was read without an error carries a program; nothing here ever runs it."""
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    return any(name.lower().endswith("vbaproject.bin") for name in names)


def _check_names(parts: Sequence[zipfile.ZipInfo], file: str) -> None:
    names = [part.filename for part in parts]
    if len({name.lower() for name in names}) != len(names):
        raise TableError(file, Said(gettext_noop("The workbook contains the same part twice.")))
    for part in parts:
        pieces = part.filename.split("/")
        if part.filename.startswith("/") or "\\" in part.filename or ".." in pieces or ":" in pieces[0]:
            raise TableError(
                file,
                Said(
                    gettext_noop("The workbook contains a part outside its package: %(part)s."),
                    part=part.filename[:80],
                ),
            )
        if part.flag_bits & 0x1:
            raise TableError(file, Said(gettext_noop("The workbook is password-protected.")))
    if "[Content_Types].xml" not in names or not any(n.lower().endswith("workbook.xml") for n in names):
        raise TableError(file, Said(gettext_noop("The file is a package but not an Excel workbook (.xlsx).")))


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, file: str) -> None:
    """One pass over a part: real size, declarations, and for sheets the span of cell references."""
    is_sheet = "/worksheets/" in f"/{part.filename}".lower()
    unpacked, tail = 0, b""
    rows = columns = 0
    try:
        with package.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                unpacked += len(chunk)
                if unpacked > part.file_size:
                    raise TableError(
                        file,
                        Said(gettext_noop("The part %(part)s is larger than it says."), part=part.filename),
                    )
                window = tail + chunk
                if any(mark in window for mark in _DECLARATIONS):
                    raise TableError(
                        file,
                        Said(
                            gettext_noop("The part %(part)s declares a document type, which is not read."),
                            part=part.filename,
                        ),
                    )
                if is_sheet:
                    for letters, number in _REFERENCE.findall(window):
                        rows = max(rows, int(number))
                        columns = max(columns, _column_number(letters))
                tail = window[-64:]
    except TableError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise TableError(
            file, Said(gettext_noop("The part %(part)s is damaged."), part=part.filename)
        ) from error
    if rows * columns > MOST_CELLS:
        raise TableError(
            file,
            Said(gettext_noop("The sheet spans too many cells.")),
            row=rows,
            cell=f"{column_letters(columns)}{rows}",
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _text(value: object) -> str:
    """A cell as the text that the parsers read: ISO dates, decimals without an exponent."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        plain = format(Decimal(repr(value)), "f") if value == value and abs(value) != float("inf") else ""
        return plain.removesuffix(".0")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time | timedelta | int):
        return str(value)
    return "" if value is None else str(value)
