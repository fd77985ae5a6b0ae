"""A write of many rows takes as many statements as a write of few, and touches only what differs."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.worlds import OPERATOR, initiative

from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.raid.models import Risk
from steerco.apps.raid.registers import RiskRegister
from steerco.kit.history import Change, version_model
from steerco.kit.history.columns import write_columns

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def made(count: int) -> list[Risk]:
    place = initiative(f"P{count}")
    changes = [Change({"initiative": place, "title": f"Risk {n}"}) for n in range(count)]
    return RiskRegister().write(OPERATOR, changes)


def statements(rows: list[Risk], values: dict[str, Any]) -> list[str]:
    changes = [Change(dict(values), pk=row.pk) for row in rows]
    with CaptureQueriesContext(connection) as captured:
        RiskRegister().write(OPERATOR, changes)
    return [query["sql"] for query in captured]


def test_changing_many_rows_takes_the_statements_of_changing_few() -> None:
    values = {"title": "Renamed", "current_probability": 2, "current_impact": 5}
    few, many = statements(made(3), values), statements(made(40), values)
    assert len(many) == len(few)
    [own] = [sql for sql in many if 'UPDATE "raid_risk" SET' in sql]
    written = own[own.index(" SET ") : own.index(" FROM v")]
    names = {part.split('"')[1] for part in written.split(", ")}
    assert names == {
        "changed_at", "current_impact", "current_probability", "score", "sort_title", "title", "version",
    }  # fmt: skip


def test_what_the_entry_does_not_repeat_leaves_it_alone() -> None:
    rows = made(2)
    assert not [sql for sql in statements(rows, {"cause": "Rain"}) if 'UPDATE "initiatives_entry"' in sql]
    assert [sql for sql in statements(rows, {"title": "Other"}) if 'UPDATE "initiatives_entry"' in sql]
    assert set(Entry.objects.filter(pk__in=[r.entry_id for r in rows]).values_list("title", flat=True)) == {
        "Other"
    }


def test_rows_with_different_changes_each_keep_their_own_values() -> None:
    one, two = made(2)
    day = date(2027, 3, 1)
    RiskRegister().write(
        OPERATOR,
        [
            Change({"title": "It's “new” %s"}, pk=one.pk),
            Change({"next_review": day, "exposure": 10**12}, pk=two.pk),
        ],
    )
    assert Risk.objects.values_list("title", "next_review", "exposure").get(pk=one.pk) == (
        "It's “new” %s",
        None,
        None,
    )
    assert Risk.objects.values_list("title", "next_review", "exposure").get(pk=two.pk) == (
        "Risk 1",
        day,
        10**12,
    )
    versions = version_model(Risk)._default_manager.filter(until=None)
    for row in (one, two):
        told = Risk.objects.values().get(pk=row.pk)
        kept = versions.values().get(id=row.pk)
        assert {name: kept[name] for name in told} == told


def test_many_initiatives_change_and_move_with_few_statements() -> None:
    rows = [initiative(f"I{n}") for n in range(12)]

    def asked(some: list[Initiative], values: dict[str, Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            write_initiatives(OPERATOR, [Change(dict(values), pk=row.pk) for row in some])
        return len(captured)

    assert asked(rows, {"category": "IT"}) == asked(rows[:2], {"category": "Roads"})


def test_columns_of_every_type_are_written_as_they_are() -> None:
    [row] = made(1)
    row.custom, row.deleted, row.next_review, row.title = {"a": [1, None, "ü"]}, True, date(2027, 1, 2), "%s"
    write_columns(Risk, [row], ("custom", "deleted", "next_review", "title"))
    found = Risk.objects.get(pk=row.pk)
    assert (found.custom, found.deleted) == ({"a": [1, None, "ü"]}, True)
    assert (found.next_review, found.title) == (date(2027, 1, 2), "%s")
    row.custom, row.next_review = {}, None
    write_columns(Risk, [row], ("custom", "next_review"))
    assert Risk.objects.values_list("custom", "next_review").get(pk=row.pk) == ({}, None)
