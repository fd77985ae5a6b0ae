"""My work: everything owed and owned once, in order, done in place; what I wait for; the team's."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, record

from steerco.apps.followups.chasing import chase
from steerco.apps.followups.kinds import Answer, Kind, declare_kind
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.selectors import awaited_by, led_by, punctuality, work_of
from steerco.apps.followups.services import Ask, answer, ask, delegate
from steerco.apps.followups.waiting import ask_for_time, nudge
from steerco.apps.initiatives.services import restrict
from steerco.apps.notices.models import Notice
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 23), timedelta(days=1)
HTMX = {"HX-Request": "true"}
declare_kind(
    Kind("test.paper", "Paper", "You promised it.", lambda row: "Send the paper", (Answer("sent", "Sent"),))
)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def town() -> Any:
    class Town:
        lead = person("Lena Lead")
        owner = person("Omar Owner")
        pay = initiative("PAY", lead=lead.party, priority=2)
        road = initiative("ROAD", priority=1)

    return Town


def titles(who: Any, **how: Any) -> list[str]:
    """The titles in order, without the numbers that records have before them."""
    return [re.sub(r"^[A-Z]+-\d+ ", "", item.title) for item in work_of(actor(who), **how).items]


def test_everything_stands_once_by_date_then_rank_then_weight(town: Any) -> None:
    mine = {"owner": town.owner.party}
    record("action", town.pay, "No date", **mine)
    record("action", town.pay, "Late", due_on=TODAY - DAY, **mine)
    record("action", town.pay, "Second rank", due_on=TODAY + DAY, **mine)
    record("action", town.road, "First rank", due_on=TODAY + DAY, **mine)
    record("action", town.road, "Far", due_on=TODAY + 99 * DAY, **mine)
    record(
        "risk",
        town.pay,
        "Small",
        next_review=TODAY + 60 * DAY,
        current_probability=1,
        current_impact=1,
        **mine,
    )
    record(
        "risk", town.pay, "Big", next_review=TODAY + 60 * DAY, current_probability=5, current_impact=5, **mine
    )
    record("action", town.pay, "Somebody else's", due_on=TODAY)
    record("action", town.pay, "Done", due_on=TODAY, state="done", done_on=TODAY, **mine)
    chase()
    assert titles(town.owner) == ["Late", "First rank", "Second rank", "Big", "Small", "Far", "No date"]
    assert titles(town.owner, by_rank=True) == [
        "First rank",
        "Far",
        "Late",
        "Second rank",
        "Big",
        "Small",
        "No date",
    ]
    asked = [item.follow_up is not None for item in work_of(actor(town.owner)).items]
    assert asked == [True, True, True, False, False, False, False]
    page = browser(town.owner).get("/").content.decode()
    assert page.count("data-sc-row") == 7
    assert "Somebody else" not in page


def test_a_line_is_done_in_place(town: Any) -> None:
    row = record("action", town.pay, "Call", owner=town.owner.party, due_on=TODAY)
    chase()
    url = f"/me/follow-ups/{FollowUp.objects.get().pk}/"
    mine = browser(town.owner)
    told = mine.post(url, {"answer": "progress", "value": "40", "comment": "Half way"}, headers=HTMX)
    assert told.status_code == 200
    assert "<li" in told.content.decode()[:10]
    assert 'name="answer" value="done"' in told.content.decode()
    follow_up = FollowUp.objects.get()
    assert (follow_up.state, follow_up.given) == ("open", {"percent": 40})
    event = Event.objects.get(kind="followup.told")
    assert event.changes == {
        "answer": [None, "progress"],
        "comment": [None, "Half way"],
        "percent": [None, 40],
    }
    wrong = mine.post(url, {"answer": "progress", "value": "140"}, headers=HTMX)
    assert wrong.status_code == 422
    assert "0 to 100" in wrong.content.decode()
    done = mine.post(url, {"answer": "done"}, headers=HTMX)
    assert "✓" in done.content.decode()
    assert "<form" not in done.content.decode()
    row.refresh_from_db()
    assert row.state == "done"


def test_a_line_is_handed_on_in_place_but_not_to_who_may_not_see_it(town: Any) -> None:
    row = record("action", town.pay, "Call", owner=town.owner.party, due_on=TODAY)
    chase()
    other, kept_out = person("Olga Other"), person("Kim Keptout")
    restrict(OPERATOR, row, [town.owner.party_id, other.party_id])
    url = f"/me/follow-ups/{FollowUp.objects.get().pk}/delegate/"
    mine = browser(town.owner)
    refused = mine.post(url, {"to": "Kim Keptout"}, headers=HTMX)
    assert refused.status_code == 422
    assert "may not see" in refused.content.decode()
    with pytest.raises(Invalid):
        delegate(actor(town.owner), FollowUp.objects.get(), kept_out.party)
    told = mine.post(url, {"to": "Olga Other", "reason": "On leave"}, headers=HTMX)
    assert told.status_code == 200
    assert FollowUp.objects.get().debtor == other.party


def test_who_waits_reminds_once_a_day(town: Any) -> None:
    record("action", town.pay, "Call", owner=town.owner.party, due_on=TODAY + 5 * DAY)
    chase()
    [follow_up] = awaited_by(actor(town.lead))
    with pytest.raises(Denied):
        nudge(actor(person("Nina Nobody")), follow_up)
    assert nudge(actor(town.lead), follow_up)
    assert not nudge(actor(town.lead), follow_up)
    with clock.at(MONDAY + DAY):
        assert nudge(actor(town.lead), follow_up)
    told = Notice.objects.filter(person=town.owner, data__by="Lena Lead")
    assert told.count() == 2
    url = f"/me/follow-ups/{follow_up.pk}/nudge/"
    assert browser(person("Olga Other")).post(url).status_code == 404
    with clock.at(MONDAY + 2 * DAY):
        answered = browser(town.lead).post(url, headers=HTMX)
        assert "Reminded today" in answered.content.decode()


def test_more_time_is_asked_of_who_waits(town: Any) -> None:
    entry = record("action", town.pay, "Paper", due_on=None).entry
    [paper] = ask(
        OPERATOR,
        [Ask("paper:1", "test.paper", entry.pk, town.owner.party_id, TODAY + DAY, town.lead.party_id)],
    )
    omar, lena = actor(town.owner), actor(town.lead)
    with pytest.raises(Denied):
        ask_for_time(lena, paper, TODAY + 9 * DAY, "Ill")
    for until, reason in ((TODAY, "Ill"), (TODAY + 9 * DAY, " ")):
        with pytest.raises(Invalid):
            ask_for_time(omar, paper, until, reason)
    url = f"/me/follow-ups/{paper.pk}/time/"
    answered = browser(town.owner).post(url, {"until": "2026-12-02", "reason": "Ill"}, headers=HTMX)
    assert answered.status_code == 200
    with pytest.raises(Invalid, match="already"):
        ask_for_time(omar, paper, date(2026, 12, 2), "Ill")
    [request] = FollowUp.objects.filter(kind="followup.time")
    assert request.debtor == town.lead.party
    assert "Send the paper" in request.question
    answer(lena, request, "give")
    paper.refresh_from_db()
    assert paper.due == date(2026, 12, 2)
    assert Notice.objects.filter(person=town.owner, data__time="give").count() == 1
    with pytest.raises(Invalid, match="Nobody"):
        record("action", town.pay, "Dated", owner=town.owner.party, due_on=TODAY)
        chase()
        ask_for_time(omar, FollowUp.objects.get(kind="action.due"), TODAY + 9 * DAY, "Ill")


def test_the_team_sees_things_and_figures_of_five_or_more_only(town: Any) -> None:
    people = [person(f"P{n} Person") for n in range(5)]
    for who in people:
        record("action", town.pay, f"Of {who.name}", owner=who.party, due_on=TODAY)
    elsewhere = record("action", town.road, "Elsewhere", owner=people[0].party, due_on=TODAY)
    hidden = record("action", town.pay, "Secret", owner=people[0].party, due_on=TODAY)
    restrict(OPERATOR, hidden, [people[0].party_id])
    chase()
    lena = actor(town.lead)
    assert {row.question for row in led_by(lena)} == {f"Of {who.name}" for who in people}
    for who in people[:4]:
        [row] = FollowUp.objects.filter(debtor=who.party, entry__title=f"Of {who.name}")
        answer(actor(who), row, "done")
    assert punctuality(lena) is None
    with clock.at(MONDAY + DAY):
        [row] = FollowUp.objects.filter(debtor=people[4].party)
        answer(actor(people[4]), row, "done")
        found = punctuality(lena)
        assert found is not None
        assert (found.answered, found.in_time, found.percent) == (5, 4, 80)
    assert elsewhere.title not in browser(town.lead).get("/me/team/").content.decode()
    assert led_by(actor(people[1])).count() == 0
    page = browser(people[1]).get("/me/team/")
    assert page.status_code == 200
    assert "Nothing is owed here" in page.content.decode()


def test_a_bare_number_is_named_and_a_receiver_is_no_date_in_german(town: Any) -> None:
    """A deliverable weighs 8; whom a thing is handed on to is asked for with "An", not "Bis"."""
    record("deliverable", town.pay, "Runbook", owner=town.owner.party, weight=8, delivery_forecast=TODAY)
    record("action", town.pay, "Call", owner=town.owner.party, due_on=TODAY)
    chase()
    mine = browser(town.owner)
    assert "weight 8" in mine.get("/").content.decode()
    told = mine.get("/", headers={"accept-language": "de"}).content.decode()
    assert 'form-label">An<input' in told
    assert 'form-label">Bis<input class="form-control" name="to"' not in told
