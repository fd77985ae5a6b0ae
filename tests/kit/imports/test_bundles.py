"""A whole workbook at once: every sheet, or every row, goes to its register, and nothing of anybody else's is shown."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.apps.worlds import browser, initiative, person
from tests.kit.imports.raid_workbooks import (
    assumptions_and_dependencies,
    issues_and_actions,
    one_sheet_for_all,
)
from tests.kit.imports.workbooks import Book, Sheet

from steerco.apps.raid.models import Action, Assumption, Dependency, Issue, Risk
from steerco.kit.imports.bundles import stage_bundle
from steerco.kit.imports.models import ImportRun
from steerco.kit.imports.services import ImportRefused, Upload
from steerco.kit.permissions import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_here")]


@pytest.fixture(autouse=True)
def town() -> None:
    for code in ("P1", "P2"):
        initiative(code)
    person("Ada Lovelace")


def brought(client: Client, book: Book) -> str:
    """Bring a workbook; the address of what it holds."""
    file = SimpleUploadedFile(book.name, book.content())
    answer = client.post("/imports/workbook/", {"upload": file, "place": "P1", "pasted": ""})
    assert answer.status_code == 303, answer.content.decode()[:2000]
    return str(answer["Location"])


def test_each_row_goes_to_the_register_that_it_names(operator: Actor) -> None:
    book = one_sheet_for_all()
    runs = stage_bundle(operator, [Upload(book.name, book.content())], place="P1")
    counts = {run.register: run.report["counts"]["created"] for run in runs}
    assert counts == {"risk": 2, "issue": 1, "action": 1, "assumption": 1, "dependency": 1}
    said = [a["text"] for a in runs[0].report["assumptions"]]
    assert (
        "Rows of other registers were left out: Actions (1), Assumptions (1), Dependencies (1), Issues (1)."
        in said
    )


def test_each_sheet_goes_to_its_register_in_the_browser() -> None:
    client = browser(person("Omar Office", "pmo_analyst"))
    address = brought(client, issues_and_actions())
    page = client.get(address).content.decode()
    for text in ("2. Issue Log", "3. Action Log", "Cover, Lists", "Import all of it"):
        assert text in page
    answer = client.post(address)
    assert answer.status_code == 303
    assert (Issue.objects.count(), Action.objects.count(), Risk.objects.count()) == (3, 2, 0)
    after = client.get(address).content.decode()
    assert "Import all of it" not in after
    client.post(address)
    assert Issue.objects.count() == 3


def test_a_sheet_of_another_register_is_said_to_go_there(operator: Actor) -> None:
    book = issues_and_actions()
    issues, actions = stage_bundle(operator, [Upload(book.name, book.content())], place="P1")
    assert "Taken elsewhere: Actions." in [said["text"] for said in issues.report["skipped"]]
    assert "Taken elsewhere: Issues." in [said["text"] for said in actions.report["skipped"]]


def test_a_sheet_without_a_telling_name_goes_where_its_columns_are(operator: Actor) -> None:
    headers = ["Nr", "Assumption", "Validation method", "Impact if false", "Review date"]
    rows: list[list[Any]] = [headers, ["1", "Rates stay", "Ask", "Dearer", "2026-05-01"]]
    book = Book(
        "x.xlsx",
        [Sheet("Tabelle1", "assumption", rows, {}, [])],
        {"Key": [["Red", "bad"], ["Green", "good"]]},
    )
    runs = stage_bundle(operator, [Upload(book.name, book.content())], place="P1")
    assert [run.register for run in runs] == ["assumption"]


def test_what_holds_no_entries_is_refused(operator: Actor) -> None:
    book = Book("x.xlsx", [], {"Budget": [["Year", "Amount"], ["2026", 12], ["2027", 14]]})
    with pytest.raises(ImportRefused, match="belongs to a register"):
        stage_bundle(operator, [Upload(book.name, book.content())], place="P1")
    assert not ImportRun.objects.exists()


def test_names_that_nobody_knows_are_listed_and_the_rows_still_come(operator: Actor) -> None:
    book = assumptions_and_dependencies()
    book.sheets[0].rows[1][7] = "Nobody Known"
    runs = stage_bundle(operator, [Upload(book.name, book.content())], place="P1")
    assumption = next(run for run in runs if run.register == "assumption")
    assert assumption.report["counts"]["created"] == 3
    problems = [p["text"] for row in assumption.report["rows"] for p in row["problems"]]
    assert problems == ["Nobody Known"]


def test_a_workbook_of_somebody_else_is_missing() -> None:
    owner = browser(person("Omar Office", "pmo_analyst"))
    address = brought(owner, issues_and_actions())
    other = browser(person("Olga Other", "pmo_analyst"))
    assert other.get(address).status_code == 404
    assert other.post(address).status_code == 404
    reader = browser(person("Rita Reader", "viewer"))
    assert reader.get("/imports/workbook/").status_code == 403
    assert (Issue.objects.count(), Assumption.objects.count(), Dependency.objects.count()) == (0, 0, 0)
