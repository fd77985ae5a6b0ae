"""A report leaves as a workbook and comes back: nothing is lost, nothing is overwritten unseen."""

import io
from datetime import timedelta
from html import unescape

import openpyxl
import pytest
from tests.apps.cycles.test_forms import set_form
from tests.apps.cycles.workbooks import (
    SAID,
    answers,
    at,
    changed_here,
    confirmed,
    downloaded,
    draft,
    edited,
    rows_of,
    sent,
)
from tests.apps.cycles.world import FRIDAY, THURSDAY, WEDNESDAY, Programme
from tests.apps.worlds import browser, person

from steerco.apps.cycles.drafts import Typed, save_draft
from steerco.apps.cycles.kinds import KINDS
from steerco.apps.cycles.models import Cycle, Report
from steerco.apps.cycles.services import submit
from steerco.apps.cycles.turning import lock_cycle, turn
from steerco.kit import clock
from steerco.kit.permissions import Actor

pytestmark = pytest.mark.django_db


def test_what_goes_out_unchanged_comes_back_without_a_difference(found: Programme) -> None:
    page = sent(browser(found.people[0]), found.report(), downloaded(found))
    assert page.status_code == 200
    assert page.context["seen"].answers == {}
    assert "says nothing that does not stand here already" in page.content.decode()


def test_it_comes_back_unchanged_in_another_language_too(found: Programme) -> None:
    writer = browser(found.people[0])
    data = downloaded(found)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    writer.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    assert sent(writer, found.report(), data).context["seen"].answers == {}
    data = downloaded(found, HTTP_ACCEPT_LANGUAGE="de")
    german = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet.cell(rows_of(sheet)["answer-q2"], 2).value == "yes"
    assert german.cell(rows_of(german)["answer-q2"], 2).value == "ja"
    changed = edited(data, answers(**{"answer-q2": "nein", "rating-overall": "Rot"}))
    assert sent(writer, found.report(), changed).context["seen"].answers == {
        "answer-q2": "no",
        "rating-overall": "red",
    }


def test_only_answers_can_be_typed_and_no_text_is_a_formula(found: Programme) -> None:
    book = openpyxl.load_workbook(io.BytesIO(downloaded(found)))
    sheet = book.worksheets[0]
    rows = rows_of(sheet)
    assert sheet.protection.sheet
    open_cells = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert open_cells == {f"B{row}" for row in rows.values()}
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    assert sheet.cell(rows["headline"], 2).value == "=1+1 and on"
    assert sheet.cell(rows["text-achieved"], 2).number_format == "@"
    assert [one.sheet_state for one in book.worksheets] == ["visible", "veryHidden", "veryHidden"]
    assert sheet.column_dimensions["E"].hidden
    kinds = {str(rule.sqref): rule.type for rule in sheet.data_validations.dataValidation}
    assert kinds[f"B{rows['rating-overall']}"] == "list"
    assert kinds[f"B{rows['path-by']}"] == "date"
    assert kinds[f"B{rows['answer-q1']}"] == "decimal"
    assert "Go-live" in str(sheet.cell(rows["text-achieved"], 4).value)


@pytest.mark.both_databases
def test_every_sort_of_answer_is_taken_and_the_report_waits_for_its_writer(found: Programme) -> None:
    said = {
        "headline": "-cmd|' /C calc'!A0",
        "rating-overall": "Red",
        "why-overall": "Steel is late",
        "rating-cost": "Green",
        "path-text": "Second supplier",
        "path-by": "15.01.2027",
        "text-achieved": "Über 5 m³ Beton – fertig",
        "answer-q1": 7.25,
        "answer-q2": "no",
        "answer-q3": "busy",
    }
    writer, report = browser(found.people[0]), found.report()
    page = sent(writer, report, edited(downloaded(found), answers(**said)))
    before = draft(found)
    assert len(page.context["seen"].differences) == len(said)
    assert before["headline"] == "=1+1 and on"
    assert confirmed(writer, report, page).status_code == 303
    content = draft(found)
    assert content["headline"] == "-cmd|' /C calc'!A0"
    assert content["ratings"] == {
        "overall": {"value": "red", "why": "Steel is late"},
        "cost": {"value": "green", "why": ""},
    }
    assert content["path"] == {"text": "Second supplier", "by": "2027-01-15"}
    assert content["texts"]["achieved"] == "Über 5 m³ Beton – fertig"
    assert content["answers"] == {"q1": "7.25", "q2": "no", "q3": "busy"}
    assert "entered" not in content
    assert found.report().state == "due"


def test_an_answer_that_was_emptied_is_emptied_only_when_chosen(found: Programme) -> None:
    writer, report = browser(found.people[0]), found.report()
    page = sent(writer, report, edited(downloaded(found), answers(**{"answer-q3": None, "path-by": ""})))
    assert {one.keep for one in page.context["seen"].differences} == {"now"}
    assert confirmed(writer, report, page, answer__q3="file").status_code == 303
    assert (draft(found)["answers"]["q3"], draft(found)["path"]["by"]) == ("", "2026-12-18")


def test_of_what_changed_on_both_sides_the_text_here_stays_unless_chosen(found: Programme) -> None:
    writer, report = browser(found.people[0]), found.report()
    typed = {"headline": "Theirs", "text-achieved": "File", "why-overall": "File"}
    data = edited(downloaded(found), answers(**typed))
    changed_here(found, headline="Rita's", texts={"achieved": "Rita's wall"})
    page = sent(writer, report, data)
    marked = {one.name: (one.is_conflict, one.keep) for one in page.context["seen"].differences}
    assert marked == {
        "headline": (True, "now"),
        "text-achieved": (True, "now"),
        "why-overall": (False, "file"),
    }
    html = unescape(page.content.decode())
    assert "changed on both sides" in html
    assert "Rita's wall" in html
    assert confirmed(writer, report, page, headline="file").status_code == 303
    assert draft(found)["headline"] == "Theirs"
    assert draft(found)["texts"]["achieved"] == "Rita's wall"
    assert draft(found)["ratings"]["overall"]["why"] == "File"


@pytest.mark.both_databases
def test_what_is_written_between_looking_and_taking_is_not_overwritten(found: Programme) -> None:
    writer, report = browser(found.people[0]), found.report()
    page = sent(writer, report, edited(downloaded(found), answers(headline="Theirs")))
    changed_here(found, headline="Written meanwhile")
    stale = confirmed(writer, report, page)
    assert stale.status_code == 409
    assert "was changed meanwhile" in stale.content.decode()
    assert draft(found)["headline"] == "Written meanwhile"
    assert [(one.is_conflict, one.keep) for one in stale.context["seen"].differences] == [(True, "now")]
    assert confirmed(writer, report, stale, headline="file").status_code == 303
    assert draft(found)["headline"] == "Theirs"


def test_also_ones_own_newer_text_is_not_overwritten(found: Programme) -> None:
    writer, report = browser(found.people[0]), found.report()
    page = sent(writer, report, edited(downloaded(found), answers(headline="File")))
    with clock.at(THURSDAY + timedelta(minutes=90)):
        save_draft(found.writer(), report, Typed(**{**SAID, "headline": "Typed"}))  # type: ignore[arg-type]
    assert confirmed(writer, report, page).status_code == 409
    assert draft(found)["headline"] == "Typed"


def test_saving_the_same_again_between_looking_and_taking_hinders_nobody(found: Programme) -> None:
    writer, report = browser(found.people[0]), found.report()
    page = sent(writer, report, edited(downloaded(found), answers(headline="File")))
    changed_here(found)
    assert confirmed(writer, report, page).status_code == 303
    assert draft(found)["headline"] == "File"


def test_who_enters_for_somebody_leaves_the_workbook_as_source(found: Programme) -> None:
    office, report = browser(found.rita), found.report()
    page = sent(office, report, edited(downloaded(found), answers(headline="Sent by mail")), "from-anna.xlsx")
    assert confirmed(office, report, page).status_code == 303
    entered = draft(found)["entered"]
    assert (entered["source"], entered["on"]) == ("file", "2026-11-26")
    assert entered["note"] == "Entered from the workbook from-anna.xlsx."


def test_facts_that_were_put_first_or_left_out_stay_so(found: Programme) -> None:
    changed_here(found, dropped=["reached:1"], promoted=["moved:2"])
    writer, report = browser(found.people[0]), found.report()
    page = sent(writer, report, edited(downloaded(found), answers(headline="New")))
    confirmed(writer, report, page)
    assert (draft(found)["dropped"], draft(found)["promoted"]) == (["reached:1"], ["moved:2"])


def test_a_question_that_came_or_went_since_is_told(found: Programme) -> None:
    writer, report = browser(found.people[0]), found.report()
    data = edited(downloaded(found), answers(**{"answer-q3": "busy", "headline": "New"}))
    set_form(found, **{"ask-3-label": "", "ask-4-label": "Weather", "ask-4-type": "text"})
    page = sent(writer, report, data)
    assert page.context["seen"].left_out == ["Mood"]
    assert confirmed(writer, report, page).status_code == 303
    assert draft(found)["headline"] == "New"


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_of_every_kind_goes_out_and_comes_back(found: Programme, kind: str) -> None:
    writer, report = browser(found.people[0]), found.report()
    Report.objects.filter(pk=report.pk).update(kind=kind)
    data = downloaded(found)
    assert sent(writer, report, data).context["seen"].answers == {}
    part = KINDS[kind].parts[-1]
    page = sent(writer, report, edited(data, answers(**{f"text-{part}": "New"})))
    assert [one.name for one in page.context["seen"].differences] == [f"text-{part}"]
    assert confirmed(writer, report, page).status_code == 303
    assert draft(found)["texts"][part] == "New"
    assert draft(found)["headline"] == "=1+1 and on"


def test_the_last_report_stands_beside_the_answers(found: Programme) -> None:
    with clock.at(THURSDAY + timedelta(hours=1)):
        submit(found.writer(), found.report())
    with clock.at(WEDNESDAY):
        lock_cycle(Actor.operator("test"), Cycle.objects.get().pk)
    with clock.at(WEDNESDAY + timedelta(days=2)):
        turn()
        report = found.report(end=FRIDAY + timedelta(days=7))
        answer = browser(found.people[0]).get(at(report, "workbook/"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = rows_of(sheet)
    beside = {key: sheet.cell(row, 3).value for key, row in rows.items()}
    assert (beside["headline"], beside["rating-overall"]) == ("=1+1 and on", "Amber")
    assert (beside["answer-q2"], beside["text-achieved"]) == ("yes", "+ The wall\n  and\tthe roof")
    assert sheet.cell(rows["rating-overall"], 2).value == "Amber"
    assert sheet.cell(rows["text-achieved"], 2).value is None


def test_a_report_that_is_no_longer_open_gives_and_takes_none(found: Programme) -> None:
    writer, report = browser(found.people[0]), found.report()
    data = edited(downloaded(found), answers(headline="Too late"))
    page = sent(writer, report, data)
    with clock.at(THURSDAY + timedelta(hours=1)):
        submit(found.writer(), report)
    before = draft(found)
    for answer in (writer.get(at(report, "workbook/")), sent(writer, report, data)):
        assert answer.status_code == 409
        assert "This report is “in review” and no longer open" in unescape(answer.content.decode())
    assert confirmed(writer, report, page).status_code == 409
    assert draft(found) == before


def test_only_who_writes_the_report_gets_and_sends_it(found: Programme) -> None:
    data, report = edited(downloaded(found), answers(headline="Mine")), found.report()
    before = draft(found)
    sponsor = browser(person("Sue Sponsor", "sponsor", found.root))
    reader = browser(person("Vera Viewer", "viewer"))
    outside = browser(person("Sam Stranger", staff=False))
    for client, status in ((sponsor, 403), (reader, 403), (browser(found.people[1]), 403), (outside, 404)):
        assert client.get(at(report, "workbook/")).status_code == status
        assert sent(client, report, data).status_code == status
    page = sent(browser(found.people[0]), report, data)
    assert confirmed(reader, report, page).status_code == 403
    assert draft(found) == before
