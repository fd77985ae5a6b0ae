"""The pages of register hygiene: who sees what, many cleaned with a count first, the limits, figures of groups only."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, posted, record

from steerco.apps.hygiene.looking import look_at
from steerco.apps.hygiene.models import Confirmation, Finding, Limit, Look
from steerco.apps.hygiene.selectors import Score, own_score, rule_counts, score, unit_scores
from steerco.apps.initiatives.services import restrict
from steerco.apps.people.models import Unit
from steerco.apps.people.services import write_people, write_units
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 23), timedelta(days=1)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def town() -> Any:
    class Town:
        late: ClassVar[list[Any]]
        city = initiative("CITY", type="portfolio")
        pay = initiative("PAY", city)
        road = initiative("ROAD", city)
        omar = person("Omar Owner")
        grace = person("Grace Lim", "pmo_administrator", city)
        well = record("action", pay, "Well", owner=omar.party, due_on=TODAY + DAY)
        secret = record("action", road, "Secret", owner=omar.party, due_on=TODAY - DAY)

    due = {"owner": Town.omar.party, "due_on": TODAY - DAY}
    Town.late = [record("action", Town.pay, f"Late {n}", **due) for n in range(3)]
    restrict(OPERATOR, Town.secret, [Town.omar.party_id])
    look_at(TODAY)
    return Town


def test_counts_and_scores_hold_only_what_the_reader_sees(town: Any) -> None:
    assert score(actor(town.omar), town.city) == Score(5, 4)
    assert score(actor(town.grace), town.city) == Score(4, 3)
    assert score(actor(town.grace), town.city).percent == 25
    [counted] = rule_counts(actor(town.grace))
    assert (counted.rule.key, counted.count) == ("overdue", 3)
    page = browser(town.grace).get("/hygiene/").content.decode()
    assert page.count("data-sc-select ") == 3
    assert "Secret" not in page
    assert "Late 1" in page
    assert "Secret" in browser(town.omar).get("/hygiene/?register=action").content.decode()
    for wrong in ("?rule=nonsense", "?register=nonsense", "?in=NOWHERE"):
        assert browser(town.grace).get(f"/hygiene/{wrong}").status_code == 404
    assert "Late 1" not in browser(town.grace).get("/hygiene/?owner=nobody").content.decode()


def test_the_initiative_and_the_office_are_told(town: Any) -> None:
    shown = browser(town.grace).get("/portfolio/PAY/").content.decode()
    assert "3 of 4 open entries need attention" in shown
    home = browser(town.grace).get("/").content.decode()
    assert "To put in order" in home
    assert "To put in order" not in browser(town.omar).get("/").content.decode()


def test_many_are_given_away_after_a_count(town: Any) -> None:
    olga = person("Olga Other")
    office = browser(town.grace)
    ids = [row.entry_id for row in town.late]
    chosen = {"pk": [*ids, town.secret.entry_id], "action": "reassign", "to": "Olga Other", "rule": "overdue"}
    counted = office.post("/hygiene/clean/", chosen)
    assert counted.status_code == 200
    assert "3 entries" in counted.content.decode()
    town.late[0].refresh_from_db()
    assert town.late[0].owner == town.omar.party
    assert office.post("/hygiene/clean/", {**chosen, "to": "Nobody Known"}).status_code == 422
    nameless = office.post("/hygiene/clean/", {**chosen, "to": ""})
    assert nameless.status_code == 422
    assert "Name the new owner." in nameless.content.decode()
    assert office.post("/hygiene/clean/", {**chosen, "action": "explode"}).status_code == 404
    done = office.post("/hygiene/clean/", {**chosen, "confirm": "1", "reason": "New team"})
    assert done.status_code == 303
    assert done["Location"] == "/hygiene/?rule=overdue"
    for row in town.late:
        row.refresh_from_db()
        assert row.owner == olga.party
    town.secret.refresh_from_db()
    assert town.secret.owner == town.omar.party


def test_many_are_closed_with_what_the_way_asks_for(town: Any) -> None:
    office = browser(town.grace)
    chosen = {"everything": "1", "action": "close", "way": "done", "register": "action", "rule": "overdue"}
    asked = office.post("/hygiene/clean/", chosen)
    assert asked.status_code == 200
    assert 'name="done_on"' in asked.content.decode()
    assert office.post("/hygiene/clean/", {**chosen, "confirm": "1"}).status_code == 422
    assert (
        office.post("/hygiene/clean/", {**chosen, "confirm": "1", "done_on": "2026-11-20"}).status_code == 303
    )
    town.late[0].refresh_from_db()
    assert (town.late[0].state, town.late[0].done_on) == ("done", date(2026, 11, 20))
    assert Finding.objects.filter(entry__title__startswith="Late").count() == 0
    assert office.post("/hygiene/clean/", {**chosen, "way": "nonsense"}).status_code == 404


def test_one_is_confirmed_by_whoever_may_change_it(town: Any) -> None:
    address = f"/hygiene/entries/{town.well.entry_id}/confirm/"
    assert browser(person("Nina Nobody")).post(address).status_code == 403
    assert browser(town.grace).post(f"/hygiene/entries/{town.secret.entry_id}/confirm/").status_code == 404
    assert browser(town.omar).post(address).status_code == 303
    assert Confirmation.objects.get().by == town.omar


def test_a_record_is_confirmed_from_its_page_as_it_stood_there(town: Any) -> None:
    """One click on the page; whoever saw an older version is told so, and nothing is confirmed."""
    page, address = f"/registers/actions/{town.well.pk}/", f"/hygiene/entries/{town.well.entry_id}/confirm/"
    client = browser(town.omar)
    shown = client.get(page).content.decode()
    assert f'action="{address}"' in shown
    assert "Confirm still right" in shown
    assert (
        "Confirm still right"
        not in browser(person("Vera Viewer", "viewer", town.pay)).get(page).content.decode()
    )
    register = register_by_key("action")
    assert register is not None
    register.write(OPERATOR, [Change({"title": "Well done"}, pk=town.well.pk)])
    assert client.post(address, {"version": town.well.version})["Location"] == page
    assert "It was changed since you opened it." in client.get(page).content.decode()
    for wrong in ("x", "²", "-1"):
        assert client.post(address, {"version": wrong}).status_code == 303
    assert not Confirmation.objects.exists()
    told = posted(client, address, {"version": town.well.version + 1})
    assert "Confirmed: it is still right as it stands." in told
    assert Confirmation.objects.get().by == town.omar
    register.write(OPERATOR, [Change({"state": "done", "done_on": TODAY}, pk=town.well.pk)])
    assert "Confirm still right" not in client.get(page).content.decode()


def test_limits_are_set_by_who_configures_and_read_by_all(town: Any) -> None:
    boss = browser(person("Miriam Vogel", "pmo_manager"))
    assert (
        "not changed or confirmed for 60 days" in browser(town.omar).get("/hygiene/rules/").content.decode()
    )
    every = {f"limit-{row}": "7" for row in ("no_owner", "left", "vacant", "overdue", "stale", "no_action")}
    every |= {f"limit-{row}": "9" for row in ("unchanged", "no_outcome", "moved")}
    assert browser(town.omar).post("/hygiene/rules/", every).status_code == 403
    assert boss.post("/hygiene/rules/", {**every, "limit-stale": "soon"}).status_code == 422
    assert boss.post("/hygiene/rules/", {**every, "limit-stale": "99999"}).status_code == 422
    assert not Limit.objects.exists()
    assert boss.post("/hygiene/rules/", {**every, "off-moved": "1"}).status_code == 303
    assert Limit.objects.get(rule="moved").off
    assert not Look.objects.get().asks_owners
    look_at(TODAY)
    assert not Finding.objects.exists()  # a day late is within the limit now


def test_people_are_not_measured_unless_asked_and_then_in_groups_of_five(town: Any) -> None:
    grace = actor(town.grace)
    assert own_score(actor(town.omar)) is None
    assert unit_scores(grace) == []
    Look.objects.update_or_create(pk=1, defaults={"measures_people": True})
    assert own_score(actor(town.omar)) == Score(5, 4)
    assert "Only you see this" in browser(town.omar).get("/").content.decode()
    big, small = write_units(OPERATOR, [Unit(code="BIG", name="Big"), Unit(code="SMALL", name="Small")])
    for n in range(9):
        who = person(f"W{n} Worker")
        write_people(OPERATOR, [Change({"unit": big if n < 5 else small}, pk=who.pk)])
        record("action", town.pay, f"Of {n}", owner=who.party, due_on=TODAY + (n - 1) * DAY)
    look_at(TODAY)
    assert unit_scores(grace) == [("Big", Score(5, 1))]
