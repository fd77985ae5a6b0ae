"""A change request lists the requirements that it touches: named on its page, shown on both, in export and API."""

from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, posted, record

from steerco.apps.change.models import ChangeRequest
from steerco.apps.initiatives.services import restrict
from steerco.apps.links.models import Relation
from steerco.kit.registers.listing import listing
from steerco.kit.registers.register import register_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Any:
    class Town:
        tram, road = initiative("TRAM"), initiative("ROAD")
        mara = person("Mara Manager", "project_manager", tram)
        vera = person("Vera Viewer", "viewer", tram)
        change = record("change_request", tram, "Lengthen the platform")
        long = record("requirement", tram, "Trams of 40 metres stop")
        low = record("requirement", tram, "No step at the door")
        secret = record("requirement", road, "Secret strength of the bridge")

    return Town


def test_requirements_are_named_on_the_request_and_shown_on_both_pages(town: Any) -> None:
    client, page = browser(town.mara), f"/registers/changes/{town.change.pk}/"
    url = f"{page}requirements/"
    assert "Requirements it touches" in client.get(page).content.decode()
    assert "Trams of 40 metres stop" in posted(client, url, {"requirement": "TRAM/RQ-1"})
    posted(client, url, {"requirement": "Trams of 40 metres stop"})
    posted(client, url, {"requirement": "No step at the door"})
    relation = Relation.objects.order_by("pk").first()
    assert relation is not None
    assert (relation.source_id, relation.target_id, relation.kind) == (
        town.change.entry_id,
        town.long.entry_id,
        "changes",
    )
    assert Relation.objects.count() == 2
    requirement = client.get(f"/registers/requirements/{town.long.pk}/").content.decode()
    assert "Change requests that touch it" in requirement
    assert "CR-1 Lengthen the platform" in requirement
    shown = client.get("/registers/changes/?group=all&cols=title,requirements").content.decode()
    assert "TRAM/RQ-1 Trams of 40 metres stop; TRAM/RQ-2 No step at the door" in shown
    expected = "TRAM/RQ-1 Trams of 40 metres stop; TRAM/RQ-2 No step at the door"
    assert client.get(f"/api/v1/changes/{town.change.pk}/").json()["requirements"] == expected
    [row] = client.get("/api/v1/changes/").json()["results"]
    assert row["requirements"] == expected
    exported = client.get("/imports/changes/export.csv?group=all&cols=title,requirements")
    assert exported.status_code == 200
    assert expected in exported.content.decode("utf-8-sig")
    posted(client, url, {"remove": str(relation.pk)})
    assert "Trams of 40 metres stop" not in client.get(page).content.decode().split("History")[0]


def test_what_names_no_requirement_is_said_and_writes_nothing(town: Any) -> None:
    client, page = browser(town.mara), f"/registers/changes/{town.change.pk}/"
    restrict(OPERATOR, town.road, [person("Ned Named", staff=False).party_id])
    for wrong in ("", "TRAM/CR-1", "Secret strength of the bridge", "ROAD/RQ-1"):
        answer = client.post(f"{page}requirements/", {"requirement": wrong})
        assert answer.status_code == 303
        assert "is not known" in client.get(page).content.decode(), wrong
    assert client.post(f"{page}requirements/", {"remove": "999"}).status_code == 404
    assert client.post(f"{page}requirements/", {"remove": "x"}).status_code == 404
    assert not Relation.objects.exists()


def test_who_may_not_change_the_request_names_nothing(town: Any) -> None:
    page = f"/registers/changes/{town.change.pk}/"
    assert browser(town.vera).post(f"{page}requirements/", {"requirement": "TRAM/RQ-1"}).status_code == 403
    assert "Requirements it touches" not in browser(town.vera).get(page).content.decode()
    stranger = person("Nils Nobody", staff=False)
    assert browser(stranger).post(f"{page}requirements/", {"requirement": "TRAM/RQ-1"}).status_code == 404
    ChangeRequest.objects.filter(pk=town.change.pk).update(state="pending")
    answer = browser(town.mara).post(f"{page}requirements/", {"requirement": "TRAM/RQ-1"})
    assert answer.status_code == 403
    assert not Relation.objects.exists()


def test_hidden_requirements_and_requests_leave_no_trace(town: Any) -> None:
    Relation.objects.create(source=town.change.entry, target=town.secret.entry, kind="changes")
    hidden = record("change_request", town.road, "Widen the bridge")
    Relation.objects.create(source=hidden.entry, target=town.low.entry, kind="changes")
    restrict(OPERATOR, town.road, [person("Ned Named", staff=False).party_id])
    client = browser(town.mara)
    page = client.get(f"/registers/changes/{town.change.pk}/").content.decode()
    listed = client.get("/registers/changes/?group=all&cols=title,requirements").content.decode()
    told = client.get(f"/api/v1/changes/{town.change.pk}/").json()
    requirement = client.get(f"/registers/requirements/{town.low.pk}/").content.decode()
    for text in (page, listed, str(told)):
        assert "Secret strength" not in text
    assert told["requirements"] == ""
    assert "Widen the bridge" not in requirement
    assert "Change requests that touch it" not in requirement


def test_the_list_takes_as_many_queries_for_many_as_for_few(town: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            listing(
                register_of("change_request"),
                actor(town.mara),
                QueryDict("group=all&cols=title,requirements"),
            )
        return len(captured)

    def touch(number: int) -> None:
        row = record("change_request", town.tram, f"Change {number}")
        for requirement in (town.long, town.low):
            Relation.objects.create(source=row.entry, target=requirement.entry, kind="changes")

    touch(1)
    few = queries()
    for number in range(2, 9):
        touch(number)
    assert queries() == few
