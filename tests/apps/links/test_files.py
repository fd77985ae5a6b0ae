"""Files: on disk before the row, told by their bytes, handed out to be saved, swept when nothing needs them."""

import os
import time
from pathlib import Path

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse
from tests.apps import worlds

from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.services import restrict
from steerco.apps.links import files, services
from steerco.apps.links.files import TooLarge, keep, path_of
from steerco.apps.links.jobs import sweep_files
from steerco.apps.links.kinds import Refused, media_type
from steerco.apps.links.models import Attachment, StoredFile
from steerco.apps.links.services import Upload, attach_files, plain_name, remove_attachment
from steerco.apps.links.uploads import REQUEST_LIMIT, BoundedUpload
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Denied

PDF = b"%PDF-1.7\n" + bytes(range(200))


@pytest.fixture
def town(db, tmp_path, settings):
    """A project with a risk, its manager, and a member of staff without a post; a media folder of its own."""
    settings.MEDIA_ROOT = str(tmp_path / "media")

    class Town:
        project = worlds.initiative("PAY")
        risk = worlds.record("risk", project, "Supplier insolvency")
        entry = Entry.objects.get(pk=risk.entry_id)
        beatrice = worlds.person("Beatrice Okafor", "project_manager", project)
        jonas = worlds.person("Jonas Weber")

    return Town


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.PDF", PDF, "application/pdf"),
        ("photo.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("b.xlsx", b"PK\x03\x04rest", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("plan.mpp", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-project"),
        ("notes.txt", "Grüße".encode(), "text/plain"),
        ("page.html", b"<script>alert(1)</script>", "application/octet-stream"),
        ("drawing.svg", b"<svg onload=alert(1)>", "application/octet-stream"),
        ("code.js", b"alert(1)", "application/octet-stream"),
        ("model.dwg", b"AC1032", "application/octet-stream"),
        ("noending", b"x", "application/octet-stream"),
    ],
)
def test_a_file_is_told_by_its_first_bytes(name: str, head: bytes, expected: str) -> None:
    assert media_type(name, head) == expected


@pytest.mark.parametrize(
    ("name", "head", "code"),
    [
        ("a.pdf", b"<html>", "other"),
        ("a.xlsx", PDF, "other"),
        ("a.webp", b"RIFF0000WAVE", "other"),
        ("notes.txt", b"a\0b", "other"),
        ("a.exe", b"anything", "program"),
        ("invoice.pdf", b"MZ\x90", "program"),
        ("run", b"#!/bin/sh", "program"),
        ("empty.pdf", b"", "empty"),
    ],
)
def test_what_is_not_what_it_says_is_refused(name: str, head: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        media_type(name, head)
    assert caught.value.code == code


def test_the_same_content_is_kept_once(town) -> None:
    manager = worlds.actor(town.beatrice)
    attach_files(manager, town.entry, [Upload("a.pdf", [PDF]), Upload("b.pdf", [PDF[:50], PDF[50:]])])
    (stored,) = StoredFile.objects.all()
    assert path_of(stored.digest).read_bytes() == PDF
    assert stored.size == len(PDF)
    assert [a.name for a in Attachment.objects.all()] == ["a.pdf", "b.pdf"]
    assert list(files.folder().glob("incoming/*")) == []


def test_nothing_half_written_is_left(town) -> None:
    def broken():
        yield PDF
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        keep(broken())
    with pytest.raises(TooLarge):
        keep([b"12345", b"6"], limit=5)
    assert [p for p in files.folder().rglob("*") if p.is_file()] == []


def test_only_who_may_change_the_entry_attaches_and_removes(town) -> None:
    with pytest.raises(Denied):
        attach_files(worlds.actor(town.jonas), town.entry, [Upload("a.pdf", [PDF])])
    (row,) = attach_files(worlds.actor(town.beatrice), town.entry, [Upload("a.pdf", [PDF])], source="mail")
    with pytest.raises(Denied):
        remove_attachment(worlds.actor(town.jonas), row)
    page = worlds.browser(town.jonas).get(f"/registers/risks/{town.risk.pk}/").content.decode()
    assert "a.pdf" in page
    assert "the mail that it came by" in page
    remove_attachment(worlds.actor(town.beatrice), row)
    assert "a.pdf" not in worlds.browser(town.jonas).get(f"/registers/risks/{town.risk.pk}/").content.decode()


def test_a_removed_file_is_put_back_by_who_may(town) -> None:
    manager, page = worlds.actor(town.beatrice), f"/registers/risks/{town.risk.pk}/"
    (row,) = attach_files(manager, town.entry, [Upload("a.pdf", [PDF])])
    restore = reverse("links:reattach", args=[town.entry.pk, row.pk])
    beatrice, jonas = worlds.browser(town.beatrice), worlds.browser(town.jonas)
    assert beatrice.post(restore).status_code == 404  # it is not removed
    assert restore not in beatrice.get(page).content.decode()
    remove_attachment(manager, row)
    assert beatrice.get(reverse("links:file", args=[town.entry.pk, row.pk])).status_code == 404
    assert restore in beatrice.get(page).content.decode()
    assert restore not in jonas.get(page).content.decode()
    assert jonas.post(restore).status_code == 403
    assert reverse("links:file", args=[town.entry.pk, row.pk]) in worlds.posted(beatrice, restore, {})
    assert "a.pdf" in jonas.get(page).content.decode()
    kinds = Event.objects.filter(model="links.attachment", object_id=row.pk).order_by("sequence")
    assert [e.kind for e in kinds] == ["attachment.added", "attachment.removed", "attachment.restored"]


def test_what_is_put_back_counts_too(town, monkeypatch) -> None:
    manager = worlds.actor(town.beatrice)
    (row,) = attach_files(manager, town.entry, [Upload("a.pdf", [PDF])])
    remove_attachment(manager, row)
    attach_files(manager, town.entry, [Upload("b.pdf", [PDF])])
    monkeypatch.setattr(services, "ENTRY_LIMIT", len(PDF) + 10)
    url = reverse("links:reattach", args=[town.entry.pk, row.pk])
    assert "“a.pdf” is too large" in worlds.posted(worlds.browser(town.beatrice), url, {})
    assert Attachment.objects.get(pk=row.pk).deleted


def test_there_is_a_limit_to_what_hangs_on_an_entry(town, monkeypatch) -> None:
    monkeypatch.setattr(services, "ENTRY_LIMIT", len(PDF) + 10)
    attach_files(worlds.actor(town.beatrice), town.entry, [Upload("a.pdf", [PDF])])
    with pytest.raises(TooLarge):
        attach_files(worlds.actor(town.beatrice), town.entry, [Upload("b.pdf", [PDF])])
    monkeypatch.setattr(services, "ENTRY_LIMIT", 10**9)
    monkeypatch.setattr(services, "USER_LIMIT", len(PDF) + 10)
    with pytest.raises(TooLarge):
        attach_files(worlds.actor(town.beatrice), town.entry, [Upload("b.pdf", [PDF])])
    assert Attachment.objects.count() == 1


def test_a_download_is_saved_never_shown(town) -> None:
    browser = worlds.browser(town.beatrice)
    page = SimpleUploadedFile("übersicht page.html", b"<script>alert(1)</script>")
    document = SimpleUploadedFile("a.pdf", PDF)
    url = reverse("links:attach", args=[town.entry.pk])
    assert browser.post(url, {"files": [page, document], "source": ""}).status_code == 303
    for row in Attachment.objects.select_related("file"):
        answer = browser.get(reverse("links:file", args=[town.entry.pk, row.pk]))
        assert answer["Content-Disposition"].startswith("attachment; ")
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Type"] in {"application/octet-stream", "application/pdf"}
        assert b"".join(answer.streaming_content) == path_of(row.file.digest).read_bytes()  # type: ignore[attr-defined]


def test_a_refused_file_is_named(town) -> None:
    browser = worlds.browser(town.beatrice)
    fake = SimpleUploadedFile("fake.pdf", b"<html>")
    page = worlds.posted(
        browser, reverse("links:attach", args=[town.entry.pk]), {"files": [fake], "source": ""}
    )
    assert "“fake.pdf” is not what its name says it is." in page
    assert not Attachment.objects.exists()


def test_the_file_of_a_hidden_entry_is_missing(town) -> None:
    (row,) = attach_files(worlds.actor(town.beatrice), town.entry, [Upload("a.pdf", [PDF])])
    other = worlds.record("risk", town.project, "Other")
    jonas = worlds.browser(town.jonas)
    missing = jonas.get(reverse("links:file", args=[town.entry.pk, 999_999]))
    assert jonas.get(reverse("links:file", args=[other.entry_id, row.pk])).status_code == 404
    restrict(worlds.OPERATOR, town.risk, [town.beatrice.party_id])
    hidden = jonas.get(reverse("links:file", args=[town.entry.pk, row.pk]))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert jonas.post(reverse("links:detach", args=[town.entry.pk, row.pk])).status_code == 404
    assert jonas.post(reverse("links:attach", args=[town.entry.pk]), {"source": ""}).status_code == 404


def test_names_lose_folders_and_keep_their_ending() -> None:
    assert plain_name("../../etc/passwd") == "passwd"
    assert plain_name("C:\\docs\\Plan.docx") == "Plan.docx"
    assert plain_name("a\r\nb\0.pdf") == "ab.pdf"
    assert plain_name("x" * 300 + ".pdf") == "x" * 196 + ".pdf"
    assert plain_name("..") == "file"


def test_the_sweep_takes_what_nothing_needs_after_a_day(town) -> None:
    attach_files(worlds.actor(town.beatrice), town.entry, [Upload("a.pdf", [PDF])])
    lost, fresh = keep([b"lost"]), keep([b"fresh"])
    purged = StoredFile.objects.create(
        digest=keep([b"purged"]).digest, size=6, media_type="x", created_at="2026-01-01T00:00Z"
    )
    aside = files.folder() / "incoming" / "abc"
    aside.write_bytes(b"half")
    old = time.time() - 25 * 3600
    needed = path_of(StoredFile.objects.get(size=len(PDF)).digest)
    for path in (path_of(lost.digest), path_of(purged.digest), aside, needed):
        os.utime(path, (old, old))
    assert sweep_files.func(None) == {"removed": 3}
    assert sorted(p.name for p in files.folder().rglob("*") if p.is_file()) == sorted(
        [needed.name, fresh.digest]
    )
    assert not StoredFile.objects.filter(pk=purged.pk).exists()


def test_a_request_beyond_all_measure_is_refused_before_it_is_stored() -> None:
    handler = BoundedUpload(RequestFactory().post("/"))
    with pytest.raises(RequestDataTooBig):
        handler.handle_raw_input(None, {}, REQUEST_LIMIT + 1, b"", None)
    assert handler.handle_raw_input(None, {}, REQUEST_LIMIT, b"", None) is None


def test_files_lie_under_their_digest(town) -> None:
    kept = keep([b"abc"])
    assert kept.digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert path_of(kept.digest).relative_to(files.folder()) == Path("ba") / kept.digest
