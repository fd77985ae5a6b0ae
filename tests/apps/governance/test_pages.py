"""The pages of decisions: the log, how deciding goes, what is done about a decision, the bodies."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, posted, record

from steerco.apps.deliverables.signing import Terms, open_round
from steerco.apps.escalation.deciding import record as record_decision
from steerco.apps.escalation.proposals import escalate, steps_for
from steerco.apps.escalation.services import write_rights
from steerco.apps.followups.links import address_for
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer
from steerco.apps.governance.blocking import blocked_days
from steerco.apps.governance.models import Body, Decision
from steerco.apps.governance.selectors import decisions_in, latencies
from steerco.apps.governance.services import write_bodies, write_decisions
from steerco.apps.initiatives.models import Holding, Initiative
from steerco.apps.initiatives.posts import appoint, seats_of
from steerco.apps.initiatives.services import restrict, write_initiatives
from steerco.apps.links.services import relate
from steerco.apps.people.models import Party, Person
from steerco.apps.raid.models import Action
from steerco.apps.reporting.registers_content import decisions_wanted
from steerco.kit import clock
from steerco.kit.history import Change

pytestmark = pytest.mark.django_db
OPTIONS = [{"key": "o1", "title": "Go on", "days": 3}, {"key": "o2", "title": "Stop", "money": -5_000_00}]


@pytest.fixture
def place() -> Initiative:
    return initiative("TRAM")


@pytest.fixture
def manager(place: Initiative) -> Person:
    return person("Mara Manager", "project_manager", place)


def asked(place: Initiative, decider: Party, **values: Any) -> Decision:
    """A paper that waits for its decision."""
    start = {
        "initiative": place,
        "title": "Go on?",
        "options": OPTIONS,
        "currency": "EUR",
        "decider": decider,
    }
    given = {**start, "recommendation": "Go on.", "decide_by": clock.today(), **values}
    row = write_decisions(OPERATOR, [Change(given)])[0]
    for state in ("prepared", "asked"):
        write_decisions(OPERATOR, [Change({"state": state}, pk=row.pk)])
    return Decision.objects.get(pk=row.pk)


def question() -> FollowUp:
    return FollowUp.objects.get(state=FollowUp.State.OPEN)


def test_a_decision_becomes_an_action_in_a_team_below(place: Initiative, manager: Person) -> None:
    team = initiative("TEAM", place, type="workstream")
    row = asked(place, person("Sam Sponsor", "sponsor", place).party)
    answer(actor(Person.objects.get(name="Sam Sponsor")), question(), "o1")
    url = f"/registers/decisions/{row.pk}/action/"
    form = {"title": "Order the rails", "owner": "Mara Manager", "initiative": "TEAM", "due_on": "2027-01-15"}
    page = posted(browser(manager), url, form)
    assert "Order the rails" in page
    action = Action.objects.get()
    assert (action.initiative, action.source, action.owner) == (team, row.reference, manager.party)
    assert "caused by" in browser(manager).get(f"/registers/actions/{action.pk}/").content.decode()
    assert browser(manager).post(url, {**form, "initiative": "NOWHERE"}).status_code == 422
    assert browser(manager).post(url, {**form, "due_on": "soon"}).status_code == 422
    overview = browser(manager).get("/registers/decisions/overview/").content.decode()
    assert "<strong>1</strong> led to an action" in overview


def test_each_condition_waits_until_it_is_an_action(place: Initiative, manager: Person) -> None:
    sponsor = person("Sam Sponsor", "sponsor", place)
    row = asked(place, sponsor.party, options=[*OPTIONS, {"key": "conditions", "title": "Yes, if"}])
    answer(actor(sponsor), question(), "conditions", "- Order the rails first.\n\n- Hire <two> welders.\n")
    url = f"/registers/decisions/{row.pk}/"
    page = browser(manager).get(url).content.decode()
    assert page.count("Make it an action") == 2
    assert "Hire &lt;two&gt; welders." in page
    assert "Make it an action" not in browser(sponsor).get(url).content.decode()
    first = re.search(r'href="([^"]+\?title=Order[^"]+)"', page)
    assert first is not None
    form = browser(manager).get(first[1]).content.decode()
    assert 'value="Order the rails first."' in form
    posted(browser(manager), f"{url}action/", {"title": "Order the rails first.", "initiative": "TRAM"})
    page = browser(manager).get(url).content.decode()
    assert page.count("Make it an action") == 1


def test_an_action_below_that_is_hidden_is_not_told(place: Initiative, manager: Person) -> None:
    team = initiative("TEAM", place, type="workstream")
    sponsor = person("Sam Sponsor", "sponsor", place)
    row = asked(place, sponsor.party)
    answer(actor(sponsor), question(), "o1")
    posted(
        browser(manager), f"/registers/decisions/{row.pk}/action/", {"title": "Zzyzx", "initiative": "TEAM"}
    )
    restrict(OPERATOR, team, [manager.party_id])
    assert "Zzyzx" not in browser(sponsor).get(f"/registers/decisions/{row.pk}/").content.decode()


def test_how_deciding_goes_by_the_sort_of_decider(place: Initiative, manager: Person) -> None:
    start = clock.now()
    sponsors = [person(f"S{n} Sponsor", "sponsor", place) for n in range(5)]
    for days, sponsor in enumerate(sponsors):
        with clock.at(start - timedelta(days=20)):
            asked(place, sponsor.party)
        with clock.at(start - timedelta(days=20 - days)):
            answer(actor(sponsor), question(), "o1")
        found = latencies(decisions_in(actor(manager), _address()), clock.today())
        shown = (float(days) / 2, days) if days == 4 else (None, None)  # below five people nothing is told
        assert [(row.count, row.median, row.longest) for row in found] == [(days + 1, *shown)]
    body = write_bodies(OPERATOR, [Change({"name": "Board", "initiative": place})])[0]
    seats = seats_of([body.party_id])[body.party_id]
    chair = person("Cora Chair")
    appoint(OPERATOR, seats["chair"], chair)
    with clock.at(start - timedelta(days=9)):
        row = asked(place, body.party)
    record_decision(
        OPERATOR, row, "o2", {"decided_on": clock.today() - timedelta(days=2), "source": "Minutes"}
    )
    answer(actor(chair), question(), "right")
    asked(place, body.party, decide_by=clock.today() - timedelta(days=1))
    rows = {row.kind: row for row in latencies(decisions_in(actor(manager), _address()), clock.today())}
    assert (rows["body"].median, rows["body"].waiting, rows["body"].overdue) == (7, 1, 1)
    page = browser(manager).get("/registers/decisions/overview/?in=TRAM").content.decode()
    assert "How long deciding takes" in page


def _address() -> Any:
    return QueryDict("in=TRAM")


def test_a_mail_decides_below_the_value_and_asks_to_sign_in_above_it(place: Initiative) -> None:
    sponsor = person("Sam Sponsor", "sponsor", place)
    asked(place, sponsor.party, money=50_000_00)
    small = question()
    door = browser(sponsor)
    page = door.get(address_for(small, sponsor)).content.decode()
    assert "Recommendation" in page
    assert door.post(address_for(small, sponsor), {"answer": "o1"}).status_code == 200
    asked(place, sponsor.party, title="Buy it?", money=500_000_00)
    large = question()
    assert "sign in" in door.get(address_for(large, sponsor)).content.decode().lower()
    assert door.post(address_for(large, sponsor), {"answer": "o1"}).status_code == 403
    assert Decision.objects.get(title="Buy it?").state == "asked"


def test_options_are_written_in_one_form(place: Initiative, manager: Person) -> None:
    row = write_decisions(actor(manager), [Change({"initiative": place, "title": "Which way?"})])[0]
    url = f"/papers/decisions/{row.pk}/options/"
    form = {
        "version": "1",
        "currency": "eur",
        "o0-title": "Left",
        "o0-days": "4",
        "o1-title": "Right",
        "o1-money": "12.50",
    }
    page = posted(browser(manager), url, {**form, "o1-risk": "<script>alert(1)</script>"})
    assert "+4 days" in page
    assert "<script>alert" not in page
    row.refresh_from_db()
    assert row.options[1] == {
        "key": "o2",
        "title": "Right",
        "money": 1250,
        "risk": "<script>alert(1)</script>",
    }
    assert browser(manager).post(url, {**form, "o0-title": "Late"}).status_code == 422  # somebody was faster
    for wrong in (
        {"o0-title": ""},
        {"o0-days": "soon"},
        {"o1-money": "a lot"},
        {"currency": ""},
        {"o0-title": "x" * 201},
    ):
        assert browser(manager).post(url, {**form, "version": "2", **wrong}).status_code == 422, wrong
    assert browser(manager).get("/papers/risks/1/options/").status_code == 404
    history = browser(manager).get(f"/registers/decisions/{row.pk}/").content.decode()
    assert "Left · +4" in history


def test_a_body_is_set_up_with_its_seats_and_renamed(place: Initiative) -> None:
    lead = person("Lea Lead", "programme_manager", place)
    client = browser(lead)
    posted(client, "/registers/bodies/new/", {"name": "Programme board", "initiative": "TRAM"})
    body = Body.objects.get()
    assert {p.role for p in seats_of([body.party_id])[body.party_id].values()} == {
        "chair",
        "secretary",
        "member",
    }
    form = {"name": "Steering board", "initiative": "TRAM", "version": "1"}
    posted(client, f"/registers/bodies/{body.pk}/edit/", form)
    assert Party.objects.get(pk=body.party_id).name == "Steering board"
    assert "Steering board" in client.get("/registers/suggest/party/?decider=steer").content.decode()
    viewer = person("Vera Viewer", "viewer", place)
    assert (
        browser(viewer).post("/registers/bodies/new/", {"name": "Mine", "initiative": "TRAM"}).status_code
        == 403
    )


def test_what_is_put_to_a_decision_stands_first_in_the_pack(place: Initiative, manager: Person) -> None:
    sponsor = person("Sam Sponsor", "sponsor", place)
    later = clock.today() + timedelta(days=9)
    asked(place, sponsor.party, title="Second?", decide_by=later, days=4)
    asked(place, sponsor.party, title="First?")
    found = list(decisions_wanted(actor(manager), {place.pk: place}))
    assert [(d.question, d.decider, d.consequence) for d in found] == [
        ("First?", "Sam Sponsor", ""),
        ("Second?", "Sam Sponsor", "+4 working days"),
    ]
    assert found[0].options == ("Go on · +3 days", "Stop · EUR\u00a0-5,000")


def test_an_issue_that_became_a_paper_is_not_asked_for_twice(place: Initiative, manager: Person) -> None:
    row = asked(place, person("Sam Sponsor", "sponsor", place).party)
    issue = record("issue", place, "Go on, or stop?", state="waiting")
    assert len(list(decisions_wanted(actor(manager), {place.pk: place}))) == 2
    relate(OPERATOR, issue.entry, row.entry, "causes")
    assert [d.number for d in decisions_wanted(actor(manager), {place.pk: place})] == [row.reference]


def test_what_reversed_a_decision_stands_on_its_page(place: Initiative, manager: Person) -> None:
    sponsor = person("Sam Sponsor", "sponsor", place)
    first = asked(place, sponsor.party)
    answer(actor(sponsor), question(), "o1")
    asked(place, sponsor.party, title="Stop after all?", reverses=first)
    answer(actor(sponsor), question(), "o2")
    page = browser(manager).get(f"/registers/decisions/{first.pk}/").content.decode()
    assert "Reversed by D-2." in page
    assert "option 1" in page  # in the history


def test_papers_are_asked_deleted_and_restored_over_the_interface(place: Initiative, manager: Person) -> None:
    lead = person("Sam Sponsor", "sponsor", place)
    values = {
        "initiative": place,
        "title": "Which way?",
        "options": OPTIONS,
        "currency": "EUR",
        "decider": lead.party,
    }
    row = write_decisions(
        actor(manager), [Change({**values, "state": "prepared", "recommendation": "Left."})]
    )[0]
    client, url = browser(manager), f"/api/v1/decisions/{row.pk}/"
    body = {"decide_by": "2027-02-01", "version": row.version}
    answered = client.post(f"{url}transitions/ask/", body, content_type="application/json")
    assert answered.status_code == 200, answered.content
    assert question().debtor_id == lead.party_id
    assert client.delete(url, headers={"If-Match": f'"{answered.json()["version"] + 1}"'}).status_code == 204
    assert client.post(f"{url}restore/").status_code == 200
    assert client.get(url).json()["state"] == "prepared"


def test_an_issue_that_waits_opens_a_decision_paper(place: Initiative, manager: Person) -> None:
    row = record(
        "issue", place, "Go on?", state="waiting", description="The bank is late.", recommendation="Go."
    )
    client, url = browser(manager), f"/entries/{row.entry_id}/open/issue-decision/"
    assert "The bank is late." in client.get(url).content.decode()
    form = {"title": "Go on?", "initiative": "TRAM", "state": "draft", "safety": "false"}
    posted(client, url, {**form, "background": "The bank is late.", "recommendation": "Go."})
    assert Decision.objects.get().entry.relations_in.get().source_id == row.entry_id
    assert "How deciding goes" in client.get("/registers/decisions/").content.decode()


def test_what_was_escalated_to_a_body_becomes_its_decision_paper(place: Initiative, manager: Person) -> None:
    """The paper starts with the question, why it comes to the body, the record and the decider; and only once."""
    board = write_bodies(OPERATOR, [Change({"name": "Tram board", "initiative": place})])[0]
    change = {"subject": "decision", "title": "Decisions", "party": board.party, "initiative": place}
    write_rights(OPERATOR, [Change(change)])
    row = record("risk", place, "Bridge sinks", cause="Soft ground", owner=manager.party)
    client, page = browser(manager), f"/registers/risks/{row.pk}/"
    url = f"/entries/{row.entry_id}/open/board-paper/"
    assert "Make it a decision paper" not in client.get(page).content.decode()
    assert client.get(url).status_code == 404
    step = next(step for step in steps_for(row.entry) if step.receiver == board.party_id)
    made = escalate(actor(manager), row.entry, step, "Beyond what we may spend.")
    assert url in client.get(page).content.decode()
    form = client.get(url).content.decode()
    for text in (
        "What is to be done about R-1 Bridge sinks?",
        "Escalated: Beyond what we may spend.",
        "Soft ground",
        "Tram board",
        made.due.isoformat(),
    ):
        assert text in form
    typed = {"title": "What is to be done?", "initiative": "TRAM", "state": "draft", "safety": "false"}
    posted(client, url, {**typed, "decider": "Tram board", "decide_by": made.due.isoformat()})
    paper = Decision.objects.get()
    assert (paper.decider, paper.entry.relations_in.get().source_id) == (board.party, row.entry_id)
    assert "caused by" in client.get(f"/registers/decisions/{paper.pk}/").content.decode()
    assert url not in client.get(page).content.decode()
    viewer = browser(person("Vera Viewer", "viewer", place))
    assert "Make it a decision paper" not in viewer.get(page).content.decode()
    assert viewer.get(url).status_code == 404


def test_what_was_escalated_to_a_person_offers_no_paper(place: Initiative, manager: Person) -> None:
    person("Sam Sponsor", "sponsor", place)
    row = record("risk", place, "Bridge sinks")
    [step] = steps_for(row.entry)
    assert Party.objects.get(pk=step.receiver).kind == Party.Kind.POST
    escalate(actor(manager), row.entry, step, "Please help.")
    assert browser(manager).get(f"/entries/{row.entry_id}/open/board-paper/").status_code == 404


def test_an_initiative_that_was_escalated_to_a_body_gets_its_paper(
    place: Initiative, manager: Person
) -> None:
    """The way stands on the pages of both levels and in the list; one paper at a time, and only who may write it."""
    part = initiative("BRIDGE", parent=place, name="New bridge", summary="Across the river.")
    lead = person("Lea Lead", "project_manager", part)
    board = write_bodies(OPERATOR, [Change({"name": "Tram board", "initiative": place})])[0]
    change = {"subject": "decision", "title": "Decisions", "party": board.party, "initiative": place}
    write_rights(OPERATOR, [Change(change)])
    url = f"/entries/{part.entry_id}/open/board-paper-of-it/"
    client = browser(lead)
    assert client.get(url).status_code == 404
    step = next(step for step in steps_for(part.entry) if step.receiver == board.party_id)
    made = escalate(actor(lead), part.entry, step, "Dearer than agreed.")
    for page in ("/portfolio/BRIDGE/", "/escalations/?in=BRIDGE&side=by"):
        assert url in client.get(page).content.decode()
    assert url in browser(manager).get("/portfolio/TRAM/").content.decode()
    assert client.get(f"/entries/{part.entry_id}/open/board-paper/").status_code == 404
    form = client.get(url).content.decode()
    for text in (
        "What is to be done about BRIDGE New bridge?",
        "Escalated: Dearer than agreed.",
        "Across the river.",
        "Tram board",
        made.due.isoformat(),
    ):
        assert text in form
    assert client.post(url, {}).status_code == 422
    typed = {"title": "What is to be done?", "initiative": "BRIDGE", "state": "draft", "safety": "false"}
    posted(client, url, {**typed, "decider": "Tram board", "decide_by": made.due.isoformat()})
    paper = Decision.objects.get()
    assert (paper.initiative, paper.decider) == (part, board.party)
    assert paper.entry.relations_in.get().source_id == part.entry_id
    assert url not in client.get("/portfolio/BRIDGE/").content.decode()
    assert client.get(url).status_code == 404
    write_decisions(OPERATOR, [Change({"state": "withdrawn"}, pk=paper.pk)])
    assert (
        url in client.get("/portfolio/BRIDGE/").content.decode()
    )  # still with the board: another one may be needed
    viewer = browser(person("Vera Viewer", "viewer", part))
    assert url not in viewer.get("/portfolio/BRIDGE/").content.decode()
    assert viewer.get(url).status_code == 404
    restrict(OPERATOR, part, [lead.party_id])
    assert browser(person("Oda Other", "project_manager", place)).get(url).status_code == 404


def test_days_that_waited_count_once_however_much_waited_on_them(place: Initiative, manager: Person) -> None:
    """Union of working days, within the period, of what the reader may read; decided, waiting and signed-off."""
    part, sponsor = initiative("BRIDGE", parent=place), person("Sam Sponsor", "sponsor", place)
    monday = clock.now().replace(year=2026, month=3, day=2, hour=9)
    with clock.at(monday):
        asked(part, sponsor.party)
    first = question()
    with clock.at(monday + timedelta(days=2)):
        row = record("deliverable", part, "Plans", progress=100)
        open_round(actor(manager), row.entry, Terms([sponsor.party]))
    with clock.at(monday + timedelta(days=4)):
        answer(actor(sponsor), first, "o1")
    with clock.at(monday + timedelta(days=8)):  # Tuesday of the week after: the round still waits
        today, since = clock.today(), clock.today() - timedelta(days=30)
        [found] = blocked_days(actor(manager), place, since, today)
        assert (found.initiative, found.days, found.decisions, found.sign_offs) == (part, 6, 4, 4)
        assert (found.changes, found.waiting) == (0, 1)
        [late] = blocked_days(actor(manager), None, today - timedelta(days=4), today)
        assert (late.days, late.decisions) == (2, 0)  # decided on the last day before the period
        page = browser(manager).get("/registers/decisions/overview/?in=TRAM&days=30").content.decode()
        assert "<strong>6</strong>" in page
        assert browser(manager).get("/registers/decisions/overview/?days=nonsense").status_code == 200
        restrict(OPERATOR, part, [sponsor.party_id])
        assert blocked_days(actor(manager), None, since, today) == []


def test_a_paper_that_names_another_decider_than_the_rules_says_whether_they_may(
    place: Initiative, manager: Person
) -> None:
    write_initiatives(OPERATOR, [Change({"lead": manager.party}, pk=place.pk)])
    sponsor = person("Sam Sponsor", "sponsor", place)
    small = [{"key": "o1", "title": "Go on"}, {"key": "o2", "title": "Stop"}]
    url = f"/registers/decisions/{asked(place, sponsor.party, options=small).pk}/"
    page = browser(manager).get(url).content.decode()
    assert "It is for Mara Manager to decide" in page
    assert "Sam Sponsor is named and may decide it too." in page
    Holding.objects.filter(person=sponsor).update(ends=clock.today() - timedelta(days=1))
    page = browser(manager).get(url).content.decode()
    assert "Sam Sponsor is named and may not decide it." in page
