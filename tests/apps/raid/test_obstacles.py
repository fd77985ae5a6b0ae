"""Obstacles: raised by a project manager, owned by the director, counted when they are gone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from tests.apps.worlds import actor, browser, initiative, person, posted, record

from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer, reconcile
from steerco.apps.initiatives.services import restrict
from steerco.apps.raid.models import Obstacle
from steerco.apps.raid.selectors import board
from steerco.kit import clock

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def town() -> Any:
    class Town:
        pay = initiative("PAY")
        dora = person("Dora Director", "pmo_manager")
        petra = person("Petra Manager", "project_manager", pay)

    return Town


def test_a_new_one_is_raised_by_its_author_and_owned_by_the_director(town: Any) -> None:
    form = {"title": "No test data", "initiative": "PAY", "state": "raised", "priority": "3"}
    page = posted(browser(town.petra), "/registers/obstacles/new/", form)
    row = Obstacle.objects.get()
    assert (row.raised_by, row.raised_on) == (town.petra.party, date(2026, 11, 23))
    assert row.owner is not None
    assert row.owner_id in actor(town.dora).parties
    assert "No test data" in page


def test_it_is_raised_by_whom_it_was_entered_for(town: Any) -> None:
    form = {"title": "No badge", "initiative": "PAY", "state": "raised", "priority": "3"}
    form |= {"behalf_of": "Petra Manager", "behalf_source": "call"}
    posted(browser(town.dora), "/registers/obstacles/new/", form)
    assert Obstacle.objects.get().raised_by == town.petra.party


def test_the_board_shows_age_and_counts_what_is_gone(town: Any) -> None:
    day = clock.today()
    record("obstacle", town.pay, "Old", raised_on=day - timedelta(days=40))
    record("obstacle", town.pay, "Taken", raised_on=day - timedelta(days=5), state="working")
    for title, raised, gone in (("Quick", 20, 18), ("Slow", 60, 30), ("Long ago", 400, 200)):
        dates = {"raised_on": day - timedelta(days=raised), "removed_on": day - timedelta(days=gone)}
        record("obstacle", town.pay, title, state="removed", **dates)
    found = board(actor(town.dora), QueryDict(""))
    titles = {lane.state: [row.title for row in lane.rows] for lane in found.lanes}
    assert titles == {"raised": ["Old"], "working": ["Taken"], "removed": ["Quick", "Slow"]}
    assert (found.open, found.oldest, found.removed, found.days) == (2, 40, 2, 16)
    page = browser(town.petra).get("/registers/obstacles/board/?in=PAY").content.decode()
    assert "for 40 days" in page
    assert "gone after 2 days" in page
    assert (
        "/registers/obstacles/board/?in=PAY"
        in browser(town.petra).get("/registers/obstacles/?in=PAY").content.decode()
    )


def test_the_board_counts_only_what_its_reader_sees(town: Any) -> None:
    row = record("obstacle", town.pay, "Quietly", state="removed", removed_on=clock.today())
    restrict_to = person("Rita Restricted")
    restrict(actor(town.dora), row, [restrict_to.party_id])
    assert board(actor(person("Vera Viewer")), QueryDict("")).removed == 0


def test_whoever_owns_it_is_asked_and_says_that_it_is_gone(town: Any) -> None:
    row = record("obstacle", town.pay, "No data", owner=town.dora.party, due_on=clock.today())
    reconcile(clock.today())
    asked = FollowUp.objects.get(kind="obstacle.due")
    answer(actor(town.dora), asked, "removed", "The archive was opened.")
    row.refresh_from_db()
    assert (row.state, row.removed_on, row.outcome) == ("removed", clock.today(), "The archive was opened.")


def test_a_conflict_is_resolved_by_the_answer_of_its_resolver(town: Any) -> None:
    row = record("conflict", town.pay, "One tester", owner=town.dora.party, due_on=clock.today())
    reconcile(clock.today())
    answer(actor(town.dora), FollowUp.objects.get(kind="conflict.due"), "rank", "The bus comes first.")
    row.refresh_from_db()
    assert (row.state, row.basis, row.outcome) == ("resolved", "rank", "The bus comes first.")


def test_an_assumption_whose_review_is_due_holds_or_is_false(town: Any) -> None:
    row = record("assumption", town.pay, "Rates stay", owner=town.dora.party, review_on=clock.today())
    reconcile(clock.today())
    answer(actor(town.dora), FollowUp.objects.get(kind="assumption.review"), "holds")
    row.refresh_from_db()
    assert (row.result, row.review_on) == ("unknown", clock.today() + timedelta(days=30))
    with clock.at(MONDAY + timedelta(days=30)):
        reconcile(clock.today())
        again = FollowUp.objects.get(kind="assumption.review", state="open")
        answer(actor(town.dora), again, "false", "They rose.")
        row.refresh_from_db()
        assert (row.result, row.state, row.validated_on) == ("false", "closed", clock.today())
