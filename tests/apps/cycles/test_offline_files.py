"""Workbooks that are not right, foreign, broken or hostile are refused with where and what; nothing is written."""

import io
import json
import zipfile
from collections.abc import Callable
from html import unescape
from typing import Any

import openpyxl
import pytest
from tests.apps.cycles.workbooks import (
    Edit,
    answers,
    at,
    confirmed,
    downloaded,
    draft,
    edited,
    rows_of,
    sent,
)
from tests.apps.cycles.world import Programme
from tests.apps.worlds import browser

pytestmark = pytest.mark.django_db


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
