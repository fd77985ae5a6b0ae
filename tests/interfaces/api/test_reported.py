"""Snapshots over REST: the current ones, to whom may see the initiative."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient
from tests.interfaces.api.world import Calls, World

from steerco.apps.indicators.models import Value
from steerco.apps.indicators.services import Report, record_snapshots
from steerco.apps.initiatives.models import Initiative

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
ALL = "/api/v1/snapshots/"


def reported(initiative: Initiative, year: int, cost: int = 100_00) -> Report:
    values = [
        Value(indicator="rating", dimension="overall", scale="five_point", rating="amber"),
        Value(indicator="whole_life_cost", amount=cost, currency="GBP"),
        Value(indicator="rating_comment", text="Ground is soft."),
    ]
    return Report(initiative, date(year, 3, 31), {"name": initiative.name}, values)


@pytest.fixture
def of_project(world: World) -> str:
    """The address of the project's snapshots; 2018 to 2020 are there, 2020 corrected; the hidden one has one."""
    world.project.refresh_from_db()
    reports = [reported(world.project, year) for year in (2018, 2019, 2020)]
    record_snapshots(world.operator, [*reports, reported(world.hidden, 2020)], source="a.csv", batch="b1")
    record_snapshots(world.operator, [reported(world.project, 2020, cost=250_00)], source="b.csv", batch="b2")
    return f"/api/v1/initiatives/{world.project.pk}/snapshots/"


def years(answer: Any) -> list[str]:
    return [row["as_of"][:4] for row in answer.json()["results"]]


def test_current_snapshots_newest_first(manager: APIClient, world: World, of_project: str) -> None:
    answer = manager.get(of_project)
    assert years(answer) == ["2020", "2019", "2018"]
    first = answer.json()["results"][0]
    assert (first["rating"], first["whole_life_cost"], first["currency"]) == ("amber", 250_00, "GBP")
    assert first["initiative"] == {"id": world.project.pk, "name": "P1 · New bridge"}
    assert years(manager.get(of_project, {"as_of_to": "2019-12-31"})) == ["2019", "2018"]
    assert years(manager.get(of_project, {"as_of": "2018-03-31"})) == ["2018"]
    assert manager.get(ALL, {"in": "PF"}).json() == manager.get(ALL).json()
    pages = manager.get(of_project, {"size": 2}).json()
    assert [years(manager.get(pages["next"])), pages["previous"]] == [["2018"], None]


def test_one_snapshot_has_its_values(manager: APIClient, of_project: str) -> None:
    one = manager.get(f"{of_project}2020-03-31/").json()
    told = {v["indicator"]: (v["rating"], v["amount"], v["text"]) for v in one["values"]}
    assert told == {
        "rating": ("amber", None, ""),
        "whole_life_cost": ("", 250_00, ""),
        "rating_comment": ("", None, "Ground is soft."),
    }
    for missing in ("2020-03-30/", "2020-13-01/"):
        assert manager.get(f"{of_project}{missing}").status_code == 404


def test_hidden_initiative_reports_nothing(
    manager: APIClient, calling: Calls, world: World, of_project: str
) -> None:
    hidden = of_project.replace(str(world.project.pk), str(world.hidden.pk))
    assert [calling("rita").get(a).status_code for a in (hidden, f"{hidden}2020-03-31/")] == [200, 200]
    for tail in ("", "2020-03-31/"):
        one = manager.get(f"{hidden}{tail}")
        other = manager.get(f"/api/v1/initiatives/{10**12}/snapshots/{tail}")
        assert (one.status_code, one.content) == (404, other.content)
    assert "Secret" not in manager.get(ALL).content.decode()
    assert "Secret" in calling("rita").get(ALL).content.decode()
    assert manager.get(ALL, {"in": "P2"}).json()["results"] == []
    assert calling("manager", ["record.view"]).get(ALL).json()["results"] == []


def test_bad_addresses_are_refused(manager: APIClient, of_project: str) -> None:
    for query in ("as_of=soon", "nonsense=1", "size=0", "after=WyJ4IiwgInkiLCAieiJd", "in=%00"):
        answer = manager.get(f"{ALL}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_parameters"), query


def test_number_of_queries_does_not_grow(manager: APIClient, world: World, of_project: str) -> None:
    manager.get(ALL)
    with CaptureQueriesContext(connection) as few:
        manager.get(ALL)
    counted = len(few.captured_queries)
    more = [reported(world.project, year) for year in range(1990, 2015)]
    record_snapshots(world.operator, more, source="c.csv", batch="b3")
    with CaptureQueriesContext(connection) as many:
        assert len(manager.get(ALL).json()["results"]) == 28
    assert len(many.captured_queries) == counted
