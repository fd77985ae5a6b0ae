"""A decision from the paper to the log: who is asked, who may not, what counts when."""

from datetime import timedelta
from typing import Any

import pytest
from tests.apps.worlds import OPERATOR, actor, browser, person

from steerco.apps.escalation.deciding import record as record_decision
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer, delegate, lapse
from steerco.apps.governance.models import Body, Decision
from steerco.apps.governance.selectors import latencies
from steerco.apps.governance.services import write_bodies, write_decisions
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.posts import appoint, create_post, seats_of
from steerco.apps.initiatives.services import restrict
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db
OPTIONS = [
    {"key": "o1", "title": "Buy half now", "days": 2, "risk": "prices fall"},
    {"key": "o2", "title": "Stay with the index", "days": 0},
]


@pytest.fixture
def sponsor(place: Initiative) -> Person:
    return person("Sam Sponsor", "sponsor", place)


def paper(writer: Person, place: Initiative, **values: Any) -> Decision:
    """A prepared paper, as its writer made it."""
    start = {
        "initiative": place,
        "title": "Buy the steel forward?",
        "options": OPTIONS,
        "currency": "EUR",
        "recommendation": "Buy half now.",
        "decide_by": clock.today() + timedelta(days=10),
        "owner": writer.party,
    }
    row = write_decisions(actor(writer), [Change({**start, **values})])[0]
    return step(writer, row, "prepared")


def step(who: Person, row: Decision, state: str, **values: Any) -> Decision:
    write_decisions(actor(who), [Change({"state": state, **values}, pk=row.pk)])
    return Decision.objects.get(pk=row.pk)


def question(kind: str) -> FollowUp:
    return FollowUp.objects.get(kind=kind, state=FollowUp.State.OPEN)


def board(place: Initiative) -> tuple[Body, dict[str, Person]]:
    body = write_bodies(OPERATOR, [Change({"name": "Programme board", "initiative": place})])[0]
    people = {}
    for role, post in seats_of([body.party_id])[body.party_id].items():
        people[role] = person(f"{role.title()} Person")
        appoint(OPERATOR, post, people[role])
    return body, people


@pytest.mark.both_databases
def test_the_decider_answers_with_an_option_and_the_log_says_what(
    place: Initiative, manager: Person, sponsor: Person
) -> None:
    row = step(manager, paper(manager, place, decider=sponsor.party), "asked")
    asked = question("decision.take")
    assert (asked.debtor_id, asked.due, asked.data["options"][0]) == (
        sponsor.party_id,
        row.decide_by,
        ["o1", "Buy half now"],
    )
    with clock.at(clock.now() + timedelta(days=4)):
        answer(actor(sponsor), asked, "o1", "Half is enough.")
    row.refresh_from_db()
    assert (row.state, row.decision, row.rationale, row.latency) == (
        "decided",
        "Buy half now",
        "Half is enough.",
        4,
    )
    assert row.confirmed_on == row.decided_on


def test_a_paper_without_options_is_not_asked(place: Initiative, manager: Person, sponsor: Person) -> None:
    row = paper(manager, place, decider=sponsor.party, options=OPTIONS[:1])
    with pytest.raises(Invalid, match="two options"):
        step(manager, row, "asked")
    assert not FollowUp.objects.exists()


def test_office_posts_are_not_asked(place: Initiative, manager: Person) -> None:
    office = person("Olga Office", "pmo_manager")
    with pytest.raises(Invalid, match="may not decide"):
        step(manager, paper(manager, place, decider=office.party), "asked")


@pytest.mark.parametrize("state", ["decided", "deferred", "recorded", "reversed"])
def test_no_form_brings_what_only_a_decision_brings(
    place: Initiative, manager: Person, sponsor: Person, state: str
) -> None:
    row = step(manager, paper(manager, place, decider=sponsor.party), "asked")
    with pytest.raises((Denied, Invalid)):
        step(sponsor, row, state)
    with pytest.raises((Denied, Invalid)):
        step(manager, row, state)
    row.refresh_from_db()
    assert row.state == "asked"


def test_nobody_decides_alone_on_a_paper_that_they_wrote(
    place: Initiative, manager: Person, sponsor: Person
) -> None:
    row = paper(manager, place, decider=manager.party)
    with pytest.raises(Invalid, match="wrote this paper"):
        step(manager, row, "asked")
    row = step(manager, row, "asked", second=sponsor.party)
    answer(actor(manager), question("decision.take"), "o2")
    row.refresh_from_db()
    assert (row.state, row.decided_on, row.first_by) == ("asked", None, manager)
    asked = question("paper.agree")
    assert asked.debtor_id == sponsor.party_id
    answer(actor(sponsor), asked, "agree")
    row.refresh_from_db()
    assert (row.state, row.decision) == ("decided", "Stay with the index")


def test_who_changed_the_recommendation_wrote_it_too(place: Initiative, manager: Person) -> None:
    lead = person("Lea Lead", "programme_manager", place)
    row = paper(manager, place, decider=lead.party)
    write_decisions(actor(lead), [Change({"recommendation": "My own words."}, pk=row.pk)])
    with pytest.raises(Invalid, match="wrote this paper"):
        step(manager, row, "asked")


def test_a_second_who_does_not_agree_gives_it_back(
    place: Initiative, manager: Person, sponsor: Person
) -> None:
    row = step(manager, paper(manager, place, decider=manager.party, second=sponsor.party), "asked")
    answer(actor(manager), question("decision.take"), "o2")
    with pytest.raises(Invalid):
        answer(actor(sponsor), question("paper.agree"), "disagree")
    answer(actor(sponsor), question("paper.agree"), "disagree", "The index is rising.")
    row.refresh_from_db()
    assert (row.state, row.verdict, row.decision) == ("prepared", "", "")
    assert not FollowUp.objects.filter(state=FollowUp.State.OPEN).exists()


def test_a_body_decides_in_a_room_and_its_chair_confirms(place: Initiative, manager: Person) -> None:
    body, people = board(place)
    row = step(manager, paper(manager, place, decider=body.party), "asked")
    asked = question("paper.record")
    assert asked.debtor_id == seats_of([body.party_id])[body.party_id]["secretary"].party_id
    meeting = clock.today()
    values = {
        "decided_on": meeting,
        "source": "Minutes of May, item 4",
        "conditions": "",
        "rationale": "Cheaper.",
    }
    outsider = person("Otto Other", "viewer", place)
    with pytest.raises(Denied):
        record_decision(actor(outsider), row, "o1", values)
    with pytest.raises(Invalid, match="Say where"):
        record_decision(actor(people["secretary"]), row, "o1", {**values, "source": ""})
    with pytest.raises(Invalid, match="ahead"):
        record_decision(
            actor(people["secretary"]), row, "o1", {**values, "decided_on": meeting + timedelta(days=1)}
        )
    record_decision(actor(people["secretary"]), row, "o1", values)
    row.refresh_from_db()
    assert (row.state, row.confirmed_on, row.decision) == ("recorded", None, "")
    with clock.at(clock.now() + timedelta(days=6)):
        answer(actor(people["chair"]), question("paper.confirm"), "right")
    row.refresh_from_db()
    assert (row.state, row.decision, row.latency) == ("decided", "Buy half now", 0)  # counted to the meeting
    assert row.confirmed_on == meeting + timedelta(days=6)


def test_what_was_not_so_is_asked_again(place: Initiative, manager: Person) -> None:
    body, people = board(place)
    row = step(manager, paper(manager, place, decider=body.party), "asked")
    record_decision(actor(people["secretary"]), row, "o1", {"decided_on": clock.today(), "source": "Minutes"})
    answer(actor(people["chair"]), question("paper.confirm"), "wrong", "We chose the other one.")
    row.refresh_from_db()
    assert (row.state, row.verdict, row.decided_on) == ("asked", "", None)
    assert question("paper.record").key.endswith(":2")


def test_nobody_confirms_what_they_recorded(place: Initiative, manager: Person) -> None:
    body, people = board(place)
    appoint(OPERATOR, seats_of([body.party_id])[body.party_id]["chair"], people["secretary"])
    row = step(manager, paper(manager, place, decider=body.party), "asked")
    record_decision(actor(people["secretary"]), row, "o1", {"decided_on": clock.today(), "source": "Minutes"})
    with pytest.raises(Invalid, match="somebody else"):
        answer(actor(people["secretary"]), question("paper.confirm"), "right")
    answer(actor(people["chair"]), question("paper.confirm"), "right")
    row.refresh_from_db()
    assert row.state == "decided"


def test_a_body_without_chair_and_secretary_is_not_asked(place: Initiative, manager: Person) -> None:
    body, _people = board(place)
    seats = seats_of([body.party_id])[body.party_id]
    for post in seats.values():
        post.holdings.all().delete()
        post.delete()
    with pytest.raises(Invalid, match="may not decide"):
        step(manager, paper(manager, place, decider=body.party), "asked")


def test_the_office_records_what_a_sponsor_said_and_the_sponsor_confirms(
    place: Initiative, manager: Person, sponsor: Person
) -> None:
    office = person("Olga Office", "pmo_analyst")
    row = step(manager, paper(manager, place, decider=sponsor.party), "asked")
    record_decision(actor(office), row, "o2", {"decided_on": clock.today(), "source": "Call"})
    assert question("paper.confirm").debtor_id == sponsor.party_id
    answer(actor(sponsor), question("paper.confirm"), "right")
    row.refresh_from_db()
    assert (row.state, row.decision, row.recorded_by) == ("decided", "Stay with the index", office)


def test_what_was_asked_stays_until_it_is_taken_back(
    place: Initiative, manager: Person, sponsor: Person
) -> None:
    row = step(manager, paper(manager, place, decider=sponsor.party), "asked")
    for values in (
        {"recommendation": "x"},
        {"options": OPTIONS[::-1]},
        {"title": "x"},
        {"decider": manager.party},
    ):
        with pytest.raises(Invalid, match="Take the paper back"):
            write_decisions(actor(manager), [Change(values, pk=row.pk)])
    later = clock.today() + timedelta(days=30)
    write_decisions(actor(manager), [Change({"decide_by": later}, pk=row.pk)])
    assert question("decision.take").due == later
    row = step(manager, row, "prepared")
    assert (row.asked_on, FollowUp.objects.get().state) == (None, "withdrawn")
    write_decisions(actor(manager), [Change({"recommendation": "Better words."}, pk=row.pk)])
    row = step(manager, row, "asked")
    answer(actor(sponsor), question("decision.take"), "o1")
    with pytest.raises(Invalid):
        write_decisions(actor(manager), [Change({"rationale": "I say so."}, pk=row.pk)])


def test_defer_and_ask_for_more_are_no_decisions(place: Initiative, manager: Person, sponsor: Person) -> None:
    row = step(manager, paper(manager, place, decider=sponsor.party), "asked")
    answer(actor(sponsor), question("decision.take"), "more", "What does the index do?")
    row.refresh_from_db()
    assert (row.state, row.decided_on) == ("prepared", None)
    row = step(manager, row, "asked")
    answer(actor(sponsor), question("decision.take"), "defer", "Next quarter.")
    row.refresh_from_db()
    assert (row.state, row.decision, row.confirmed_on) == ("deferred", "", None)
    row = step(manager, row, "asked")
    answer(actor(sponsor), question("decision.take"), "other", "Buy a quarter now.")
    row.refresh_from_db()
    assert (row.state, row.decision) == ("decided", "Buy a quarter now.")


def test_a_new_decision_reverses_an_old_one(place: Initiative, manager: Person, sponsor: Person) -> None:
    first = step(manager, paper(manager, place, decider=sponsor.party), "asked")
    answer(actor(sponsor), question("decision.take"), "o1")
    second = paper(manager, place, title="Sell the steel again?", decider=sponsor.party, reverses=first)
    step(manager, second, "asked")
    answer(actor(sponsor), question("decision.take"), "o2")
    first.refresh_from_db()
    assert (first.state, first.decision) == ("reversed", "Buy half now")


@pytest.mark.both_databases
def test_silence_decides_only_where_a_clause_says_so(
    place: Initiative, manager: Person, sponsor: Person
) -> None:
    free = [{"key": "o1", "title": "Move the workshop"}, {"key": "o2", "title": "Leave it"}]
    for wrong in (
        {"silence_clause": ""},
        {"silence_clause": "§ 4", "money": 1},
        {"silence_clause": "§ 4", "safety": True},
        {"silence_clause": "§ 4", "silence_verdict": "o9"},
    ):
        with pytest.raises(Invalid):
            paper(manager, place, options=free, **{"silence_verdict": "o1", **wrong})
    row = paper(
        manager,
        place,
        decider=sponsor.party,
        options=free,
        silence_verdict="o1",
        silence_clause="§ 4: ten days",
    )
    row = step(manager, row, "asked")
    asked = question("decision.take")
    assert (asked.silence_on, asked.silence_answer) == (row.decide_by, "o1")


def test_old_logs_are_entered_as_recorded(place: Initiative) -> None:
    office = person("Olga Office", "pmo_analyst")
    values = {"initiative": place, "title": "Site", "decision": "North", "decided_on": clock.today()}
    with pytest.raises(Invalid, match="recorded"):
        write_decisions(actor(office), [Change({**values, "state": "decided"})], batch="b1")
    row = write_decisions(actor(office), [Change({**values, "state": "recorded"})], batch="b1")[0]
    assert (row.state, row.verdict_text) == ("recorded", "North")
    with pytest.raises(Denied):
        viewer = person("Vera Viewer", "viewer", place)
        write_decisions(actor(viewer), [Change({**values, "state": "recorded"})], batch="b2")


@pytest.mark.both_databases
def test_a_decider_reads_the_paper_above_the_answers(
    place: Initiative, manager: Person, sponsor: Person
) -> None:
    row = paper(manager, place, decider=sponsor.party, money=700_000_00)
    step(manager, row, "asked")
    page = browser(sponsor).get(f"/me/follow-ups/{question('decision.take').pk}/").content.decode()
    for text in (
        "Buy the steel forward?",
        "Buy half now",
        "prices fall",
        "+2 day",
        "Recommendation",
        "Ask for more",
    ):
        assert text in page


def test_a_post_that_is_held_by_two_agrees_with_itself(place: Initiative, manager: Person) -> None:
    post = create_post(OPERATOR, place, "sponsor")
    one, two = person("One Holder"), person("Two Holder")
    appoint(OPERATOR, post, one)
    appoint(OPERATOR, post, two)
    row = step(manager, paper(manager, place, decider=post.party), "asked")
    answer(actor(two), question("decision.take"), "o1")
    row.refresh_from_db()
    assert row.state == "decided"
    assert FollowUp.objects.get(kind="decision.take").answered_by == two


def test_a_deleted_paper_is_not_asked_about_and_comes_back_to_be_asked_anew(
    place: Initiative, manager: Person, sponsor: Person
) -> None:
    row = step(manager, paper(manager, place, decider=sponsor.party), "asked")
    delete = f"/registers/decisions/{row.pk}/delete/"
    assert browser(manager).post(delete).status_code == 303
    assert not FollowUp.objects.filter(state=FollowUp.State.OPEN).exists()
    assert browser(manager).post(delete).status_code == 303
    row.refresh_from_db()
    assert (row.deleted, row.state) == (False, "prepared")


def test_a_decision_is_handed_on_only_to_somebody_who_may_decide(
    place: Initiative, manager: Person, sponsor: Person
) -> None:
    row = step(manager, paper(manager, place, decider=sponsor.party), "asked")
    member = person("Tim Team", "team_member", place)
    delegate(actor(sponsor), question("decision.take"), member.party)
    with pytest.raises(Invalid, match="may not decide"):
        answer(actor(member), question("decision.take"), "o1")
    lead = person("Lea Lead", "programme_manager", place)
    delegate(actor(member), question("decision.take"), lead.party)
    answer(actor(lead), question("decision.take"), "o1")
    row.refresh_from_db()
    assert row.state == "decided"


def test_nobody_is_asked_about_what_they_may_not_read(
    place: Initiative, manager: Person, sponsor: Person
) -> None:
    row = paper(manager, place, decider=sponsor.party)
    restrict(OPERATOR, row, [manager.party_id])
    with pytest.raises(Invalid, match="may not read"):
        step(manager, row, "asked")


def test_silence_speaks_on_its_day(place: Initiative, manager: Person, sponsor: Person) -> None:
    free = [{"key": "o1", "title": "Move the workshop"}, {"key": "o2", "title": "Leave it"}]
    values = {"silence_verdict": "o2", "silence_clause": "§ 4: ten days", "options": free}
    row = step(manager, paper(manager, place, decider=sponsor.party, **values), "asked")
    with clock.at(clock.now() + timedelta(days=10)):
        assert lapse(clock.today()) == 1
    row.refresh_from_db()
    assert (row.state, row.decision, row.rationale) == ("decided", "Leave it", "§ 4: ten days")


def test_what_was_decided_before_it_was_asked_took_no_day(manager: Person, place: Initiative) -> None:
    board = write_bodies(OPERATOR, [Change({"name": "Asset board"})])[0]
    row, today = paper(manager, place, decider=board.party), clock.today()
    day_before = {"asked_on": today, "decided_on": today - timedelta(days=1), "state": "decided"}
    Decision.objects.filter(pk=row.pk).update(**day_before)
    row.refresh_from_db()
    assert row.latency == 0
    [bodies] = latencies(Decision.objects.all(), today)
    assert (bodies.median, bodies.longest) == (0, 0)
