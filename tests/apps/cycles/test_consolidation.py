"""A level's report is drafted out of the frozen reports below it."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from tests.apps.cycles.world import FRIDAY, THURSDAY, WEDNESDAY, Programme, milestone, programme
from tests.apps.worlds import OPERATOR, actor, browser, person, record

from steerco.apps.cycles.consolidation import gather_below
from steerco.apps.cycles.drafts import Typed, key_of, may_stay, open_page
from steerco.apps.cycles.models import Cycle, FrozenReport, Report
from steerco.apps.cycles.services import approve, freeze, submit
from steerco.apps.cycles.turning import turn
from steerco.apps.initiatives.readers import as_readers
from steerco.apps.initiatives.services import restrict
from steerco.apps.reporting.published import published_content
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Denied
from steerco.kit.registers.register import register_of

pytestmark = pytest.mark.django_db
GREEN = {"overall": {"value": "green", "why": ""}}
RED = {"overall": {"value": "red", "why": ""}}
PATH = {"text": "A second supplier.", "by": "2026-12-18"}


def reported() -> Programme:
    """Three workstreams: red with a question, green, and one that never reports."""
    found = programme(streams=3)
    with clock.at(THURSDAY):
        record("risk", found.streams[0], "The supplier fails", current_probability=4, current_impact=5)
        milestone(found.streams[1], "Pilot", baseline=date(2026, 12, 10), forecast=date(2026, 12, 10))
        turn()
        texts = {"help": "Decide on the second supplier by Friday."}
        submit(found.writer(0), found.report(0), Typed("Stuck.", RED, PATH, texts))
        submit(found.writer(1), found.report(1), Typed("Fine.", GREEN))
    return found


def consolidated() -> Report:
    return Report.objects.select_related("initiative", "cycle__cadence", "owner").get(
        kind="consolidated", period_end=FRIDAY
    )


@pytest.mark.both_databases
def test_the_draft_tells_the_worst_first_what_is_asked_the_risks_and_the_milestones_ahead() -> None:
    found = reported()
    with clock.at(WEDNESDAY):
        turn()
        page = open_page(found.reviewer, consolidated())
    lines = [one.line for one in page.below]
    assert [(one["code"], one["state"], one["value"]) for one in lines] == [
        ("WS1", "frozen", "red"),
        ("WS3", "missing", ""),
        ("WS2", "frozen", "green"),
    ]
    assert page.computed.colours == {"overall": "red"}
    assert page.computed.why["overall"][0]["title"] == "Ws1 initiative"
    assert [(f["kind"], f["title"], f["place"]) for f in page.facts["asked"]] == [
        ("asked", "Decide on the second supplier by Friday.", "Ws1 initiative")
    ]
    assert [f["title"] for f in page.facts["risks"]] == ["The supplier fails"]
    assert [(f["title"], f["place"]) for f in page.facts["ahead"]] == [("Pilot", "Ws2 initiative")]


def test_what_is_left_out_and_put_first_is_frozen_so() -> None:
    found = reported()
    with clock.at(WEDNESDAY):
        turn()
        page = open_page(found.reviewer, consolidated())
        risk = key_of(page.facts["risks"][0])
        typed = Typed("One is red.", RED, PATH, {"summary": "See the first."}, dropped=[risk])
        report = submit(found.reviewer, consolidated(), typed)
        frozen = freeze(OPERATOR, report)
    content = json.loads(frozen.content)
    parts = {part["key"]: part for part in content["parts"]}
    assert parts["top_risks"]["facts"] == []
    assert parts["summary"]["text"] == "See the first."
    assert [one["code"] for one in content["below"]] == ["WS1", "WS3", "WS2"]


def test_the_last_frozen_report_of_who_is_silent_counts_with_its_age() -> None:
    found = reported()
    later = FRIDAY + timedelta(days=7)
    with clock.at(WEDNESDAY):
        turn()
        submit(found.writer(1), found.report(1, later), unchanged=True)
    with clock.at(WEDNESDAY + timedelta(days=7)):
        turn()
        report = Report.objects.get(kind="consolidated", period_end=later)
        lines, facts = gather_below(as_readers(found.reviewer, found.root), report)
    ages = {one.report.initiative.code: (one.age, one.content is not None) for one in lines}
    assert ages == {"WS1": (7, True), "WS2": (0, True), "WS3": (0, False)}
    assert not facts.get("asked")  # what was asked a week ago was answered or is asked again


def test_what_only_the_last_report_told_is_carried_forward_with_its_day() -> None:
    found, later = reported(), FRIDAY + timedelta(days=7)
    with clock.at(WEDNESDAY):
        turn()
        page = open_page(found.reviewer, consolidated())
        assert page.of_last == {}
        risk, asked = key_of(page.facts["risks"][0]), key_of(page.facts["asked"][0])
        freeze(OPERATOR, submit(found.reviewer, consolidated(), Typed("One is red.", RED, PATH)))
        submit(found.writer(1), found.report(1, later), unchanged=True)
    with clock.at(WEDNESDAY + timedelta(days=7)):
        turn()
        report = Report.objects.select_related("initiative", "cycle__cadence", "owner").get(
            kind="consolidated", period_end=later
        )
        page = open_page(found.reviewer, report)
        offered = {key: [key_of(fact) for fact in rows] for key, rows in page.of_last.items() if rows}
        assert offered == {"asked": [asked], "top_risks": [risk]}
        shown = browser(found.rita).get(f"/reporting/reports/{report.pk}/").content.decode()
        assert f'name="carry" value="{risk}"' in shown
        typed = Typed("Still silent.", RED, PATH, carried=[risk, "risk_new:999999"])
        frozen = freeze(OPERATOR, submit(found.reviewer, report, typed))
        told = {part["key"]: part["facts"] for part in json.loads(frozen.content)["parts"]}
        assert [(fact["title"], fact["carried"]) for fact in told["top_risks"]] == [
            ("The supplier fails", FRIDAY.isoformat())
        ]
        assert not told["asked"]
        read = browser(found.rita).get(f"/reporting/reports/{report.pk}/").content.decode()
        assert "(as reported on 27/11/2026)" in read
        restrict(OPERATOR, found.streams[0], [found.people[0].party_id])
        assert not any(open_page(found.reviewer, report).of_last.values())


def test_what_is_restricted_below_is_not_told_to_the_readers_of_the_level() -> None:
    found = reported()
    with clock.at(WEDNESDAY):
        turn()
        restrict(OPERATOR, found.streams[0], [found.people[0].party_id])
        page = open_page(found.reviewer, consolidated())
    assert [one.report.initiative.code for one in page.below] == ["WS3", "WS2"]
    assert "asked" not in page.facts
    assert page.computed.colours == {"overall": "green"}


def test_the_same_frozen_reports_give_the_same_draft() -> None:
    found = reported()
    with clock.at(WEDNESDAY):
        turn()
        first = open_page(found.reviewer, consolidated())
        second = open_page(found.reviewer, consolidated())
    assert [one.line for one in first.below] == [one.line for one in second.below]
    assert first.facts == second.facts
    assert Cycle.objects.get(period_end=FRIDAY).state == "locked"
    assert FrozenReport.objects.count() == 2


def test_approving_the_consolidated_report_freezes_and_publishes_it() -> None:
    found = reported()
    with clock.at(WEDNESDAY):
        turn()
        report = submit(found.reviewer, consolidated(), Typed("One is red.", RED, PATH))
        with pytest.raises(Denied):
            approve(found.reviewer, report)  # nobody approves what they wrote
        approve(actor(person("Sara Sponsor", "sponsor", found.root)), report)
    assert consolidated().state == "frozen"
    assert Cycle.objects.get(period_end=FRIDAY).state == "published"


def test_a_level_tells_the_most_that_moved_and_counts_the_rest() -> None:
    found = programme(streams=2)
    with clock.at(THURSDAY - timedelta(days=14)):
        for number in range(1, 19):
            due = date(2026, 12, 1) + timedelta(days=number)
            tier = "board" if number == 18 else "team"
            milestone(found.streams[number % 2], f"M{number}", baseline=due, forecast=due, tier=tier)
    with clock.at(THURSDAY):
        turn()
        rows: Any = register_of("milestone").model._default_manager.order_by("pk")
        moves = [
            Change({"forecast": row.baseline + timedelta(days=7 + place)}, pk=row.pk)
            for place, row in enumerate(rows)
        ]
        register_of("milestone").write(OPERATOR, moves)
        for index in range(2):
            submit(found.writer(index), found.report(index), Typed("Late.", RED, PATH))
    with clock.at(WEDNESDAY):
        turn()
        page = open_page(found.reviewer, consolidated())
        smallest = key_of(page.facts["slipped"][-1])
        typed = Typed("Late.", RED, PATH, promoted=[smallest])
        frozen = freeze(OPERATOR, submit(found.reviewer, consolidated(), typed))
    parts = {part["key"]: part for part in json.loads(frozen.content)["parts"]}
    moved = parts["moved"]
    assert (len(moved["facts"]), moved["more"]) == (15, 3)
    assert key_of(moved["facts"][0]) == smallest
    assert parts["ahead"]["facts"][0]["title"] == "M18"  # a board waits for it
    assert "and 3 more" in next(
        one.text for one in published_content(frozen).projects[0].narratives if one.heading == "What moved"
    )


def test_no_change_is_no_answer_where_somebody_below_had_one() -> None:
    found = programme(streams=1)
    for week in range(2):
        later = timedelta(weeks=week)
        with clock.at(THURSDAY + later):
            turn()
            report = found.report(0, FRIDAY + later)
            submit(found.writer(0), report, Typed("Fine.", GREEN))
        with clock.at(WEDNESDAY + later):
            turn()
            level = Report.objects.select_related("initiative", "cycle__cadence", "owner").get(
                kind="consolidated", period_end=FRIDAY + later
            )
            assert not may_stay(open_page(found.reviewer, level))
            submit(found.reviewer, level, Typed("Fine.", GREEN))
            approve(OPERATOR, level)
