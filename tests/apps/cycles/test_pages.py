"""Reports are written, reviewed and read in the browser."""

import re
from datetime import date, timedelta

import pytest
from django.utils import translation
from tests.apps.cycles.world import FRIDAY, THURSDAY, WEDNESDAY, milestone, programme
from tests.apps.worlds import OPERATOR, browser, person, posted

from steerco.apps.cycles.models import Cadence, Cycle, Draft
from steerco.apps.cycles.services import write_cadences
from steerco.apps.cycles.turning import asked_by, lock_cycle, next_round, turn
from steerco.apps.escalation.services import write_tolerances
from steerco.kit import clock
from steerco.kit.history import Change, Invalid

pytestmark = pytest.mark.django_db


def test_a_report_is_saved_while_it_is_written_submitted_and_reviewed() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        writer, reviewer = browser(found.people[0]), browser(found.rita)
        url = f"/reporting/reports/{found.report().pk}/"
        page = writer.get(url).content.decode()
        assert "What was achieved" in page
        typed = {"headline": "On plan.", "text-achieved": "The wall stands.", "seconds": "45"}
        saved = writer.post(f"{url}draft/", typed)
        assert saved.status_code == 200
        assert "Saved at" in saved.content.decode()
        draft = Draft.objects.get()
        assert (draft.seconds, draft.content["texts"]["achieved"]) == (45, "The wall stands.")
        assert "The wall stands." in writer.get(url).content.decode()
        refused = writer.post(url, {**typed, "take": "submit"})
        assert refused.status_code == 422
        assert "Say how it stands." in refused.content.decode()
        assert "The wall stands." in refused.content.decode()
        page = posted(writer, url, {**typed, "rating-overall": "green", "take": "submit"})
        assert "in review" in page
        page = posted(reviewer, url, {"take": "return", "comment": "Which wall?"})
        assert "sent back" in writer.get("/registers/reports/?group=all").content.decode()
        assert "Which wall?" in writer.get(url).content.decode()
        posted(
            writer,
            url,
            {**typed, "text-achieved": "The north wall.", "rating-overall": "green", "take": "submit"},
        )
        assert "approved" in posted(reviewer, url, {"take": "approve"})


def test_how_ratings_are_computed_is_said_with_the_limits_of_the_place() -> None:
    found = programme()
    stream, reader = found.streams[0], browser(found.people[0])
    agreed = {"initiative": found.root, "area": "time", "title": "Time", "days": 7}
    write_tolerances(OPERATOR, [Change(agreed)])
    usual = reader.get("/reporting/ratings/").content.decode()
    assert "up to 5 working days late" in usual
    assert "within ±5 %" in usual
    assert "agreed tolerance" not in usual
    here = reader.get(f"/reporting/ratings/?in={stream.code}").content.decode()
    assert "up to 7 working days late" in here
    assert "agreed tolerance" in here
    assert reader.get("/reporting/ratings/?in=NOWHERE").status_code == 404
    with clock.at(THURSDAY):
        turn()
        page = reader.get(f"/reporting/reports/{found.report().pk}/").content.decode()
        assert f'href="/reporting/ratings/?in={stream.code}"' in page


def test_what_was_typed_stands_on_the_page_of_a_refused_report() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        url = f"/reporting/reports/{found.report().pk}/"
        refused = browser(found.people[0]).post(
            url, {"text-achieved": "Never saved before.", "take": "submit"}
        )
    assert refused.status_code == 422
    assert "Never saved before." in refused.content.decode()


def test_what_is_being_written_is_not_shown_to_readers() -> None:
    found = programme()
    reader = browser(person("Vera Viewer", "viewer", found.root))
    with clock.at(THURSDAY):
        turn()
        url = f"/reporting/reports/{found.report().pk}/"
        browser(found.people[0]).post(f"{url}draft/", {"text-achieved": "Half a thought"})
        page = reader.get(url).content.decode()
    assert "It is being written." in page
    assert "Half a thought" not in page


def test_two_who_write_at_once_are_told_and_nothing_is_lost() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        url = f"/reporting/reports/{found.report().pk}/draft/"
        first = browser(found.people[0]).post(url, {"text-achieved": "Mine"})
        seen = re.search(r'name="seen" value="([^"]+)"', first.content.decode())
        assert seen
    with clock.at(WEDNESDAY.replace(day=1)):
        browser(found.rita).post(url, {"text-achieved": "Hers", "seen": seen[1]})
        again = browser(found.people[0]).post(url, {"text-achieved": "Mine again", "seen": seen[1]})
    assert again.status_code == 422
    assert "Somebody else is writing here too" in again.content.decode()
    assert Draft.objects.get().content["texts"]["achieved"] == "Hers"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("rating-overall", "purple", "There is no such rating."),
        ("path-by", "soon", "This is no date."),
        ("text-achieved", "x" * 5001, "At most 5000 characters"),
    ],
)
def test_nonsense_comes_back_with_what_is_wrong(field: str, value: str, said: str) -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        url = f"/reporting/reports/{found.report().pk}/"
        answer = browser(found.people[0]).post(f"{url}draft/", {"text-planned": "", field: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Draft.objects.exists()


def test_what_is_refused_comes_back_as_it_was_typed() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        url = f"/reporting/reports/{found.report().pk}/"
        typed = {
            "take": "submit",
            "headline": "All is well.",
            "text-planned": "The pilot.",
            "rating-overall": "green",
        }
        answer = browser(found.people[0]).post(url, {**typed, "text-achieved": "y" * 5001})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "At most 5000 characters" in shown
    assert 'value="All is well."' in shown
    assert "The pilot." in shown
    assert "y" * 5001 in shown
    assert 'name="rating-overall" value="green" checked' in shown
    assert not Draft.objects.exists()


def test_the_office_sees_who_has_reported_and_locks_before_the_time() -> None:
    found = programme()
    office = browser(person("Olga Office", "pmo_analyst"))
    with clock.at(THURSDAY):
        turn()
        writer = browser(found.people[0])
        url = f"/reporting/reports/{found.report().pk}/"
        posted(writer, url, {"text-achieved": "", "rating-overall": "green", "take": "submit"})
        cycle = Cycle.objects.get()
        page = office.get(f"/reporting/cycles/{cycle.pk}/").content.decode()
        assert "of 2" in page
        assert "Weekly report" in office.get("/reporting/").content.decode()
        assert writer.post(f"/reporting/cycles/{cycle.pk}/lock/").status_code in (403, 404)
        page = office.get(f"/reporting/cycles/{cycle.pk}/").content.decode()
        assert "It cannot be unlocked again." in page
        page = posted(office, f"/reporting/cycles/{cycle.pk}/lock/", {})
        assert "not reported" in page
        assert "Consolidated report" in page
        assert "not reviewed" in office.get(url).content.decode()


def test_a_rating_that_looks_better_than_the_figures_has_its_sentence_at_hand() -> None:
    found = programme()
    with clock.at(THURSDAY):
        milestone(found.streams[0], "Pilot", baseline=THURSDAY.date() - timedelta(days=90), tier="gate")
        turn()
        page = browser(found.people[0]).get(f"/reporting/reports/{found.report().pk}/").content.decode()
    assert 'data-sc-better="green amber-green amber amber-red"' in page
    assert '<div data-sc-why hidden><label class="form-label" for="sc-why-overall">' in page


def test_the_way_back_to_green_ends_on_a_day_that_is_to_come() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        writer, url = browser(found.people[0]), f"/reporting/reports/{found.report().pk}/"
        typed = {
            "rating-overall": "red",
            "text-achieved": "",
            "path-text": "The bank delivers.",
            "take": "submit",
        }
        refused = writer.post(url, {**typed, "path-by": "2026-11-25"})
        assert refused.status_code == 422
        assert "That day is over: say by when it is green again." in refused.content.decode()
        assert "in review" in posted(writer, url, {**typed, "path-by": "2026-11-26"})


@pytest.mark.parametrize(("language", "said"), [("en-gb", "31/12/2026"), ("de", "31.12.2026")])
def test_own_dates_are_read_as_the_language_writes_them(language: str, said: str) -> None:
    found = programme()
    values = {"initiative": found.root, "title": "On own dates", "kind": "highlight", "rhythm": "own"}
    with translation.override(language):
        row = write_cadences(OPERATOR, [Change({**values, "own_ends": f"{said}\n2026-11-30\n{said}"})])[0]
        assert row.own_ends == "2026-11-30\n2026-12-31"
        assert row.anchor == date(2026, 11, 30)
        with pytest.raises(Invalid) as refused:
            write_cadences(OPERATOR, [Change({**values, "own_ends": "soon"})])
        assert said in refused.value.errors[0]["own_ends"][0]


def test_only_a_calendar_of_periods_says_when_one_ends() -> None:
    found = programme()
    with pytest.raises(Invalid) as refused:
        write_cadences(OPERATOR, [Change({"initiative": found.root, "title": "Weekly", "kind": "lite"})])
    assert refused.value.errors[0].keys() == {"anchor"}


def test_whoever_reports_sees_at_home_that_it_was_sent_back() -> None:
    found = programme()
    with clock.at(THURSDAY):
        turn()
        writer, url = browser(found.people[0]), f"/reporting/reports/{found.report().pk}/"
        assert ">No change<" in writer.get("/").content.decode()
        posted(writer, url, {"text-achieved": "", "rating-overall": "green", "take": "submit"})
        posted(browser(found.rita), url, {"take": "return", "comment": "Which wall?"})
        page = writer.get("/").content.decode()
    assert "Sent back: report on Ws1 initiative" in page
    assert ">No change<" not in page


def test_a_calendar_says_when_it_asks_next_and_whom() -> None:
    found = programme()
    with clock.at(THURSDAY):
        url = f"/registers/reporting-calendars/{found.cadence.pk}/"
        page = browser(found.rita).get(url).content.decode()
        assert "week 48, 2026: opens 25/11/2026, due 30/11/2026, locked 02/12/2026." in page
        assert "Ws1 initiative" in page
        assert "Ws2 initiative" in page
        Cadence.objects.filter(pk=found.cadence.pk).update(ends=date(2026, 11, 25))
        assert (
            "It asks for nothing in the next hundred days." in browser(found.rita).get(url).content.decode()
        )


def test_a_calendar_leaves_to_a_nearer_one_of_its_kind_what_that_one_asks() -> None:
    found = programme()
    near = {"title": "Its own", "kind": "weekly", "covers": "itself", "anchor": FRIDAY}
    write_cadences(OPERATOR, [Change({"initiative": found.streams[0], **near})])
    with clock.at(THURSDAY):
        assert list(asked_by(found.cadence)) == [found.streams[1]]


def test_a_period_that_was_locked_early_is_not_the_next_one() -> None:
    found = programme()
    with clock.at(THURSDAY):
        assert next_round(found.cadence, THURSDAY.date())[0].end == FRIDAY  # type: ignore[index]
        turn()
        lock_cycle(OPERATOR, Cycle.objects.get().pk)
        coming = next_round(found.cadence, THURSDAY.date())
    assert coming is not None
    assert coming[0].end == FRIDAY + timedelta(days=7)
