"""A table of a portfolio to dated readings of its projects, with everything that was assumed or refused."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from steerco.exchange.portfolio.columns import Columns
from steerco.exchange.portfolio.fields import KINDS, Field, Kind
from steerco.exchange.portfolio.mapping import ColumnMatch, Mapping, MappingError, suggest_mapping
from steerco.exchange.portfolio.naming import parse_name
from steerco.exchange.portfolio.periods import (
    ReportDate,
    ReportDateError,
    fiscal_year_in,
    fiscal_year_of,
    from_fiscal_years,
    from_report_years,
    said_in_texts,
)
from steerco.exchange.portfolio.readings import (
    DimensionRating,
    MoneyValue,
    PortfolioReading,
    ReadingRow,
    RejectedRow,
    Span,
)
from steerco.exchange.tables import (
    CellIssue,
    Money,
    Note,
    Rating,
    Row,
    SpecialState,
    StateCode,
    Table,
    parse_date,
    parse_money,
    parse_percent,
    parse_rating,
    special_state,
)
from steerco.exchange.tables.said import Said, gettext_noop

_YEAR_MONEY = (Field.YEAR_BUDGET, Field.YEAR_FORECAST, Field.YEAR_VARIANCE)
_CHANGES = (Field.LATEST_BUDGET_CHANGE, Field.TOTAL_BUDGET_CHANGE)
_TOTAL = re.compile(r"^(?:grand |sub-?)?totals?:?$|^summe$|^gesamt(?:summe)?$", re.IGNORECASE)
# Which states stand in place of a text, and how long their wording is at most.
_STATES_OF_TEXTS = {
    StateCode.EXEMPT: 250,
    StateCode.NOT_PROVIDED: 35,
    StateCode.NOT_APPLICABLE: 20,
    StateCode.BELOW_THRESHOLD: 40,
}
_MESSAGES = {
    "not_a_date": Said(gettext_noop("This is no date.")),
    "date_impossible": Said(gettext_noop("There is no such day.")),
    "date_not_exact": Said(gettext_noop("This names a period, not a day.")),
    "not_an_amount": Said(gettext_noop("This is no amount of money.")),
    "currency_differs": Said(gettext_noop("This is in another currency than its column.")),
    "not_a_percentage": Said(gettext_noop("This is no percentage.")),
    "percentage_not_exact": Said(gettext_noop("This is a bound, not a percentage.")),
    "not_a_rating": Said(gettext_noop("This is no rating.")),
    "not_on_scale": Said(gettext_noop("This rating is not on the scale of its column.")),
    "not_a_number": Said(gettext_noop("This is no whole number.")),
}


def read_portfolio(
    table: Table,
    mapping: Mapping | None = None,
    *,
    as_of: date | None = None,
    as_of_column: str | None = None,
    default_currency: str = "GBP",
    default_unit: int | None = None,
    fiscal_year_starts: int = 4,
) -> PortfolioReading:
    """The readings of every project in a table.

    `mapping` None suggests one. The date of the figures is `as_of`, else the column with the header
    `as_of_column`, else a column of report dates, else what the texts agree on, else the middle of the fiscal
    year that headers or a column of the year name (a noted assumption; the fiscal year starts in month
    `fiscal_year_starts`). `default_currency` and `default_unit` (1000000 for millions) count where the file
    names none.

    Raises MappingError when no column can be the name or `as_of_column` does not exist; ReportDateError when
    nothing says which date the figures are for.
    """
    mapping = mapping if mapping is not None else suggest_mapping(table)
    notes = list(table.notes)
    mapping = _with_name(table, mapping, notes)
    if as_of is None and as_of_column is not None:
        mapping = _with_report_date(table, mapping, as_of_column)
    columns = Columns.of(table, mapping, default_currency, default_unit)
    notes.extend(columns.notes(table))
    common = _common_date(table, mapping, as_of, fiscal_year_starts)
    if common is not None and common.source in ("fiscal_year", "report_year"):
        notes.append(
            Note(
                "report_date_assumed",
                Said(
                    gettext_noop("Taken as of %(day)s: %(why)s, and such figures are reported half-way."),
                    day=common.day.isoformat(),
                    why=common.evidence,
                ),
                table.source,
                table.sheet,
            )
        )
    return _read_rows(table, mapping, columns, common, fiscal_year_starts, notes)


def _with_name(table: Table, mapping: Mapping, notes: list[Note]) -> Mapping:
    """The mapping with a column for the name; the code stands in for it, with a note."""
    if mapping.column(Field.NAME) is not None:
        return mapping
    code = next((match for match in mapping.matches if match.field is Field.CODE), None)
    if code is None:
        raise MappingError(
            Said(
                gettext_noop("%(file)s: no column looks like the name of the project; give the mapping."),
                file=table.source,
            )
        )
    notes.append(
        Note(
            "name_from_code",
            Said(gettext_noop("No column holds names; the code stands for the name.")),
            table.source,
            table.sheet,
            cell=table.cell_address(table.header_row, code.column),
            value=code.header,
        )
    )
    return replace(mapping, matches=(*mapping.matches, replace(code, field=Field.NAME, reason="code")))


def _with_report_date(table: Table, mapping: Mapping, header: str) -> Mapping:
    wanted = " ".join(header.lower().split())
    index = next(
        (i for i, text in enumerate(table.headers) if " ".join(text.lower().split()) == wanted), None
    )
    if index is None:
        raise MappingError(
            Said(gettext_noop("%(file)s: there is no column %(name)s."), file=table.source, name=repr(header))
        )
    kept = tuple(m for m in mapping.matches if m.column != index and m.field is not Field.REPORT_DATE)
    given = ColumnMatch(Field.REPORT_DATE, index, table.headers[index], 1.0, "given")
    unmapped = tuple(column for column in mapping.unmapped if column.column != index)
    return Mapping((*kept, given), unmapped)


def _common_date(table: Table, mapping: Mapping, as_of: date | None, starts: int) -> ReportDate | None:
    """The date for all rows; None when each row has its own in a column.

    Raises ReportDateError when nothing says it.
    """
    if as_of is not None:
        return ReportDate(as_of, "given", "")
    if mapping.column(Field.REPORT_DATE) is not None:
        return None
    texts = [match.column for match in mapping.of_kind(Kind.TEXT)]
    headers = [
        table.headers[match.column]
        for match in (*mapping.of_kind(Kind.MONEY), *mapping.of_kind(Kind.PERCENT))
    ]
    years = mapping.column(Field.REPORT_YEAR)
    found = (
        said_in_texts([[row.cells[index] for index in texts] for row in table.rows])
        or from_fiscal_years(headers, starts)
        or (from_report_years(table.column(years), starts) if years is not None else None)
    )
    if found is None:
        raise ReportDateError(
            Said(
                gettext_noop(
                    "%(file)s: neither a column nor the texts nor the headers say for which date the figures are; "
                    "give the date."
                ),
                file=table.source,
            )
        )
    return found


@dataclass(slots=True)
class _Values:
    """The values of one row while its cells are read."""

    ratings: dict[tuple[str, str], Rating] = field(default_factory=dict)
    dates: dict[Field, date] = field(default_factory=dict)
    money: dict[Field, MoneyValue] = field(default_factory=dict)
    percents: dict[Field, Decimal] = field(default_factory=dict)
    days: dict[Field, int] = field(default_factory=dict)
    texts: dict[Field, str] = field(default_factory=dict)
    states: dict[Field, SpecialState] = field(default_factory=dict)


def _read_rows(
    table: Table,
    mapping: Mapping,
    columns: Columns,
    common: ReportDate | None,
    starts: int,
    notes: list[Note],
) -> PortfolioReading:
    names = mapping.column(Field.NAME)
    assert names is not None
    code_column = mapping.column(Field.CODE)
    identity = (Field.NAME, Field.CODE, Field.REPORT_DATE, Field.REPORT_YEAR)
    telling = [match.column for match in mapping.matches if match.field not in identity]
    telling += [column.column for column in mapping.unmapped if column.reason == "not_recognised"]
    rows: list[ReadingRow] = []
    rejected: list[RejectedRow] = []
    seen: dict[tuple[str, str, date], int] = {}
    rows_read = 0

    def note(code: str, message: str, row: Row, column: int | None = None) -> None:
        cell = "" if column is None else table.cell_address(row, column)
        value = "" if column is None else row.cells[column]
        notes.append(Note(code, message, table.source, table.sheet, row.number, cell, value))

    def reject(row: Row, code: str, message: str) -> None:
        rejected.append(RejectedRow(row.number, row.cells[names].strip(), code, message))
        note(code, message, row, names)

    for row in table.rows:
        published = row.cells[names].strip()
        if not published:
            note("row_without_name", Said(gettext_noop("This row has no name of a project; left out.")), row)
            continue
        rows_read += 1
        if _TOTAL.match(published):
            reject(row, "total", Said(gettext_noop("This row is a total, not a project.")))
            continue
        if not any(row.cells[index].strip() for index in telling):
            reject(row, "name_only", Said(gettext_noop("This row holds a name and nothing else.")))
            continue
        values = _values(row, mapping, columns, note)
        day = common.day if common is not None else values.dates.get(Field.REPORT_DATE)
        if day is None:
            reject(
                row,
                "no_report_date",
                Said(gettext_noop("This row does not say for which date its figures are.")),
            )
            continue
        parsed = parse_name(published)
        code = row.cells[code_column].strip() if code_column is not None else ""
        unit = values.texts.pop(Field.UNIT, "")
        key = (code or parsed.name.casefold(), "" if code else unit.casefold(), day)
        if key in seen:
            reject(
                row,
                "duplicate",
                Said(
                    gettext_noop("The same project as of the same date stands in row %(row)s."), row=seen[key]
                ),
            )
            continue
        seen[key] = row.number
        former = [*parsed.former_names, *_given_former_names(values)]
        rows.append(_reading(row, day, parsed.name, published, former, code, unit, values, starts))
    common_day = common.day if common is not None else None
    source = common.source if common is not None else "column"
    return PortfolioReading(
        table.source,
        table.sheet,
        mapping,
        common_day,
        source,
        tuple(rows),
        tuple(rejected),
        tuple(notes),
        rows_read,
    )


def _given_former_names(values: _Values) -> list[str]:
    text = values.texts.pop(Field.FORMER_NAME, "")
    return [name for piece in re.split(r"[;\n]", text) if (name := piece.strip())]


def _reading(
    row: Row,
    day: date,
    name: str,
    published: str,
    former: Iterable[str],
    code: str,
    unit: str,
    values: _Values,
    starts: int,
) -> ReadingRow:
    year = fiscal_year_of(day, starts).label
    money = {
        key: replace(value, fiscal_year=value.fiscal_year or year) if value.span is Span.YEAR else value
        for key, value in values.money.items()
    }
    ratings = tuple(
        DimensionRating(dimension, assessor, rating)
        for (dimension, assessor), rating in values.ratings.items()
    )
    return ReadingRow(
        row=row.number,
        as_of=day,
        name=name,
        published_name=published,
        former_names=tuple(dict.fromkeys(former)),
        code=code,
        unit=unit,
        start=values.dates.get(Field.START),
        end=values.dates.get(Field.END),
        ratings=ratings,
        money=money,
        percents=values.percents,
        days=values.days,
        texts=values.texts,
        states=values.states,
    )


def _values(
    row: Row,
    mapping: Mapping,
    columns: Columns,
    note: Callable[[str, str, Row, int | None], None],
) -> _Values:
    """Every cell of a row by the kind of its field; cells that cannot be read become notes."""
    values = _Values()
    for match in mapping.matches:
        text = row.cells[match.column]
        if match.field in (Field.NAME, Field.CODE, Field.REPORT_YEAR) or not text.strip():
            continue
        result = _parse(text, match, columns)
        if isinstance(result, CellIssue):
            note(result.code, _MESSAGES[result.code], row, match.column)
        elif isinstance(result, SpecialState):
            values.states[match.field] = result
        elif isinstance(result, Rating):
            key = (match.dimension, match.assessor)
            if values.ratings.setdefault(key, result) != result:
                note(
                    "rating_differs",
                    Said(gettext_noop("Another column has another rating of the same kind.")),
                    row,
                    match.column,
                )
        elif isinstance(result, Money):
            values.money[match.field] = _money_value(result, match)
        elif isinstance(result, date):
            values.dates[match.field] = result
        elif isinstance(result, Decimal):
            values.percents[match.field] = result
        elif isinstance(result, int):
            values.days[match.field] = result
        else:
            values.texts[match.field] = result
    return values


def _parse(
    text: str, match: ColumnMatch, columns: Columns
) -> Rating | Money | date | Decimal | int | str | SpecialState | CellIssue:
    """One cell that is not empty."""
    kind = KINDS[match.field]
    parsed: Rating | Money | date | Decimal | SpecialState | CellIssue | None
    if kind is Kind.RATING:
        parsed = parse_rating(text, columns.scales[match.column])
    elif kind is Kind.DATE:
        parsed = parse_date(text, columns.dates[match.column])
    elif kind is Kind.MONEY:
        parsed = parse_money(text, columns.money[match.column])
    elif kind is Kind.PERCENT:
        parsed = parse_percent(text, columns.percents[match.column])
    elif kind is Kind.DAYS:
        plain = text.strip()
        if re.fullmatch(r"[-+]?\d{1,6}", plain):
            return int(plain)
        parsed = special_state(text) or CellIssue("not_a_number", text)
    else:
        parsed = _state_of_text(text)
    return parsed if parsed is not None else text.strip()


def _state_of_text(text: str) -> SpecialState | None:
    """The state that a text consists of; a narrative that merely begins with such words is none."""
    state = special_state(text) if len(text) <= _STATES_OF_TEXTS[StateCode.EXEMPT] else None
    if state is None or state.code not in _STATES_OF_TEXTS:
        return None
    return state if len(text) <= _STATES_OF_TEXTS[state.code] else None


def _money_value(money: Money, match: ColumnMatch) -> MoneyValue:
    if match.field in _YEAR_MONEY:
        year = fiscal_year_in(match.header)
        return MoneyValue(money.minor, money.currency, Span.YEAR, year.label if year else "")
    return MoneyValue(
        money.minor, money.currency, Span.CHANGE if match.field in _CHANGES else Span.WHOLE_LIFE
    )
