from dataclasses import replace
from datetime import date

import pytest
from tests.exchange.packs.contents import pack

from steerco.exchange.packs.content import Money
from steerco.exchange.packs.figures import Figures, stand_text

EN, DE = Figures("en"), Figures("de")


@pytest.mark.parametrize(
    ("minor", "currency", "english", "german"),
    [
        (118_600_000_000, "GBP", "£1,186m", "1.186\u00a0Mio.\u00a0£"),
        (1_230_000_000, "EUR", "€12.3m", "12,3\u00a0Mio.\u00a0€"),
        (3_224_000_000, "GBP", "£32.2m", "32,2\u00a0Mio.\u00a0£"),
        (85_000_000, "EUR", "€850k", "850\u00a0Tsd.\u00a0€"),
        (99_950_000, "EUR", "€1.0m", "1,0\u00a0Mio.\u00a0€"),
        (123_45, "EUR", "€123", "123\u00a0€"),
        (-1_230_000_000, "GBP", "−£12.3m", "−12,3\u00a0Mio.\u00a0£"),
        (0, "GBP", "£0", "0\u00a0£"),
        (1_500_000_000, "JPY", "¥1,500m", "1.500\u00a0Mio.\u00a0¥"),
        (5_000_000_000, "CHF", "CHF\u00a050m", "50\u00a0Mio.\u00a0CHF"),
    ],
)
def test_money_reads_in_about_three_digits(minor: int, currency: str, english: str, german: str) -> None:
    assert EN.money(Money(minor, currency)) == english
    assert DE.money(Money(minor, currency)) == german


def test_just_under_a_million_is_not_a_thousand_thousand() -> None:
    assert EN.money(Money(99_949_999, "GBP")) == "£999k"
    assert EN.money(Money(99_960_000, "GBP")) == "£1.0m"


def test_a_change_of_money_has_a_sign_and_needs_one_currency() -> None:
    assert EN.money_change(Money(2_000_000_000, "GBP"), Money(800_000_000, "GBP")) == "+£12m"
    assert EN.money_change(Money(800_000_000, "GBP"), Money(2_000_000_000, "GBP")) == "−£12m"
    assert EN.money_change(Money(800, "GBP"), Money(800, "GBP")) == ""
    assert EN.money_change(Money(800, "GBP"), Money(900, "EUR")) == ""


def test_dates_and_shares_follow_the_locale() -> None:
    day = date(2019, 9, 3)
    assert (EN.day(day), EN.month(day)) == ("3 Sep 2019", "Sep 2019")
    assert (DE.day(day), DE.month(date(2019, 3, 1))) == ("03.09.2019", "März 2019")
    assert (EN.percent(0.125, 1), DE.percent(0.125, 1)) == ("12.5%", "12,5\u00a0%")
    assert EN.percent(-0.005) == "−1%"
    assert EN.number(1234567) == "1,234,567"
    assert Figures("de-AT").german
    assert not Figures("den").german


@pytest.mark.parametrize(
    ("as_of", "compare", "locale", "said"),
    [
        (date(2026, 11, 20), date(2026, 11, 13), "en", "13 Nov 2026"),
        (date(2026, 11, 20), date(2026, 11, 13), "de", "13.11.2026"),
        (date(2026, 3, 31), date(2026, 2, 28), "en", "Feb 2026"),
        (date(2026, 2, 28), date(2026, 1, 31), "en", "Jan 2026"),
    ],
)
def test_what_is_less_than_a_month_apart_is_told_by_its_day(
    as_of: date, compare: date, locale: str, said: str
) -> None:
    assert stand_text(replace(pack(1), as_of=as_of, compare=compare, locale=locale), compare) == said
