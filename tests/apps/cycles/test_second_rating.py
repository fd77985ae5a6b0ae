"""The reviewers' rating beside the manager's, and for how long the figures have said otherwise."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.cycles.world import FRIDAY, THURSDAY, WEDNESDAY, Programme, milestone, programme
from tests.apps.worlds import OPERATOR, browser

from steerco.apps.assurance.evidence import all_evidence
from steerco.apps.assurance.models import Review
from steerco.apps.cycles.consolidation import read_line
from steerco.apps.cycles.drafts import Typed, open_page
from steerco.apps.cycles.models import FrozenReport
from steerco.apps.cycles.replay import weeks_of, weeks_said
from steerco.apps.cycles.services import approve, submit
from steerco.apps.cycles.showing import shown_content
from steerco.apps.cycles.turning import turn
from steerco.apps.initiatives.records import write_records
from steerco.apps.initiatives.services import restrict
from steerco.apps.planning.models import Milestone
from steerco.kit import clock
from steerco.kit.history import Change

pytestmark = pytest.mark.django_db
GREEN = {"rating-overall": "green", "why-overall": "It will be made up.", "text-achieved": ""}


def reviewed(where: Any, on: date, confidence: str = "amber-red") -> Review:
    """An issued review."""
    values = {"initiative": where, "title": "Health check", "state": "issued", "held_on": on}
    more = {"confidence": confidence, "issued_on": on}
    return write_records(OPERATOR, Review, [Change({**values, **more})])[0]


def frozen(world: Programme) -> dict[str, Any]:
    """The first workstream's report, declared green, frozen."""
    with clock.at(THURSDAY + timedelta(hours=2)):
        report = world.report()
        submit(world.writer(), report, Typed.of(GREEN, report))
        approve(world.reviewer, world.report())
    with clock.at(WEDNESDAY):
        turn()
    return dict(json.loads(FrozenReport.objects.get(report=world.report()).content))


def late_for(world: Programme, weeks: int) -> None:
    """A milestone that has been late, by its forecast, for so many weeks."""
    with clock.at(THURSDAY - timedelta(days=300)):
        row = milestone(
            world.streams[0], "Go-live", baseline=FRIDAY + timedelta(60), forecast=FRIDAY + timedelta(60)
        )
    with clock.at(THURSDAY - timedelta(weeks=weeks)):
        write_records(OPERATOR, Milestone, [Change({"forecast": FRIDAY + timedelta(74)}, pk=row.pk)])


def test_the_reviewers_rating_is_frozen_beside_the_managers() -> None:
    world = programme()
    row = reviewed(world.streams[0], date(2026, 10, 1))
    with clock.at(THURSDAY):
        turn()
    content = frozen(world)
    assert content["schema"] == 2
    assert content["assurance"] == {
        "review": row.pk,
        "ref": row.reference,
        "kind": "health",
        "value": "amber-red",
        "on": "2026-10-01",
    }
    shown = shown_content(content)["assurance"]
    assert shown is not None
    assert shown["far"]
    page = browser(world.rita).get(f"/reporting/reports/{world.report().pk}/").content.decode()
    assert "two steps or more from what is declared" in page


def test_what_not_everybody_reads_gives_no_second_rating() -> None:
    world = programme()
    restrict(OPERATOR, reviewed(world.streams[0], date(2026, 10, 1)), [world.rita.party_id])
    with clock.at(THURSDAY):
        turn()
        assert open_page(world.reviewer, world.report()).second is None


def test_the_report_says_for_how_long_the_figures_have_said_otherwise() -> None:
    world = programme()
    late_for(world, 5)
    with clock.at(THURSDAY):
        turn()
    content = frozen(world)
    overall = content["ratings"][0]
    assert (overall["value"], overall["computed"], overall["weeks"]) == ("green", "amber", {"amber": 5})
    assert shown_content(content)["replay"] == "Declared green; by the figures amber or worse for 5 weeks."
    with clock.at(WEDNESDAY):
        below = [read_line(one) for one in _consolidated(world)]
    assert [weeks_said(one) for one in below if one["code"] == "WS1"] == [("amber", 5)]


def _consolidated(world: Programme) -> list[dict[str, Any]]:
    report = world.report().cycle.reports.get(kind="consolidated")  # type: ignore[union-attr]
    return [one.line for one in open_page(world.reviewer, report).below]


def test_a_week_in_which_the_figures_were_good_ends_the_count() -> None:
    world = programme()
    late_for(world, 5)
    row = Milestone.objects.get()
    for weeks, days in ((3, 60), (2, 74)):
        with clock.at(THURSDAY - timedelta(weeks=weeks)):
            write_records(OPERATOR, Milestone, [Change({"forecast": FRIDAY + timedelta(days)}, pk=row.pk)])
    assert weeks_of(OPERATOR, world.streams[0], THURSDAY.date(), "amber") == {"amber": 2}
    assert weeks_of(OPERATOR, world.streams[0], THURSDAY.date(), "green") == {}


def test_looking_back_takes_no_more_statements_for_a_longer_past() -> None:
    world = programme()
    late_for(world, 2)

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            weeks_of(OPERATOR, world.streams[0], THURSDAY.date(), "amber")
        return len(caught)

    few = statements()
    for number in range(8):
        milestone(world.streams[0], f"Stone {number}", baseline=FRIDAY, forecast=FRIDAY)
    late_for(world, 20)
    assert statements() <= few


def test_a_report_of_the_first_schema_is_still_read() -> None:
    world = programme()
    with clock.at(THURSDAY):
        turn()
    content = frozen(world)
    content.pop("assurance")
    content["schema"] = 1
    content["below"] = [{"code": "X", "name": "X", "age": 0, "value": "green", "computed": "red"}]
    shown = shown_content(content)
    assert shown["assurance"] is None
    assert shown["replay"] == ""
    assert shown["below"][0]["second"] is None


def test_reports_in_time_are_evidence() -> None:
    world = programme()
    with clock.at(THURSDAY):
        turn()
    frozen(world)
    found = all_evidence()["reports"].find(OPERATOR, [world.root.pk], WEDNESDAY.date())
    one = found[world.root.pk]
    assert (one.n, one.of, one.result) == (1, 2, "not")
