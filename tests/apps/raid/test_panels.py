"""What risks, issues and actions add to pages: over everything below, only what the reader may see."""

from datetime import date, timedelta

import pytest
from django.http import QueryDict
from tests.apps import worlds

from steerco.apps.initiatives.services import restrict
from steerco.apps.raid.panels import _due, _mine, _to_decide, _top_risks
from steerco.kit import clock
from steerco.kit.pages.panels import PageState
from steerco.kit.registers.listing import queryset_for
from steerco.kit.registers.register import register_by_slug

pytestmark = pytest.mark.django_db
NOWHERE = PageState(None, None, QueryDict())


@pytest.fixture
def town():
    """A portfolio with a project below; its manager and a sponsor of the whole."""

    class Town:
        city = worlds.initiative("CITY", type="portfolio")
        pay = worlds.initiative("PAY", city)
        beatrice = worlds.person("Beatrice Okafor", "project_manager", pay)
        eleanor = worlds.person("Eleanor Price", "sponsor", city)
        jonas = worlds.person("Jonas Weber")
        today = clock.today()

    return Town


def listed(url: str, actor) -> int:
    """How many rows the list behind a link has for the actor."""
    path, _, query = url.partition("?")
    register = register_by_slug(path.strip("/").rpartition("/")[2])
    assert register is not None
    rows, _scope, filters = queryset_for(register, actor, QueryDict(query))
    assert filters.is_valid()
    return rows.count()


def test_top_risks_come_from_below_the_highest_first_without_hidden_ones(town) -> None:
    low = worlds.record("risk", town.pay, "Low", current_probability=1, current_impact=2)
    high = worlds.record("risk", town.pay, "High", current_probability=5, current_impact=5)
    worlds.record("risk", town.city, "Not rated")
    jonas = worlds.actor(town.jonas)
    found = _top_risks(jonas, town.city, NOWHERE)
    assert found is not None
    assert [row["title"] for row in found["top"]] == ["R-2 High", "R-1 Low", "R-1 Not rated"]
    assert found["top"][0]["where"] == town.pay
    assert found["count"] == listed(found["url"], jonas) == 3
    restrict(worlds.OPERATOR, high, [town.beatrice.party_id])
    hidden = _top_risks(worlds.actor(town.jonas), town.city, NOWHERE)
    assert hidden is not None
    assert [row["title"] for row in hidden["top"]] == ["R-1 Low", "R-1 Not rated"]
    assert hidden["count"] == 2
    assert low.score == 2


def test_what_is_due_is_listed_by_date_and_counted_as_its_list_has_it(town) -> None:
    day = timedelta(days=1)
    worlds.record("action", town.pay, "Late", due_on=town.today - day)
    worlds.record("action", town.pay, "Soon", due_on=town.today + 5 * day)
    worlds.record("action", town.pay, "Far", due_on=town.today + 60 * day)
    worlds.record("issue", town.city, "Urgent", due_on=town.today + 5 * day, priority=4)
    jonas = worlds.actor(town.jonas)
    found = _due(jonas, town.city, NOWHERE)
    assert found is not None
    assert [row["title"] for row in found["rows"]] == ["A-1 Late", "I-1 Urgent", "A-2 Soon"]
    assert [row["is_late"] for row in found["rows"]] == [True, False, False]
    for counted in found["counts"]:
        assert counted["late"] == listed(counted["late_url"], jonas)
        assert counted["soon"] == listed(counted["soon_url"], jonas)
    assert {str(c["label"]): (c["late"], c["soon"]) for c in found["counts"]} == {
        "Issues": (0, 1),
        "Actions": (1, 2),
    }
    assert _due(jonas, worlds.initiative("EMPTY"), NOWHERE) is None


def test_my_initiatives_count_everything_below_and_link_to_it(town) -> None:
    worlds.record("issue", town.pay, "Stuck", state="waiting", due_on=town.today - timedelta(days=2))
    worlds.record("risk", town.pay, "Big", current_probability=5, current_impact=5)
    worlds.record("risk", town.pay, "Small", current_probability=1, current_impact=1)
    eleanor = worlds.actor(town.eleanor)
    found = _mine(eleanor, None, NOWHERE)
    assert found is not None
    (row,) = found["rows"]
    assert row["place"] == town.city
    assert [number for number, _url in row["numbers"]] == [1, 1, 1, 0]
    assert [listed(url, eleanor) for _number, url in row["numbers"]] == [1, 1, 1, 0]
    assert _mine(worlds.actor(town.jonas), None, NOWHERE) is None


def test_who_decides_sees_what_waits_where_they_decide(town) -> None:
    worlds.record("issue", town.pay, "Stuck", state="waiting")
    worlds.record("issue", worlds.initiative("ROAD"), "Elsewhere", state="waiting")
    found = _to_decide(worlds.actor(town.eleanor), None, NOWHERE)
    assert found is not None
    assert [row["title"] for row in found["waiting"]] == ["I-1 Stuck"]
    assert _to_decide(worlds.actor(town.jonas), None, NOWHERE) is None


def test_a_risk_of_mine_that_is_due_for_review_is_counted(town) -> None:
    worlds.record("risk", town.pay, "Mine", owner=town.jonas.party, next_review=date(2020, 1, 1))
    jonas = worlds.actor(town.jonas)
    found = _to_decide(jonas, None, NOWHERE)
    assert found is not None
    assert found["reviews"] == listed(found["reviews_url"], jonas) == 1


def test_the_pages_carry_the_panels(town) -> None:
    worlds.record("risk", town.pay, "Big", current_probability=5, current_impact=5, owner=town.eleanor.party)
    worlds.record("issue", town.pay, "Stuck", state="waiting", due_on=town.today)
    worlds.record("milestone", town.pay, "Gate", forecast=town.today, baseline=town.today - timedelta(days=9))
    browser = worlds.browser(town.eleanor)
    page = browser.get("/portfolio/CITY/").content.decode()
    for words in ("Risk matrix", "Top risks", "R-1 Big", "Issues and actions due", "M-1 Gate", "+9"):
        assert words in page
    home = browser.get("/").content.decode()
    for words in (
        "What I owe",
        "R-1 Big",
        "To decide and review",
        "I-1 Stuck",
        "My initiatives",
    ):
        assert words in home
