"""The finance line of a pack: what sheets add to what was reported, with the oldest data date printed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.apps.worlds import OPERATOR, initiative, record

from steerco.apps.finance.services import Wanted, write_figures
from steerco.apps.indicators.models import Value
from steerco.apps.indicators.services import Report, record_snapshots
from steerco.apps.organisation.services import configure
from steerco.apps.reporting.content import pack_content
from steerco.exchange.packs.content import Money
from steerco.exchange.packs.messages import money_message
from steerco.exchange.packs.overview import tiles
from steerco.exchange.packs.values import Wording
from steerco.kit import clock

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OCTOBER, DECEMBER = date(2026, 10, 1), date(2026, 12, 1)


@pytest.fixture
def city() -> Iterator[Any]:
    with clock.at(NOW):
        configure(OPERATOR, {"name": "Town", "currency": "EUR", "fiscal_year_start": 1})
        top = initiative("CITY", type="portfolio")
        pay = initiative("PAY", top)
        cells = [
            Wanted(OCTOBER, "approved", "capital", 100_00),
            Wanted(OCTOBER, "actual", "capital", 40_00),
            Wanted(DECEMBER, "forecast", "capital", 70_00),
        ]
        write_figures(OPERATOR, pay, cells, as_of=date(2026, 10, 31), how="typed")
        held = {"type": "set_aside", "amount": 9_00, "currency": "EUR", "state": "approved"}
        record("contingency", pay, "Held", **held)
        yield top


def report(place: Any, day: date, budget: int) -> None:
    value = Value(indicator="year_budget", amount=budget, currency="EUR", year="2026")
    rating = Value(indicator="rating", dimension="overall", scale="five_point", rating="green")
    record_snapshots(
        OPERATOR, [Report(place, day, {"name": place.name, "code": place.code}, [value, rating])]
    )


def test_without_any_report_the_sheets_make_the_finance_line(city: Any) -> None:
    content = pack_content(OPERATOR, city)
    [total], [line] = content.money_totals, content.money
    assert (line.code, line.budget, line.actual) == ("PAY", Money(100_00, "EUR"), Money(40_00, "EUR"))
    assert (total.forecast, total.whole_life, total.contingency) == (
        Money(110_00, "EUR"),
        Money(110_00, "EUR"),
        Money(9_00, "EUR"),
    )
    assert (content.money_year, content.money_date) == ("2026", date(2026, 10, 31))
    assert content.coverage.oldest_data == date(2026, 10, 31)
    assert "Oldest data: 31 Oct 2026" in money_message(content)
    assert any("data of 31 Oct 2026" in remark for _label, _value, remark in tiles(Wording.of(content)))


def test_what_was_reported_stays_and_the_sheet_adds_what_is_missing(city: Any) -> None:
    report(city.children.get(), date(2026, 9, 30), 77_00)
    report(city.children.get(), date(2026, 11, 15), 88_00)
    content = pack_content(OPERATOR, city)
    [line] = content.money
    assert (line.budget, line.forecast, line.actual) == (
        Money(88_00, "EUR"),
        Money(110_00, "EUR"),
        Money(40_00, "EUR"),
    )
    assert line.contingency == Money(9_00, "EUR")
    assert content.projects[0].money == line
    silent = initiative("ROAD", city)
    report(silent, date(2026, 11, 15), 5_00)
    both = pack_content(OPERATOR, city)
    assert (both.money_totals[0].budget, both.money_totals[0].actual) == (
        Money(93_00, "EUR"),
        Money(40_00, "EUR"),
    )
    assert [one.count for one in both.coverage.excluded if "by month" in one.reason] == [1]
    earlier = pack_content(OPERATOR, city, as_of=date(2026, 9, 30))
    assert (earlier.money[0].budget, earlier.money[0].actual) == (Money(77_00, "EUR"), None)
    assert earlier.money_date is None
