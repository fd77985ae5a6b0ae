"""Dependencies: two ends in the tree, agreed by the giver, shown at both, and nothing of an end that is hidden."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, record

from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer, reconcile
from steerco.apps.initiatives.services import restrict
from steerco.apps.raid.models import Dependency
from steerco.apps.raid.selectors import conflicts_of, gifts_of, needs_of
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.imports.exporting import export_list
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db
NEED = date(2027, 1, 15)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def town() -> Any:
    class Town:
        city = initiative("CITY", type="portfolio")
        bus = initiative("BUS", city, priority=2)
        pay = initiative("PAY", city, priority=5)
        secret = initiative("SEC", city, name="Secret merger")
        grace = person("Grace Giver", "project_manager", pay)
        rosa = person("Rosa Receiver", "project_manager", bus)
        vera = person("Vera Viewer")

    restrict(OPERATOR, Town.secret, [Town.grace.party_id])
    return Town


def dependency(where: Any, giver: Any, title: str = "Tariff table", **values: Any) -> Dependency:
    return record("dependency", where, title, giver=giver, need_by=NEED, **values)


def write(who: Any, row: Dependency, **values: Any) -> Dependency:
    register = register_by_key("dependency")
    assert register is not None
    return register.write(who, [Change(values, pk=row.pk)])[0]


def test_it_stands_on_the_pages_of_both_ends(town: Any) -> None:
    row = dependency(town.bus, town.pay)
    viewer = actor(town.vera)
    assert needs_of(viewer, town.bus) == [row]
    assert gifts_of(viewer, town.pay) == [row]
    assert needs_of(viewer, town.pay) == gifts_of(viewer, town.bus) == []
    assert (needs_of(viewer, town.city), gifts_of(viewer, town.city)) == ([row], [])  # both ends inside: once
    for code in ("BUS", "PAY"):
        assert "Tariff table" in browser(town.vera).get(f"/portfolio/{code}/").content.decode()


def test_nothing_is_shown_of_a_giver_that_is_hidden(town: Any) -> None:
    hidden_owner = person("Hedwig Hidden")
    row = dependency(town.bus, town.secret, giver_owner=hidden_owner.party, owner=town.rosa.party)
    write(OPERATOR, row, giver_owner=town.grace.party)
    client = browser(town.vera)
    pages = [
        "/portfolio/BUS/",
        "/portfolio/CITY/",
        f"/registers/dependencies/{row.pk}/",
        f"/registers/dependencies/{row.pk}/?as_at=2026-11-23",
        "/registers/dependencies/?cols=title,giver,giver_owner,rating&compare=2026-11-22",
        f"/registers/dependencies/?sort=giver_owner&giver=1&giver_owner={hidden_owner.party_id}",
        f"/api/v1/dependencies/{row.pk}/",
        f"/api/v1/dependencies/{row.pk}/history/",
        "/api/v1/dependencies/",
    ]
    for url in pages:
        text = client.get(url).content.decode()
        assert "Secret merger" not in text, url
        assert "SEC ·" not in text, url
        assert "Hedwig" not in text, url
        assert "Grace" not in text, url
    register = register_by_key("dependency")
    assert register is not None
    exported = export_list(register, actor(town.vera), QueryDict(""), "csv", everything=True).content.decode()
    assert "Tariff table" in exported
    assert "SEC" not in exported
    assert "Grace" not in exported
    seen = browser(town.grace).get(f"/registers/dependencies/{row.pk}/").content.decode()
    assert "Secret merger" in seen
    assert "Hedwig" in seen  # in the history


def test_a_receiver_that_is_hidden_leaves_no_trace_at_the_giver(town: Any) -> None:
    row = dependency(town.secret, town.pay)
    assert gifts_of(actor(town.vera), town.pay) == []
    assert "Tariff table" not in browser(town.vera).get("/portfolio/PAY/").content.decode()
    assert gifts_of(actor(town.grace), town.pay) == [row]


def test_who_may_not_see_the_giver_cannot_write_its_owner_away(town: Any) -> None:
    row = dependency(town.bus, town.secret, giver_owner=town.grace.party)
    client = browser(town.rosa)
    page = client.get(f"/registers/dependencies/{row.pk}/edit/").content.decode()
    assert 'name="giver"' not in page
    assert 'name="giver_owner"' not in page
    assert client.get(f"/registers/dependencies/{row.pk}/cell/giver_owner/").status_code == 404
    form = {"title": "Tariffs", "initiative": "BUS", "state": "open", "version": row.version}
    assert client.post(f"/registers/dependencies/{row.pk}/edit/", form).status_code == 303
    row.refresh_from_db()
    assert (row.title, row.giver, row.giver_owner) == ("Tariffs", town.secret, town.grace.party)


def test_only_the_giver_says_that_it_is_agreed(town: Any) -> None:
    row = dependency(town.bus, town.pay)
    with pytest.raises(Invalid, match="giver"):
        write(actor(town.rosa), row, agreed="yes")
    both = person("Bo Both", "pmo_analyst")
    assert write(actor(both), row, agreed="yes").agreed == "yes"
    with pytest.raises(Invalid):
        record_as(town.rosa, town.bus, giver=town.pay, agreed="yes")
    assert (
        record_as(town.rosa, town.bus, giver=None, outside="Harbour Authority", agreed="yes").agreed == "yes"
    )


def record_as(who: Any, where: Any, **values: Any) -> Dependency:
    register = register_by_key("dependency")
    assert register is not None
    return register.write(actor(who), [Change({"title": "Berth", "initiative": where, **values})])[0]


def test_another_date_or_giver_is_agreed_anew(town: Any) -> None:
    row = dependency(town.bus, town.pay, agreed="yes")
    assert write(OPERATOR, row, title="Tariff tables").agreed == "yes"
    assert write(OPERATOR, row, need_by=NEED + timedelta(days=1)).agreed == ""
    write(OPERATOR, row, agreed="yes")
    assert write(OPERATOR, row, giver=town.city).agreed == ""


def test_the_giver_is_asked_and_the_answer_is_the_agreement(town: Any) -> None:
    row = dependency(town.bus, town.pay, giver_owner=town.grace.party, owner=town.rosa.party)
    reconcile(clock.today())
    asked = FollowUp.objects.get(kind="dependency.agree")
    assert (asked.debtor, asked.creditor) == (town.grace.party, town.rosa.party)
    assert asked.due == date(2026, 11, 30)
    assert "2027-01-15" in asked.question
    answer(actor(town.grace), asked, "yes")
    row.refresh_from_db()
    assert (row.agreed, row.forecast, row.verdict().rating) == ("yes", NEED, "amber")
    write(OPERATOR, row, need_by=date(2026, 12, 1))
    reconcile(clock.today())
    again = FollowUp.objects.get(kind="dependency.agree", state="open")
    answer(actor(town.grace), again, "no", "The vendor needs until Christmas.")
    row.refresh_from_db()
    assert (row.agreed, row.verdict().reason) == ("no", "refused")
    reconcile(clock.today())
    assert not FollowUp.objects.filter(kind="dependency.agree", state="open").exists()


def test_what_was_agreed_is_asked_for_when_it_is_due(town: Any) -> None:
    row = dependency(town.bus, town.pay, giver_owner=town.grace.party)
    write(OPERATOR, row, agreed="yes", forecast=NEED - timedelta(days=3))
    reconcile(NEED - timedelta(days=15))
    assert not FollowUp.objects.filter(kind="dependency.due").exists()
    reconcile(NEED - timedelta(days=14))
    asked = FollowUp.objects.get(kind="dependency.due")
    assert asked.due == NEED - timedelta(days=3)
    with clock.at(MONDAY + timedelta(days=50)):
        answer(actor(town.grace), asked, "delivered")
    row.refresh_from_db()
    assert (row.state, row.delivered_on) == ("delivered", date(2027, 1, 12))
    assert (row.slack, row.verdict().reason) == (3, "delivered")


def test_one_initiative_is_no_two_ends(town: Any) -> None:
    with pytest.raises(Invalid, match="another initiative"):
        dependency(town.bus, town.bus)
    with pytest.raises(Invalid, match="another initiative"):
        record("conflict", town.bus, "The depot", other=town.bus)


def test_a_conflict_shows_who_comes_first_by_rank_to_who_sees_both(town: Any) -> None:
    row = record("conflict", town.pay, "One tester for two", other=town.bus, due_on=date(2026, 12, 1))
    for place in (town.pay, town.bus, town.city):
        assert conflicts_of(actor(town.vera), place) == [row]
    page = browser(town.vera).get("/portfolio/PAY/").content.decode()
    assert "BUS (rank 2) before PAY (rank 5)" in page
    hidden = record("conflict", town.pay, "One server", other=town.secret)
    text = browser(town.vera).get(f"/registers/conflicts/{hidden.pk}/").content.decode()
    assert "Secret merger" not in text
    assert "rank 5" not in text
