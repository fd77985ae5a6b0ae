"""Tables out of CSV, XLSX and pasted cells, and parsers of their cells. Pure Python."""

from steerco.exchange.tables.dates import DateOrder, date_order, parse_date
from steerco.exchange.tables.money import Money, MoneyFormat, money_format, parse_money
from steerco.exchange.tables.percents import PercentFormat, parse_percent, percent_format
from steerco.exchange.tables.ratings import Point, Rating, Scale, parse_rating, scale_of
from steerco.exchange.tables.reading import LARGEST_FILE, read_pasted, read_tables
from steerco.exchange.tables.said import Said, said_from, told
from steerco.exchange.tables.states import CellIssue, SpecialState, StateCode, special_state
from steerco.exchange.tables.table import Note, Row, Table, TableError, cell_address

__all__ = [
    "LARGEST_FILE", "CellIssue", "DateOrder", "Money", "MoneyFormat", "Note", "PercentFormat", "Point",
    "Rating", "Row", "Said", "Scale", "SpecialState", "StateCode", "Table", "TableError", "cell_address",
    "date_order", "money_format",
    "parse_date", "parse_money", "parse_percent", "parse_rating", "percent_format", "read_pasted",
    "read_tables", "said_from", "scale_of", "special_state", "told",
]  # fmt: skip
