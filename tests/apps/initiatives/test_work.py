"""Work across registers: mine by urgency, the office's by what is missing; every number is its list."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from tests.apps import worlds

from steerco.apps.initiatives.work import Tally, office_places, office_work, own_tallies
from steerco.kit import clock
from steerco.kit.permissions import Actor
from steerco.kit.registers.listing import queryset_for
from steerco.kit.registers.register import register_by_slug

pytestmark = pytest.mark.django_db


def assert_lists_agree(actor: Actor, tallies: list[Tally], numbers: int) -> None:
    for tally in tallies:
        for number, url in tally.numbers[:numbers]:
            path, _, query = url.partition("?")
            register = register_by_slug(path.strip("/").rpartition("/")[2])
            assert register is not None
            rows, _scope, filters = queryset_for(register, actor, QueryDict(query))
            assert filters.is_valid()
            assert rows.count() == number, url


def test_my_own_work_is_counted_by_register_and_every_number_is_its_list() -> None:
    today, day = clock.today(), timedelta(days=1)
    pay = worlds.initiative("PAY")
    jonas = worlds.person("Jonas Weber")
    mine = {"owner": jonas.party}
    worlds.record("action", pay, "No date", **mine)
    worlds.record("action", pay, "Late", due_on=today - day, **mine)
    worlds.record("action", pay, "Same day, low", due_on=today + day, priority=1, **mine)
    worlds.record("issue", pay, "Same day, critical", due_on=today + day, priority=4, **mine)
    worlds.record("risk", pay, "Review long past", next_review=today - 9 * day, **mine)
    worlds.record("milestone", pay, "Far", forecast=today + 99 * day, **mine)
    worlds.record("action", pay, "Somebody else's", due_on=today)
    worlds.record("action", pay, "Done", due_on=today, state="done", done_on=today, **mine)
    actor = worlds.actor(jonas)
    tallies = own_tallies(actor)
    assert {str(t.label): [n for n, _url in t.numbers] for t in tallies} == {
        "Risks": [1, 1],
        "Issues": [1, 0],
        "Actions": [3, 1],
        "Milestones": [1, 0],
    }
    assert_lists_agree(actor, tallies, 2)


def test_the_office_sees_what_has_no_owner_what_is_late_and_what_changed() -> None:
    today = clock.today()
    pay, road = worlds.initiative("PAY"), worlds.initiative("ROAD")
    with clock.at(clock.now() - timedelta(days=30)):
        worlds.record("action", pay, "Old", due_on=today - timedelta(days=1))
    worlds.record("action", pay, "New", owner=worlds.person("Jonas Weber").party)
    worlds.record("action", road, "Elsewhere")
    grace = worlds.person("Grace Lim", "pmo_administrator", pay)
    actor = worlds.actor(grace)
    assert office_places(actor) == [pay]
    tallies = office_work(actor, pay)
    actions = next(t for t in tallies if t.label == "Actions")
    assert [n for n, _url in actions.numbers] == [2, 1, 1, 1]
    assert_lists_agree(actor, tallies, 3)
    everywhere = worlds.actor(worlds.person("Miriam Vogel", "pmo_manager"))
    assert office_places(everywhere) == [None]
    assert next(t for t in office_work(everywhere, None) if t.label == "Actions").numbers[0][0] == 3
    assert office_places(worlds.actor(worlds.person("Eleanor Price", "sponsor", pay))) == []
    page = worlds.browser(grace).get("/").content.decode()
    assert "In my care" in page
