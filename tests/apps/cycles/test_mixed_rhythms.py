"""A level that takes what those below reported last, each in a rhythm of its own."""

import json
from datetime import UTC, date, datetime

import pytest
from tests.apps.cycles.world import FRIDAY, THURSDAY, WEDNESDAY, milestone, programme
from tests.apps.worlds import OPERATOR, actor, initiative, person

from steerco.apps.cycles.consolidation import gather_below, read_line, reports_below
from steerco.apps.cycles.drafts import Typed
from steerco.apps.cycles.models import Cycle, Report
from steerco.apps.cycles.services import approve, submit, write_cadences
from steerco.apps.cycles.turning import turn
from steerco.apps.followups.models import FollowUp
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.readers import as_readers
from steerco.apps.initiatives.services import restrict, write_initiatives
from steerco.apps.people.models import Person
from steerco.apps.reporting.published import published_content
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor

pytestmark = pytest.mark.django_db
MONTH_END = date(2026, 11, 30)
MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)  # the month's cycle is open
LOCKED = datetime(2026, 12, 3, 13, tzinfo=UTC)
AMBER = {"overall": {"value": "amber", "why": ""}}
PATH = {"text": "A second supplier.", "by": "2026-12-18"}


def portfolio() -> tuple[Actor, Initiative]:
    """A portfolio with a month's calendar that takes what is there: over a weekly programme and a silent project."""
    weekly = programme()
    top = initiative("PF", type="portfolio", status="delivering")
    head = person("Petra Portfolio", "portfolio_manager", top)
    boss = person("Sina Sponsor", "sponsor", top)
    write_initiatives(OPERATOR, [Change({"lead": head.party, "sponsor": boss.party}, pk=top.pk)])
    write_initiatives(OPERATOR, [Change({"parent": top}, pk=weekly.root.pk)])
    silent = initiative("SIL", top, type="project", status="delivering")
    quiet = person("Quentin Quiet", "project_manager", silent)
    write_initiatives(OPERATOR, [Change({"lead": quiet.party}, pk=silent.pk)])
    calendar = {
        "initiative": top,
        "title": "Monthly report",
        "kind": "monthly",
        "rhythm": "month",
        "anchor": MONTH_END,
        "starts": date(2026, 11, 1),
        "asks": False,
    }
    write_cadences(OPERATOR, [Change(calendar)])
    with clock.at(THURSDAY):
        milestone(weekly.streams[0], "Pilot", baseline=date(2026, 12, 10), forecast=date(2026, 12, 10))
        turn()
        submit(
            weekly.writer(0), weekly.report(0), Typed("Stuck.", AMBER, PATH, {"help": "A second supplier."})
        )
    with clock.at(WEDNESDAY):
        turn()
        report = Report.objects.select_related("initiative", "cycle__cadence", "owner", "reviewer")
        week = report.get(kind="consolidated", initiative=weekly.root)
        typed = Typed("Late by a supplier.", AMBER, PATH, {"asked": "Money for a second supplier."})
        submit(weekly.reviewer, week, typed)
        approve(OPERATOR, week)
    return actor(head), top


def month(top: Initiative) -> Cycle:
    return Cycle.objects.select_related("cadence").get(initiative=top, period_end=MONTH_END)


@pytest.mark.both_databases
def test_only_whoever_said_nothing_for_a_period_is_asked_for_a_sentence() -> None:
    _head, top = portfolio()
    asked = Report.objects.filter(cycle=month(top)).values_list("initiative__code", "kind", "owner__name")
    # The programme had not yet consolidated when the month's cycle opened; its last day was three days before.
    assert sorted(asked) == [("PRG", "bridge", "Rita Reviewer"), ("SIL", "bridge", "Quentin Quiet")]


def test_the_last_report_of_each_counts_with_its_age_and_what_was_said_since() -> None:
    head, top = portfolio()
    reader = as_readers(head, top)
    with clock.at(LOCKED.replace(hour=8)):
        said = Report.objects.select_related("initiative", "cycle__cadence", "owner").get(
            kind="bridge", initiative__code="SIL"
        )
        submit(OPERATOR, said, Typed(texts={"bridge": "The contract was signed on Tuesday."}))
    with clock.at(LOCKED):
        turn()
        lines = {one.initiative.code: one.line for one in reports_below(reader, month(top))}
        report = Report.objects.select_related("initiative", "cycle__cadence").get(
            kind="consolidated", initiative=top
        )
        _lines, facts = gather_below(reader, report)
    assert (lines["PRG"]["value"], lines["PRG"]["age"], lines["PRG"]["current"]) == ("amber", 3, True)
    assert lines["PRG"]["told"] == FRIDAY.isoformat()
    assert (lines["SIL"]["current"], lines["SIL"]["bridge"]) == (False, "The contract was signed on Tuesday.")
    assert [fact["title"] for fact in facts["asked"]] == ["Money for a second supplier."]


def test_who_has_reported_meanwhile_is_asked_no_longer() -> None:
    _head, top = portfolio()
    states = dict(Report.objects.filter(cycle=month(top)).values_list("initiative__code", "state"))
    assert states == {"PRG": "spared", "SIL": "due"}
    asked = FollowUp.objects.filter(kind="report.write", state=FollowUp.State.OPEN)
    assert [row.debtor.name for row in asked.filter(entry__initiative__code__in=("PRG", "SIL"))] == [
        "Quentin Quiet"
    ]


def test_the_pack_prints_the_age_and_the_sentence() -> None:
    head, top = portfolio()
    with clock.at(LOCKED.replace(hour=8)):
        said = Report.objects.select_related("initiative", "cycle__cadence", "owner").get(
            kind="bridge", initiative__code="SIL"
        )
        submit(OPERATOR, said, Typed(texts={"bridge": "The contract was signed on Tuesday."}))
    with clock.at(LOCKED):
        turn()
        report = Report.objects.select_related("initiative", "cycle__cadence", "owner").get(
            kind="consolidated", initiative=top
        )
        submit(head, report, Typed("One is amber.", AMBER, PATH))
        approve(OPERATOR, report)
        pack = published_content(report.frozen.get())
    assert [row.project for row in pack.ratings] == [
        f"{Initiative.objects.get(code='PRG').name} (report of 27/11/2026)",
        Initiative.objects.get(code="SIL").name,
    ]
    assert [one.text for one in pack.projects[0].narratives if one.heading.startswith("What happened")] == [
        f"{Initiative.objects.get(code='SIL').name}: The contract was signed on Tuesday."
    ]


def test_what_the_readers_may_not_see_is_taken_from_nobody() -> None:
    head, top = portfolio()
    with clock.at(LOCKED):
        turn()
        reader = Person.objects.get(name="Rita Reviewer").party_id
        restrict(OPERATOR, Initiative.objects.get(code="PRG"), [reader])
        lines = reports_below(as_readers(head, top), month(top))
    assert [one.initiative.code for one in lines] == ["SIL"]


def test_a_line_from_before_counts_by_its_age() -> None:
    old = json.loads('{"report": 7, "name": "Old", "age": 0}')
    assert read_line(old)["current"]
    assert not read_line({**old, "age": 4})["current"]
