"""Handing over: everything in one list, offered, accepted with the offerer's rights; the manager answers until then."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.http import QueryDict
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, record

from steerco.apps.followups.chasing import chase
from steerco.apps.followups.links import address_for, link_at
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.selectors import owed_by
from steerco.apps.followups.services import Ask, answer, ask, delegate
from steerco.apps.handover.models import Part
from steerco.apps.handover.selectors import belongings, leavers, open_doors
from steerco.apps.handover.services import accept, offer
from steerco.apps.initiatives.models import Holding, Initiative
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.initiatives.services import restrict
from steerco.apps.notices.services import deliver
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.journal import outbox
from steerco.kit.permissions import Denied
from steerco.kit.registers.listing import listing
from steerco.kit.registers.models import SavedView
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 23), timedelta(days=1)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def town() -> Any:
    class Town:
        miriam = person("Miriam Vogel", "pmo_manager")
        lena = person("Lena Lead")
        sven = person("Sven Sponsor")
        lea = person("Lea Leaver")
        nora = person("Nora Next")
        pay = initiative("PAY", lead=lena.party, sponsor=sven.party)
        road = initiative("ROAD", lead=lea.party, sponsor=sven.party)
        call = record("action", pay, "Call", owner=lea.party, due_on=TODAY + DAY)
        risk = record("risk", pay, "Rain", owner=lea.party)
        post = create_post(OPERATOR, road, "project_manager", "Project manager")

    appoint(OPERATOR, Town.post, Town.lea)
    ask(
        OPERATOR,
        [Ask("x:1", "hygiene.ask", Town.risk.entry_id, Town.lea.party_id, TODAY + DAY, Town.lena.party_id)],
    )
    ask(
        OPERATOR,
        [Ask("x:2", "hygiene.ask", Town.risk.entry_id, Town.lena.party_id, TODAY + DAY, Town.lea.party_id)],
    )
    chase()
    return Town


def leave(who: Person, on: date = TODAY - DAY) -> None:
    Person.objects.filter(pk=who.pk).update(leaves=on)
    who.refresh_from_db()


def test_everything_stands_in_one_list(town: Any) -> None:
    pay, road = belongings(actor(town.miriam), town.lea)
    assert (pay.records, pay.owes, pay.awaits, pay.leads, pay.posts) == (
        {"action": 1, "risk": 1},
        2,
        1,
        False,
        [],
    )
    assert (road.leads, [h.post for h in road.posts], road.count) == (True, [town.post], 2)
    assert leavers(actor(town.miriam)) == []
    leave(town.lea, TODAY + 30 * DAY)
    [leaver] = leavers(actor(town.miriam))
    assert (leaver.records, leaver.posts, leaver.owes, leaver.has_left) == (2, 1, 2, False)
    office = browser(town.miriam)
    shown = office.get(f"/people/{town.lea.pk}/hand-over/").content.decode()
    assert re.search(r'sc-muted">1 \w+ · 1 \w+ · owes 2 · waits for 1</div>', shown)
    assert "Lea Leaver" in office.get("/people/leaving/").content.decode()
    assert "7 things are theirs" in office.get(f"/registers/people/{town.lea.pk}/").content.decode()
    assert "Leaving" in office.get("/").content.decode()
    assert browser(town.nora).get("/people/leaving/").status_code == 403
    assert browser(town.nora).get(f"/people/{town.lea.pk}/hand-over/").status_code == 404
    assert "theirs" not in browser(town.nora).get(f"/registers/people/{town.lea.pk}/").content.decode()


def test_a_part_passes_when_it_is_accepted_and_not_before(town: Any) -> None:
    leave(town.lea)
    SavedView.objects.create(register="risk", owner=town.lea.user, name="Top", shared=True)
    SavedView.objects.create(register="risk", owner=town.nora.user, name="Top")
    door = address_for(FollowUp.objects.get(key="x:1"), town.lea).split("/")[-2]
    assert link_at(door) is None  # they are gone: the door is shut at once
    assert open_doors(town.lea) == 1
    page = browser(town.miriam).post(
        f"/people/{town.lea.pk}/hand-over/",
        {"everything": "Nora Next", "views": "Nora Next", "note": "Ask Lena"},
    )
    assert page.status_code == 303
    assert open_doors(town.lea) == 0
    assert sorted(SavedView.objects.filter(owner=town.nora.user).values_list("name", flat=True)) == [
        "Top",
        "Top (2)",
    ]
    town.call.refresh_from_db()
    assert town.call.owner == town.lea.party
    asked = list(FollowUp.objects.filter(kind="handover.accept", debtor=town.nora.party).order_by("pk"))
    assert [row.entry.title for row in asked] == [town.pay.name, town.road.name]
    assert "Ask Lena" in asked[0].question
    for row in asked:
        answer(actor(town.nora), row, "accept")
    town.call.refresh_from_db()
    town.risk.refresh_from_db()
    road = Initiative.objects.get(pk=town.road.pk)
    assert town.call.owner == town.risk.owner == road.lead == town.nora.party
    held = Holding.objects.filter(Holding.in_force(), post=town.post)
    assert [h.person for h in held] == [town.nora]
    assert FollowUp.objects.get(key="x:1").debtor == town.nora.party
    assert FollowUp.objects.get(key="x:2").creditor == town.nora.party
    assert Part.objects.get(initiative=town.pay).passed == {
        "records": 2,
        "initiatives": 0,
        "posts": 0,
        "follow_ups": 2,
    }
    chase()
    assert FollowUp.objects.get(kind="action.due", state="open").debtor == town.nora.party
    assert leavers(actor(town.miriam)) == []


def test_nobody_hands_over_more_than_they_may(town: Any) -> None:
    """The office may not appoint project managers everywhere, sees nothing hidden, and keeps what it could then."""
    grace = person("Grace Lim", "pmo_administrator")
    hidden = record("action", town.pay, "Secret", owner=town.lea.party)
    restrict(OPERATOR, hidden, [town.lea.party_id])
    leave(town.lea)
    assert belongings(actor(grace), town.lea)[0].records == {"action": 1, "risk": 1}
    parts = offer(actor(grace), town.lea, {town.pay.pk: town.nora, town.road.pk: town.nora})
    for part in parts:
        answer(actor(town.nora), FollowUp.objects.get(key=f"handover.accept:{part.pk}"), "accept")
    hidden.refresh_from_db()
    assert hidden.owner == town.lea.party
    assert not Holding.objects.filter(post=town.post, person=town.nora).exists()
    with pytest.raises(Denied):
        offer(actor(town.nora), town.lea, {town.pay.pk: town.nora})
    with pytest.raises(Invalid):
        offer(actor(town.miriam), town.nora, {town.pay.pk: town.lea})


def test_an_offer_ends_with_the_next_one_and_with_the_rights_of_whoever_made_it(town: Any) -> None:
    leave(town.lea)
    [first] = offer(actor(town.miriam), town.lea, {town.pay.pk: town.nora})
    [second] = offer(actor(town.miriam), town.lea, {town.pay.pk: town.lena})
    first.refresh_from_db()
    assert first.state == Part.State.REPLACED
    assert FollowUp.objects.get(key=f"handover.accept:{first.pk}").state == FollowUp.State.WITHDRAWN
    with pytest.raises(Invalid, match="no longer stands"):
        accept(OPERATOR, first)
    assert town.miriam.user is not None
    type(town.miriam.user).objects.filter(pk=town.miriam.user.pk).update(is_active=False)
    asked = FollowUp.objects.get(key=f"handover.accept:{second.pk}")
    with pytest.raises(Invalid, match="no longer stands"):
        answer(actor(town.lena), asked, "accept")
    asked.refresh_from_db()
    assert asked.state == FollowUp.State.OPEN  # nothing half done
    answer(actor(town.lena), asked, "decline", "Not my field")
    second.refresh_from_db()
    assert second.state == Part.State.DECLINED


def test_until_then_the_manager_answers(town: Any) -> None:
    leave(town.lea)
    row = FollowUp.objects.get(kind="action.due")
    assert row in owed_by(actor(town.lena))
    assert row not in owed_by(actor(town.sven))
    with clock.at(MONDAY + DAY):
        chase()
        deliver()
        outbox.send_due()
        [sent] = [m for m in mail.outbox if m.to == [town.lena.email]]
        assert "Nobody answers for Lea Leaver; you stand in." in sent.body
        assert f"/me/follow-ups/{row.pk}/" in sent.body
        assert "/answer/" not in sent.body.split("Call")[1].split("\n\n")[0]
        delegate(actor(town.lena), row, town.nora.party)
    assert row not in owed_by(actor(town.lena))
    row.refresh_from_db()
    answer(actor(town.nora), row, "done")
    town.call.refresh_from_db()
    assert town.call.state == "done"


def test_a_vacant_post_is_answered_by_the_sponsor_after_two_working_days(town: Any) -> None:
    post = create_post(OPERATOR, town.pay, "team_member", "Tester")
    record("action", town.pay, "Test", owner=post.party, due_on=TODAY)
    chase()
    row = FollowUp.objects.get(debtor=post.party)
    for days, answers in ((0, False), (1, False), (2, True)):
        with clock.at(MONDAY + days * DAY):
            assert (row in owed_by(actor(town.sven))) is answers, days
    with clock.at(MONDAY + 2 * DAY):
        hidden = town.call
        restrict(OPERATOR, record("action", town.pay, "Secret", owner=post.party, due_on=TODAY), [])
        restrict(OPERATOR, hidden, [town.lea.party_id])
        leave(town.lea)
        assert FollowUp.objects.get(kind="action.due", debtor=town.lea.party) not in owed_by(actor(town.lena))


def people(who: Person, query: str = "") -> dict[str, str]:
    """The flag of everybody in the list of people, by name, as `who` sees it."""
    register = register_by_key("person")
    assert register is not None
    found = listing(register, actor(who), QueryDict(f"cols=name,leaver&{query}"))
    return {row.cells[0].html: row.cells[1].html for row in found.rows}


def test_the_list_of_people_flags_who_leaves_and_still_has_something(town: Any) -> None:
    assert not any(people(town.miriam).values())
    leave(town.lea, TODAY + 20 * DAY)
    leave(town.nora, TODAY + 20 * DAY)  # has nothing
    assert {name: flag for name, flag in people(town.miriam).items() if flag} == {"Lea Leaver": "leaves soon"}
    assert people(town.miriam, "leaver=true") == {"Lea Leaver": "leaves soon"}
    assert "Lea Leaver" not in people(town.miriam, "leaver=false")
    assert next(iter(people(town.miriam, "sort=-leaver"))) == "Lea Leaver"
    assert [one.person for one in leavers(actor(town.miriam))] == [town.lea]
    leave(town.lea, TODAY + 61 * DAY)
    assert people(town.miriam, "leaver=true") == {}
    leave(town.lea)
    assert people(town.miriam, "leaver=true") == {"Lea Leaver": "has left"}
    client = browser(town.miriam)
    assert "has left" in client.get("/registers/people/?leaver=true").content.decode()
    [row] = client.get("/api/v1/people/?leaver=true").json()["results"]
    assert row["leaver"] == client.get(f"/api/v1/people/{row['id']}/").json()["leaver"] == "has left"


@pytest.mark.usefixtures("results_are_kept")
def test_the_flag_comes_with_the_first_thing_and_goes_with_the_last_at_once(town: Any) -> None:
    leave(town.nora)
    assert people(town.miriam, "leaver=true") == {}
    last = record("action", town.pay, "Last", owner=town.nora.party, due_on=TODAY)
    assert "Nora Next" in people(town.miriam, "leaver=true")
    assert "Nora Next" in people(town.miriam, "sort=leaver")
    register = register_by_key("action")
    assert register is not None
    register.write(OPERATOR, [Change({"state": "done", "done_on": TODAY}, pk=last.pk)])
    assert "Nora Next" not in people(town.miriam, "leaver=true")


def test_what_is_hidden_makes_nobody_a_leaver(town: Any) -> None:
    shut = initiative("SHUT")
    record("risk", shut, "Secret", owner=town.nora.party)
    leave(town.nora)
    assert people(town.miriam)["Nora Next"] == "has left"
    restrict(OPERATOR, shut, [town.sven.party_id])
    assert people(town.miriam)["Nora Next"] == ""
    assert people(town.miriam, "leaver=true") == {}
