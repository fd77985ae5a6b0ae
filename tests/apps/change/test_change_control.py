"""A change from the request to the baseline: who decides it, what the approval writes, what the log adds up."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, posted, record

from steerco.apps.change.models import BaselineChange, ChangeRequest
from steerco.apps.change.selectors import changes_in, lines_of, tally
from steerco.apps.change.services import set_baseline_change, write_changes
from steerco.apps.escalation.services import write_rights
from steerco.apps.finance.models import MoneyChange, MonthlyFigure
from steerco.apps.finance.services import Wanted, write_figures
from steerco.apps.finance.undoing import may_undo, undo_change
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import restrict
from steerco.apps.people.models import Person
from steerco.apps.planning.models import Milestone
from steerco.kit import clock
from steerco.kit.history import Change, Invalid, as_at
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db
W = BaselineChange.What
BASE, NEW = date(2027, 3, 1), date(2027, 5, 17)


@pytest.fixture
def place() -> Initiative:
    return initiative("TRAM", planned_end=BASE, summary="Seven stops.")


@pytest.fixture
def manager(place: Initiative) -> Person:
    return person("Mara Manager", "project_manager", place)


@pytest.fixture
def sponsor(place: Initiative) -> Person:
    return person("Sam Sponsor", "sponsor", place)


def request_for(who: Person, place: Initiative, **values: Any) -> ChangeRequest:
    """A submitted request."""
    start = {
        "initiative": place,
        "title": "Lengthen the platform",
        "justification": "Double trams",
        "owner": who.party,
    }
    row = write_changes(actor(who), [Change({**start, **values})])[0]
    return step(who, row, "submitted")


def step(who: Person, row: ChangeRequest, state: str, **values: Any) -> ChangeRequest:
    write_changes(actor(who), [Change({"state": state, **values}, pk=row.pk)])
    return ChangeRequest.objects.get(pk=row.pk)


def assessed(who: Person, place: Initiative, **values: Any) -> ChangeRequest:
    size = {"days": 55, "money": 4_100_000_00, "currency": "EUR", "impact_scope": "60 m"}
    return step(who, request_for(who, place, **values), "assessed", **size)


def asked(who: Person, row: ChangeRequest) -> FollowUp:
    step(who, row, "pending", decide_by=clock.today() + timedelta(days=14))
    return FollowUp.objects.get(kind="change.take", state=FollowUp.State.OPEN)


@pytest.mark.both_databases
def test_an_approved_change_moves_the_baselines_that_it_names(
    place: Initiative, manager: Person, sponsor: Person
) -> None:
    stop = record("milestone", place, "First passenger", baseline=BASE, forecast=BASE)
    other = record("milestone", place, "Track laid", baseline=BASE)
    row = assessed(manager, place, decider=sponsor.party)
    set_baseline_change(actor(manager), row, {"what": W.MILESTONE, "milestone": stop, "new_date": NEW})
    set_baseline_change(actor(manager), row, {"what": W.END, "new_date": NEW})
    set_baseline_change(actor(manager), row, {"what": W.SCOPE, "new_text": "Seven stops, one of 60 m."})
    question, before = asked(manager, row), clock.now()
    stop.refresh_from_db()
    assert stop.baseline == BASE
    with clock.at(before + timedelta(days=2)):
        answer(actor(sponsor), question, "conditions", "Within the contingency.")
    stop.refresh_from_db(), other.refresh_from_db(), place.refresh_from_db(), row.refresh_from_db()
    assert (stop.baseline, other.baseline, place.planned_end) == (NEW, BASE, NEW)
    assert place.summary == "Seven stops, one of 60 m."
    assert (row.state, row.conditions, row.is_agreed) == ("conditions", "Within the contingency.", True)
    kept = [(line.old_date, line.old_text, line.days) for line in row.baseline_changes.order_by("pk")]
    assert kept == [(BASE, "", 77), (BASE, "", 77), (None, "Seven stops.", None)]
    assert as_at(Milestone, before).get(id=stop.pk).baseline == BASE
    moved = Event.objects.filter(entry_id=stop.entry_id, reason=row.reference).get()
    assert moved.changes["baseline"] == [BASE.isoformat(), NEW.isoformat()]


@pytest.fixture
def march(place: Initiative) -> date:
    """A month with approved money."""
    month = date(2027, 3, 1)
    figures = [Wanted(month, "approved", "capital", 500_00), Wanted(month, "approved", "revenue", 70_00)]
    write_figures(OPERATOR, place, figures, as_of=clock.today(), how="typed", currency="EUR")
    return month


@pytest.mark.both_databases
def test_an_approved_change_adds_the_money_that_it_names_to_what_was_approved(
    place: Initiative, manager: Person, sponsor: Person, march: date
) -> None:
    row, april = assessed(manager, place, decider=sponsor.party), date(2027, 4, 1)
    for month, nature, amount in (
        (march, "capital", 80_00),
        (march, "revenue", -20_00),
        (april, "capital", 9_00),
    ):
        named = {"what": W.MONEY, "month": month, "nature": nature, "amount": amount}
        set_baseline_change(actor(manager), row, named)
    question = asked(manager, row)
    write_figures(
        OPERATOR, place, [Wanted(march, "approved", "capital", 510_00)], as_of=clock.today(), how="typed"
    )
    answer(actor(sponsor), question, "approve")
    approved = {(f.month, f.nature): f.amount for f in MonthlyFigure.objects.filter(kind="approved")}
    assert approved == {(march, "capital"): 590_00, (march, "revenue"): 50_00, (april, "capital"): 9_00}
    kept = [(line.old_amount, line.new_amount) for line in row.baseline_changes.order_by("pk")]
    assert kept == [(510_00, 590_00), (70_00, 50_00), (None, 9_00)]
    told = MoneyChange.objects.get(how="approved")
    assert (told.reason, told.figures) == (row.reference, 3)
    assert not may_undo(OPERATOR, told)
    with pytest.raises(Invalid, match="approved as a change"):
        undo_change(OPERATOR, told)


def test_money_is_added_once_a_month_to_a_sheet_in_the_currency_of_the_request(
    place: Initiative, manager: Person, march: date
) -> None:
    row, other = assessed(manager, place), assessed(manager, initiative("BARE", place))
    named = {"what": W.MONEY, "month": march, "nature": "capital", "amount": 80_00}
    set_baseline_change(actor(manager), row, named)
    set_baseline_change(actor(manager), row, {**named, "nature": "revenue"})
    with pytest.raises(Invalid, match="already"):
        set_baseline_change(actor(manager), row, named)
    for less in ("month", "nature", "amount"):
        with pytest.raises(Invalid):
            set_baseline_change(actor(manager), row, {**named, less: None if less != "nature" else ""})
    with pytest.raises(Invalid, match="no money sheet"):
        set_baseline_change(actor(manager), other, named)
    pounds = assessed(manager, place)
    pounds = step(manager, pounds, "assessed", currency="GBP", money=1_00)
    with pytest.raises(Invalid, match="in EUR"):
        set_baseline_change(actor(manager), pounds, named)


def test_who_decides_follows_from_what_is_named_where_that_is_more_than_was_said(
    place: Initiative, manager: Person, march: date
) -> None:
    row = assessed(manager, place)
    step(manager, row, "assessed", days=3, money=10_00)
    row = ChangeRequest.objects.get(pk=row.pk)
    assert (row.stake_days, row.stake_money, row.notes) == (3, 10_00, [])
    set_baseline_change(actor(manager), row, {"what": W.END, "new_date": NEW})
    set_baseline_change(
        actor(manager), row, {"what": W.MONEY, "month": march, "nature": "capital", "amount": -80_00}
    )
    assert (row.stake_days, row.stake_money) == (55, -80_00)
    assert "55 working days" in row.notes[0]
    assert [text for label, text in row.brief_texts if "approval" in str(label)] == [
        "Planned end: 01/03/2027 → 17/05/2027\nApproved money, Mar 2027, capital: EUR\xa0500 → EUR\xa0420"
    ]
    assert "55 working days" in browser(manager).get(f"/registers/changes/{row.pk}/").content.decode()


def test_money_is_named_in_the_browser_where_there_is_a_sheet(
    place: Initiative, manager: Person, march: date
) -> None:
    row = assessed(manager, place)
    url = f"/registers/changes/{row.pk}/baseline/"
    form = {"what": "money", "month": "2027-03-01", "nature": "capital", "amount": "80,000.50"}
    shown = posted(browser(manager), url, form)
    assert "80,500" in shown
    assert row.baseline_changes.get().amount == 80_000_50
    for wrong in (
        {"amount": "much"},
        {"month": "2027-03-02"},
        {"month": ""},
        {"nature": "x"},
        {"amount": "0"},
    ):
        assert browser(manager).post(url, {**form, **wrong}).status_code == 422
    bare = assessed(manager, initiative("BARE", place))
    assert (
        'name="amount"'
        not in browser(manager).get(f"/registers/changes/{bare.pk}/baseline/").content.decode()
    )


@pytest.mark.parametrize(
    ("key", "state", "group"),
    [("reject", "rejected", "done"), ("defer", "deferred", "pending"), ("more", "more_info", "open")],
)
def test_what_is_not_approved_moves_nothing_and_keeps_its_story(
    place: Initiative, manager: Person, sponsor: Person, key: str, state: str, group: str
) -> None:
    stop = record("milestone", place, "First passenger", baseline=BASE)
    row = assessed(manager, place, decider=sponsor.party)
    set_baseline_change(actor(manager), row, {"what": W.MILESTONE, "milestone": stop, "new_date": NEW})
    question = asked(manager, row)
    with pytest.raises(Invalid):
        answer(actor(sponsor), question, key)
    answer(actor(sponsor), question, key, "Demand comes in eleven years.")
    row.refresh_from_db(), stop.refresh_from_db()
    assert (row.state, row.state_group, row.is_agreed, stop.baseline) == (state, group, False, BASE)
    page = browser(manager).get(f"/registers/changes/{row.pk}/").content.decode()
    assert "Demand comes in eleven years." in page


def test_the_authority_is_found_by_the_size_of_the_change(place: Initiative, manager: Person) -> None:
    board, lead = person("Berta Board"), person("Lena Lead")
    rights = [
        Change({"initiative": None, "subject": "change", "title": "Change", "party": p.party, **limit})
        for p, limit in ((lead, {"money": 50_000_00, "currency": "EUR"}), (board, {}))
    ]
    write_rights(OPERATOR, rights)
    small = step(
        manager, request_for(manager, place), "assessed", impact_scope="x", money=1_000_00, currency="EUR"
    )
    large = assessed(manager, place)
    assert (small.decider, large.decider) == (lead.party, board.party)
    write_changes(actor(manager), [Change({"decider": lead.party}, pk=large.pk)])
    with pytest.raises(Invalid, match="may not decide"):
        asked(manager, large)
    write_changes(actor(manager), [Change({"decider": None}, pk=large.pk)])
    assert asked(manager, large).debtor_id == board.party_id


def test_nobody_decides_alone_on_their_own_request(place: Initiative, manager: Person) -> None:
    row = step(manager, request_for(manager, place, decider=manager.party), "assessed", impact_scope="small")
    with pytest.raises(Invalid, match="wrote this paper"):
        asked(manager, row)


def test_a_change_beyond_tolerance_is_not_the_managers(place: Initiative, manager: Person) -> None:
    with pytest.raises(Invalid, match="may not decide"):
        asked(manager, assessed(manager, place, decider=manager.party))


def test_an_emergency_is_done_first_and_approved_afterwards(
    place: Initiative, manager: Person, sponsor: Person
) -> None:
    row = request_for(manager, place, decider=sponsor.party)
    with pytest.raises(Invalid):
        step(manager, row, "emergency")
    due = clock.today() + timedelta(days=3)
    row = step(manager, row, "emergency", emergency_reason="The culvert gave way.", decide_by=due)
    page = browser(sponsor).get("/").content.decode()
    assert "Decide the change: Lengthen the platform" in page
    answer(actor(sponsor), FollowUp.objects.get(kind="change.take"), "approve")
    row.refresh_from_db()
    assert row.state == "approved"
    today = clock.today()
    with pytest.raises(Invalid):
        step(manager, row, "verified", implemented_on=today, verified_on=today - timedelta(days=1))
    row = step(manager, row, "verified", implemented_on=today, verified_on=today)
    assert step(manager, row, "closed").state == "closed"


def test_a_request_reaches_no_milestone_beside_its_own_place(place: Initiative, manager: Person) -> None:
    foreign = record("milestone", initiative("OTHER"), "Not ours", baseline=BASE)
    row = assessed(manager, place)
    with pytest.raises(Invalid, match="outside"):
        set_baseline_change(actor(manager), row, {"what": W.MILESTONE, "milestone": foreign, "new_date": NEW})
    for values in ({"what": W.MILESTONE}, {"what": W.END}, {"what": W.SCOPE, "new_text": " "}):
        with pytest.raises(Invalid):
            set_baseline_change(actor(manager), row, values)
    set_baseline_change(actor(manager), row, {"what": W.END, "new_date": NEW})
    with pytest.raises(Invalid, match="already"):
        set_baseline_change(actor(manager), row, {"what": W.END, "new_date": NEW})


def test_what_was_put_to_the_decision_is_not_changed(
    place: Initiative, manager: Person, sponsor: Person
) -> None:
    row = assessed(manager, place, decider=sponsor.party)
    asked(manager, row)
    row.refresh_from_db()
    with pytest.raises(Invalid, match="Take the paper back"):
        set_baseline_change(actor(manager), row, {"what": W.END, "new_date": NEW})
    with pytest.raises(Invalid, match="Take the paper back"):
        write_changes(actor(manager), [Change({"money": 1}, pk=row.pk)])


def test_a_baseline_once_agreed_is_not_typed_over(place: Initiative, manager: Person) -> None:
    office, member = person("Olga Office", "pmo_manager"), person("Tim Team", "team_member", place)
    row = record("milestone", place, "First passenger")
    url = f"/registers/milestones/{row.pk}/cell/baseline/"
    assert browser(member).post(url, {"baseline": "2027-03-01", "version": 1}).status_code == 200
    for who in (office, member):
        assert browser(who).post(url, {"baseline": "2027-05-17", "version": 2}).status_code == 422
    assert browser(manager).post(url, {"baseline": "2027-05-17", "version": 2}).status_code == 422
    edit = {
        "title": "First passenger",
        "initiative": "TRAM",
        "tier": "team",
        "state": "planned",
        "version": 2,
    }
    form = f"/registers/milestones/{row.pk}/edit/"
    browser(manager).post(form, {**edit, "baseline": "2027-05-17", "reason": "A typing error."})
    row.refresh_from_db()
    assert row.baseline == NEW


@pytest.mark.both_databases
def test_the_log_adds_up_days_and_money_of_what_was_approved(
    place: Initiative, manager: Person, sponsor: Person
) -> None:
    below = initiative("SUB", place, type="workstream")
    for where, days, money, currency, key in (
        (place, 5, 100_00, "EUR", "approve"),
        (below, None, 40_00, "GBP", "approve"),
        (below, -2, -30_00, "EUR", "approve"),
        (place, 90, 999_00, "EUR", "reject"),
    ):
        row = step(
            manager,
            request_for(manager, where, decider=sponsor.party),
            "assessed",
            impact_scope="x",
            days=days,
            money=money,
            currency=currency,
        )
        answer(actor(sponsor), asked(manager, row), key, "Because.")
    found = tally(actor(manager), changes_in(actor(manager), QueryDict("in=TRAM")))
    assert [(e.days, e.money) for e in found.effects] == [
        (5, {"EUR": 100_00}),
        (5, {"EUR": 100_00, "GBP": 40_00}),
        (3, {"EUR": 70_00, "GBP": 40_00}),
    ]
    assert found.states == {"approved": 3, "rejected": 1}
    alone = tally(actor(manager), changes_in(actor(manager), QueryDict("in=SUB")))
    assert (alone.days, alone.money) == (-2, {"EUR": -30_00, "GBP": 40_00})
    page = browser(manager).get("/registers/changes/effect/?in=TRAM").content.decode()
    assert "GBP" in page
    assert page.count("<svg") >= 3


def test_a_hidden_milestone_is_not_told_by_the_change(
    place: Initiative, manager: Person, sponsor: Person
) -> None:
    stop = record("milestone", place, "Zzyzx secret stop", baseline=BASE)
    row = assessed(manager, place, decider=sponsor.party)
    set_baseline_change(actor(manager), row, {"what": W.MILESTONE, "milestone": stop, "new_date": NEW})
    restrict(OPERATOR, stop, [manager.party_id])
    answer(actor(sponsor), asked(manager, row), "approve")
    stop.refresh_from_db()
    assert stop.baseline == NEW
    assert not lines_of(actor(sponsor), [row])
    assert len(lines_of(actor(manager), [row])) == 1
    for url in (f"/registers/changes/{row.pk}/", "/registers/changes/effect/"):
        assert "Zzyzx" not in browser(sponsor).get(url).content.decode()
        assert "Zzyzx" in browser(manager).get(url).content.decode()


def test_baselines_are_named_in_the_browser(place: Initiative, manager: Person) -> None:
    stop = record("milestone", place, "First passenger", baseline=BASE)
    row = assessed(manager, place)
    url = f"/registers/changes/{row.pk}/baseline/"
    client = browser(manager)
    shown = posted(client, url, {"what": "milestone", "milestone": str(stop.pk), "new_date": "2027-05-17"})
    assert "First passenger" in shown
    assert client.post(url, {"what": "milestone", "milestone": "999999", "new_date": "x"}).status_code == 422
    assert client.post(url, {"drop": "999999"}).status_code == 404
    line = row.baseline_changes.get()
    assert client.post(url, {"drop": str(line.pk)}).status_code == 303
    assert not row.baseline_changes.exists()
    viewer = person("Vera Viewer", "viewer", place)
    assert browser(viewer).post(url, {"what": "end", "new_date": "2027-05-17"}).status_code == 403


def test_an_authority_may_not_be_skipped_by_a_form(place: Initiative, manager: Person) -> None:
    row = assessed(manager, place)
    for state in ("approved", "conditions", "rejected", "recorded"):
        with pytest.raises((Denied, Invalid)):
            step(manager, row, state)


def test_an_issue_that_asks_for_change_opens_one_request(place: Initiative, manager: Person) -> None:
    row = record("issue", place, "Longer platform", type="change", description="Double trams", impact="60 m")
    client, url = browser(manager), f"/entries/{row.entry_id}/open/issue-change/"
    assert "Double trams" in client.get(url).content.decode()
    form = {
        "title": "Longer platform",
        "initiative": "TRAM",
        "state": "draft",
        "type": "request",
        "extent": "minor",
    }
    posted(client, url, {**form, "priority": "2", "justification": "Double trams", "impact_scope": "60 m"})
    made = ChangeRequest.objects.get()
    assert (made.justification, made.impact_scope) == ("Double trams", "60 m")
    assert made.entry.relations_in.get().source_id == row.entry_id
    assert client.get(url).status_code == 404
    assert ChangeRequest.objects.count() == 1
