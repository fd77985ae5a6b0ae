"""Pasted blocks and long tables of money, as spreadsheets in English and German write them."""

from datetime import date

import pytest

from steerco.engine.finance.sheet import Kind, Nature
from steerco.exchange.finance.amounts import Refused, Written, mark_in, parse_minor
from steerco.exchange.finance.block import Place, read_block
from steerco.exchange.finance.long import missing_columns, read_long, suggest_columns
from steerco.exchange.finance.words import parse_month
from steerco.exchange.tables.table import TableError

APRIL = date(2026, 4, 1)


@pytest.mark.parametrize(
    "text",
    [
        "Apr 26",
        "April 2026",
        "apr-26",
        "Apr '26",
        "2026-04",
        "04/2026",
        "4.2026",
        "01.04.2026",
        "2026-04-01",
        "202604",
    ],
)
def test_months_as_people_write_them(text: str) -> None:
    assert parse_month(text) == APRIL


def test_german_months_and_what_is_no_month() -> None:
    assert [
        parse_month(text) for text in ("Mrz 26", "März 2026", "Mai 26", "Okt. 2026", "Dezember 2026")
    ] == [date(2026, month, 1) for month in (3, 3, 5, 10, 12)]
    for text in ("Total", "2026", "15.04.2026", "13/2026", "Q1 2026", "", "April"):
        assert parse_month(text) is None


def test_english_and_german_numbers() -> None:
    assert mark_in(["1,234.50"]) == "."
    assert mark_in(["1.234,50"]) == ","
    assert mark_in(["1.234"]) == ","  # three digits behind a lone mark are thousands
    assert mark_in(["1,234"], ",") == "."
    assert mark_in(["5"], ",") == ","
    euro = Written("EUR", ",")
    assert parse_minor("1.234,56", euro) == 123456
    assert parse_minor("(1.200)", euro) == -120000
    assert parse_minor("\u22127", euro) == -700
    assert parse_minor("12 T€".replace("T€", "Tsd"), euro) == 1_200_000
    assert parse_minor("–", euro) is None
    assert parse_minor("0", euro) == 0
    assert parse_minor("10", Written("JPY")) == 10
    for text in ("abc", "12 USD", "1.2.3", "9" * 20):
        with pytest.raises(Refused):
            parse_minor(text, euro)


def test_a_block_stands_by_itself() -> None:
    text = (
        "£k\t\tApr 26\tMai 26\tTotal\n"
        "Actual\tcapital\t1,200\t(50)\t1,150\n"
        "Forecast revenue\t\t10.5\tx\t\n"
        "Actual\tcapital\t7\t\t\n"
        "Accrual\t\t3\t\t\n"
        "Contingency\t\t9\t9\t\n"
    )
    block = read_block(text, "GBP")
    assert [(c.month, c.kind, c.nature, c.minor) for c in block.cells] == [
        (APRIL, Kind.ACTUAL, Nature.CAPITAL, 120_000_000),
        (date(2026, 5, 1), Kind.ACTUAL, Nature.CAPITAL, -5_000_000),
        (APRIL, Kind.FORECAST, Nature.REVENUE, 1_050_000),
    ]
    assert [(one.row, one.column) for one in block.refused] == [(3, 4), (4, 3)]  # no amount; twice
    assert [one.text for one in block.left_out] == ["Total", "Accrual", "Contingency"]
    assert read_block(text, "GBP", nature=Nature.REVENUE).cells[-1].kind is Kind.ACCRUAL


def test_german_lines() -> None:
    block = read_block("\tJan 26\tMrz 26\nIst investiv\t1.500\t2.000,50\nPrognose Aufwand\t1\t2", "EUR")
    assert [c.minor for c in block.cells] == [150_000, 200_050, 100, 200]
    assert {(c.kind, c.nature) for c in block.cells} == {
        (Kind.ACTUAL, Nature.CAPITAL),
        (Kind.FORECAST, Nature.REVENUE),
    }


def test_another_currency_is_never_mixed_in() -> None:
    with pytest.raises(TableError):
        read_block("in USD\tApr 26\nActual capital\t5", "EUR")
    block = read_block("\tApr 26\tMay 26\nActual capital\t5 USD\t6", "EUR")
    assert ([c.minor for c in block.cells], len(block.refused)) == ([600], 1)


def test_cells_without_headings_need_a_beginning() -> None:
    with pytest.raises(TableError):
        read_block("1\t2\n3\t4", "EUR")
    with pytest.raises(TableError):
        read_block(" \n\t", "EUR")
    place = Place([(Kind.ACTUAL, Nature.CAPITAL)], APRIL)
    block = read_block("1\t2\n3\t4", "EUR", start=place)
    assert [(c.month, c.minor) for c in block.cells] == [(APRIL, 100), (date(2026, 5, 1), 200)]
    assert len(block.left_out) == 1


def test_a_long_table_is_mapped_by_its_headings() -> None:
    headers = ["Projektcode", "Name", "Monat", "Wertart", "Investition", "Betrag (T€)", "Währung"]
    columns = suggest_columns(headers)
    assert columns == {"initiative": 0, "month": 2, "kind": 3, "nature": 4, "amount": 5, "currency": 6}
    rows = [
        (2, ["PAY", "x", "04/2026", "Ist", "investiv", "1,5", "EUR"]),
        (3, ["PAY", "x", "April", "Ist", "investiv", "1", ""]),
        (4, ["PAY", "x", "45000", "Prognose", "", "1", ""]),
        (5, ["PAY", "x", "2026-04-15", "Ist", "Aufwand", "", ""]),
        (6, ["PAY", "x", "2026-04", "Ist", "investiv", "2", ""]),
        (7, ["", "", "", "", "", "", ""]),
        (8, ["PAY", "x", "2026-05", "Bestand", "investiv", "2", ""]),
    ]
    table = read_long(headers, rows, columns, "EUR")
    assert [(r.month, r.minor, r.currency) for r in table.rows] == [(APRIL, 150_000, "EUR")]
    assert [one.row for one in table.refused] == [3, 4, 6, 8]
    assert missing_columns(suggest_columns(["a", "b"])) == ["initiative", "month", "kind", "amount"]
