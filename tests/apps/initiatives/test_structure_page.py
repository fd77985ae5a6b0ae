"""The page that changes the shape of the tree."""

from typing import Any

import pytest
from django.test import Client
from tests.permissions.world import World, build

from steerco.apps.initiatives.models import Initiative

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build()


@pytest.fixture
def office(world: World) -> Client:
    client = Client()
    client.force_login(world.users["pmo_analyst"])
    return client


def told(client: Client, code: str, **values: str) -> Any:
    return client.post(f"/portfolio/{code}/structure/", values)


def test_it_reports_to_a_second_place_and_no_longer(world: World, office: Client) -> None:
    row, other = world.initiatives["A11"], world.initiatives["B1"]
    assert told(office, "A11", do="also", other="B1").status_code == 303
    assert list(row.also_reported_to.values_list("to", flat=True)) == [other.pk]
    assert other.name in office.get("/portfolio/A11/structure/").content.decode()
    assert told(office, "A11", do="drop", place="B1").status_code == 303
    assert not row.also_reported_to.exists()


def test_another_is_merged_into_it_and_leads_to_it(world: World, office: Client) -> None:
    gone = world.initiatives["B1"]
    assert told(office, "A11", do="merge", other="B1", reason="One team").status_code == 303
    gone.refresh_from_db()
    assert gone.status == Initiative.Status.TRANSFERRED
    assert gone.name in office.get("/portfolio/A11/").content.decode()


def test_it_is_split_into_parts_beside_it(world: World, office: Client) -> None:
    row = world.initiatives["A11"]
    assert told(office, "A11", do="split", names="North\nSouth", reason="Too large").status_code == 303
    parts = Initiative.objects.filter(parent=row.parent, name__in=["North", "South"])
    assert parts.count() == 2
    row.refresh_from_db()
    assert row.status == Initiative.Status.TRANSFERRED


@pytest.mark.parametrize(
    "values",
    [
        {"do": "also", "other": "A11"},
        {"do": "merge", "other": "nowhere", "reason": "x"},
        {"do": "merge", "other": "B1"},
        {"do": "split", "names": "Only one", "reason": "x"},
        {"do": "split", "names": "Twice\ntwice", "reason": "x"},
        {"do": "dance"},
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(
    world: World, office: Client, values: dict[str, str]
) -> None:
    before = list(Initiative.objects.order_by("pk").values())
    assert told(office, "A11", **values).status_code == 422
    assert list(Initiative.objects.order_by("pk").values()) == before


def test_a_project_manager_may_not(world: World) -> None:
    client = Client()
    client.force_login(world.users["project_manager"])
    assert client.get("/portfolio/A11/structure/").status_code == 403
    assert told(client, "A11", do="split", names="N\nS", reason="x").status_code == 403
