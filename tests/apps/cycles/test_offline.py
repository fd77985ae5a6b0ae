"""A report leaves as a workbook and comes back: nothing is lost, nothing is overwritten unseen."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.apps.cycles.test_forms import set_form
from tests.apps.cycles.world import THURSDAY, Programme, milestone, programme
from tests.apps.worlds import browser, person

from steerco.apps.cycles.drafts import Typed, save_draft
from steerco.apps.cycles.models import Draft, Report
from steerco.apps.cycles.services import submit
from steerco.apps.cycles.turning import turn
from steerco.kit import clock

pytestmark = pytest.mark.django_db
Edit = Callable[[Any], None]
SAID = {
    "headline": "=1+1 and on",
    "ratings": {"overall": {"value": "amber", "why": "- late"}},
    "path": {"text": "@Rita helps", "by": "2026-12-18"},
    "texts": {"achieved": "+ The wall\n  and the roof"},
    "answers": {"q1": "3.5", "q2": "yes", "q3": "calm"},
}


@pytest.fixture
def found() -> Programme:
    """A programme whose weekly reports ask questions of their own; the first draft has something in each field."""
    made = programme()
    milestone(made.streams[0], "Go-live", baseline="2026-11-20", forecast="2026-11-26", actual="2026-11-26")
    set_form(made)
    with clock.at(THURSDAY):
        turn()
        save_draft(made.writer(), made.report(), Typed(**SAID))  # type: ignore[arg-type]
    return made


def at(report: Report, step: str = "workbook/take/") -> str:
    return f"/reporting/reports/{report.pk}/{step}"


def downloaded(found: Programme, index: int = 0, **headers: str) -> bytes:
    with clock.at(THURSDAY):
        answer = browser(found.people[index]).get(at(found.report(index), "workbook/"), **headers)  # type: ignore[arg-type]
    assert answer.status_code == 200
    return answer.content


def rows_of(sheet: Any) -> dict[str, int]:
    """The rows of the answers, by the key of their question."""
    return {
        row[4].value: row[4].row for row in sheet.iter_rows() if row[4].value not in (None, "steerco_row")
    }


def edited(data: bytes, edit: Edit) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def answers(**values: Any) -> Edit:
    """Type answers; `text__achieved` stands for the question text-achieved."""

    def edit(book: Any) -> None:
        sheet = book.worksheets[0]
        rows = rows_of(sheet)
        for key, value in values.items():
            sheet.cell(rows[key.replace("__", "-")], 2).value = value

    return edit


def sent(client: Client, report: Report, data: bytes, name: str = "week.xlsx") -> Any:
    with clock.at(THURSDAY + timedelta(hours=1)):
        return client.post(at(report), {"workbook": SimpleUploadedFile(name, data)})


def confirmed(client: Client, report: Report, page: Any, **chosen: str) -> Any:
    """Press the button of the page that shows what would change."""
    assert page.status_code in (200, 409), page.content.decode()
    seen = page.context["seen"]
    post = {"marks": seen.signed, "stamp": seen.stamp, "file": seen.file}
    post |= {f"file-{name}": value for name, value in seen.answers.items()}
    post |= {f"keep-{one.name}": one.keep for one in seen.differences}
    post |= {f"keep-{name.replace('__', '-')}": value for name, value in chosen.items()}
    with clock.at(THURSDAY + timedelta(hours=2)):
        return client.post(at(report), post)


def draft(found: Programme) -> dict[str, Any]:
    return Draft.objects.get(report=found.report()).content


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


def changed_here(found: Programme, **values: Any) -> None:
    with clock.at(THURSDAY + timedelta(minutes=90)):
        save_draft(found.reviewer, found.report(), Typed(**{**SAID, **values}))


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


def delete_row(book: Any) -> None:
    sheet = book.worksheets[0]
    sheet.delete_rows(rows_of(sheet)["headline"])


def shift_answers(book: Any) -> None:
    """Move the questions and answers down by a row, without the hidden keys."""
    sheet = book.worksheets[0]
    first = min(rows_of(sheet).values())
    sheet.move_range(f"A{first}:D{sheet.max_row}", rows=1)


def move_columns(book: Any) -> None:
    book.worksheets[0].insert_cols(2)


def double_row(book: Any) -> None:
    sheet = book.worksheets[0]
    row = rows_of(sheet)["headline"]
    for column in range(1, 6):
        sheet.cell(sheet.max_row + (column == 1), column).value = sheet.cell(row, column).value


def forget_marks(book: Any) -> None:
    del book["steerco_identity"]


def forge_marks(book: Any) -> None:
    cell = book["steerco_identity"]["A1"]
    cell.value = cell.value.replace('"headline":"=1+1 and on"', '"headline":"Forged"')


def break_marks(book: Any) -> None:
    book["steerco_identity"]["A1"].value = "[" * 100_000


def empty_marks(book: Any) -> None:
    book["steerco_identity"]["A1"].value = json.dumps({"form": "report", "report": 1})


def clear_keys(book: Any) -> None:
    for row in book.worksheets[0].iter_rows(min_col=5, max_col=5):
        row[0].value = None


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (answers(**{"rating-overall": "Purple"}), "“Purple” is none of the choices: Green, Amber, Red"),
        (answers(**{"answer-q2": "perhaps"}), "“perhaps” is none of the choices: yes, no"),
        (answers(**{"answer-q3": "angry"}), "“angry” is none of the choices: calm, busy"),
        (answers(**{"path-by": "31.02.2027"}), "“31.02.2027” is no date: write it as 2026-12-31."),
        (answers(**{"path-by": "soon"}), "“soon” is no date"),
        (answers(**{"answer-q1": "many"}), "This is no number."),
        (answers(**{"text-achieved": "x" * 41}), "At most 40 characters; these are 41."),
        (delete_row, "The row “In a sentence” is missing."),
        (shift_answers, "was asked in this row, and the cell says something else."),
        (move_columns, "the columns were moved."),
        (double_row, "This question stands here for the second time."),
        (forget_marks, "This is no workbook of a report"),
        (forge_marks, "This is no workbook of a report"),
        (empty_marks, "This is no workbook of a report"),
        (break_marks, "The hidden sheet of the workbook is damaged"),
        (clear_keys, "This is no workbook of a report"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_workbook_that_is_not_right_says_where_and_changes_nothing(
    found: Programme, edit: Edit, said: str
) -> None:
    before = draft(found)

    def both(book: Any) -> None:
        answers(**{"why-overall": "A good answer"})(book)
        edit(book)

    page = sent(browser(found.people[0]), found.report(), edited(downloaded(found), both))
    html = unescape(page.content.decode())
    assert page.status_code == 422
    assert said in html
    assert "nothing was changed" in html
    assert draft(found) == before


def test_a_wrong_cell_is_named_by_sheet_and_address(found: Programme) -> None:
    data = edited(downloaded(found), answers(**{"rating-overall": "Purple", "path-by": "soon"}))
    rows = rows_of(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0])
    problems = sent(browser(found.people[0]), found.report(), data).context["problems"]
    assert [one.where for one in problems] == [
        f"Sheet “Report”, B{rows['rating-overall']}, Overall",
        f"Sheet “Report”, B{rows['path-by']}, By when",
    ]


def test_a_cell_that_shows_an_error_empties_nothing_unseen(found: Programme) -> None:
    writer, report = browser(found.people[0]), found.report()
    page = sent(writer, report, edited(downloaded(found), answers(headline="=1/0")))
    assert "empty in the workbook" in page.content.decode()
    assert confirmed(writer, report, page).status_code == 303
    assert draft(found)["headline"] == "=1+1 and on"


def test_the_workbook_of_another_report_says_whose_it_is(found: Programme) -> None:
    page = sent(browser(found.people[0]), found.report(), downloaded(found, 1))
    html = unescape(page.content.decode())
    assert page.status_code == 422
    assert "This is the workbook of another report, “Ws2 initiative: Weekly report, week 48, 2026”." in html


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda data: b"name,value\nheadline,New\n", "This is no Excel workbook"),
        (lambda data: b"", "This is no Excel workbook"),
        (lambda data: b"PK\x03\x04 and no more", "damaged"),
        (lambda data: data[: len(data) // 2], "damaged"),
        (lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100, "This is an old .xls"),
        (lambda data: with_part(data, "xl/worksheets/sheet9.xml", b"0" * 200_000_000), "unpacks to far more"),
        (lambda data: with_part(data, "xl/vbaProject.bin", b"Auto_Open"), "The workbook holds macros"),
        (lambda data: with_part(data, "../../etc/cron.d/x", b"x"), "outside its package"),
        (
            lambda data: with_part(data, "xl/x.xml", b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///'>]>"),
            "document type",
        ),
    ],
    ids=["csv", "empty", "stub", "half", "xls", "bomb", "macros", "path", "entity"],
)
def test_a_hostile_or_broken_file_is_refused(
    found: Programme, spoil: Callable[[bytes], bytes], said: str
) -> None:
    before = draft(found)
    page = sent(browser(found.people[0]), found.report(), spoil(downloaded(found)))
    assert page.status_code == 422
    assert said in unescape(page.content.decode())
    assert draft(found) == before


def test_a_register_that_was_exported_is_no_report(found: Programme) -> None:
    data = browser(found.rita).get("/imports/milestones/export.xlsx").content
    page = sent(browser(found.people[0]), found.report(), data)
    assert "This is no workbook of a report" in page.content.decode()


def test_without_a_file_it_is_asked_for(found: Programme) -> None:
    answer = browser(found.people[0]).post(at(found.report()), {})
    assert answer.status_code == 422
    assert "Choose the workbook first." in answer.content.decode()


def test_what_is_posted_instead_of_what_was_shown_is_refused(found: Programme) -> None:
    writer, report = browser(found.people[0]), found.report()
    page = sent(writer, report, edited(downloaded(found), answers(headline="New")))
    seen = page.context["seen"]
    forged = {**json.loads(seen.signed), "values": {"headline": "Forged"}}
    for marks in (json.dumps(forged), "{", "[]", "[" * 100_000):
        answer = writer.post(at(report), {"marks": marks, "stamp": seen.stamp, "file-headline": "New"})
        assert answer.status_code == 422
    long = {"marks": seen.signed, "stamp": seen.stamp, "file-headline": "x" * 501}
    answer = writer.post(at(report), long)
    assert answer.status_code == 422
    assert "In a sentence: At most 500 characters" in answer.content.decode()
    assert draft(found)["headline"] == "=1+1 and on"


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
