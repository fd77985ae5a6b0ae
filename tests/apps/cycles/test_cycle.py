"""A cycle from its opening to its lock: asked, written, reviewed, frozen, or not reported."""

import hashlib
import json
from datetime import date, datetime, timedelta

import pytest
from tests.apps.cycles.world import FRIDAY, THURSDAY, WEDNESDAY, milestone, programme
from tests.apps.worlds import OPERATOR, actor, initiative, person

from steerco.apps.cycles.drafts import Typed, canonical
from steerco.apps.cycles.models import Cycle, FrozenReport, Report
from steerco.apps.cycles.services import approve, freeze, give_back, submit, write_cadences
from steerco.apps.cycles.turning import turn
from steerco.apps.cycles.wording import period_words
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer
from steerco.apps.indicators.models import Snapshot
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.organisation.services import configure
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db
GREEN = Typed(headline="On plan.", ratings={"overall": {"value": "green", "why": ""}})


def amber(**path: str) -> Typed:
    return Typed(
        "Behind.",
        {"overall": {"value": "amber", "why": ""}},
        path or {"text": "More people.", "by": "2026-12-11"},
    )


@pytest.mark.both_databases
def test_a_cycle_opens_in_time_and_asks_whoever_runs_each_workstream_once() -> None:
    found = programme()
    with clock.at(datetime(2026, 11, 24, 12, tzinfo=THURSDAY.tzinfo)):
        assert turn() == {"opened": 0, "locked": 0}
    with clock.at(THURSDAY):
        assert [turn()["opened"], turn()["opened"]] == [1, 0]
    cycle = Cycle.objects.get()
    assert (cycle.period_start, cycle.period_end) == (date(2026, 11, 21), FRIDAY)
    assert (cycle.due_on, cycle.review_on, cycle.publish_on) == (
        date(2026, 11, 30),
        date(2026, 12, 1),
        date(2026, 12, 3),
    )
    asked = FollowUp.objects.filter(kind="report.write", state="open").order_by("pk")
    assert [(row.debtor_id, row.due) for row in asked] == [
        (who.party_id, date(2026, 11, 30)) for who in found.people
    ]
    report = found.report()
    assert report.title == "Weekly report, week 48, 2026"
    assert report.reviewer_id == found.rita.party_id


def test_what_is_written_goes_to_review_comes_back_and_is_approved() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        report = submit(found.writer(), found.report(), GREEN)
        assert (report.state, report.rating) == ("submitted", "green")
        assert not FollowUp.objects.filter(entry=report.entry_id, kind="report.write", state="open").exists()
        assert FollowUp.objects.get(kind="report.review", state="open").debtor_id == found.rita.party_id
        with pytest.raises(Invalid, match="what is to be done"):
            give_back(found.reviewer, report, " ")
        report = give_back(found.reviewer, report, "Which supplier?")
        assert (report.state, report.returns) == ("returned", 1)
        assert FollowUp.objects.filter(entry=report.entry_id, kind="report.write", state="open").count() == 1
        report = submit(found.writer(), report, GREEN)
        approve(found.reviewer, report)
        assert found.report().state == "approved"
        assert not FollowUp.objects.filter(entry=report.entry_id, state="open").exists()


def test_nobody_reviews_their_own_report_and_strangers_neither_write_nor_review() -> None:
    found = programme()
    stranger = actor(person("Sam Stranger"))
    with clock.at(THURSDAY):
        turn()
        for who in (stranger, found.writer(1)):
            with pytest.raises(Denied):
                submit(who, found.report(), GREEN)
        submit(found.writer(), found.report(), GREEN)
        for who in (stranger, found.writer(0), found.writer(1)):
            with pytest.raises(Denied):
                approve(who, found.report())


def test_a_rating_better_than_the_figures_needs_a_sentence_and_amber_needs_a_path() -> None:
    found = programme()
    with clock.at(THURSDAY):
        milestone(
            found.streams[0],
            "Go-live",
            tier="contract",
            baseline=date(2026, 11, 2),
            forecast=date(2027, 1, 15),
        )
        turn()
        with pytest.raises(Invalid) as refusal:
            submit(found.writer(), found.report(), GREEN)
        assert list(refusal.value.errors[0]) == ["why-overall"]
        with pytest.raises(Invalid) as refusal:
            submit(found.writer(1), found.report(1), Typed(ratings=amber().ratings))
        assert list(refusal.value.errors[0]) == ["path-text", "path-by"]
        typed = Typed("Fine.", {"overall": {"value": "green", "why": "The contract was amended on Monday."}})
        report = submit(found.writer(), found.report(), typed)
    assert (report.rating, report.computed) == ("green", "red")


@pytest.mark.both_databases
def test_the_lock_freezes_what_was_given_and_says_not_reported_of_the_rest() -> None:
    found = programme(streams=3)
    with clock.at(THURSDAY):
        turn()
        approve(found.reviewer, submit(found.writer(0), found.report(0), GREEN))
        submit(found.writer(1), found.report(1), amber())
    with clock.at(WEDNESDAY):
        assert turn()["locked"] == 1
        assert turn()["locked"] == 0
    assert [found.report(n).state for n in range(3)] == ["frozen", "frozen", "missing"]
    assert found.report(2).rating == ""
    assert [f.reviewed for f in FrozenReport.objects.order_by("pk")] == [True, False]
    told_of = Report.objects.filter(period_end=FRIDAY).exclude(kind="consolidated")
    assert not FollowUp.objects.filter(entry__in=told_of.values("entry"), state="open").exists()
    consolidated = Report.objects.get(kind="consolidated")
    assert (consolidated.initiative_id, consolidated.owner_id) == (found.root.pk, found.rita.party_id)


def test_a_frozen_report_is_what_it_was_whatever_happens_later() -> None:
    found = programme()
    with clock.at(THURSDAY):
        row = milestone(found.streams[0], "Pilot", baseline=date(2026, 12, 1), forecast=date(2026, 12, 1))
        turn()
        submit(found.writer(), found.report(), GREEN)
    with clock.at(WEDNESDAY):
        turn()
    frozen = FrozenReport.objects.get()
    assert frozen.digest == hashlib.sha256(frozen.content.encode()).hexdigest()
    assert canonical(json.loads(frozen.content)) == frozen.content
    row.title = "Something else"
    row.save()
    write_initiatives(OPERATOR, [Change({"name": "Renamed"}, pk=found.streams[0].pk)])
    again = FrozenReport.objects.get()
    assert (again.content, again.digest) == (frozen.content, frozen.digest)
    assert "Pilot" in again.content
    assert "Renamed" not in again.content
    with pytest.raises(TypeError, match="immutable"):
        again.save()


def test_a_frozen_highlight_report_is_the_report_of_its_date_on_dashboards() -> None:
    found = programme(kind="highlight")
    with clock.at(THURSDAY):
        turn()
        submit(found.writer(), found.report(), amber())
    with clock.at(WEDNESDAY):
        turn()
    row = Snapshot.objects.get(initiative=found.streams[0])
    assert (row.as_of, row.rating, row.scale) == (FRIDAY, "amber", "three_point")


def test_an_unchanged_week_is_one_answer_where_the_figures_agree() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        submit(found.writer(), found.report(), GREEN)
    with clock.at(WEDNESDAY):
        turn()
        asked = FollowUp.objects.get(kind="report.write", state="open", debtor=found.people[0].party)
        answer(found.writer(), asked, "unchanged")
        report = found.report(end=FRIDAY + timedelta(days=7))
        assert (report.state, report.unchanged, report.rating) == ("submitted", True, "green")
        asked = FollowUp.objects.get(kind="report.write", state="open", debtor=found.people[1].party)
        with pytest.raises(Invalid, match="look at it"):
            answer(found.writer(1), asked, "unchanged")  # there is no last report
        asked.refresh_from_db()
        assert asked.state == "open"


def test_who_is_on_hold_is_asked_once_a_quarter_when_it_goes_on() -> None:
    found = programme()
    write_initiatives(OPERATOR, [Change({"status": "on_hold"}, pk=found.streams[0].pk)])
    with clock.at(THURSDAY):
        turn()
        assert found.report().kind == "on_hold"
    with clock.at(WEDNESDAY):
        turn()
    newest = Cycle.objects.order_by("-period_end")[0]
    assert not newest.reports.filter(initiative=found.streams[0]).exists()
    assert newest.reports.filter(initiative=found.streams[1]).exists()


def test_a_nearer_calendar_of_the_same_kind_asks_in_place_of_the_one_above() -> None:
    found = programme()
    part = initiative("PART", found.root, type="project", status="delivering")
    own = initiative("OWN", part, type="workstream", status="delivering")
    start = {
        "initiative": part,
        "title": "Own report",
        "kind": "weekly",
        "covers": "workstreams",
        "anchor": FRIDAY,
    }
    write_cadences(OPERATOR, [Change(start)])
    with clock.at(THURSDAY):
        assert turn()["opened"] == 2
    report = Report.objects.select_related("cycle__cadence").get(initiative=own)
    assert report.cycle is not None
    assert report.cycle.cadence.title == "Own report"


def test_a_correction_is_a_newer_edition_that_says_what_was_wrong() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        submit(found.writer(), found.report(), GREEN)
    with clock.at(WEDNESDAY):
        turn()
        freeze(OPERATOR, found.report(), "The date was wrong.")
    editions = FrozenReport.objects.order_by("number")
    assert [(f.number, f.correction) for f in editions] == [(1, ""), (2, "The date was wrong.")]


def test_days_off_move_the_days_of_a_cycle() -> None:
    found = programme()
    configure(OPERATOR, {"own_days_off": "2026-11-30\n2026-12-01 Works outing"})
    with clock.at(THURSDAY):
        assert turn()["opened"] == 1
    cycle = Cycle.objects.get()
    assert (cycle.due_on, cycle.review_on) == (date(2026, 12, 2), date(2026, 12, 3))
    assert found.report().due_on == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("rhythm", "end", "starts", "name"),
    [
        ("month", date(2026, 6, 30), 4, "P03 2026/27"),
        ("month", date(2027, 3, 31), 4, "P12 2026/27"),
        ("quarter", date(2027, 3, 31), 4, "Q4 2026/27"),
        ("month", date(2026, 12, 31), 1, "P12 2026"),
    ],
)
def test_periods_are_named_by_the_fiscal_year_where_that_is_set(
    rhythm: str, end: date, starts: int, name: str
) -> None:
    assert period_words(rhythm, end.replace(day=1), end) != name
    configure(OPERATOR, {"fiscal_year_start": starts, "period_names": "fiscal"})
    assert period_words(rhythm, end.replace(day=1), end) == name
