"""What every register gives over REST, whichever register it is."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient
from tests.interfaces.api.world import Calls, World

from steerco.apps.access.roles import roles_giving
from steerco.kit import clock
from steerco.kit.registers.register import Register, registers

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
every_register = pytest.mark.parametrize("register", registers(), ids=lambda r: r.key)
records = pytest.mark.parametrize(
    "register", [r for r in registers() if r.is_records and r.states], ids=lambda r: r.key
)


def root(register: Register) -> str:
    return f"/api/v1/{register.slug}/"


def created(client: APIClient, world: World, register: Register, n: int = 1) -> dict[str, Any]:
    answer = client.post(root(register), world.values(register.key, n))
    assert answer.status_code == 201, answer.json()
    return answer.json()  # type: ignore[no-any-return]


@every_register
def test_created_row_reads_back_as_it_was_sent(manager: APIClient, world: World, register: Register) -> None:
    sent = world.values(register.key, 1)
    answer = manager.post(root(register), sent)
    assert answer.status_code == 201, answer.json()
    row = answer.json()
    assert answer["Location"] == f"{root(register)}{row['id']}/"
    assert answer["ETag"] == '"1"'
    read = manager.get(answer["Location"]).json()
    assert read == row
    for name, value in sent.items():
        got = read[name]["name"].split(" · ")[0] if isinstance(read[name], dict) else read[name]
        assert got == value, name
    assert row["id"] in [r["id"] for r in manager.get(root(register)).json()["results"]]


@every_register
def test_change_needs_the_version_that_was_read(manager: APIClient, world: World, register: Register) -> None:
    row = created(manager, world, register)
    address = f"{root(register)}{row['id']}/"
    name = register.title_column
    assert manager.patch(address, {name: "Second"}).json()["code"] == "version_required"
    second = manager.patch(address, {name: "Second", "version": 1})
    assert (second.status_code, second.json()["version"], second.json()[name]) == (200, 2, "Second")
    stale = manager.patch(address, {name: "Third", "version": 1})
    assert stale.status_code == 409
    assert stale.json()["fields"] == {name: {"theirs": "Second", "mine": "Third"}}
    assert (stale.json()["id"], stale.json()["version"]) == (row["id"], 2)
    by_header = manager.patch(address, {name: "Third"}, HTTP_IF_MATCH=second["ETag"])
    assert by_header.json()["version"] == 3
    any_version = manager.patch(address, {name: "Fourth"}, HTTP_IF_MATCH="*")
    assert any_version.json()[name] == "Fourth"
    assert manager.get(address).json() == any_version.json()


def test_a_row_that_may_be_hidden_is_found_by_its_id_and_by_no_name(manager: APIClient, world: World) -> None:
    body = world.make("body", name="Board", initiative=world.project)
    world.make("meeting", initiative=world.project, title="Met", day=clock.today(), body=body)
    address = root(world.register("meeting"))
    assert len(manager.get(f"{address}?body={body.pk}").json()["results"]) == 1
    assert manager.get(f"{address}?body=Board").json()["results"] == []


@every_register
def test_history_tells_who_changed_what(manager: APIClient, world: World, register: Register) -> None:
    row = created(manager, world, register)
    address = f"{root(register)}{row['id']}/"
    name = register.title_column
    before = row[name]
    body = {name: "Second", "version": 1, "reason": "as agreed"}
    assert manager.patch(address, body).status_code == 200
    newest, oldest = manager.get(f"{address}history/").json()["results"]
    assert (newest["who"], newest["reason"]) == ("Manager", "as agreed")
    assert [(c["field"], c["before"], c["after"]) for c in newest["changes"]] == [(name, before, "Second")]
    assert name in [c["field"] for c in oldest["changes"]]


@every_register
def test_as_at_gives_what_was_held_then(manager: APIClient, world: World, register: Register) -> None:
    name = register.title_column
    start = clock.now()
    with clock.at(start - timedelta(hours=4)):
        row = created(manager, world, register)
    address = f"{root(register)}{row['id']}/"
    with clock.at(start - timedelta(hours=2)):
        manager.patch(address, {name: "Second", "version": 1})
    then = {"as_at": (start - timedelta(hours=3)).isoformat()}
    assert manager.get(address, then).json() == row
    assert manager.get(address, {"as_at": start.isoformat()}).json()[name] == "Second"
    missing = manager.get(address, {"as_at": (start - timedelta(hours=5)).isoformat()})
    assert missing.status_code == 404
    assert manager.get(address, {"as_at": "yesterday"}).json()["parameters"].keys() == {"as_at"}


@every_register
def test_reader_reads_and_writes_nothing(
    manager: APIClient, calling: Calls, world: World, register: Register
) -> None:
    row = created(manager, world, register)
    viewer = calling("viewer")
    address = f"{root(register)}{row['id']}/"
    assert viewer.get(address).json() == row
    assert viewer.get(f"{address}history/").status_code == 200
    attempts = [
        viewer.post(root(register), world.values(register.key, 2)),
        viewer.patch(address, {register.title_column: "Mine now", "version": 1}),
        viewer.patch(root(register), [{"id": row["id"], "version": 1}]),
    ]
    if register.has_deleted:
        attempts += [viewer.delete(address), viewer.post(f"{address}restore/")]
    assert {(a.status_code, a.json()["code"]) for a in attempts} == {(403, "forbidden")}
    assert manager.get(address).json() == row
    assert register.model._default_manager.filter(**{register.title_column: "Mine now"}).count() == 0


@every_register
def test_several_rows_are_written_all_or_none(manager: APIClient, world: World, register: Register) -> None:
    name = register.title_column
    bodies = [world.values(register.key, n) for n in (1, 2, 3)]
    made = manager.post(root(register), bodies)
    assert made.status_code == 201, made.json()
    rows = made.json()["results"]
    assert [r[name] for r in rows] == [b[name] for b in bodies]
    count = register.model._default_manager.count()

    bad = [world.values(register.key, 4), {**world.values(register.key, 5), name: None, "nonsense": 1}]
    refused = manager.post(root(register), bad)
    assert refused.status_code == 422
    assert [r["row"] for r in refused.json()["rows"]] == [1]
    assert register.model._default_manager.count() == count

    changes = [{"id": r["id"], "version": r["version"], name: f"New {r['id']}"} for r in rows]
    changed = manager.patch(root(register), changes)
    assert [r[name] for r in changed.json()["results"]] == [c[name] for c in changes]

    stale = [{**changes[0], "version": 2, name: "Newer"}, {**changes[1], name: "Newer"}]
    conflict = manager.patch(root(register), stale)
    assert (conflict.status_code, conflict.json()["id"]) == (409, rows[1]["id"])
    unknown = manager.patch(root(register), [*changes, {"id": 10**15, "version": 1}])
    assert (unknown.status_code, unknown.json()["rows"][0]["row"]) == (422, 3)
    twice = manager.patch(root(register), [changes[0], changes[0]])
    assert twice.json()["rows"] == [{"row": 1, "errors": {"id": ["This stands here twice."]}}]
    held = manager.get(f"{root(register)}{rows[0]['id']}/").json()
    assert held[name] == changes[0][name]


@every_register
def test_pages_follow_one_another_without_gap(manager: APIClient, world: World, register: Register) -> None:
    bodies = [world.values(register.key, n) for n in range(1, 8)]
    assert manager.post(root(register), bodies).status_code == 201
    whole = manager.get(root(register), {"size": 200}).json()
    order = [r["id"] for r in whole["results"]]
    assert (whole["next"], whole["previous"]) == (None, None)
    assert (whole["count"], whole["count_is_limit"]) == (len(order), False)
    seen: list[int] = []
    address: str | None = f"{root(register)}?size=3"
    pages = []
    while address:
        page = manager.get(address).json()
        pages.append(page)
        seen += [r["id"] for r in page["results"]]
        address = page["next"]
    assert seen == order
    back = manager.get(pages[-1]["previous"]).json()
    assert back["results"] == pages[-2]["results"]


@every_register
def test_number_of_queries_does_not_grow_with_the_rows(
    manager: APIClient, world: World, register: Register
) -> None:
    manager.post(root(register), [world.values(register.key, n) for n in range(1, 4)])
    assert manager.get(root(register)).status_code == 200  # notes the token's use, once a minute
    few, _rows = queries_of_list(manager, register)
    manager.post(root(register), [world.values(register.key, n) for n in range(4, 40)])
    many, rows = queries_of_list(manager, register)
    assert rows >= 39
    assert few == many
    assert many <= 14


def queries_of_list(client: APIClient, register: Register) -> tuple[int, int]:
    """How many queries the list took, without the organisation's words (kept for a while), and its rows."""
    with CaptureQueriesContext(connection) as taken:
        rows = client.get(root(register)).json()["results"]
    return sum("organisation_term" not in query["sql"] for query in taken.captured_queries), len(rows)


@records
def test_deleted_row_is_gone_until_it_is_restored(
    manager: APIClient, calling: Calls, world: World, register: Register
) -> None:
    row = created(manager, world, register)
    address = f"{root(register)}{row['id']}/"
    assert manager.delete(address).status_code == 204
    assert manager.delete(address).status_code == 404
    assert manager.patch(address, {"title": "x"}, HTTP_IF_MATCH="*").status_code == 404
    assert calling("viewer").get(address).status_code == 404
    assert manager.get(address).json()["deleted"] is True
    assert manager.get(root(register)).json()["results"] == []
    restored = manager.post(f"{address}restore/")
    assert (restored.status_code, restored.json()["deleted"]) == (200, False)


@records
def test_transitions_go_only_where_they_lead(
    manager: APIClient, calling: Calls, world: World, register: Register
) -> None:
    states = register.states
    assert states is not None
    way = states.leaving(states.first.key)[0]
    decides = way.action != "record.transition"  # what the office does not
    everything = world.values(register.key, 1)
    asked = {n: v for n, v in everything.items() if n in way.asks}
    body = {n: v for n, v in everything.items() if n not in way.asks}
    row, other = manager.post(root(register), [body, body]).json()["results"]
    address = f"{root(register)}{row['id']}/transitions"
    away = next(t for t in states.transitions if states.first.key not in t.sources)
    assert manager.post(f"{address}/nowhere/").status_code == 404
    out_of_order = manager.post(f"{address}/{away.key}/")
    if roles_giving(away.action):
        assert out_of_order.json()["rows"][0]["errors"].keys() == {"state"}
    else:  # what no role gives is refused before anything is said of the state
        assert out_of_order.status_code == 403
    assert calling("viewer").post(f"{address}/{way.key}/", asked).status_code == 403
    if decides:
        assert manager.post(f"{address}/{way.key}/", asked).status_code == 403
        return
    stale = manager.post(f"{address}/{way.key}/", {**asked, "version": 7})
    assert stale.status_code == 409
    taken = manager.post(f"{address}/{way.key}/", asked)
    assert (taken.status_code, taken.json()["state"]) == (200, way.target)
    empty = {name for name in way.asks if not other[name]}
    if empty:
        refused = manager.post(f"{root(register)}{other['id']}/transitions/{way.key}/")
        assert refused.json()["rows"][0]["errors"].keys() == empty
