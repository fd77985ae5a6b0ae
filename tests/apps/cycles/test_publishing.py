"""The pack of a frozen report shows what was frozen, in every format, whatever happened since."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from tests.apps.cycles.test_consolidation import GREEN, PATH, RED, consolidated, reported
from tests.apps.cycles.world import FRIDAY, THURSDAY, WEDNESDAY, programme
from tests.apps.worlds import OPERATOR, browser, person, record

from steerco.apps.cycles.drafts import Typed
from steerco.apps.cycles.models import FrozenReport
from steerco.apps.cycles.services import freeze, submit
from steerco.apps.cycles.turning import turn
from steerco.apps.initiatives.records import write_records
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.reporting.models import Pack
from steerco.apps.reporting.published import published_content
from steerco.apps.reporting.services import build_pack, request_pack
from steerco.exchange.packs.printable import fingerprint
from steerco.exchange.packs.ratings import RatingValue
from steerco.kit import clock
from steerco.kit.history import Change

pytestmark = pytest.mark.django_db


def frozen() -> FrozenReport:
    found = reported()
    with clock.at(WEDNESDAY):
        turn()
        typed = Typed("One is red.", RED, PATH, {"summary": "The supplier decides."})
        return freeze(OPERATOR, submit(found.reviewer, consolidated(), typed))


def test_it_holds_the_ratings_the_questions_the_risks_and_who_is_missing() -> None:
    content = published_content(frozen())
    assert content.title == "Weekly report, week 48, 2026"
    assert content.labels.projects == "Initiatives"  # they are workstreams
    assert [(row.code, row.cells[0] and row.cells[0].value) for row in content.ratings] == [
        ("WS1", RatingValue.RED),
        ("WS3", RatingValue.NOT_REPORTED),
        ("WS2", RatingValue.GREEN),
    ]
    assert [d.question for d in content.decisions] == ["Decide on the second supplier by Friday."]
    assert [(r.title, r.score) for r in content.risks] == [("The supplier fails", 20)]
    assert [(m.project, m.name) for m in content.milestones] == [("Ws2 initiative", "Pilot")]
    assert [page.name for page in content.projects] == ["Prg initiative", "Ws1 initiative", "Ws2 initiative"]
    assert (content.coverage.official, content.coverage.projects) == (True, 2)
    assert [(e.reason, e.count) for e in content.coverage.excluded] == [("not reported", 1)]


def test_a_decision_that_is_wanted_stands_with_its_options_as_they_were_frozen() -> None:
    found = programme(streams=1)
    options = [
        {"key": "o1", "title": "Go live", "days": 0},
        {"key": "o2", "title": "Wait for the bank", "days": 60, "money": 28_500_000},
    ]
    words = {"recommendation": "Go live.", "silence_verdict": "", "silence_clause": ""}
    with clock.at(THURSDAY):
        put = {
            "options": options,
            "currency": "GBP",
            "days": 60,
            "decide_by": FRIDAY,
            "decider": found.rita.party,
        }
        paper = record("decision", found.streams[0], "Go live or wait?", state="asked", **put, **words)
        turn()
        row = submit(found.writer(), found.report(), Typed("Fine.", GREEN))
    with clock.at(WEDNESDAY):
        turn()
        write_records(OPERATOR, type(paper), [Change({"options": []}, pk=paper.pk)])
    decision = published_content(FrozenReport.objects.get(report=row)).decisions[0]
    assert decision.options == ("Go live · +0 days", "Wait for the bank · +60 days · +GBP\xa0285,000")
    assert (decision.recommendation, decision.consequence) == ("Go live.", "+60 working days")


def test_it_is_compared_with_the_day_up_to_which_the_report_before_told() -> None:
    found = programme(streams=1)
    for week in (timedelta(), timedelta(days=7)):
        with clock.at(THURSDAY + week):
            turn()
            submit(found.writer(), found.report(end=FRIDAY + week), Typed("Fine.", GREEN))
        with clock.at(WEDNESDAY + week):
            turn()
    content = published_content(FrozenReport.objects.filter(report__kind="weekly").latest("frozen_at"))
    assert (content.as_of, content.compare) == (FRIDAY + timedelta(days=7), FRIDAY)


def test_what_happens_later_changes_nothing_of_it() -> None:
    found = frozen()
    before = fingerprint(published_content(found))
    place = found.report.initiative
    record("risk", place, "A new one", current_probability=5, current_impact=5)
    write_initiatives(OPERATOR, [Change({"name": "Renamed"}, pk=place.pk)])
    with clock.at(WEDNESDAY + timedelta(days=7)):
        turn()
    assert fingerprint(published_content(FrozenReport.objects.get(pk=found.pk))) == before


@pytest.mark.slow
def test_every_format_is_built_and_kept() -> None:
    found = frozen()
    place = found.report.initiative
    pack = request_pack(OPERATOR, place, as_of=FRIDAY, formats=["pptx", "pdf", "docx", "xlsx"], frozen=found)
    built = build_pack(OPERATOR, pack, lambda done, total, what: None)
    assert sorted(built.files.values_list("format", flat=True)) == ["docx", "pdf", "pptx", "xlsx"]
    for file in built.files.all():
        assert (Path(settings.MEDIA_ROOT) / file.path).stat().st_size > 5_000


def test_a_frozen_consolidated_report_has_its_documents_one_click_away() -> None:
    found = frozen()
    office = browser(person("Olga Office", "pmo_analyst"))
    url = f"/reporting/reports/{found.report_id}/"
    assert f"/packs/of-report/{found.report_id}/" in office.get(url).content.decode()
    answer = office.post(f"/packs/of-report/{found.report_id}/")
    assert answer.status_code == 303
    assert Pack.objects.get().frozen == found
    own = FrozenReport.objects.exclude(pk=found.pk)[0].report_id
    assert office.post(f"/packs/of-report/{own}/").status_code == 303


def test_a_report_by_itself_is_a_document_of_its_own() -> None:
    frozen()
    own = FrozenReport.objects.get(report__initiative__code="WS1")
    content = published_content(own)
    assert [page.name for page in content.projects] == ["Ws1 initiative, Weekly report, week 48, 2026"]
    assert content.alone
    assert [(row.code, row.cells[0] and row.cells[0].value) for row in content.ratings] == [
        ("WS1", RatingValue.RED)
    ]
    assert [(r.title, r.score) for r in content.risks] == [("The supplier fails", 20)]
    assert (content.coverage.projects, content.coverage.excluded) == (1, ())
    before = fingerprint(content)
    record("risk", own.report.initiative, "A new one", current_probability=5, current_impact=5)
    assert fingerprint(published_content(own)) == before


def test_a_report_that_is_not_frozen_has_none() -> None:
    reported()
    with clock.at(WEDNESDAY):
        turn()
    report = consolidated()
    office = browser(person("Olga Office", "pmo_analyst"))
    assert "of-report" not in office.get(f"/reporting/reports/{report.pk}/").content.decode()
    assert office.post(f"/packs/of-report/{report.pk}/").status_code == 404
