"""Tables of portfolios, as publishers change them every year, to dated readings of projects. Pure Python."""

from steerco.exchange.portfolio.fields import Field, Kind
from steerco.exchange.portfolio.mapping import (
    ColumnMatch,
    Mapping,
    MappingError,
    UnmappedColumn,
    mapping_from_headers,
    suggest_mapping,
)
from steerco.exchange.portfolio.matching import Candidate, Match, match_names
from steerco.exchange.portfolio.naming import ParsedName, parse_name
from steerco.exchange.portfolio.periods import FiscalYear, ReportDateError, fiscal_year_of
from steerco.exchange.portfolio.reading import read_portfolio
from steerco.exchange.portfolio.readings import (
    DimensionRating,
    MoneyValue,
    PortfolioReading,
    ReadingRow,
    RejectedRow,
    Span,
)

__all__ = [
    "Candidate",
    "ColumnMatch",
    "DimensionRating",
    "Field",
    "FiscalYear",
    "Kind",
    "Mapping",
    "MappingError",
    "Match",
    "MoneyValue",
    "ParsedName",
    "PortfolioReading",
    "ReadingRow",
    "RejectedRow",
    "ReportDateError",
    "Span",
    "UnmappedColumn",
    "fiscal_year_of",
    "mapping_from_headers",
    "match_names",
    "parse_name",
    "read_portfolio",
    "suggest_mapping",
]
