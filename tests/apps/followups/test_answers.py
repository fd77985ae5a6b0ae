"""Answers that depend on what is asked, and who is asked for posts and bodies."""

from datetime import timedelta

import pytest
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, record

from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import Ask, answer, ask, holders
from steerco.apps.initiatives.posts import appoint, create_post, create_seats, end_holding, seats_of
from steerco.apps.people.models import Party
from steerco.apps.people.services import make_parties
from steerco.kit import clock
from steerco.kit.history import Invalid

pytestmark = pytest.mark.django_db


def asked(debtor: Party, **data: object) -> FollowUp:
    row = record("risk", initiative("R1"), "Risk")
    return ask(OPERATOR, [Ask("k1", "risk.review", row.entry_id, debtor.pk, clock.today(), data=data)])[0]


def test_the_options_of_a_question_are_its_first_answers() -> None:
    who = person("Ola Owner")
    row = asked(who.party, options=[["one", "Build now"], ["two", "Wait a year"]])
    home = browser(who).get("/").content.decode()
    assert home.index("Build now") < home.index("Wait a year") < home.index("Still right")
    page = browser(who).get(f"/me/follow-ups/{row.pk}/").content.decode()
    assert 'value="two">Wait a year' in page
    with pytest.raises(Invalid):
        answer(actor(who), row, "three")
    assert answer(actor(who), row, "two").answer == "two"


def test_who_held_another_post_before_is_still_asked() -> None:
    place, who = initiative("P1"), person("Petra Post")
    old, post = create_post(OPERATOR, place, "viewer"), create_post(OPERATOR, place, "sponsor")
    end_holding(OPERATOR, appoint(OPERATOR, old, who))
    appoint(OPERATOR, post, who)
    later = create_post(OPERATOR, place, "finance")
    appoint(OPERATOR, later, who, starts=clock.today() + timedelta(days=30))
    assert holders(post.party_id, clock.today()) == [who]
    assert holders(old.party_id, clock.today()) == holders(later.party_id, clock.today()) == []


def test_chair_and_secretary_speak_for_a_body_and_members_do_not() -> None:
    place = initiative("P1")
    body = make_parties(Party.Kind.BODY, ["Programme board"])[0]
    create_seats(OPERATOR, place, body)
    seats = seats_of([body.pk])[body.pk]
    assert set(seats) == {"chair", "secretary", "member"}
    people = {role: person(f"{role.title()} Person") for role in seats}
    for role, post in seats.items():
        appoint(OPERATOR, post, people[role])
    assert set(holders(body.pk, clock.today())) == {people["chair"], people["secretary"]}
    row = asked(body)
    assert row.question in browser(people["secretary"]).get("/").content.decode()
    assert row.question not in browser(people["member"]).get("/").content.decode()
    assert body.pk not in actor(people["member"]).parties
