"""Appetite by category: inherited until something nearer says otherwise, in, near or over, set by the level above."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, record

from steerco.apps.escalation.evaluation import dry_run
from steerco.apps.escalation.rules import Rule, To
from steerco.apps.initiatives.services import restrict
from steerco.apps.raid.appetite import Standing, standings
from steerco.apps.raid.models import Appetite, Risk
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.permissions import Denied
from steerco.kit.registers.listing import listing
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db


def appetite(where: Any, category: str, who: Any = OPERATOR, **values: Any) -> Appetite:
    register = register_by_key("appetite")
    assert register is not None
    start = {"initiative": where, "category": category, "title": f"Up to here: {category}", **values}
    return register.write(who, [Change(start)])[0]


def risk(where: Any, category: str, probability: int, impact: int, **values: Any) -> Risk:
    more = {"category": category, "current_probability": probability, "current_impact": impact, **values}
    return record("risk", where, f"{category} {probability} {impact}", **more)


@pytest.fixture
def town() -> Any:
    class Town:
        city = initiative("CITY", type="portfolio")
        north = initiative("NORTH", city, type="programme")
        pay = initiative("PAY", north)
        bus = initiative("BUS", city)
        vera = person("Vera Viewer")
        petra = person("Petra Programme", "programme_manager", north)
        olga = person("Olga Office", "pmo_manager")

    return Town


def standing(who: Any, where: Any) -> dict[str, Standing]:
    risks = register_by_key("risk")
    assert risks is not None
    reader = actor(who)
    rows = risks.rows(reader)
    if where is not None:
        rows = rows.filter(initiative__above__ancestor=where)
    found = standings(reader, rows, where, f"in={where.code}" if where else "")
    return {one.category: one for one in found}


@pytest.mark.both_databases
def test_what_is_set_nearest_above_a_threat_holds_for_it(town: Any) -> None:
    appetite(None, "legal", score=9)
    appetite(town.north, "legal", score=4)
    low, high = risk(town.pay, "legal", 2, 4), risk(town.bus, "legal", 2, 4)  # 8: over 4, near 9
    above = risk(town.bus, "legal", 3, 4)  # 12: over 9
    risk(town.bus, "legal", 5, 5, direction="opportunity")
    risk(town.bus, "technical", 5, 5)
    found = standing(town.vera, town.city)
    legal = found["legal"]
    assert (legal.limit, legal.set_at) == ("score 9", "the whole organisation")
    assert (legal.threats, legal.near, legal.over, legal.highest, legal.state) == (3, 1, 2, 12, "over")
    register = register_by_key("risk")
    assert register is not None
    shown = listing(register, actor(town.vera), QueryDict(legal.url.partition("?")[2]))
    assert {row.row.pk for row in shown.rows} == {low.pk, above.pk}
    assert high.pk not in {row.row.pk for row in shown.rows}
    assert (found["technical"].state, found["technical"].limit) == ("", "")
    north = standing(town.vera, town.north)["legal"]
    assert (north.limit, north.set_at, north.threats, north.over) == ("score 4", "North initiative", 1, 1)
    bus = standing(town.vera, town.bus)["legal"]
    assert (bus.limit, bus.near, bus.over) == ("score 9", 1, 1)


def test_an_exposure_counts_in_its_own_currency_and_near_begins_at_four_fifths(town: Any) -> None:
    appetite(town.city, "financial", money=100_000_00, currency="gbp", score=20)
    risk(town.pay, "financial", 1, 1, exposure=79_999_99, currency="GBP")
    risk(town.pay, "financial", 1, 2, exposure=900_000_00, currency="EUR")
    found = standing(town.vera, None)["financial"]
    assert (found.near, found.over, found.state, found.url) == (0, 0, "in", "")
    risk(town.bus, "financial", 1, 3, exposure=80_000_00, currency="GBP")
    found = standing(town.vera, None)["financial"]
    assert (found.near, found.over, found.state) == (1, 0, "near")
    risk(town.bus, "financial", 1, 4, exposure=100_000_01, currency="GBP")
    found = standing(town.vera, town.city)["financial"]
    assert (found.near, found.over, found.state) == (1, 1, "over")
    assert found.limit == "score 20 or GBP\u00a0100,000"


def test_it_holds_from_to_and_the_last_one_entered_counts(town: Any) -> None:
    risk(town.pay, "legal", 2, 3)
    old = appetite(town.city, "legal", score=2, ends=clock.today() - timedelta(days=1))
    assert standing(town.vera, town.city)["legal"].state == ""
    appetite(town.city, "legal", score=3)
    assert standing(town.vera, town.city)["legal"].state == "over"
    appetite(town.city, "legal", score=10)
    assert standing(town.vera, town.city)["legal"].state == "in"
    assert old.ends is not None
    assert old.ends < clock.today()


@pytest.mark.parametrize("values", [{}, {"money": 5}, {"score": 26}, {"score": 0}])
def test_it_says_how_much(town: Any, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        appetite(town.city, "legal", **values)


def test_the_level_above_sets_it_as_it_sets_tolerances(town: Any) -> None:
    appetite(town.pay, "legal", actor(town.petra), score=4)
    for place in (town.north, None):
        with pytest.raises(Denied):
            appetite(place, "legal", actor(town.petra), score=25)
    appetite(None, "legal", actor(town.olga), score=6)
    page = browser(town.olga).get("/registers/risks/enterprise/?in=CITY").content.decode()
    assert "Set an appetite" in page
    assert "/registers/risk-appetites/new/?in=CITY" in page
    assert (
        "Set an appetite"
        not in browser(town.vera).get("/registers/risks/enterprise/?in=CITY").content.decode()
    )
    answer = browser(town.olga).post(
        "/registers/risk-appetites/new/",
        {"title": "Little", "initiative": "CITY", "category": "external", "score": "6"},
    )
    assert answer.status_code == 303, answer.content.decode()[-2000:]
    assert standing(town.vera, town.city)["external"].limit == "score 6"


def test_a_hidden_threat_and_a_threshold_at_a_hidden_place_change_nothing(town: Any) -> None:
    appetite(town.city, "legal", score=9)
    risk(town.bus, "legal", 2, 3)
    before = standing(town.vera, town.city)
    hidden = initiative("HID", town.north, name="Secret merger")
    restrict(OPERATOR, hidden, [town.petra.party_id])
    risk(hidden, "legal", 5, 5)
    risk(hidden, "external", 5, 5)
    appetite(hidden, "external", score=2)
    assert standing(town.vera, town.city) == before
    assert standing(town.petra, town.city)["legal"].over == 1


def test_an_escalation_rule_may_watch_it(town: Any) -> None:
    rule = Rule("own.1", "risk.appetite", 0, To.NEXT)
    low = risk(town.pay, "legal", 2, 4)
    risk(town.bus, "legal", 2, 2)
    assert dry_run(chosen=[rule]).proposals == []
    appetite(None, "legal", score=6)
    outcome = dry_run(date.today(), [rule])
    assert {p.entry_id for p in outcome.proposals} | outcome.nobody == {low.entry_id}
    [fact] = rule.what.find(clock.today(), 0)
    assert (fact.value, fact.limit) == (8, 6)
    assert rule.what.said(8, 6) == "Its score is 8; the appetite for its category is 6."
    assert "appetite for its category" in rule.in_words
