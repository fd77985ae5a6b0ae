"""A report leaves as a workbook and comes back: nothing is lost, nothing is overwritten unseen."""

import io
import json
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


def downloaded(found: Programme, index: int = 0) -> bytes:
    with clock.at(THURSDAY):
        answer = browser(found.people[index]).get(at(found.report(index), "workbook/"))
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
    found.people[0].user.language = "de"  # type: ignore[union-attr]
    found.people[0].user.save()  # type: ignore[union-attr]
    assert sent(writer, found.report(), data).context["seen"].answers == {}
    german = openpyxl.load_workbook(io.BytesIO(downloaded(found))).worksheets[0]
    assert sheet.cell(rows_of(sheet)["answer-q2"], 2).value == "yes"
    assert german.cell(rows_of(german)["answer-q2"], 2).value == "ja"
    changed = edited(downloaded(found), answers(**{"answer-q2": "nein", "rating-overall": "Rot"}))
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
    assert "Go-live" in sheet.cell(rows["text-achieved"], 4).value


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


def test_an_answer_that_was_emptied_is_emptied(found: Programme) -> None:
    writer, report = browser(found.people[0]), found.report()
    page = sent(writer, report, edited(downloaded(found), answers(**{"answer-q3": None, "path-by": ""})))
    assert confirmed(writer, report, page).status_code == 303
    assert (draft(found)["answers"]["q3"], draft(found)["path"]["by"]) == ("", "")


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
        (answers(headline="#REF!"), "The spreadsheet shows an error here"),
        (delete_row, "The row “In a sentence” is missing."),
        (shift_answers, "was asked in this row, and the cell says something else."),
        (move_columns, "the columns were moved."),
        (double_row, "This question stands here for the second time."),
        (forget_marks, "This is no workbook of a report"),
        (forge_marks, "This is no workbook of a report"),
        (empty_marks, "This is no workbook of a report"),
        (break_marks, "What the workbook knows of itself is damaged"),
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
