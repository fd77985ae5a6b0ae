"""Several rows in one call, each with its reason and for whom it is written, as a row alone has them."""

import pytest
from rest_framework.test import APIClient
from tests.interfaces.api.world import World

from steerco.apps.raid.models import Risk

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
RISKS = "/api/v1/risks/"


def newest(client: APIClient, pk: int) -> dict:
    return client.get(f"{RISKS}{pk}/history/").json()["results"][0]


def body(title: str, **more: object) -> dict:
    return {"initiative": "P1", "title": title, **more}


def test_rows_made_together_keep_their_own_reasons_and_the_order(manager: APIClient, world: World) -> None:
    answer = manager.post(
        RISKS,
        [
            body("One", reason="workshop", behalf_of="Rita", behalf_source="meeting"),
            body("Two"),
            body("Three", reason="workshop", behalf_of="Rita", behalf_source="meeting"),
        ],
    )
    assert answer.status_code == 201, answer.json()
    rows = answer.json()["results"]
    assert [row["title"] for row in rows] == ["One", "Two", "Three"]
    told = [
        (e["reason"], e["behalf_of"], e["behalf_source"]) for e in (newest(manager, r["id"]) for r in rows)
    ]
    assert told == [("workshop", "Rita", "meeting"), ("", "", ""), ("workshop", "Rita", "meeting")]


def test_rows_changed_together_do_too(manager: APIClient, world: World) -> None:
    rows = manager.post(RISKS, [body("One"), body("Two")]).json()["results"]
    rita = world.people["rita"].party_id
    changes = [
        {"title": "Second", "reason": "by mail", "behalf_of": rita, "behalf_source": "mail"},
        {"title": "First", "reason": "typing error"},
    ]
    changes = [{"id": row["id"], "version": 1, **c} for row, c in zip(rows[::-1], changes, strict=True)]
    answer = manager.patch(RISKS, changes)
    assert answer.status_code == 200, answer.json()
    assert [row["title"] for row in answer.json()["results"]] == ["Second", "First"]
    assert (newest(manager, rows[1]["id"])["reason"], newest(manager, rows[1]["id"])["behalf_of"]) == (
        "by mail",
        "Rita",
    )
    assert (newest(manager, rows[0]["id"])["reason"], newest(manager, rows[0]["id"])["behalf_of"]) == (
        "typing error",
        "",
    )


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"reason": 7}, "reason"),
        ({"reason": "x" * 5000}, "reason"),
        ({"behalf_of": ["Rita"]}, "behalf_of"),
        ({"behalf_of": 10**30}, "behalf_of"),
        ({"behalf_of": "Nobody Known"}, "behalf_of"),
        ({"behalf_of": "Rita", "behalf_source": "telepathy"}, "behalf_source"),
    ],
)
def test_a_wrong_circumstance_is_named_with_its_row_and_nothing_is_written(
    manager: APIClient, world: World, wrong: dict, name: str
) -> None:
    answer = manager.post(RISKS, [body("One", reason="fine"), body("Two", **wrong), body("Three", **wrong)])
    assert answer.status_code == 422
    told = {row["row"]: list(row["errors"]) for row in answer.json()["rows"]}
    assert told == {1: [name], 2: [name]}
    assert not Risk.objects.exists()


def test_what_the_service_refuses_is_told_by_its_place_in_the_call(manager: APIClient, world: World) -> None:
    bad = {"code": "P1", "name": "Taken"}
    answer = manager.post(
        "/api/v1/initiatives/",
        [{"code": "N1", "name": "New", "reason": "a"}, {**bad, "reason": "b"}],
    )
    assert answer.status_code == 422
    assert [row["row"] for row in answer.json()["rows"]] == [1]
    assert manager.get("/api/v1/initiatives/?q=N1").json()["results"] == []


def test_the_schema_says_so(manager: APIClient, world: World) -> None:
    parts = manager.get("/api/v1/schema/?format=json").json()["components"]["schemas"]
    for name in ("NewRisk", "RiskChangeOfSeveral", "NewAction", "ActionChangeOfSeveral"):
        assert {"reason", "behalf_of", "behalf_source"} <= parts[name]["properties"].keys(), name
    assert "reason" in parts["NewPerson"]["properties"]
    assert "behalf_of" not in parts["NewPerson"]["properties"]
