"""What a level below asks for becomes one decision paper, and its answer comes back."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from tests.apps.cycles.test_consolidation import PATH, RED, consolidated, reported
from tests.apps.cycles.world import WEDNESDAY, Programme
from tests.apps.worlds import OPERATOR, actor, browser, person, record

from steerco.apps.cycles.asking import asks_in, prepare_paper
from steerco.apps.cycles.drafts import Typed, open_page
from steerco.apps.cycles.models import FrozenReport, Report
from steerco.apps.cycles.services import freeze, submit
from steerco.apps.cycles.turning import turn
from steerco.apps.governance.models import Decision
from steerco.apps.governance.services import write_decisions
from steerco.apps.initiatives.services import restrict, write_initiatives
from steerco.apps.links.models import Relation
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db
QUESTION = "Decide on the second supplier by Friday."


def drafted() -> tuple[Programme, Report, int]:
    """A locked cycle, its consolidated report still due, and the entry of the report that asks."""
    found = reported()
    sponsor = person("Sara Sponsor", "sponsor", found.root)
    write_initiatives(OPERATOR, [Change({"sponsor": sponsor.party}, pk=found.root.pk)])
    with clock.at(WEDNESDAY):
        turn()
    return found, consolidated(), found.report(0).entry_id


def url(report: Report) -> str:
    return f"/reporting/reports/{report.pk}/paper/"


def decide(row: Decision) -> None:
    """Decided by somebody who may, as the log keeps it."""
    options = [{"key": "o1", "title": "Yes"}, {"key": "o2", "title": "No"}]
    for values in (
        {"options": options, "recommendation": "Yes."},
        {"state": "prepared"},
        {"state": "asked"},
    ):
        write_decisions(OPERATOR, [Change(values, pk=row.pk)])
    Decision.objects.filter(pk=row.pk).update(state="decided", decision="Yes", decided_on=WEDNESDAY.date())


def facts(found: Programme, report: Report, group: str) -> list[Any]:
    shown = open_page(found.reviewer, report).facts.get(group, [])
    return [(f["kind"], f["title"], f["place"]) for f in shown]


@pytest.mark.both_databases
def test_one_click_makes_the_paper_and_the_second_leads_to_it() -> None:
    found, report, entry = drafted()
    with clock.at(WEDNESDAY):
        rita = browser(found.rita)
        page = rita.get(f"/reporting/reports/{report.pk}/").content.decode()
        assert f'name="entry" value="{entry}"' in page
        first = rita.post(url(report), {"entry": entry})
        again = rita.post(url(report), {"entry": entry})
    row = Decision.objects.get()
    assert (first.status_code, first["Location"]) == (303, f"/registers/decisions/{row.pk}/")
    assert again["Location"] == first["Location"]
    assert (row.title, row.state, row.initiative_id) == (QUESTION, "draft", found.streams[0].pk)
    assert row.decide_by == date(2026, 12, 4)  # the end of the next week
    assert row.owner_id == found.rita.party_id
    assert str(row.decider) == "Sara Sponsor"  # of the level that is asked; Rita wrote the paper
    assert f"/reporting/reports/{found.report(0).pk}/" in row.background
    relation = Relation.objects.get(target=row.entry_id)
    assert (relation.source_id, relation.kind) == (entry, "causes")


def test_the_draft_shows_the_paper_in_place_of_the_words_and_then_its_answer() -> None:
    found, report, entry = drafted()
    with clock.at(WEDNESDAY):
        assert facts(found, report, "asked") == [("asked", QUESTION, "Ws1 initiative")]
        row = prepare_paper(found.reviewer, report, asks_in(found.reviewer, report, [entry])[entry])
        assert facts(found, report, "asked") == []
        assert facts(found, report, "decisions") == [("wanted", QUESTION, "Ws1 initiative")]
        text = browser(found.rita).get(f"/reporting/reports/{report.pk}/").content.decode()
        assert "decision wanted from Sara Sponsor by" in text
        decide(row)
        assert facts(found, report, "decisions") == []
        assert facts(found, report, "decided") == [("decided", QUESTION, "Ws1 initiative")]
        write_decisions(OPERATOR, [Change({"deleted": True}, pk=row.pk)])
        assert facts(found, report, "asked") == [("asked", QUESTION, "Ws1 initiative")]
    with clock.at(WEDNESDAY + timedelta(days=1)):
        Decision.objects.filter(pk=row.pk).update(deleted=False)
        turn()
        below = open_page(found.writer(0), found.report(0, end=date(2026, 12, 4)))
        assert [(f["kind"], f["title"]) for f in below.facts["decisions"]] == [("decided", QUESTION)]


def test_what_is_asked_in_a_frozen_report_becomes_a_paper_too() -> None:
    found, report, entry = drafted()
    with clock.at(WEDNESDAY):
        typed = Typed("One is red.", RED, PATH, {"summary": "The supplier decides."})
        frozen = freeze(OPERATOR, submit(found.reviewer, report, typed))
        before = frozen.digest
        rita = browser(found.rita)
        assert f'value="{entry}"' in rita.get(f"/reporting/reports/{report.pk}/").content.decode()
        assert rita.post(url(report), {"entry": entry}).status_code == 303
    assert Decision.objects.get().title == QUESTION
    assert FrozenReport.objects.get(report=report).digest == before
    assert json.loads(frozen.content)["parts"][1]["facts"][0]["kind"] == "asked"


def test_only_who_writes_above_and_may_add_below_makes_a_paper() -> None:
    found, report, entry = drafted()
    office = person("Pia Pmo", "pmo_analyst")
    others: list[Person] = [found.people[0], found.people[1], person("Vera Viewer", "viewer")]
    with clock.at(WEDNESDAY):
        (asked,) = asks_in(found.reviewer, report, [entry]).values()
        for who in others:
            assert asks_in(actor(who), report, [entry]) == {}
            assert browser(who).post(url(report), {"entry": entry}).status_code == 404
            with pytest.raises(Denied):
                prepare_paper(actor(who), report, asked)
        assert not Decision.objects.exists()
        assert browser(office).post(url(report), {"entry": entry}).status_code == 303
    row = Decision.objects.get()
    assert row.decider_id == found.rita.party_id  # who leads the level that is asked


def test_nonsense_and_what_the_report_does_not_tell_of_are_no_addresses() -> None:
    found, report, entry = drafted()
    with clock.at(WEDNESDAY):
        rita = browser(found.rita)
        for nonsense in ("", "x", "0", "9" * 40, str(report.entry_id), str(found.report(1).entry_id)):
            assert rita.post(url(report), {"entry": nonsense}).status_code == 404, nonsense
        assert rita.post(url(found.report(0)), {"entry": entry}).status_code == 404
        assert rita.get(url(report)).status_code == 405
    assert not Decision.objects.exists()


def test_where_the_decision_rights_name_somebody_else_the_paper_waits_for_them() -> None:
    found, report, entry = drafted()
    board = person("Berta Board", "sponsor", found.root)
    right = {"subject": "decision", "party": board.party}
    record("decision_right", found.root, "Suppliers", **right)
    with clock.at(WEDNESDAY):
        row = prepare_paper(found.reviewer, report, asks_in(found.reviewer, report, [entry])[entry])
        assert row.decider_id is None
        text = browser(found.rita).get(f"/reporting/reports/{report.pk}/").content.decode()
        assert "decision wanted from – by" in text
        write_decisions(OPERATOR, [Change({"recommendation": "Yes.", "state": "prepared"}, pk=row.pk)])
    row.refresh_from_db()
    assert row.decider_id == board.party_id


def test_what_is_restricted_by_itself_becomes_no_paper() -> None:
    found, report, entry = drafted()
    restrict(OPERATOR, found.report(0), [found.rita.party_id])
    with clock.at(WEDNESDAY):
        assert asks_in(found.reviewer, report, [entry]) == {}
        assert browser(found.rita).post(url(report), {"entry": entry}).status_code == 404
