"""Money in reports: what moved since the last one, with the oldest data date, and the rating that it gives."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.apps.worlds import OPERATOR, initiative, record

from steerco.apps.cycles.computing import compute
from steerco.apps.cycles.drafts import key_of
from steerco.apps.cycles.facts import Span, gather
from steerco.apps.cycles.showing import fact_lines
from steerco.apps.finance.services import Wanted, write_figures
from steerco.apps.organisation.services import configure
from steerco.kit import clock

pytestmark = pytest.mark.django_db
BEFORE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OCTOBER, DECEMBER = date(2026, 10, 1), date(2026, 12, 1)


@pytest.fixture
def pay() -> Iterator[Any]:
    with clock.at(BEFORE):
        configure(OPERATOR, {"name": "Town", "currency": "EUR", "fiscal_year_start": 1})
        place = initiative("PAY")
        put(place, BEFORE.date(), approved=1000_00, forecast=1000_00)
        values = {"type": "set_aside", "amount": 50_00, "currency": "EUR", "state": "approved"}
        record("contingency", place, "Held", **values)
    with clock.at(NOW):
        yield place


def put(place: Any, as_of: date, currency: str = "", **amounts: int) -> None:
    months = {"approved": OCTOBER, "actual": OCTOBER, "forecast": DECEMBER}
    cells = [Wanted(months[kind], kind, "capital", amount) for kind, amount in amounts.items()]
    write_figures(OPERATOR, place, cells, as_of=as_of, how="typed", currency=currency)


def span() -> Span:
    return Span(BEFORE + timedelta(days=1), NOW.date(), NOW.date() + timedelta(days=7))


def test_what_moved_since_the_last_report_is_told_with_its_data_date(pay: Any) -> None:
    put(pay, date(2026, 11, 20), actual=400_00, forecast=720_00)
    facts = gather(OPERATOR, pay, span())["money"]
    words = [line.words for line in fact_lines(facts)]
    assert words == [
        "approved EUR\u00a01,000",
        "spent to Oct 2026: EUR\u00a0400 (oldest data date 20/11/2026)",
        "expected EUR\u00a01,000 → EUR\u00a01,120, +12.0\u00a0% against approved (oldest data date 20/11/2026)",
        "contingency left EUR\u00a050 of EUR\u00a050",
    ]
    assert [line.tone for line in fact_lines(facts)] == ["", "", "bad", ""]
    assert len({key_of(fact) for fact in facts}) == 4


def test_the_figures_rate_the_cost(pay: Any) -> None:
    assert compute(OPERATOR, pay, NOW.date()).colours["cost"] == "green"
    put(pay, date(2026, 11, 20), actual=400_00, forecast=720_00)
    found = compute(OPERATOR, pay, NOW.date())
    assert found.colours["cost"] == "red"
    assert {one["rule"] for one in found.why["cost"]} == {"cost_at_completion", "year_budget"}


def test_money_in_two_currencies_gives_no_rating(pay: Any) -> None:
    other = initiative("SWISS", pay)
    put(other, date(2026, 11, 20), "CHF", approved=1_00, actual=9_00)
    assert compute(OPERATOR, pay, NOW.date()).colours["cost"] not in ("green", "red")
    assert {fact["title"] for fact in gather(OPERATOR, pay, span())["money"]} == {"EUR", "CHF"}
