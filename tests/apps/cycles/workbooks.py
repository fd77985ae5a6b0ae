"""Workbooks of reports in tests: downloaded, filled in, sent, taken."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.apps.cycles.test_forms import set_form
from tests.apps.cycles.world import THURSDAY, Programme, milestone, programme
from tests.apps.worlds import browser

from steerco.apps.cycles.drafts import Typed, save_draft
from steerco.apps.cycles.models import Draft, Report
from steerco.apps.cycles.turning import turn
from steerco.kit import clock

Edit = Callable[[Any], None]
SAID = {
    "headline": "=1+1 and on",
    "ratings": {"overall": {"value": "amber", "why": "- late"}},
    "path": {"text": "@Rita helps", "by": "2026-12-18"},
    "texts": {"achieved": "+ The wall\n  and\tthe roof"},
    "answers": {"q1": "3.5", "q2": "yes", "q3": "calm"},
}


def drafted() -> Programme:
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


def changed_here(found: Programme, **values: Any) -> None:
    with clock.at(THURSDAY + timedelta(minutes=90)):
        save_draft(found.reviewer, found.report(), Typed(**{**SAID, **values}))
