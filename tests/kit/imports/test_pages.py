"""The way of an import through its pages, in a browser's words."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.apps.worlds import browser, initiative, person, record
from tests.kit.imports.files import RAID_HEADERS, RAID_ROWS, upload

from steerco.apps.initiatives.models import Initiative
from steerco.apps.raid.models import Risk
from steerco.kit.imports.models import ImportRun, NamedMapping
from steerco.kit.imports.views import exports
from steerco.kit.jobs import worker
from steerco.kit.jobs.models import Job
from steerco.kit.pages.downloads import type_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_here")]


@pytest.fixture
def place() -> Initiative:
    return initiative("P1")


@pytest.fixture
def client(place: Initiative) -> Client:
    person("Ada Lovelace")
    return browser(person("Manager One", "project_manager", place))


def brought(client: Client, **data: object) -> ImportRun:
    """The run that the first page made."""
    answer = client.post("/imports/risks/new/", data)
    assert answer.status_code == 303, answer.content.decode()[-2000:]
    return ImportRun.objects.get(pk=answer["Location"].split("/")[3])


def mapping_form(run: ImportRun, **more: str) -> dict[str, object]:
    """The columns page as it is shown."""
    columns = {
        f"column-{n}-{i}": name
        for n, layout in enumerate(run.mapping["layouts"])
        for i, name in enumerate(layout["columns"])
    }
    tables = [f"{t['source']}/{t['sheet']}" for f in run.files.all() for t in f.tables]
    options = {"options-match": "number", "options-place": "auto", "options-day_first": ""}
    return {**columns, "table": tables, **options, **more}


def test_from_the_file_to_the_undo(client: Client) -> None:
    log = upload(RAID_HEADERS, RAID_ROWS)
    assert client.get("/imports/risks/new/?in=P1").status_code == 200
    run = brought(client, upload=SimpleUploadedFile("log.csv", log.data), place="P1")
    columns = client.get(f"/imports/runs/{run.pk}/columns/")
    assert "Date Identified" in columns.content.decode()
    assert client.post(f"/imports/runs/{run.pk}/columns/", mapping_form(run)).status_code == 303
    report = client.get(f"/imports/runs/{run.pk}/").content.decode()
    assert "Import 2 entries" in report
    assert "Nobody Known" in report  # the wrong cell
    assert "Mitigation Date" in report  # the column left out
    rows = client.get(f"/imports/runs/{run.pk}/report.csv").content.decode("utf-8-sig")
    assert "Q4" in rows
    run.refresh_from_db()
    answer = client.post(f"/imports/runs/{run.pk}/apply/", {"fingerprint": run.report["fingerprint"]})
    assert answer.status_code == 303
    assert Risk.objects.filter(deleted=False).count() == 2
    assert "Undo this import" in client.get(f"/imports/runs/{run.pk}/").content.decode()
    assert client.get("/imports/").status_code == 200
    client.post(f"/imports/runs/{run.pk}/undo/")
    assert Risk.objects.filter(deleted=False).count() == 0


def test_pasted_cells_and_words_that_are_told(client: Client) -> None:
    run = brought(client, pasted="Title\tCategory\nOne\tZZ\nTwo\tZZ\n", place="P1")
    client.post(f"/imports/runs/{run.pk}/columns/", mapping_form(run))
    assert "What these words mean" in client.get(f"/imports/runs/{run.pk}/").content.decode()
    client.post(f"/imports/runs/{run.pk}/check/", {"word-category-ZZ": "technical"})
    client.post(f"/imports/runs/{run.pk}/apply/")
    assert list(Risk.objects.values_list("category", flat=True)) == ["technical"] * 2


def test_a_kept_mapping_is_used_again(client: Client) -> None:
    text = "What might go wrong\tWho\nOne\tAda Lovelace\n"
    run = brought(client, pasted=text, place="P1")
    form = mapping_form(run, **{"column-0-0": "title", "column-0-1": "owner", "keep": "Ours"})
    client.post(f"/imports/runs/{run.pk}/columns/", form)
    assert NamedMapping.objects.get().name == "Ours"
    again = brought(client, pasted=text, place="P1")
    assert again.mapping["layouts"][0]["columns"] == ["title", "owner"]


def test_several_files_in_one_run_each_with_its_own_place(client: Client, place: Initiative) -> None:
    initiative("P2", place)
    initiative("P3", place)
    files = [
        SimpleUploadedFile("P2_risk log.csv", b"Title,Cause\nTwo,b\n"),
        SimpleUploadedFile("P3.csv", b"Cause;Risk title\nc;Three\n"),
        SimpleUploadedFile("broken.xlsx", b"PK\x03\x04 no workbook"),
        SimpleUploadedFile("nowhere.csv", b"Title,Cause\nFour,b\n"),
    ]
    run = brought(client, upload=files)
    assert "damaged" in client.get(f"/imports/runs/{run.pk}/columns/").content.decode()
    client.post(f"/imports/runs/{run.pk}/columns/", mapping_form(run))
    client.post(f"/imports/runs/{run.pk}/apply/")
    assert set(Risk.objects.values_list("title", "initiative__code")) == {("Two", "P2"), ("Three", "P3")}
    run.refresh_from_db()
    assert run.report["counts"]["rejected"] == 1
    shown = client.get(f"/imports/runs/{run.pk}/?show=rejected").content.decode()
    assert '<div class="sc-muted">nowhere.csv</div>' in shown  # which of the files the row stands in
    assert any("damaged" in item["text"] for item in run.report["skipped"])


def test_nothing_given_and_too_much_given(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.post("/imports/risks/new/", {}).status_code == 422
    monkeypatch.setattr("steerco.kit.imports.services.MOST_ROWS", 1)
    answer = client.post("/imports/risks/new/", {"pasted": "Title\nOne\nTwo\n", "place": "P1"})
    assert answer.status_code == 422
    assert "split the file" in answer.content.decode()


def test_a_long_list_is_written_by_a_job(
    client: Client, place: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    record("risk", place, "One")
    monkeypatch.setattr(exports, "INLINE_ROWS", 0)
    answer = client.get("/imports/risks/export.xlsx?group=all")
    assert answer.status_code == 303
    job = Job.objects.get()
    assert "in the background" in client.get(answer["Location"]).content.decode()
    assert client.get(f"/imports/exports/{job.pk}/file/").status_code == 404
    worker.run(until_idle=True)
    job.refresh_from_db()
    assert "Download" in client.get(answer["Location"]).content.decode()
    file = client.get(f"/imports/exports/{job.pk}/file/")
    assert b"".join(file.streaming_content).startswith(b"PK")
    assert file["Content-Disposition"].startswith("attachment")
    assert browser(person("Other Two", "project_manager", place)).get(answer["Location"]).status_code == 404
    assert Path(settings.MEDIA_ROOT, job.result_file).exists()


def test_a_template_comes_filled_and_is_read_as_what_it_is(client: Client) -> None:
    answer = client.get("/imports/risks/template.xlsx")
    assert answer["Content-Type"] == type_of("a.xlsx")
    assert answer.content.startswith(b"PK")
    assert client.get("/imports/nothing/template.xlsx").status_code == 404
    assert client.get("/imports/risks/export.odt").status_code == 404
