from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.exchange.tables import (
    CellIssue,
    Money,
    MoneyFormat,
    SpecialState,
    StateCode,
    money_format,
    parse_money,
)
from steerco.exchange.tables.money import unit_in_header
from steerco.exchange.tables.numbers import decimal_mark, parse_number

MILLIONS = MoneyFormat("GBP", 10**6)


@pytest.mark.parametrize(
    ("text", "form", "minor"),
    [
        ("£1,186.00", MILLIONS, 118_600_000_000),
        ("£1.90m", MILLIONS, 190_000_000),
        ("-£120.11m", MoneyFormat("GBP", None), -12_011_000_000),
        ("£-3", MoneyFormat("GBP", 1), -300),
        ("(12.3)", MoneyFormat("GBP", 1), -1230),
        ("12,3-", MoneyFormat("EUR", 1, ","), -1230),
        ("1.234,56 €", MoneyFormat("EUR", 1, ","), 123_456),
        ("1'234.50 CHF", MoneyFormat("CHF", 1), 123_450),
        ("1 234,50", MoneyFormat("EUR", 1, ","), 123_450),
        ("4.5bn", MoneyFormat("USD", 10**6), 450_000_000_000),
        ("3 Mio. EUR", MoneyFormat("EUR", 1), 300_000_000),
        ("12k", MoneyFormat("GBP", 1), 1_200_000),
        ("1234", MoneyFormat("JPY", 1000), 1_234_000),
        ("\u00a0£9999.99", MoneyFormat("GBP", 1), 999_999),
        ("0.005", MoneyFormat("GBP", 1), 0),
        ("0.015", MoneyFormat("GBP", 1), 2),
    ],
)
def test_amounts(text: str, form: MoneyFormat, minor: int) -> None:
    assert parse_money(text, form) == Money(minor, form.currency or "")


@pytest.mark.parametrize("text", ["12 projects", "1,2,3.4", "--5", "(5", "(-5)", "1.2.3", "m", "£"])
def test_what_is_no_amount_is_an_issue(text: str) -> None:
    assert parse_money(text, MILLIONS) == CellIssue("not_an_amount", text)


def test_states_keep_their_text() -> None:
    text = "Exempt under Section 43(2) of the Freedom of Information Act (2000)"
    assert parse_money(text, MILLIONS) == SpecialState(StateCode.EXEMPT, text)
    assert parse_money("  ", MILLIONS) is None


def test_another_currency_than_the_columns_is_not_converted() -> None:
    assert parse_money("$5", MILLIONS) == CellIssue("currency_differs", "$5")


def test_a_column_decides_mark_unit_and_currency() -> None:
    form = money_format(["1.234", "2.345,5", "Exempt"], "Budget (€ thousand)")
    assert form == MoneyFormat("EUR", 1000, ",")
    assert parse_money("1.234", form) == Money(123_400_000, "EUR")
    assert money_format(["1.234", "2,345.5"], "Budget").mark == "."


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("2013/2014 Budget (£million)", 10**6),
        ("2016/17 TOTAL Baseline £m\n(including Non-Government costs)", 10**6),
        ("Financial Year Baseline (£m) (including Non-Government Costs)", 10**6),
        ("Kosten (Mio. EUR)", 10**6),
        ("Cost (£bn)", 10**9),
        ("Spend £000s", 1000),
        ("Spend ($k)", 1000),
        ("Budget Forecast", None),
        ("Milestone cost", None),
        ("yearly_budget", None),
    ],
)
def test_units_of_headers(header: str, unit: int | None) -> None:
    assert unit_in_header(header) == unit


@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from([".", ","]),
    st.booleans(),
    st.sampled_from(["", "£", "GBP "]),
)
def test_every_amount_is_read_as_it_was_written(minor: int, mark: str, grouped: bool, symbol: str) -> None:
    whole, pence = divmod(abs(minor), 100)
    group = "," if mark == "." else "."
    digits = f"{whole:,}".replace(",", group) if grouped else str(whole)
    text = f"{'-' if minor < 0 else ''}{symbol}{digits}{mark}{pence:02d}"
    assert parse_money(text, MoneyFormat("GBP", 1, mark)) == Money(minor, "GBP")


@given(st.text(max_size=30))
def test_no_text_breaks_the_parser(text: str) -> None:
    result = parse_money(text, MILLIONS)
    assert result is None or isinstance(result, Money | SpecialState | CellIssue)
    if isinstance(result, SpecialState | CellIssue):
        assert result.text == text


@given(st.decimals(0, 10**9, places=2))
def test_numbers_round_trip(number: Decimal) -> None:
    assert parse_number(f"{number:,}", ".") == number
    assert decimal_mark([f"{number:,}"]) == "."
