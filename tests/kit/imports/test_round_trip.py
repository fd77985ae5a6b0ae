"""What is exported comes back unchanged, for every declared register, in every form, whatever its cells hold."""

from datetime import date
from itertools import count
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.apps.worlds import NEEDED, initiative, person, record
from tests.kit.imports.values import value_for

from steerco.kit.history import Change
from steerco.kit.imports import services
from steerco.kit.imports.exporting import export_list
from steerco.kit.imports.finding import place_column
from steerco.kit.imports.services import Upload
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Kind
from steerco.kit.registers.register import Register, register_by_key, registers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_here")]
OPERATOR = Actor.operator("test")
_numbers = count(1)
# What does not go together with other values of its row, however they are drawn.
EMPTY: dict[str, dict[str, Any]] = {
    "tolerance": {**dict.fromkeys(("percent", "money", "score", "starts", "ends")), "currency": ""},
    "appetite": {"score": 8, "money": None, "currency": "", "starts": None, "ends": None},
    "decision_right": dict.fromkeys(("starts", "ends")),
    "change_request": {"verified_on": None},
    "cadence": {"rhythm": "week", "own_ends": "", "lock_hour": 12, "starts": None, "ends": None}
    | {"opens": -2, "due": 1, "review": 2, "lock": 3, "publish": 4},
    "meeting": {"link": "", "begins": "10:00", "minutes": 60, "papers_by": None},
    "review_question": {"rank": 1, "weight": 2},
    "report": {"kind": "exception", "period_start": None, "period_end": None},
    "support_request": {"asked_on": date(2026, 1, 5), "wanted_by": None, "ended_on": None},
    "request_category": {"answer_hours": 8, "done_days": 3},
}
KEYS = [register.key for register in registers()]


def rows_of(data: st.DataObject, register: Register, place: Any) -> None:
    """Some rows of `register` with drawn values, written through its own service."""
    changes = []
    for _row in range(data.draw(st.integers(2, 5))):
        number = next(_numbers)
        values: dict[str, Any] = {}
        for name, column in register.editable_columns().items():
            if column.custom or name in ("parent", "archived", "type"):
                continue
            if column.kind is Kind.REFERENCE:
                if name == "party":  # a decision right is somebody's
                    values[name] = person(f"Person{number} Right").party
                continue
            values[name] = data.draw(value_for(register, column), label=name)
            if column.model_field.unique:
                values[name] = f"c{number}"
            elif values[name] in (None, "") and not column.model_field.null and not column.model_field.blank:
                values[name] = f"t{number}"
        if "email" in values:
            values["email"] = f"p{number}@example.org"
        if register.title_column in values and not values[register.title_column].strip():
            values[register.title_column] = f"title {number}"
        if place_column(register):
            values[register.scope_path] = place
        values |= {**EMPTY.get(register.key, {}), **NEEDED.get(register.key, {})}
        changes.append(Change(values))
    register.write(OPERATOR, changes)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("language", ["en-gb", "de"])
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(
        Phase.explicit,
        Phase.generate,
    ),  # one example reads and writes a workbook: no shrinking, no tracing
)
@given(data=st.data())
def test_an_exported_workbook_comes_back_unchanged(key: str, language: str, data: st.DataObject) -> None:
    register = register_by_key(key)
    assert register is not None
    place = initiative(f"P{next(_numbers)}")
    rows_of(data, register, place)
    query = QueryDict(f"in={place.code}&group=all" if place_column(register) else "group=all")
    with translation.override(language):
        file = export_list(register, OPERATOR, query, "xlsx", everything=True)
    assert file.rows
    run = services.stage(OPERATOR, register, [Upload(file.name, file.content)])
    report = services.check(OPERATOR, run)
    assert report["counts"]["unchanged"] == file.rows, report["rows"]
    assert not report["rows"]
    assert not report["unmapped"]


@pytest.mark.parametrize("key", ["risk", "issue", "action", "milestone"])
def test_an_exported_csv_comes_back_unchanged(key: str) -> None:
    register = register_by_key(key)
    assert register is not None
    place = initiative("P1")
    for title in ("=cmd|' /C calc'!A0", "-1", "plain, with comma;=x", "@x", "'=already", "two\nlines", "007"):
        record(key, place, title.replace("\n", " "), description=title) if key != "risk" else record(
            key, place, title.replace("\n", " "), cause=title
        )
    file = export_list(register, OPERATOR, QueryDict("in=P1"), "csv", everything=True)
    run = services.stage(OPERATOR, register, [Upload(file.name, file.content)])
    report = services.check(OPERATOR, run)
    assert report["counts"]["unchanged"] == file.rows == 7
