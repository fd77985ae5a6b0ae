"""The files on a row over REST: listed, taken off, put back, within what the caller may."""

import pytest
from rest_framework.test import APIClient
from tests.interfaces.api.world import Calls, World

from steerco.apps.initiatives.models import Entry
from steerco.apps.links.services import Upload, attach_files

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def files(world: World, tmp_path, settings) -> str:
    """The address of the files of a risk; it has one file, a.txt."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    risk = world.make("risk", title="Flood", initiative=world.project)
    attach_files(world.operator, Entry.objects.get(pk=risk.entry_id), [Upload("a.txt", [b"words"])])
    return f"/api/v1/risks/{risk.pk}/files/"


def names(client: APIClient, address: str) -> list[str]:
    return [row["name"] for row in client.get(address).json()["results"]]


def test_a_file_is_taken_off_and_put_back(manager: APIClient, calling: Calls, files: str) -> None:
    (told,) = manager.get(files).json()["results"]
    assert (told["name"], told["size"], told["media_type"], told["removed"]) == (
        "a.txt",
        5,
        "text/plain",
        False,
    )
    one = f"{files}{told['id']}/"
    assert manager.post(f"{one}restore/").status_code == 404
    assert manager.delete(one).status_code == 204
    assert manager.delete(one).status_code == 404
    assert names(manager, files) == []
    assert names(manager, f"{files}?removed=true") == ["a.txt"]
    viewer = calling("viewer")
    assert names(viewer, f"{files}?removed=true") == []
    assert viewer.post(f"{one}restore/").status_code == 403
    answer = manager.post(f"{one}restore/")
    assert (answer.status_code, answer.json()["removed"]) == (200, False)
    assert names(viewer, files) == ["a.txt"]
    assert viewer.delete(one).status_code == 403


def test_hidden_is_missing_and_what_cannot_be_used_is_refused(
    calling: Calls, world: World, files: str
) -> None:
    assert calling("outsider").get(files).status_code == 404
    assert calling("outsider").delete(f"{files}1/").status_code == 404
    other = world.make("risk", title="Other", initiative=world.project)
    (told,) = calling("viewer").get(files).json()["results"]
    assert calling("manager").delete(f"/api/v1/risks/{other.pk}/files/{told['id']}/").status_code == 404
    assert calling("manager").get(f"{files}?removed=perhaps").status_code == 400


def test_files_hang_on_initiatives_too(manager: APIClient, world: World, files: str) -> None:
    attach_files(world.operator, Entry.objects.get(pk=world.project.entry_id), [Upload("b.txt", [b"words"])])
    assert names(manager, f"/api/v1/initiatives/{world.project.pk}/files/") == ["b.txt"]
