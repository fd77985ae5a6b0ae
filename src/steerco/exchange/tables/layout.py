"""A grid of texts to a table: where the headers stand, and whether records run across instead of down."""

from collections import Counter
from collections.abc import Sequence

from steerco.exchange.tables.dates import is_date
from steerco.exchange.tables.money import is_amount
from steerco.exchange.tables.percents import is_percent
from steerco.exchange.tables.ratings import point_of
from steerco.exchange.tables.said import Said, gettext_noop
from steerco.exchange.tables.states import special_state
from steerco.exchange.tables.table import Note, Row, Table

_HEADER_SEARCH_ROWS = 30
_LAYOUT_SAMPLE = 40
# A sheet is turned round only when its rows are clearly more alike than its columns.
_CLEARLY_MORE = 0.15
# Records that fill so many cells are not followed by one of a single cell: that is a remark.
_FILLED_RECORD = 4
_TOTALS = frozenset(
    [
        "total",
        "totals",
        "sum",
        "subtotal",
        "average",
        "summe",
        "gesamt",
        "gesamtsumme",
        "zwischensumme",
        "durchschnitt",
    ]
)


def kind_of(text: str) -> str:
    """The kind of a cell: empty, state, date, percent, number, rating, short, medium or long text."""
    if not text or text.isspace():
        return "empty"
    if special_state(text):
        return "state"
    if is_date(text):
        return "date"
    if is_percent(text):
        return "percent"
    if is_amount(text):
        return "number"
    if point_of(text):
        return "rating"
    length = len(text)
    return "short" if length <= 25 else "medium" if length <= 110 else "long"


def table_from_grid(
    grid: Sequence[Sequence[str]], source: str, sheet: str = "", header_row: int | None = None
) -> Table | None:
    """The table in a grid whose first row is row 1 of the file; None when there is no record under a header.

    `header_row` (counted from 1; in a sheet with records across, the column) replaces the search for it.
    Rows without any text are left out; rows that repeat the headers are left out with a note.
    """
    width = max((len(row) for row in grid), default=0)
    cells = [[*row, *[""] * (width - len(row))] for row in grid]
    occupied = [i for i, row in enumerate(cells) if any(text.strip() for text in row)]
    if not occupied:
        return None
    notes: list[Note] = []
    transposed = _runs_across(cells)
    if transposed:
        cells = [list(column) for column in zip(*cells, strict=True)]
        notes.append(
            Note(
                "turned_round",
                Said(gettext_noop("The sheet has one column per record; it was turned round.")),
                source,
                sheet,
            )
        )
    start = header_row - 1 if header_row is not None else header_index(cells)
    if not 0 <= start < len(cells):
        return None
    headers = _told_apart(cells[start], cells[start - 1] if start else [])
    if header_row is None and any(any(text.strip() for text in row) for row in cells[:start]):
        notes.append(
            Note(
                "rows_above_headers",
                Said(gettext_noop("What stands above the headers was left out.")),
                source,
                sheet,
                row=start + 1,
            )
        )
    folded = [text.strip().lower() for text in cells[start]]
    rows: list[Row] = []
    end = _end_of_records(cells, start)
    if any(any(text.strip() for text in row) for row in cells[end:]):
        said = Said(gettext_noop("What stands below the table was left out."))
        notes.append(Note("rows_below_records", said, source, sheet, row=end + 1))
    for number, row in enumerate(cells[start + 1 : end], start=start + 2):
        if not any(text.strip() for text in row):
            continue
        if [text.strip().lower() for text in row] == folded:
            notes.append(
                Note(
                    "headers_repeated",
                    Said(gettext_noop("This row repeats the headers; left out.")),
                    source,
                    sheet,
                    number,
                )
            )
            continue
        rows.append(Row(number, tuple(row)))
    if not rows:
        return None
    return Table(
        source,
        sheet,
        start + 1,
        headers,
        tuple(rows),
        tuple(range(1, len(headers) + 1)),
        transposed,
        tuple(notes),
    )


def _told_apart(headers: Sequence[str], above: Sequence[str]) -> tuple[str, ...]:
    """The headers, those that stand there twice with the heading above that they share: "Residual Impact"."""
    counts = Counter(text.strip().lower() for text in headers)
    told, group = [], ""
    for index, text in enumerate(headers):
        group = (above[index].strip() if index < len(above) else "") or group
        twice = bool(text.strip()) and counts[text.strip().lower()] > 1
        apart = twice and group and group.lower() != text.strip().lower()
        told.append(f"{group} {text.strip()}" if apart else text)
    return tuple(told)


def is_total(row: Sequence[str]) -> bool:
    """Whether a row says "Total" and holds nothing else but numbers."""
    filled = [text.strip() for text in row if text.strip()]
    first = filled[0].rstrip(":").lower()
    named = first in _TOTALS or first.startswith(("total ", "summe ", "grand total"))
    return named and all(kind_of(text) in ("number", "percent") for text in filled[1:])


def _end_of_records(cells: Sequence[Sequence[str]], start: int) -> int:
    """Where the records end: lines of one cell each, after an empty row, are remarks below the table."""
    fills = [sum(1 for text in row if text.strip()) for row in cells]
    if _typical_fill(cells[start + 1 :]) < _FILLED_RECORD:
        return len(cells)
    end = len(cells)
    while end > start + 1 and fills[end - 1] <= 1:
        end -= 1
    rest = fills[end:]
    first = next((i for i, fill in enumerate(rest) if fill), None)
    return end + first if first else len(cells)  # 0: it follows its record without an empty row


def header_index(cells: Sequence[Sequence[str]]) -> int:
    """The index (from 0) of the row that most likely holds the headers.

    Headers are texts, all different, as many as there are filled columns below. Rows of titles above fill
    fewer cells; the first record repeats texts or has numbers and dates.
    """
    best, best_score = 0, float("-inf")
    filled_below = _typical_fill(cells)
    for index, row in enumerate(cells[:_HEADER_SEARCH_ROWS]):
        texts = [text.strip() for text in row if text.strip()]
        if not texts:
            continue
        kinds = Counter(kind_of(text) for text in texts)
        values = kinds["date"] + kinds["number"] + kinds["percent"] + kinds["rating"] + kinds["state"]
        distinct = len({text.lower() for text in texts}) / len(texts)
        score = 2 * min(len(texts) / max(filled_below, 1), 1) - 3 * values / len(texts) + distinct
        score -= 0.5 * kinds["long"] / len(texts) + 0.15 * index
        if score > best_score:
            best, best_score = index, score
    return best


def _typical_fill(cells: Sequence[Sequence[str]]) -> int:
    fills = sorted(sum(1 for text in row if text.strip()) for row in cells[:200])
    fills = [fill for fill in fills if fill]
    return fills[len(fills) // 2] if fills else 0


def _runs_across(cells: Sequence[Sequence[str]]) -> bool:
    """Whether the cells of a row are more alike in kind than those of a column, leaving out first ones."""
    kinds = [
        [kind_of(text[:400]) for text in row[: _LAYOUT_SAMPLE * 2]] for row in cells[: _LAYOUT_SAMPLE * 2]
    ]
    rows = [row for row in kinds if any(kind != "empty" for kind in row)]
    if len(rows) < 3:
        return False
    body = [row[1:] for row in rows[1:]]
    along, across = _alike(body), _alike([list(column) for column in zip(*body, strict=True)])
    return along is not None and across is not None and along > across + _CLEARLY_MORE


def _alike(lines: Sequence[Sequence[str]]) -> float | None:
    """The share of pairs of cells within a line that are of the same kind; None without any pair."""
    same = pairs = 0
    for line in lines:
        counts = Counter(kind for kind in line if kind not in ("empty", "state"))
        filled = sum(counts.values())
        pairs += filled * (filled - 1) // 2
        same += sum(count * (count - 1) // 2 for count in counts.values())
    return same / pairs if pairs >= 3 else None
