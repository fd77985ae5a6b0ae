"""The pages of directors: every number is that of the list behind it, and counts only what the reader sees."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from tests.apps.foresight.course import DAY, TODAY, on
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, record

from steerco.apps.foresight.models import EarlyWarning
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import restrict
from steerco.site.bottom_line import bottom_line
from steerco.site.horizon import horizon
from steerco.site.outlook import decides_at_a_portfolio, quarters

pytestmark = pytest.mark.django_db
NEAR = {"score": 9, "proximity": "month", "on": "2027-02-01"}


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with on(TODAY):
        yield


@pytest.fixture
def town() -> Any:
    city = initiative("CITY", type="portfolio")
    pay = initiative("PAY", city)
    initiative("NEXT", city, status="proposed", priority=2)
    first = initiative("FIRST", city, status="proposed", priority=1)
    hidden = initiative("HID", city, status="proposed")
    board = {"tier": "board", "baseline": date(2027, 2, 1), "forecast": date(2027, 2, 9)}
    record("milestone", pay, "Live", **board)
    record("milestone", hidden, "Secret live", **board)
    late = record("action", pay, "Late", due_on=TODAY - DAY)
    record("action", hidden, "Secret late", due_on=TODAY - DAY)
    record("action", pay, "Today", due_on=TODAY)
    far = {"proximity": "year", "current_probability": 4, "current_impact": 3}
    record("risk", pay, "Far away", **far)
    record("risk", hidden, "Secret far", **far)
    record("tolerance", pay, "End date", area="time", days=5, ends=TODAY + 100 * DAY)
    EarlyWarning.objects.create(
        entry_id=late.entry_id,
        signal="risk.near",
        since=TODAY,
        breach_on=date(2027, 2, 1),
        weight=1,
        data=NEAR,
    )
    nobody = person("Nora Named")
    restrict(OPERATOR, hidden, [nobody.party_id])
    director = person("Dora Director", "portfolio_manager", city)
    return SimpleNamespace(city=city, pay=pay, first=first, director=director)


NUMBER = re.compile(r'<a(?: class="sc-chip")? href="(/registers/[^"]+)">(?:<strong>)?(\d+)(?:</strong>)?')


@pytest.mark.parametrize("address", ["/horizon/", "/bottom-line/"])
def test_every_number_is_that_of_the_list_behind_it(town: Any, address: str) -> None:
    client = browser(town.director)
    page = client.get(address).content.decode()
    assert "Secret" not in page
    found = NUMBER.findall(page)
    assert any(number != "0" for _url, number in found)
    for url, number in found:
        shown = client.get(unescape(url))
        assert shown.status_code == 200
        assert shown.context["listing"].count == int(number), url


def test_the_horizon_says_what_lies_ahead(town: Any) -> None:
    found = horizon(actor(town.director), None)
    assert [title for _row, title, _url in found["pipeline"][0]["rows"]] == [
        "First initiative",
        "Next initiative",
    ]
    spring = next(quarter for quarter in found["quarters"] if quarter.label == "Q1 2027")
    assert [number.count for number in spring.numbers if number] == [0, 1, 0, 1]
    assert [part["number"].count for part in found["risks"]] == [0, 1, 0]
    assert [number.count for number in found["ending"]] == [1, 0]
    client = browser(town.director)
    warned = client.get(spring.numbers[3].url).content.decode()
    assert "Late" in warned
    assert "Late" not in client.get("/warnings/?from=2028-01-01&to=2028-03-31").content.decode()
    for wrong in ("from=x&to=y", "from=2028-01-01"):
        assert client.get(f"/warnings/?{wrong}").status_code == 404
    elsewhere = horizon(actor(town.director), town.first)
    assert [number.count for number in elsewhere["quarters"][1].numbers if number] == [0, 0, 0, 0]


def test_the_bottom_line_says_how_it_stands(town: Any) -> None:
    found = bottom_line(actor(town.director), None)
    assert [(str(number.label), number.count) for number in found["overdue"]] == [("Actions", 1)]
    assert found["off_track"] == []
    assert bottom_line(actor(town.director), town.first)["overdue"] == []


def test_who_decides_at_a_portfolio_finds_them_in_my_work(town: Any) -> None:
    lead = person("Lena Lead", "project_manager", town.pay)
    assert decides_at_a_portfolio(actor(town.director))
    assert not decides_at_a_portfolio(actor(lead))
    assert "/bottom-line/" in browser(town.director).get("/").content.decode()
    assert "/bottom-line/" not in browser(lead).get("/").content.decode()
    outsider = person("Oda Outside", staff=False)
    for address in ("/horizon/", "/bottom-line/"):
        assert browser(lead).get(address).status_code == 200
        assert "Far away" not in browser(outsider).get(address).content.decode()
        assert browser(lead).get(f"{address}?in=HID").status_code == 404
        assert browser(lead).get(f"{address}?in=PAY").status_code == 200
        assert browser(lead).post(address).status_code == 405


def test_quarters_follow_each_other_from_today() -> None:
    found = quarters(TODAY, 3)
    assert [(q.first, q.last) for q in found] == [
        (TODAY, date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 3, 31)),
        (date(2027, 4, 1), date(2027, 6, 30)),
    ]
    assert Initiative.objects.count() == 0
