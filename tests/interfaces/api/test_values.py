"""Values in and out: what a program says exactly is taken exactly, and what it cannot mean is refused."""

from typing import Any

import pytest
from django.http import QueryDict
from rest_framework.test import APIClient
from tests.interfaces.api.world import Calls, World

from steerco.apps.organisation.models import FieldDefinition
from steerco.kit.journal.models import Event
from steerco.kit.registers.listing import listing

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
RISKS = "/api/v1/risks/"


def errors(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 422, answer.json()
    return answer.json()["rows"][0]["errors"]  # type: ignore[no-any-return]


def risk(**values: Any) -> dict[str, Any]:
    return {"title": "Flood", "initiative": "P1", **values}


def test_money_is_whole_minor_units(manager: APIClient) -> None:
    row = manager.post(RISKS, risk(exposure=1_234_56, currency="EUR")).json()
    assert (row["exposure"], row["currency"]) == (123456, "EUR")
    for wrong in ("1234.56", 12.5, True, [1]):
        assert errors(manager.post(RISKS, risk(exposure=wrong))).keys() == {"exposure"}
    assert errors(manager.post(RISKS, risk(exposure=10**30))).keys() == {"exposure"}
    emptied = manager.patch(f"{RISKS}{row['id']}/", {"exposure": None, "version": 1}).json()
    assert emptied["exposure"] is None


def test_reference_is_given_by_id_name_or_code(manager: APIClient, world: World) -> None:
    party = world.people["viewer"].party
    for owner in (party.pk, "Viewer", "viewer@example.org"):
        for initiative in (world.project.pk, "P1", "New bridge"):
            row = manager.post(RISKS, risk(owner=owner, initiative=initiative)).json()
            assert row["owner"] == {"id": party.pk, "name": "Viewer"}
            assert row["initiative"] == {"id": world.project.pk, "name": "P1 · New bridge"}
    assert errors(manager.post(RISKS, risk(owner=10**40))).keys() == {"owner"}
    assert errors(manager.post(RISKS, risk(owner=True))).keys() == {"owner"}
    assert errors(manager.post(RISKS, risk(initiative=None))).keys() == {"initiative"}


def test_two_of_the_same_name_are_told_apart_by_id(manager: APIClient, world: World) -> None:
    twins = [world.make("person", name="Kim Lee") for _ in range(2)]
    assert errors(manager.post(RISKS, risk(owner="Kim Lee"))).keys() == {"owner"}
    rows = [manager.post(RISKS, risk(owner=t.party_id)).json() for t in twins]
    assert [r["owner"]["id"] for r in rows] == [t.party_id for t in twins]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("title", 7),
        ("title", None),
        ("title", "x" * 301),
        ("next_review", "01/02/2026"),
        ("next_review", "2026-02-30"),
        ("next_review", "20260201"),
        ("next_review", 20260201),
        ("category", "astrology"),
        ("category", 3),
        ("current_impact", 6),
        ("current_impact", "3"),
        ("current_impact", 2.5),
        ("state", "nowhere"),
        ("score", 25),
        ("reference", "R-1"),
        ("id", 1),
        ("custom", []),
        ("nonsense", 1),
    ],
)
def test_what_does_not_fit_is_refused_by_name(manager: APIClient, field: str, wrong: Any) -> None:
    assert errors(manager.post(RISKS, risk(**{field: wrong}))).keys() == {field}
    assert manager.get(RISKS).json()["count"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'"text"', 400),
        (b"[1]", 422),
        (b"[" * 100_000, 400),
        (b'{"title": "a\\u0000b"}', 400),
        (b'{"title": "\\ud800"}', 400),
        (b'{"title": NaN}', 400),
        (b"\xff\xfe", 400),
        (b"x" * 6_000_000, 413),
    ],
)
def test_body_that_cannot_be_read_is_refused(manager: APIClient, body: bytes, status: int) -> None:
    answer = manager.post(RISKS, body, content_type="application/json")
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert (
        manager.post(RISKS, b"title=x", content_type="application/x-www-form-urlencoded").status_code == 415
    )


def test_own_fields_are_there_at_once(manager: APIClient) -> None:
    definitions = [
        ("board", "yes_no", []),
        ("cost", "number", []),
        ("day", "date", []),
        ("kind", "choice", ["a", "b"]),
    ]
    for key, kind, choices in definitions:
        FieldDefinition.objects.create(subject="risk", key=key, label=key.title(), kind=kind, choices=choices)
    own = {"board": True, "cost": 12.5, "day": "2026-10-01", "kind": "a"}
    row = manager.post(RISKS, risk(custom=own)).json()
    assert row["custom"] == {**own, "cost": "12.5"}
    changed = manager.patch(f"{RISKS}{row['id']}/", {"custom": {"kind": "b"}, "version": 1}).json()
    assert changed["custom"] == {**own, "cost": "12.5", "kind": "b"}
    for wrong in ({"board": "yes"}, {"cost": []}, {"day": "soon"}, {"kind": "c"}, {"none": 1}):
        assert errors(manager.post(RISKS, risk(custom=wrong))).keys() == {f"custom.{key}" for key in wrong}
    document = manager.get("/api/v1/schema/").json()
    assert set(document["components"]["schemas"]["Risk"]["properties"]["custom"]["properties"]) == own.keys()


def test_entry_is_made_for_somebody_else(manager: APIClient, world: World) -> None:
    body = risk(behalf_of="Viewer", behalf_source="mail", reason="was on the phone")
    row = manager.post(RISKS, body).json()
    event = manager.get(f"{RISKS}{row['id']}/history/").json()["results"][0]
    told = event["who"], event["behalf_of"], event["behalf_source"], event["reason"]
    assert told == ("Manager", "Viewer", "mail", "was on the phone")
    assert errors(manager.post(RISKS, risk(behalf_of="Nobody"))).keys() == {"behalf_of"}


def test_same_key_is_done_once(manager: APIClient, world: World) -> None:
    first = manager.post(RISKS, risk(), HTTP_IDEMPOTENCY_KEY="one")
    again = manager.post(RISKS, risk(), HTTP_IDEMPOTENCY_KEY="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert manager.get(RISKS).json()["count"] == 1
    other = manager.post(RISKS, risk(title="Fire"), HTTP_IDEMPOTENCY_KEY="one")
    assert (other.status_code, other.json()["code"]) == (422, "key_used")
    too_long = manager.post(RISKS, risk(), HTTP_IDEMPOTENCY_KEY="k" * 81)
    assert (too_long.status_code, too_long.json()["code"]) == (400, "bad_key")
    refused = manager.post(RISKS, risk(title=None), HTTP_IDEMPOTENCY_KEY="two")
    assert refused.status_code == 422
    assert manager.post(RISKS, risk(), HTTP_IDEMPOTENCY_KEY="two").status_code == 201


def test_refused_write_leaves_no_event(manager: APIClient, world: World) -> None:
    before = Event.objects.count()
    manager.post(RISKS, [risk(), risk(title="")])
    manager.patch(f"{RISKS}1/", {"title": "x"})
    assert Event.objects.count() == before


def test_own_initiatives_are_the_ones_that_one_leads(manager: APIClient, world: World) -> None:
    address = "/api/v1/initiatives/"
    lead = {"lead": world.people["manager"].party_id}
    assert manager.patch(f"{address}{world.project.pk}/", lead, HTTP_IF_MATCH="*").status_code == 200
    assert [r["code"] for r in manager.get(f"{address}?mine=true").json()["results"]] == ["P1"]
    assert len(manager.get(f"{address}?mine=false").json()["results"]) == 2


# -- the list is the page's -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "",
        "group=all",
        "group=done",
        "q=water",
        "q=r-2",
        "in=P1",
        "in=PF",
        "in=P2",
        "state=open&state=treating",
        "category=delivery&category=legal",
        "score_min=6",
        "owner=none",
        "owner=view",
        "mine=true",
        "next_review_from=2026-03-05&next_review_to=2026-03-09",
        "sort=title",
        "sort=-score,title",
        "sort=-next_review",
        "by=category&cols=title",
    ],
)
def test_list_holds_what_the_page_holds(manager: APIClient, world: World, calling: Calls, query: str) -> None:
    titles = ["Water in the pit", "Late steel", "Storm", "Strike", "Water again"]
    for n, title in enumerate(titles, start=1):
        initiative = world.project if n % 2 else world.portfolio
        values = {"title": title, "initiative": initiative, "current_probability": n, "current_impact": 2}
        if n > 2:
            values |= {
                "category": "legal",
                "owner": world.people["viewer"].party,
                "next_review": f"2026-03-0{n + 3}",
            }
        world.make("risk", **values)
    world.make("risk", title="Water hidden", initiative=world.hidden)
    manager.patch(
        f"{RISKS}{manager.get(RISKS).json()['results'][0]['id']}/", {"state": "open"}, HTTP_IF_MATCH="*"
    )
    for name in ("manager", "viewer", "rita"):
        client = calling(name)
        answer = client.get(f"{RISKS}?{query}")
        assert answer.status_code == 200, answer.json()
        actor = client.get(RISKS).wsgi_request.actor
        page = listing(world.register("risk"), actor, QueryDict(query))
        if "by=" not in query:
            assert [r["id"] for r in answer.json()["results"]] == [r.row.pk for r in page.rows]
        assert answer.json()["count"] == page.count


@pytest.mark.parametrize(
    "query",
    [
        "nonsense=1",
        "compare=2020-01-01",
        "score_min=high",
        "category=astrology",
        "mine=perhaps",
        "next_review_from=01/02/2026",
        "sort=nonsense",
        "sort=description",
        "size=0",
        "size=201",
        "size=many",
        "after=x&before=y",
        "after=WyJ4IiwgInkiLCAieiJd",
        "q=%00",
        "in=P1&in=PF",
    ],
)
def test_address_that_cannot_be_used_is_refused(manager: APIClient, world: World, query: str) -> None:
    world.make("risk", title="Flood", initiative=world.project)
    answer = manager.get(f"{RISKS}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_parameters")
    assert answer.json()["parameters"]
