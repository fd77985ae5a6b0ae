"""What the recipe promises of its example, tried where the recipe was followed (see `test_add_a_register.py`)."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from tests.apps.worlds import actor, browser, initiative, person, posted, record

from steerco.interfaces.cli.main import main
from steerco.kit.permissions import can
from steerco.kit.registers.register import register_by_slug

pytestmark = pytest.mark.django_db
FORM = {
    "title": "Steel on the quay",
    "state": "open",
    "next_visit": "2026-05-04",
    "findings": "two bundles short",
}


@pytest.fixture
def writer() -> Client:
    return browser(person("Wanda Writer", "project_manager", initiative("P1")))


def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_menu_the_list_the_page_and_the_search_know_it(writer: Client) -> None:
    register = register_by_slug("site-visits")
    assert register is not None
    assert "/registers/site-visits/" in writer.get("/registers-overview/").content.decode()
    place = register.model._meta.get_field("initiative").related_model.objects.get()  # type: ignore[union-attr]
    page = posted(writer, "/registers/site-visits/new/", {**FORM, "initiative": "P1"})
    row = register.model.objects.get()
    assert (row.title, str(row.next_visit), row.initiative_id) == (
        FORM["title"],
        FORM["next_visit"],
        place.pk,
    )
    assert "SV-1" in page
    assert FORM["title"] in writer.get("/registers/site-visits/").content.decode()
    assert FORM["title"] in writer.get("/search/?q=steel").content.decode()
    assert not can(actor(person("Rita Reader", "viewer")), "record.edit", row)


def test_it_is_german_too(writer: Client) -> None:
    record("site_visit", initiative("P2"), "One")
    with translation.override("en-gb"):  # what the request activates ends here
        page = writer.get("/registers/site-visits/", headers={"Accept-Language": "de"}).content.decode()
    assert "Wer vor Ort was gesehen hat, und wann der nächste Besuch ist." in page
    assert "Who saw what" not in page


def test_rest_answers_for_it(writer: Client) -> None:
    made = record("site_visit", initiative("P3"), "One", findings="short")
    user = person("Pam Programme", "pmo_manager")
    client = browser(user)
    row = client.get(f"/api/v1/site-visits/{made.pk}/").json()
    assert (row["title"], row["findings"], row["reference"]) == ("One", "short", "SV-1")
    assert client.get(f"/api/v1/site-visits/{made.pk}/history/").json()
    assert "/api/v1/site-visits/" in json.dumps(client.get("/api/v1/schema/").json()["paths"])


def test_out_as_excel_and_in_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = initiative("P4")
    record("site_visit", place, "One", findings="short")
    out = tmp_path / "log.xlsx"
    assert main(["export", "site-visits", "--in", "P4", "--out", str(out), "--json"]) == 0
    capsys.readouterr()
    assert main(["import", "site-visits", str(out), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["created"], answer["updated"], answer["unchanged"], answer["notes"]) == (0, 0, 1, [])
    typed = tmp_path / "typed.csv"
    typed.write_text("Site visit,What was found,Next visit\nTwo,nothing,2026-06-01\n")
    assert main(["import", "site-visits", str(typed), "--in", "P4", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["created"] == 1
