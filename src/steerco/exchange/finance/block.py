"""A block of cells pasted from a spreadsheet: months as columns, lines as rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from steerco.engine.finance.sheet import Kind, Nature
from steerco.engine.finance.years import month_after
from steerco.exchange.finance.amounts import Refused, Written, mark_in, parse_minor, unit_of
from steerco.exchange.finance.words import kind_in, nature_in, parse_month, words_in
from steerco.exchange.tables.delimited import read_grid
from steerco.exchange.tables.money import currency_in
from steerco.exchange.tables.said import Said, gettext_noop
from steerco.exchange.tables.table import TableError

MOST_ROWS, MOST_COLUMNS = 200, 400


@dataclass(frozen=True, slots=True)
class Cell:
    """An amount (minor units) for one month of one line, and where it stood (from 1)."""

    month: date
    kind: Kind
    nature: Nature
    minor: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be taken, and where it stood (0: the whole row or column)."""

    row: int
    column: int
    text: str
    said: Said


@dataclass
class Block:
    """What was read: the cells, and what was left out or refused."""

    cells: list[Cell] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)
    mark: str = "."
    unit: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block without headings starts: the line and the month of its first cell."""

    lines: Sequence[tuple[Kind, Nature]]
    month: date


def read_block(
    text: str,
    currency: str,
    *,
    nature: Nature | None = None,
    mark: str = ".",
    unit: int = 0,
    start: Place | None = None,
) -> Block:
    """Read pasted cells. `nature` is for lines that do not say whether they are capital or revenue, `mark` for amounts
    that do not tell the decimal mark, `unit` what bare numbers count in (0: as the headings say, else 1).

    With months in the first rows and the lines in the first columns it stands by itself; without either it needs
    `start`. Raises TableError when nothing can be told of it.
    """
    grid = [
        row
        for row in read_grid(text.replace("\r\n", "\n").strip("\n"), "", "\t")
        if any(c.strip() for c in row)
    ]
    if not grid:
        raise TableError("", Said(gettext_noop("There are no cells in what was pasted.")))
    if len(grid) > MOST_ROWS or max(len(row) for row in grid) > MOST_COLUMNS:
        raise TableError("", Said(gettext_noop("That is more than a sheet holds: bring it as a file.")))
    head = next((n for n, row in enumerate(grid[:6]) if any(parse_month(cell) for cell in row)), None)
    if head is None:
        if start is None:
            raise TableError(
                "",
                Said(
                    gettext_noop("No heading names a month: copy the row with the months too, as “Apr 26”.")
                ),
            )
        return _without_headings(grid, currency, start, mark, unit)
    return _with_headings(grid, head, currency, nature, mark, unit)


def _without_headings(grid: list[list[str]], currency: str, start: Place, mark: str, unit: int) -> Block:
    written = Written(currency, mark_in((c for row in grid for c in row), mark), unit or 1)
    block = Block(mark=written.mark, unit=written.unit)
    for number, row in enumerate(grid):
        if number >= len(start.lines):
            block.left_out.append(
                Problem(number + 1, 0, "", Said(gettext_noop("Below the last line of the sheet.")))
            )
            continue
        for column, text in enumerate(row):
            place = (month_after(start.month, column), *start.lines[number])
            _take(block, text, place, number + 1, column + 1, written)
    return block


def _with_headings(
    grid: list[list[str]], head: int, currency: str, nature: Nature | None, mark: str, unit: int
) -> Block:
    months = {column: month for column, text in enumerate(grid[head]) if (month := parse_month(text))}
    first = min(months)
    titles = [" ".join(row[:first]) for row in grid]
    above = " ".join([*(" ".join(row) for row in grid[:head]), titles[head]])
    body = list(enumerate(grid))[head + 1 :]
    amounts = (row[c] for _n, row in body for c in months if c < len(row))
    written = Written(currency, mark_in(amounts, mark), unit or unit_of(above) or 1)
    block = Block(mark=written.mark, unit=written.unit)
    named = currency_in(above)
    if named and named != currency:
        raise TableError(
            "",
            Said(
                gettext_noop(
                    "The cells are in %(theirs)s; the sheet is in %(ours)s. Currencies are never mixed."
                ),
                theirs=named,
                ours=currency,
            ),
        )
    block.left_out += _other_columns(grid[head], months, head)
    seen: set[tuple[date, Kind, Nature]] = set()
    for number, row in body:
        said = titles[number].strip()
        kind, own = kind_in(said), nature_in(said) or nature
        if kind is None or own is None:
            block.left_out.append(Problem(number + 1, 0, said, _no_line(kind)))
            continue
        for column, month in months.items():
            place = (month, kind, own)
            text = row[column] if column < len(row) else ""
            if text.strip() and place in seen:
                twice = Said(gettext_noop("This month of this line stands in the block twice."))
                block.refused.append(Problem(number + 1, column + 1, text, twice))
            elif text.strip():
                seen.add(place)
                _take(block, text, place, number + 1, column + 1, written)
    return block


def _other_columns(row: Sequence[str], months: dict[int, date], head: int) -> Iterable[Problem]:
    """Columns to the right of the first month that are none, such as sums."""
    for column, text in enumerate(row):
        if column > min(months) and column not in months and words_in(text):
            yield Problem(head + 1, column + 1, text, Said(gettext_noop("This column is no month.")))


def _no_line(kind: Kind | None) -> Said:
    if kind is None:
        return Said(gettext_noop("This row is none of approved, actual, accrual and forecast."))
    return Said(gettext_noop("This row does not say whether it is capital or revenue: choose it above."))


def _take(
    block: Block, text: str, place: tuple[date, Kind, Nature], row: int, column: int, written: Written
) -> None:
    try:
        minor = parse_minor(text, written)
    except Refused as refusal:
        block.refused.append(Problem(row, column, text.strip()[:80], refusal.said))
        return
    if minor is not None:
        block.cells.append(Cell(*place, minor, row, column))
