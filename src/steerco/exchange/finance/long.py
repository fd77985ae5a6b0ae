"""A long table of monthly money for many initiatives: one row for each initiative, month and kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from steerco.engine.finance.sheet import Kind, Nature
from steerco.exchange.finance.amounts import Refused, Written, mark_in, parse_minor, unit_of
from steerco.exchange.finance.block import Problem
from steerco.exchange.finance.words import kind_in, nature_in, parse_month, words_in
from steerco.exchange.tables.money import currency_in
from steerco.exchange.tables.said import Said, gettext_noop

FIELDS = ("initiative", "month", "kind", "nature", "amount", "currency")
NEEDED = ("initiative", "month", "kind", "amount")
_WORDS: dict[str, frozenset[str]] = {
    "initiative": frozenset(
        ["initiative", "code", "project", "projekt", "vorhaben", "programme", "kennung", "projektcode"]
    ),
    "month": frozenset(["month", "period", "monat", "periode", "date", "datum"]),
    "kind": frozenset(["kind", "type", "art", "version", "figure", "wertart", "kategorie"]),
    "nature": frozenset(
        ["investition", "nature", "capex", "opex", "mittelart", "booking", "capital", "budgetart"]
    ),
    "amount": frozenset(["amount", "value", "betrag", "wert", "summe"]),
    "currency": frozenset(["currency", "währung", "waehrung", "ccy"]),
}
_SERIAL_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class LongRow:
    """A row that could be read; `initiative` is the code as it stands there, `currency` "" where none is named."""

    initiative: str
    month: date
    kind: Kind
    nature: Nature
    minor: int
    currency: str
    row: int


@dataclass
class LongTable:
    """What was read, and what was refused."""

    rows: list[LongRow] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)


def suggest_columns(headers: Sequence[str]) -> dict[str, int]:
    """Which column (from 0) each field stands in, as far as the headings tell."""
    found: dict[str, int] = {}
    for name in FIELDS:
        for column, header in enumerate(headers):
            if column not in found.values() and set(words_in(header)) & _WORDS[name]:
                found[name] = column
                break
    return found


def missing_columns(columns: Mapping[str, int]) -> list[str]:
    """The fields that a table cannot be without and that have no column."""
    return [name for name in NEEDED if name not in columns]


def read_long(
    headers: Sequence[str],
    rows: Sequence[tuple[int, Sequence[str]]],
    columns: Mapping[str, int],
    default_currency: str,
    *,
    nature: Nature | None = None,
    mark: str = ".",
) -> LongTable:
    """Read a table. `rows` are (number in the file, cells). `nature` is for rows that do not say capital or revenue."""
    table = LongTable()
    texts = [_cell(cells, columns, "amount") for _number, cells in rows]
    header = headers[columns["amount"]]
    unit = unit_of(header) or 1
    found_mark = mark_in(texts, mark)
    seen: set[tuple[str, date, Kind, Nature]] = set()
    for (number, cells), text in zip(rows, texts, strict=True):
        if not any(cell.strip() for cell in cells):
            continue
        currency = _cell(cells, columns, "currency").strip().upper() or currency_in(header) or ""
        written = Written(currency or default_currency, found_mark, unit)
        try:
            row = _row(cells, columns, text, written, currency, nature, number)
        except Refused as refusal:
            table.refused.append(Problem(number, 0, text.strip()[:80], refusal.said))
            continue
        if row is None:
            continue
        place = (row.initiative.casefold(), row.month, row.kind, row.nature)
        if place in seen:
            twice = Said(gettext_noop("This month of this line stands in the table twice."))
            table.refused.append(Problem(number, 0, text.strip()[:80], twice))
            continue
        seen.add(place)
        table.rows.append(row)
    return table


def _cell(cells: Sequence[str], columns: Mapping[str, int], name: str) -> str:
    column = columns.get(name)
    return cells[column] if column is not None and column < len(cells) else ""


def _row(
    cells: Sequence[str],
    columns: Mapping[str, int],
    text: str,
    written: Written,
    currency: str,
    nature: Nature | None,
    number: int,
) -> LongRow | None:
    code, said = _cell(cells, columns, "initiative").strip(), _cell(cells, columns, "month")
    month, kind_text = _month(said), _cell(cells, columns, "kind")
    kind = kind_in(kind_text)
    own = nature_in(_cell(cells, columns, "nature")) or nature_in(kind_text) or nature
    if not code:
        raise Refused(Said(gettext_noop("The row names no initiative.")))
    if month is None:
        raise Refused(Said(gettext_noop("“%(text)s” is no month: write 2026-04 or Apr 26."), text=said[:40]))
    if kind is None:
        raise Refused(
            Said(
                gettext_noop("“%(text)s” is none of approved, actual, accrual and forecast."),
                text=kind_text[:40],
            )
        )
    if own is None:
        raise Refused(Said(gettext_noop("The row does not say whether it is capital or revenue.")))
    minor = parse_minor(text, written)
    return None if minor is None else LongRow(code, month, kind, own, minor, currency, number)


def _month(text: str) -> date | None:
    """A month; in a table of rows any day of it, also as a spreadsheet's serial number, will do."""
    plain = text.strip()
    if found := parse_month(plain):
        return found
    if plain.isdigit() and 20_000 <= int(plain) < 80_000:
        return (_SERIAL_EPOCH + timedelta(days=int(plain))).replace(day=1)
    try:
        return date.fromisoformat(plain[:10]).replace(day=1)
    except ValueError:
        return None
