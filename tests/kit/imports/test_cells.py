"""Typed text to values, and what is said about it."""

from decimal import Decimal

import pytest
from django.utils import translation
from tests.apps.worlds import person

from steerco.kit.imports.cells import CellError, ColumnReader
from steerco.kit.imports.layouts import Options
from steerco.kit.imports.representation import armed, disarmed, is_dangerous
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db  # the organisation's own fields are looked up
RISKS = register_by_key("risk")


def reader(operator: Actor, name: str, *cells: str, header: str = "", **options: object) -> ColumnReader:
    column = RISKS.all_columns()[name]
    return ColumnReader(RISKS, operator, column, header, cells, Options(**options), {})


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("High", 4),
        ("4 - Likely", 4),
        ("3", 3),
        ("3.0", 3),
        ("Very low (1)", 1),
        ("sehr hoch", 5),
        ("RARE", 1),
    ],
)
def test_levels_by_word_and_number(operator: Actor, text: str, step: int) -> None:
    assert reader(operator, "current_probability", text).read(text).value == step


@pytest.mark.parametrize("text", ["0", "6", "4.5", "sometimes", "44"])
def test_what_is_no_level_is_refused(operator: Actor, text: str) -> None:
    column = reader(operator, "current_probability", text)
    with pytest.raises(CellError, match="no step from 1 to 5"):
        column.read(text)
    assert column.unknown == {text}


def test_dates_by_the_order_of_their_column(operator: Actor) -> None:
    proven = reader(operator, "raised_on", "03/04/2026", "12/31/2026")
    assert proven.read("03/04/2026").value.isoformat() == "2026-03-04"
    assert not proven.notes
    unproven = reader(operator, "raised_on", "03/04/2026")
    assert unproven.read("03/04/2026").value.isoformat() == "2026-04-03"
    assert "day first" in unproven.notes[0]
    told = reader(operator, "raised_on", "03/04/2026", day_first=False)
    assert told.read("03/04/2026").value.isoformat() == "2026-03-04"


def test_a_cell_that_says_there_is_none_is_empty_and_said(operator: Actor) -> None:
    found = reader(operator, "raised_on", "TBC").read("TBC")
    assert (found.value, found.note) == (None, "“TBC” is read as empty.")


@pytest.mark.parametrize("text", ["2026-02-30", "March 2026", "soon"])
def test_what_is_no_day_is_refused(operator: Actor, text: str) -> None:
    with pytest.raises(CellError):
        reader(operator, "raised_on", text).read(text)


@pytest.mark.parametrize(
    ("header", "text", "amount"),
    [
        ("Exposure", "1,234.50", "1234.50"),
        ("Exposure", "1.234,50", "1234.50"),
        ("Exposure (£m)", "1.5", "1500000"),
        ("Exposure", "£250k", "250000"),
        ("Exposure", "(12.00)", "-12"),
    ],
)
def test_money(operator: Actor, header: str, text: str, amount: str) -> None:
    assert reader(operator, "exposure", text, header=header).read(text).value == Decimal(amount)


def test_choices_in_either_language(operator: Actor) -> None:
    with translation.override("de"):
        assert reader(operator, "proximity", "within a month").read("within a month").value == "month"
    assert reader(operator, "category", "Legal").read("Legal").value == "legal"
    with pytest.raises(CellError, match="is none of"):
        reader(operator, "category", "Zebra").read("Zebra")


def test_names_as_the_actor_sees_them(operator: Actor) -> None:
    ada = person("Ada Lovelace")
    column = reader(operator, "owner", "ada lovelace")
    assert column.read("ada lovelace").value == ada.party
    with pytest.raises(CellError, match="Did you mean Ada Lovelace"):
        column.read("Ada")


INJECTIONS = (
    "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1", "＋1", "－1", "＠x", "'=1", "''=1",
    "=cmd|' /C calc'!A0", "a;=1", "a,@x", "a\n=1", "tag1, =HYPERLINK(\"x\")", "plain", "a-b", "", "'", "it's",
)  # fmt: skip


@pytest.mark.parametrize("text", INJECTIONS)
def test_disarmed_texts_are_harmless_and_come_back(text: str) -> None:
    safe = disarmed(text)
    assert not is_dangerous(safe) or safe.startswith("'")
    assert safe[:1] not in tuple("=+-@\t\r＝＋－＠ ") or safe == text.lstrip() == text
    assert armed(safe) == text
    for separator in ";,\n":
        for piece in safe.split(separator)[1:]:
            assert not piece.lstrip(" \u00a0").startswith(("=", "@"))


@pytest.mark.parametrize("text", ["plain", "a-b", "it's", "x = y", "mail@example.org", "see +49"])
def test_harmless_texts_stay_as_they_are(text: str) -> None:
    assert disarmed(text) == text
