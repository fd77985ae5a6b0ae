"""A report that comes back as a workbook: read, compared with what stands here, taken field by field."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.cycles.drafts import Page, Typed, open_page, save_draft
from steerco.apps.cycles.entering import NOTE, enters_for
from steerco.apps.cycles.models import Draft, Report
from steerco.apps.cycles.offline import Asked, Marks, fields_of, print_of, stamp_of
from steerco.apps.cycles.services import may_write
from steerco.exchange.tables.workbook import has_macros
from steerco.kit import clock
from steerco.kit.history import Conflict
from steerco.kit.imports.confinement import LARGEST_UPLOAD, Reading, Unreadable, read_confined
from steerco.kit.imports.questionnaires import Returned, returned_answers
from steerco.kit.imports.representation import fitting
from steerco.kit.permissions import Actor, Denied

FILE, NOW = "file", "now"
MOST_PROBLEMS = 50
PACKAGES = (
    b"PK",
    b"\xd0\xcf\x11\xe0",
)  # of the second sort, that of old workbooks, the reader says what to do


@dataclass(frozen=True)
class Problem:
    """What is wrong with a workbook: where, and what to do."""

    where: str
    what: str


class Refused(Exception):
    """A workbook that is not taken; nothing was written. `report`: the other one that it belongs to, if it does."""

    def __init__(self, problems: list[Problem], report: int | None = None) -> None:
        super().__init__("; ".join(f"{one.where} {one.what}" for one in problems))
        self.problems, self.report = problems, report


@dataclass(frozen=True)
class Difference:
    """A field in which the workbook says something new: what stands here now, and what the file says.

    `is_conflict`: it was changed here too since the download. `is_emptied`: the file says nothing any more; a cell
    that shows an error of the spreadsheet reads like that too.
    """

    name: str
    label: str
    now: str
    file: str
    is_conflict: bool
    is_emptied: bool
    keep: str


@dataclass(frozen=True)
class Preview:
    """What a workbook would change. `answers` are the fields in which it differs from what was downloaded;
    `left_out`, the questions that are no longer asked; `stamp`, the fingerprint of what stood here."""

    marks: Marks
    answers: dict[str, str]
    differences: list[Difference] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    stamp: str = ""
    file: str = ""

    @property
    def conflicts(self) -> int:
        """How many fields were changed on both sides."""
        return sum(one.is_conflict for one in self.differences)

    @property
    def signed(self) -> str:
        """The marks as a hidden field of the page carries them."""
        return json.dumps(self.marks.as_json())


def read_workbook(actor: Actor, report: Report, data: bytes, name: str) -> Preview:
    """What an uploaded workbook would change in a report. Nothing is written. Raises Refused."""
    if len(data) > LARGEST_UPLOAD or not data.startswith(PACKAGES):
        what = _("This is no Excel workbook (.xlsx). Download the report as a workbook and fill that one in.")
        raise Refused([Problem(name, what)])
    try:
        reading = read_confined(data, name)
        if has_macros(data):
            what = _("The workbook holds macros: save it as .xlsx without macros.")
            raise Refused([Problem(name, what)])
        marks = _marks_of(reading, report, name)
        found = returned_answers(reading)
    except Unreadable as refusal:
        where = f"{name}, {refusal.cell}" if refusal.cell else name
        raise Refused([Problem(where, refusal.message)]) from refusal
    page = open_page(actor, report)
    return preview(page, marks, _answers(page, marks, found, name), name)


def _marks_of(reading: Reading, report: Report, name: str) -> Marks:
    marks = Marks.from_json(reading.identity)
    if marks is None:
        what = _(
            "This is no workbook of a report, or its hidden sheet was altered. Download the report as a workbook anew."
        )
        raise Refused([Problem(name, what)])
    if marks.report != report.pk:
        what = _("This is the workbook of another report, “%(title)s”. Upload it there.") % {
            "title": marks.title
        }
        raise Refused([Problem(name, what)], marks.report)
    return marks


def _answers(page: Page, marks: Marks, found: list[Returned], name: str) -> dict[str, str]:
    """What the workbook says otherwise than it was downloaded, by field. Raises Refused with all that is wrong."""
    asked = _still_asked(page, marks)
    problems = _misplaced(marks, found, name)
    answers = {}
    for one in found:
        if one.key not in asked:
            continue
        before, spec = marks.values[one.key], asked[one.key]
        if fitting(one.text).strip() in (_as_stood(spec, before), fitting(before).strip()):
            continue
        try:
            said = spec.read(one.text)
        except ValueError as refusal:
            problems.append(Problem(_place(one.sheet, one.cell, spec.label), str(refusal)))
            continue
        if said != fitting(before).strip():
            answers[one.key] = said
    if problems:
        raise Refused(problems[:MOST_PROBLEMS])
    return answers


def _still_asked(page: Page, marks: Marks) -> dict[str, Asked]:
    """The fields of a workbook that the report asks now: a question of the calendar's own in the same words, as its
    key may be that of a later one."""
    fields = fields_of(page)
    return {
        name: fields[name]
        for name, told in marks.told.items()
        if name in fields and (not name.startswith("answer-") or _first_line(told) == fields[name].label)
    }


def _as_stood(spec: Asked, before: str) -> str:
    """What the cell read when the workbook was made."""
    cell = replace(spec, value=before).cell()
    return fitting(str(cell) if cell is not None else "").strip()


def _misplaced(marks: Marks, found: list[Returned], name: str) -> list[Problem]:
    """Rows that are missing, that are there twice, or beside which another question stands than was asked."""
    anew = _("Download the workbook anew and copy your texts into it.")
    problems = []
    seen: set[str] = set()
    for one in found:
        label = _first_line(marks.told.get(one.key, one.label))
        if one.key not in marks.told:
            what = _("There is no such question in this report.")
        elif one.key in seen:
            what = _("This question stands here for the second time.")
        elif fitting(one.label).strip() != marks.told[one.key].strip():
            what = _("“%(label)s” was asked in this row, and the cell says something else.") % {
                "label": label
            }
        else:
            what = ""
        seen.add(one.key)
        if what:
            problems.append(Problem(_place(one.sheet, one.label_cell), f"{what} {anew}"))
    sheet = found[0].sheet if found else ""
    for key in marks.told.keys() - seen:
        what = _("The row “%(label)s” is missing.") % {"label": _first_line(marks.told[key])}
        problems.append(Problem(_place(sheet) if sheet else name, f"{what} {anew}"))
    return problems


def _first_line(text: str) -> str:
    return text.partition("\n")[0].removesuffix(" *")


def _place(sheet: str, cell: str = "", label: str = "") -> str:
    text = _("Sheet “%(sheet)s”") % {"sheet": sheet}
    return ", ".join(part for part in (text, cell, label) if part)


def preview(
    page: Page, marks: Marks, answers: Mapping[str, str], file: str, keep: Mapping[str, str] | None = None
) -> Preview:
    """What `answers` would change in the report as it is now. What stands here stays unless `keep` says otherwise,
    where the field was changed on both sides or is empty in the file."""
    asked = _still_asked(page, marks)
    differences = []
    for name, spec in asked.items():
        if name not in answers or answers[name] == spec.value:
            continue
        is_conflict = spec.value != marks.values.get(name, "")
        chosen = (keep or {}).get(name, "")
        is_emptied = not answers[name]
        usual = NOW if is_conflict or is_emptied else FILE
        differences.append(
            Difference(
                name,
                spec.label,
                spec.words,
                spec.said(answers[name]),
                is_conflict,
                is_emptied,
                chosen if chosen in (FILE, NOW) else usual,
            )
        )
    gone = [_first_line(marks.told[name]) for name in marks.told if name not in asked]
    return Preview(marks, dict(answers), differences, gone, print_of(page), file)


def take_workbook(actor: Actor, report: Report, seen: Preview) -> int:
    """Write what was chosen in a preview into the draft; returns how many fields. Never submits.

    Raises Denied, Conflict where something else stands there than was looked at, Unreadable for what no report takes.
    """
    with transaction.atomic():
        row = Report.objects.select_for_update().filter(pk=report.pk, deleted=False).first()
        if row is None or not may_write(actor, row):
            raise Denied("record.edit")
        Draft.objects.select_for_update().filter(report=report).first()
        page = open_page(actor, report)
        if print_of(page) != seen.stamp:
            raise Conflict(report, [])
        chosen = {one.name: seen.answers[one.name] for one in seen.differences if one.keep == FILE}
        if chosen:
            save_draft(actor, report, _typed(actor, page, chosen, seen.file), stamp_of(page))
    return len(chosen)


def _typed(actor: Actor, page: Page, chosen: Mapping[str, str], file: str) -> Typed:
    """The whole draft with what was chosen in it, as if it had been typed. Raises Unreadable."""
    typed = Typed.of({**_as_posted(page), **chosen}, page.report)
    if not enters_for(actor, page.report):
        return typed
    before = page.content.get("entered", {})
    said = _("Entered from the workbook %(name)s.") % {"name": file[:200]}
    notes = [before.get("note", ""), said if said not in before.get("note", "") else ""]
    entered = {
        "source": before.get("source") or "file",
        "on": before.get("on") or clock.today().isoformat(),
        "note": "\n".join(note for note in notes if note)[:NOTE],
    }
    return replace(typed, entered=entered)


def _as_posted(page: Page) -> dict[str, Any]:
    """What stands in a report, by the names of its page."""
    content = page.content
    found: dict[str, Any] = {
        "headline": content["headline"],
        "path-text": content["path"].get("text", ""),
        "path-by": content["path"].get("by", ""),
        "drop": content["dropped"],
        "promote": content["promoted"],
        "carry": content["carried"],
    }
    for dimension, said in content["ratings"].items():
        found |= {f"rating-{dimension}": said.get("value", ""), f"why-{dimension}": said.get("why", "")}
    found |= {f"text-{key}": content["texts"].get(key, "") for key in page.report.what.parts}
    return found | {f"answer-{key}": said for key, said in content["answers"].items()}
