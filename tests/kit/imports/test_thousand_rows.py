"""A thousand rows: reads and writes by sets, not by rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.worlds import initiative, person
from tests.kit.imports.files import upload

from steerco.apps.raid.models import Risk
from steerco.kit.imports import services
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_by_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_here")]
RISKS = register_by_key("risk")
HEADERS = ("Project", "Title", "Status", "Owner", "Date Identified", "Probability", "Impact", "Mitigation")


def rows(number: int, mitigation: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            f"P{n % 5}",
            f"Risk {n}",
            "Open",
            f"Name{n % 10} Owner",
            "14/03/2026",
            str(n % 5 + 1),
            "High",
            mitigation,
        )
        for n in range(number)
    )


def queries(operator: Actor, number: int, mitigation: str) -> int:
    run = services.stage(operator, RISKS, [upload(HEADERS, rows(number, mitigation))])
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert services.apply(operator, run)
    assert run.report["counts"]["rejected"] == 0, run.report["rows"][:1]
    return len(captured)


def test_queries_do_not_grow_with_the_rows(operator: Actor) -> None:
    for n in range(5):
        initiative(f"P{n}")
    for n in range(10):
        person(f"Name{n} Owner")
    few = queries(operator, 50, "a")
    assert Risk.objects.count() == 50
    more = queries(operator, 450, "a")  # 400 new ones
    assert Risk.objects.count() == 450
    assert more - few < 100, (few, more)  # one statement for many rows
    changed = queries(operator, 450, "b")
    assert changed - few < 100, (few, changed)
    assert Risk.objects.filter(response_text="b").count() == 450
