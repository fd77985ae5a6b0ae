"""What is reviewed when and why, how much was, what is found again and again, how the ways of working are kept."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.assurance.world import Reviewed
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, posted, record

from steerco.apps.assurance.compliance import compliance
from steerco.apps.assurance.models import Finding, Review
from steerco.apps.assurance.selectors import coverage, repeated, second_ratings, steps_apart
from steerco.apps.assurance.suggesting import suggestions
from steerco.apps.initiatives.services import restrict
from steerco.kit import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Reviewed:
    return Reviewed()


def test_what_was_never_reviewed_and_needs_governance_is_suggested_with_its_reason(world: Reviewed) -> None:
    major = initiative("BRIDGE", type="project", profile="major")
    found = suggestions(actor(world.office), None, clock.today())
    assert [one.initiative for one in found] == [major, world.place]
    assert found[0].reason == "It was never reviewed. It needs much governance."
    page = posted(browser(world.office), "/assurance/suggested/", {"in": "BRIDGE"})
    assert "It needs much governance." in page
    row = Review.objects.get(initiative=major)
    assert (row.state, row.planned_on) == ("planned", found[0].by(clock.today()))
    assert [one.initiative for one in suggestions(actor(world.office), None, clock.today())] == [world.place]


def test_only_who_plans_reviews_takes_a_suggestion(world: Reviewed) -> None:
    for who, status in ((world.manager, 403), (person("Otto Outside", staff=False), 404)):
        assert browser(who).post("/assurance/suggested/", {"in": "TRAM"}).status_code == status
    for nonsense in ({}, {"in": "NOWHERE"}):
        assert browser(world.office).post("/assurance/suggested/", nonsense).status_code == 404
    assert browser(world.manager).get("/assurance/").status_code == 200
    assert "What should be reviewed next" not in browser(world.manager).get("/assurance/").content.decode()


def test_coverage_counts_projects_reviewed_in_twelve_months(world: Reviewed) -> None:
    initiative("BRIDGE", type="project")
    world.issued()
    reader = actor(world.office)
    found = coverage(reader, None, clock.today())
    assert (found.reviewed, found.count, found.percent) == (1, 2, 50)
    assert coverage(reader, None, clock.today() + timedelta(days=400)).reviewed == 0
    self_made = world.begun(kind="self", title="Own view")
    world.issued(row=self_made)
    assert coverage(reader, None, clock.today()).reviewed == 1


def test_what_three_reviews_found_is_a_matter_of_the_organisation(world: Reviewed) -> None:
    for n in range(3):
        assert repeated(actor(world.office)) == []
        world.issued(row=world.begun(title=f"Check {n}"))
    [one] = repeated(actor(world.office))
    assert (one.topic, one.reviews, one.initiatives, one.open) == (
        "Is there one plan that people work by, and is it kept?",
        3,
        1,
        3,
    )
    assert "found by 3 reviews of 1 initiatives" in browser(world.office).get("/assurance/").content.decode()
    hidden = Review.objects.latest("pk")
    restrict(OPERATOR, hidden, [world.office.party_id])
    assert repeated(actor(person("Vera Viewer", "viewer", world.place))) == []


def test_the_second_rating_is_the_newest_that_the_reader_may_see(world: Reviewed) -> None:
    with clock.at(clock.now() - timedelta(days=100)):
        world.issued()
    newer = world.issued(row=world.begun(title="Newer"), confidence="red")
    world.issued(row=world.begun(title="Own view", kind="self"), confidence="green")
    day = clock.today()
    found = second_ratings(actor(world.manager), [world.place.pk], day)[world.place.pk]
    assert (found.value, found.review) == ("red", newer.pk)
    before = second_ratings(actor(world.manager), [world.place.pk], day - timedelta(days=1))
    assert before[world.place.pk].value == "amber"
    restrict(OPERATOR, newer, [world.office.party_id])
    assert second_ratings(actor(world.manager), [world.place.pk], day)[world.place.pk].value == "amber"
    assert steps_apart("green", "amber") == 2
    assert steps_apart("green", "not_started") == 0


def test_ways_of_working_are_told_from_everyday_work(world: Reviewed) -> None:
    with clock.at(clock.now() - timedelta(days=45)):
        record("milestone", world.place, "Rails laid")
        record("risk", world.place, "Old")
    stream = initiative("STREAM", world.place, type="workstream")
    for n in range(9):
        record("risk", stream, f"New {n}")
    finding = record("review_finding", world.place, "Late", due_on=clock.today() - timedelta(days=1))
    [row] = compliance(actor(world.office), None, clock.today()).rows
    said = [(cell.result, cell.words) for cell in row.cells]
    assert ("partly", "The plan was last touched 45 days ago.") in said
    assert ("met", "9 of 10 open risks were looked at in the last 30 days.") in said
    assert ("not", "0 of 1 open findings are within their day.") in said
    page = browser(world.manager).get("/assurance/ways-of-working/?in=TRAM").content.decode()
    assert "The plan was last touched 45 days ago." in page
    assert browser(world.manager).get("/assurance/ways-of-working/?in=NOWHERE").status_code == 404
    restrict(OPERATOR, finding, [world.office.party_id])
    seen = compliance(actor(world.manager), None, clock.today()).rows[0]
    assert all(cell.words != "0 of 1 open findings are within their day." for cell in seen.cells)


def test_the_map_takes_no_more_statements_for_more_projects(world: Reviewed) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            compliance(actor(world.office), None, clock.today())
        return len(caught)

    statements()
    few = statements()
    for n in range(6):
        place = initiative(f"P{n}", type="project")
        record("risk", place, "Risk")
        record("milestone", place, "Stone")
    assert statements() <= few + 2


def test_a_finding_from_outside_becomes_an_action(world: Reviewed) -> None:
    finding = record(
        "review_finding", world.place, "From outside", source="External audit", owner=world.manager.party
    )
    page = browser(world.manager).get(f"/registers/review-findings/{finding.pk}/").content.decode()
    assert "Add an action" in page
    assert Finding.objects.get().source == "External audit"
