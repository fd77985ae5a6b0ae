"""What is frozen is compared and corrected; a lock moves with its reason."""

import json
from datetime import timedelta

import pytest
from tests.apps.cycles.test_consolidation import PATH, RED, consolidated, reported
from tests.apps.cycles.world import FRIDAY, THURSDAY, WEDNESDAY, Programme, milestone, programme
from tests.apps.worlds import OPERATOR, actor, browser, person, posted

from steerco.apps.cycles.corrections import corrected, corrected_since
from steerco.apps.cycles.differences import difference, marked
from steerco.apps.cycles.drafts import Typed
from steerco.apps.cycles.models import Cycle, FrozenReport, Report
from steerco.apps.cycles.services import approve, submit
from steerco.apps.cycles.turning import turn
from steerco.apps.followups.models import FollowUp
from steerco.apps.initiatives.records import write_records
from steerco.apps.notices.models import Notice
from steerco.apps.planning.models import Milestone
from steerco.kit import clock
from steerco.kit.history import Change

pytestmark = pytest.mark.django_db
NEXT = FRIDAY + timedelta(days=7)
GREEN = {"overall": {"value": "green", "why": ""}}


def two_weeks() -> Programme:
    """A workstream that reported green, then red, with a milestone that moved between."""
    found = programme()
    with clock.at(THURSDAY):
        row = milestone(found.streams[0], "Pilot", baseline=FRIDAY, forecast=NEXT)
        turn()
        texts = {"achieved": "The north wall stands."}
        submit(
            found.writer(), found.report(), Typed("On plan.", GREEN | {"schedule": RED["overall"]}, {}, texts)
        )
    with clock.at(WEDNESDAY):
        turn()
        write_records(OPERATOR, Milestone, [Change({"forecast": NEXT + timedelta(days=14)}, pk=row.pk)])
        texts = {"achieved": "The south wall stands."}
        submit(found.writer(), found.report(end=NEXT), Typed("Late.", RED, PATH, texts))
    with clock.at(WEDNESDAY + timedelta(days=7)):
        turn()
    return found


def test_two_reports_are_compared_in_ratings_words_and_facts() -> None:
    found = two_weeks()
    report = found.report(end=NEXT)
    page = browser(found.rita).get(f"/reporting/reports/{report.pk}/compare/").content.decode()
    assert "<del>north</del> <ins>south</ins>" in page
    assert "<del>On plan.</del> <ins>Late.</ins>" in page
    assert "moved by" in page
    first = FrozenReport.objects.get(report=found.report())
    assert (
        browser(found.rita).get(f"/reporting/reports/{report.pk}/compare/?with={first.pk}").status_code == 200
    )
    assert browser(found.rita).get(f"/reporting/reports/{report.pk}/compare/?with=999").status_code == 404
    page = browser(found.rita).get(f"/reporting/reports/{found.report().pk}/compare/").content.decode()
    assert "There is nothing to compare with yet." in page


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("", "", ""),
        ("a", "a", "a"),
        ("", "new", "<ins>new</ins>"),
        ("old", "", "<del>old</del>"),
        ("one two three", "one 2 three", "one <del>two</del> <ins>2</ins> three"),
        ("<b>", "<i>", "<del>&lt;b&gt;</del> <ins>&lt;i&gt;</ins>"),
    ],
)
def test_words_are_marked_and_nothing_is_taken_for_markup(before: str, after: str, shown: str) -> None:
    assert marked(before, after) == shown


def test_a_correction_is_a_newer_edition_told_to_whom_the_wrong_one_reached() -> None:
    found = reported()
    with clock.at(WEDNESDAY):
        turn()
        above = submit(found.reviewer, consolidated(), Typed("One is red.", RED, PATH))
        sponsor = person("Sara Sponsor", "sponsor", found.root)
        approve(actor(sponsor), above)
        old = FrozenReport.objects.get(report=found.report(0))
    with clock.at(WEDNESDAY + timedelta(hours=1)):
        url = f"/reporting/reports/{found.report(0).pk}/"
        writer = browser(found.people[0])
        typed = {
            "rating-overall": "amber",
            "headline": "Nearly.",
            "path-text": "Soon.",
            "path-by": "2026-12-18",
        }
        refused = writer.post(f"{url}correct/", {**typed, "text-help": "", "what": " "})
        assert refused.status_code == 422
        page = posted(writer, f"{url}correct/", {**typed, "text-help": "No help.", "what": "It was amber."})
        assert "Corrected:" in page
        assert "It was amber." in page
        same = {"text-help": "No help.", **typed, "what": "Again."}
        assert writer.post(f"{url}correct/", same).status_code == 422
    editions = list(FrozenReport.objects.filter(report=found.report(0)).order_by("number"))
    assert [one.number for one in editions] == [1, 2]
    assert (editions[0].content, editions[0].digest) == (old.content, old.digest)
    was, now = (json.loads(one.content) for one in editions)
    assert [part["facts"] for part in now["parts"]] == [part["facts"] for part in was["parts"]]
    assert found.report(0).rating == "amber"
    told = set(Notice.objects.filter(kind="cycles.corrected").values_list("person", flat=True))
    assert told == {found.rita.pk}
    frozen = FrozenReport.objects.get(report__kind="consolidated")
    assert [one.report_id for one in corrected_since(frozen)] == [found.report(0).pk]
    page = browser(found.rita).get(f"/reporting/reports/{frozen.report_id}/").content.decode()
    assert "Corrected since this was frozen" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"rating-overall": ""}, "Say how it stands."),
        ({"rating-overall": "amber"}, "Say how it gets back to green."),
        ({"rating-overall": "green", "rating-schedule": "green"}, "Explain the difference in a sentence."),
    ],
)
def test_a_correction_lacks_nothing_that_a_report_needs(typed: dict[str, str], said: str) -> None:
    found = two_weeks()
    url = f"/reporting/reports/{found.report(end=NEXT).pk}/correct/"
    refused = browser(found.people[0]).post(url, {"text-help": "Not lost.", "what": "All of it.", **typed})
    assert refused.status_code == 422
    assert "Not lost." in refused.content.decode()
    assert said in refused.content.decode()
    assert FrozenReport.objects.filter(report=found.report(end=NEXT)).count() == 1


def test_strangers_correct_nothing() -> None:
    found = two_weeks()
    url = f"/reporting/reports/{found.report().pk}/correct/"
    assert browser(found.people[1]).get(url).status_code in (403, 404)
    assert browser(person("Vera Viewer", "viewer", found.root)).post(url, {"what": "x"}).status_code == 403


def test_a_lock_is_moved_with_its_reason_and_what_is_owed_with_it() -> None:
    found = programme()
    office = browser(person("Olga Office", "pmo_analyst"))
    with clock.at(THURSDAY):
        turn()
        cycle = Cycle.objects.get()
        url = f"/reporting/cycles/{cycle.pk}/move/"
        later = {"lock_at": "2026-12-04T12:00", "reason": "The board meets on Monday."}
        for wrong in (
            {**later, "reason": " "},
            {**later, "lock_at": "soon"},
            {**later, "lock_at": "2026-01-01T00:00"},
        ):
            posted(office, url, wrong)
            cycle.refresh_from_db()
            assert cycle.moved == ""
        page = posted(office, url, later)
        assert "The board meets on Monday." in page
        cycle.refresh_from_db()
        assert cycle.lock_at.date().isoformat() == "2026-12-04"
        assert set(Report.objects.values_list("due_on", flat=True)) == {cycle.lock_at.date()}
        asked = FollowUp.objects.filter(kind="report.write", state="open")
        assert set(asked.values_list("due", flat=True)) == {cycle.lock_at.date()}
        assert browser(found.people[0]).post(url, later).status_code == 403
    with clock.at(WEDNESDAY):
        assert turn()["locked"] == 0


def test_every_edition_stays_to_be_read_and_a_corrected_one_is_no_report_without_a_change() -> None:
    found = two_weeks()
    report, reader = found.report(), browser(found.rita)
    FrozenReport.objects.get(report=report)
    url = f"/reporting/reports/{report.pk}/"
    assert "Editions" not in reader.get(url).content.decode()
    form = reader.get(f"{url}correct/").content.decode()
    assert 'value="amber"' in form
    assert "amber-red" not in form
    typed = {
        "what": "It was late.",
        "headline": "Not on plan.",
        "rating-overall": "green",
        "text-achieved": "",
    }
    page = posted(reader, f"{url}correct/", typed)
    assert "Not on plan." in page
    assert "?edition=1" in page
    first = reader.get(f"{url}?edition=1").content.decode()
    assert "On plan." in first
    assert "Not on plan." not in first
    assert "(edition 1)" in reader.get(f"{url}compare/").content.decode()
    assert reader.get(f"{url}?edition=3").status_code == 404
    assert reader.get(f"{url}?edition=x").status_code == 404


def test_a_corrected_report_no_longer_says_that_nothing_changed() -> None:
    said = {"headline": "On plan.", "ratings": [], "path": {}, "parts": [], "unchanged": True}
    assert corrected(said, Typed("On plan.", {}, {}))["unchanged"] is True
    assert corrected(said, Typed("Late.", {}, {}))["unchanged"] is False


def test_a_question_of_yes_or_no_is_asked_so_in_a_correction() -> None:
    question = {"key": "q1", "label": "Is it safe?", "type": "yes_no"}
    found = programme(layout={"questions": [question]})
    with clock.at(THURSDAY):
        turn()
        url = f"/reporting/reports/{found.report().pk}/"
        writer = browser(found.people[0])
        posted(
            writer, url, {"rating-overall": "green", "text-achieved": "", "answer-q1": "no", "take": "submit"}
        )
    with clock.at(WEDNESDAY):
        turn()
    form = writer.get(f"{url}correct/").content.decode()
    assert '<option value="no" selected>' in form


def test_two_reports_of_a_level_say_what_those_below_report_otherwise() -> None:
    was = {"code": "A", "name": "Alpha", "value": "amber", "headline": "Slow."}
    same = {"code": "B", "name": "Beta", "value": "green", "headline": "Fine."}
    empty = {"ratings": [], "headline": "", "path": {}, "parts": []}
    before = {**empty, "below": [was, same, {**same, "code": "C", "name": "Gone"}]}
    after = {**empty, "below": [{**was, "value": ""}, same]}
    found = difference(before, after).below
    assert [(one.name, one.turned.before, one.turned.after) for one in found] == [
        ("Alpha", "amber", "not_reported"),
        ("Gone", "green", ""),
    ]
    assert found[0].headline == "Slow."
