"""The dependency network: what is critical first, both directions, capped, and nothing of what is hidden."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, record

from steerco.apps.initiatives.services import restrict
from steerco.apps.raid.models import Dependency
from steerco.apps.raid.network import MOST_ROWS, RANK, by_criticality, network_of
from steerco.kit import clock
from steerco.kit.journal.unchanged import forget_all

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NEED = date(2027, 3, 1)
PAGE = "/registers/dependencies/network/"


@pytest.fixture(autouse=True)
def monday() -> Any:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def town() -> Any:
    class Town:
        city = initiative("CITY", type="portfolio")
        bus = initiative("BUS", city)
        pay = initiative("PAY", city)
        other = initiative("OTHER", type="portfolio")
        vera = person("Vera Viewer")
        petra = person("Petra Project", "project_manager", bus)

    return Town


def needs(where: Any, giver: Any, title: str, **values: Any) -> Dependency:
    return record("dependency", where, title, giver=giver, **{"need_by": NEED, **values})


def found(who: Any, code: str = "CITY") -> Any:
    return network_of(actor(who), QueryDict(f"in={code}" if code else ""))


def test_the_critical_ones_come_first_with_their_mark_and_words(town: Any) -> None:
    needs(town.bus, town.pay, "In time", forecast=date(2027, 1, 4), agreed="yes")
    needs(town.bus, town.pay, "Near", forecast=date(2027, 2, 25), agreed="yes")
    needs(town.pay, town.bus, "Not agreed", forecast=date(2027, 1, 4))
    needs(town.bus, town.other, "Late", forecast=date(2027, 3, 11), agreed="yes", need_by=NEED)
    needs(town.other, town.pay, "Given away", agreed="no", need_by=date(2027, 4, 1))
    needs(town.other, None, "Not of the city", outside="Ministry")
    network = found(town.vera)
    assert [(line.title.split(" ", 1)[1], line.rating) for line in network.lines] == [
        ("Late", "red"),
        ("Given away", "red"),
        ("Near", "amber"),
        ("Not agreed", "amber"),
        ("In time", "green"),
    ]
    assert (network.count, network.critical, network.drawn) == (5, 4, 5)
    page = browser(town.vera).get(f"{PAGE}?in=CITY").content.decode()
    assert page.index("As a table") < page.index("As a drawing")  # what a narrow page and a reader meet first
    assert "forecast 8 working days late" in page
    assert page.count('class="sc-arrow ') == 4  # the two that PAY gives to BUS are one arrow
    assert ">A2</text>" in page
    assert "6 open" not in page


@pytest.mark.both_databases
def test_the_database_orders_as_the_written_rule_rates(town: Any) -> None:
    today = clock.today()
    dates = (None, today - timedelta(3), today + timedelta(10), today + timedelta(60))
    states = ({}, {"state": "delivered", "delivered_on": today}, {"state": "delivered"})
    for number, (need, forecast, agreed, state) in enumerate(
        product(dates, dates, ("", "yes", "no"), states)
    ):
        needs(town.bus, town.pay, f"Case {number}", need_by=need, forecast=forecast, agreed=agreed, **state)
    rows = list(by_criticality(Dependency.objects.all()))
    assert len(rows) == 144
    for row in rows:
        assert row.rank == RANK[row.verdict().rating], (row.need_by, row.forecast, row.agreed, row.state)
    assert {row.rank for row in rows} == {0, 1, 2, 3}


def test_what_is_hidden_changes_nothing_and_a_hidden_giver_is_not_named(town: Any) -> None:
    needs(town.bus, town.pay, "Open to all")
    client = browser(town.vera)

    def seen() -> tuple[Any, ...]:
        forget_all()
        text = re.sub(
            r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"', "", client.get(PAGE).content.decode()
        )
        return found(town.vera), found(town.vera, ""), text

    before = seen()
    secret = initiative("SEC", town.city, name="Secret merger")
    restrict(OPERATOR, secret, [town.petra.party_id])
    needs(secret, town.bus, "Needed in secret")
    assert seen() == before
    assert found(town.petra).count == 2
    needs(town.bus, secret, "From somewhere")
    network = found(town.vera)
    [line] = [line for line in network.lines if "From somewhere" in line.title]
    assert line.giver is None
    assert (network.count, network.drawn) == (2, 1)
    assert "Secret merger" not in client.get(f"{PAGE}?in=CITY").content.decode()


def test_it_is_capped_and_says_how_many_more_there_are(town: Any) -> None:
    for number in range(MOST_ROWS + 5):
        needs(town.bus, None, f"Part {number}", outside=f"Supplier {number}")
    network = found(town.vera)
    assert (len(network.lines), network.count) == (MOST_ROWS, MOST_ROWS + 5)
    assert network.drawn == 39  # forty ends: the receiver and 39 givers
    page = browser(town.vera).get(f"{PAGE}?in=CITY").content.decode()
    assert f"5 more after the first {MOST_ROWS}" in page
    assert f"39 of {MOST_ROWS + 5} are drawn" in page


def test_it_is_linked_from_the_list_the_place_and_the_menu(town: Any) -> None:
    needs(town.bus, town.pay, "Tariff table")
    client = browser(town.vera)
    for url in ("/registers/dependencies/?in=CITY", "/portfolio/CITY/"):
        assert f"{PAGE}?in=CITY" in client.get(url).content.decode()
    assert f'href="{PAGE}"' in client.get("/registers/risks/").content.decode()
    assert client.get(f"{PAGE}?in=NOWHERE").status_code == 404
    assert "Nothing here yet" in client.get(f"{PAGE}?in=OTHER").content.decode()


def test_the_number_of_queries_does_not_grow(town: Any) -> None:
    client = browser(town.vera)

    def asked() -> int:
        forget_all()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{PAGE}?in=CITY").status_code == 200
        return len(captured)

    needs(town.bus, town.pay, "First")
    first = asked()
    for number in range(15):
        needs(town.bus, initiative(f"G{number}", town.city), f"Row {number}")
    assert asked() == first
