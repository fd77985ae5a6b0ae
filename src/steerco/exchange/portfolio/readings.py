"""What is read from a table of a portfolio: dated readings of projects, notes and rejected rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from steerco.exchange.portfolio.fields import Field
from steerco.exchange.portfolio.mapping import Mapping as ColumnMapping
from steerco.exchange.tables import Note, Rating, SpecialState


class Span(StrEnum):
    """What an amount covers."""

    YEAR = "year"
    WHOLE_LIFE = "whole life"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class MoneyValue:
    """An amount in minor units of a currency; `fiscal_year` ("2013/14") for amounts of a year, else ""."""

    minor: int
    currency: str
    span: Span
    fiscal_year: str = ""


@dataclass(frozen=True, slots=True)
class DimensionRating:
    """A rating of one dimension ("overall") by one assessor ("IPA", "SRO", "" when the file does not say)."""

    dimension: str
    assessor: str
    rating: Rating


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """What a file says about one project as of one date.

    `row` is the row (turned round: the column) that a person sees; `published_name` the name as written.
    `percents` are percentage points, `days` calendar days. `states` has the fields whose cell states why there
    is no value; those of ratings are in the ratings.
    """

    row: int
    as_of: date
    name: str
    published_name: str
    former_names: tuple[str, ...]
    code: str
    unit: str
    start: date | None
    end: date | None
    ratings: tuple[DimensionRating, ...]
    money: Mapping[Field, MoneyValue]
    percents: Mapping[Field, Decimal]
    days: Mapping[Field, int]
    texts: Mapping[Field, str]
    states: Mapping[Field, SpecialState]


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row with a name that is not read, and why: name_only, total, no_report_date or duplicate."""

    row: int
    name: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class PortfolioReading:
    """All readings of a table. `rows_read` counts every row with a name before any is left out.

    `as_of` is the common date, None when each row has its own; `as_of_source` says how it is known: given,
    column, texts, fiscal_year or report_year (the last two are assumptions).
    """

    source: str
    sheet: str
    mapping: ColumnMapping
    as_of: date | None
    as_of_source: str
    rows: tuple[ReadingRow, ...]
    rejected: tuple[RejectedRow, ...]
    notes: tuple[Note, ...]
    rows_read: int

    @property
    def unmapped_columns(self) -> tuple[str, ...]:
        """The headers of columns that are not read; a running number and empty columns are left out."""
        return tuple(column.header for column in self.mapping.unmapped if column.reason == "not_recognised")
