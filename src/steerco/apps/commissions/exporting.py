"""The answers to a commission as a workbook, as far as its reader may see them."""

import io
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from steerco.apps.commissions.models import Commission
from steerco.apps.commissions.questions import MONEY, NUMBER, Question
from steerco.apps.commissions.showing import AnswerView, results
from steerco.exchange.tables.money import minor_digits
from steerco.kit.history.writes import append_events
from steerco.kit.imports.workbooks import begun
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor


def export_answers(actor: Actor, commission: Commission) -> bytes:
    """One row for each initiative: its answers, who gave them and when; blanks stay blank. Leaves an event."""
    found = results(actor, commission)
    buffer = io.BytesIO()
    with begun(buffer) as book:
        sheet = book.add_worksheet(_("Answers")[:31])
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF5", "text_wrap": True, "valign": "top"})
        heads = [_("Code"), _("Initiative"), *_headings(found.questions), _("Answered by"), _("Answered on")]
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
            sheet.set_column(column, column, 14 if column != 1 else 36)
        for line, row in enumerate(found.rows, 1):
            sheet.write_string(line, 0, row.initiative.code)
            sheet.write_string(line, 1, row.initiative.name)
            column = 2
            for question, one in zip(found.questions, row.answers, strict=True):
                column += _write(sheet, line, column, question, one)
            if row.answered_at:
                sheet.write_string(line, column, row.answered_by)
                sheet.write_string(line, column + 1, localtime(row.answered_at).strftime("%Y-%m-%d %H:%M"))
        sheet.freeze_panes(1, 2)
    rows = {"rows": [None, len(found.rows)]}
    entry = commission.initiative.entry_id
    event = Event(kind="commission.exported", entry_id=entry, model="commissions.commission", changes=rows)
    event.object_id = commission.pk
    append_events(actor, [event])
    return buffer.getvalue()


def _headings(questions: list[Question]) -> list[str]:
    """A column for each question, and one more for the currency of money."""
    found = []
    for one in questions:
        found += [one.label, _("Currency")] if one.kind == MONEY else [one.label]
    return found


def _write(sheet: Any, line: int, column: int, question: Question, one: AnswerView) -> int:
    """Write one answer; returns how many columns it takes."""
    if question.kind == MONEY:
        if one.value is not None:
            currency = one.value["currency"]
            sheet.write_number(line, column, Decimal(one.value["minor"]) / 10 ** minor_digits(currency))
            sheet.write_string(line, column + 1, currency)
        return 2
    if question.kind == NUMBER and one.value is not None:
        sheet.write_number(line, column, Decimal(one.value))
    elif one.text:
        sheet.write_string(line, column, one.text)
    return 1
