"""A form that is filled in elsewhere: what stands in it reads as it was written, long texts go on below."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steerco.exchange.tables import TableError
from steerco.exchange.tables.workbook import Sheet, read_sheets
from steerco.kit.imports.confinement import Reading
from steerco.kit.imports.parse_tables import IDENTITY_SHEET, own_export
from steerco.kit.imports.questionnaires import (
    MOST_LINES,
    Question,
    Questionnaire,
    Returned,
    Section,
    chunks,
    label_of,
    questionnaire_workbook,
    returned_answers,
)
from steerco.kit.imports.representation import as_read, fitting

HEADINGS = ("Report", "Answer", "Last time", "Known")


def there_and_back(*questions: Question, **values: Any) -> list[Returned]:
    data = questionnaire_workbook(
        Questionnaire("Title", ["Line"], HEADINGS, [Section("S", questions)], {"a": 1}, **values)
    )
    found = own_export(read_sheets(data, "a.xlsx"), "a.xlsx")
    assert found is not None
    assert found["identity"] == {"a": 1}
    return returned_answers(Reading(found["tables"], found["identity"]))


@given(
    st.text(max_size=200),
    st.text(max_size=60),
    st.text(max_size=40),
    st.sampled_from(["text", "line", "choice"]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_text_reads_as_it_was_written(value: str, label: str, help_: str, kind: str) -> None:
    found = there_and_back(Question("k", label, help_, kind, value, (value, "other"), label, (value, label)))
    asked = label_of(Question("k", label, help_))
    assert [(one.key, one.text, one.label) for one in found] == [("k", fitting(value), asked)]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", date(2026, 12, 31)),
        ("number", Decimal("-3.25")),
        ("number", 123456789012345),
        ("text", "=HYPERLINK(1)"),
        ("text", "@SUM(A1)"),
        ("text", "_x0041_ and \t tab\n\nand a line"),
        ("text", None),
    ],
)
def test_a_value_reads_as_it_was_written(kind: str, value: Any) -> None:
    assert there_and_back(Question("k", "L", "", kind, value), german=True)[0].text == as_read(value)


def test_what_is_too_long_for_a_row_goes_on_below_without_a_question() -> None:
    long = "\n".join(f"• MS-{n} Milestone number {n}: reached" for n in range(100))
    found = there_and_back(Question("a", "A", last=long, known=tuple(long.split("\n"))), Question("b", "B"))
    assert [one.key for one in found] == ["a", "b"]
    assert int(found[1].cell[1:]) - int(found[0].cell[1:]) == 17
    pieces = list(chunks(long, 50))
    assert "\n".join(pieces) == long
    assert max(piece.count("\n") + 1 for piece in pieces) <= MOST_LINES
    words = "word " * 2_000
    assert "".join("".join(chunks(words, 50)).split()) == "".join(words.split())


def test_damaged_marks_are_told() -> None:
    seen = Sheet("A", [["L", "A", "", "", "steerco_row"]], hidden=False)
    for damaged in ("{", "[" * 100_000):
        with pytest.raises(TableError, match="damaged"):
            own_export([seen, Sheet(IDENTITY_SHEET, [[damaged]], hidden=True)], "a.xlsx")
