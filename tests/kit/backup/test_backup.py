"""Backup and restore: one instant, every byte checked, the same on every engine, all or nothing."""

import hashlib
import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection, models, transaction

from steerco.apps.access.models import User
from steerco.apps.people.models import Person
from steerco.apps.people.services import write_people
from steerco.kit.backup import archive, media, restore, rows
from steerco.kit.backup.archive import write_backup
from steerco.kit.backup.restore import NotEmpty, restore_backup
from steerco.kit.backup.verify import BadBackup, verify_backup
from steerco.kit.history import Change
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.models import Job, Pause
from steerco.kit.jobs.results import store_result
from steerco.kit.jobs.tasks import enqueue, job
from steerco.kit.journal import seals
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@job()
def later(context: JobContext) -> None: ...


@pytest.fixture(autouse=True)
def media_folder(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def filled(operator: Actor) -> User:
    """An account, three people with history, sealed and unsealed events, an erasure, a waiting job, a file."""
    user = User.objects.create_user("ann@example.org", "secret")
    write_people(operator, [Change({"name": "Ann Ærø", "user": user}), Change({"name": "Bob"})])
    seals.seal_pending()
    first = Event.objects.order_by("sequence").first()
    assert first is not None
    seals.erase(operator, [first.sequence], reason="asked for")
    seals.seal_pending()
    write_people(operator, [Change({"name": "Cid"})])
    enqueue(operator, later)
    store_result("pack.txt", b"a pack")
    return user


@pytest.fixture
def backup(filled: User, tmp_path: Path) -> Path:
    write_backup(tmp_path / "b.zip")
    return tmp_path / "b.zip"


def empty() -> None:
    call_command("flush", verbosity=0, interactive=False)


def hashes(file: Path) -> dict[str, tuple[int, str]]:
    """Count and hash of each part."""
    manifest = verify_backup(file)
    return {e["part"]: (e["count"], e["sha256"]) for e in (*manifest["tables"], *manifest["media"])}


def rewrite(file: Path, change: Any) -> None:
    """Write the archive again with its parts changed."""
    with zipfile.ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    change(parts)
    with zipfile.ZipFile(file, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)


def test_what_comes_back_is_what_went_in(backup: Path, tmp_path: Path, media_folder: Path) -> None:
    before = hashes(backup)
    head = seals.head()
    created = User.objects.get().created_at
    empty()
    for path in sorted(media_folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    restore_backup(backup)
    assert seals.head() == head
    assert seals.verify_audit(head).is_whole
    assert User.objects.get().created_at == created  # not the time of the restore
    assert User.objects.get().check_password("secret")
    assert Pause.objects.count() == 2
    assert Job.objects.get().state == Job.State.CANCELLED
    Pause.objects.all().delete()
    write_backup(tmp_path / "again.zip")
    after = hashes(tmp_path / "again.zip")
    changed = {part for part in before if before[part] != after[part]}
    assert changed == {"tables/jobs.job.jsonl"}  # the cancelled job
    assert any(part.startswith("media/jobs/") for part in after)


def test_new_rows_follow_the_restored_ones(backup: Path, operator: Actor) -> None:
    last = max(Person.objects.values_list("pk", flat=True))
    empty()
    restore_backup(backup)
    assert write_people(operator, [Change({"name": "Dan"})])[0].pk > last
    seals.seal_pending()
    assert seals.verify_audit().is_whole


def test_a_backup_is_of_one_instant_while_others_write(
    filled: User, tmp_path: Path, monkeypatch: Any
) -> None:
    names = []
    original = archive.lines

    def lines(model: type[models.Model]) -> Any:
        if not names:  # somebody else writes when the first table is read
            names.append(model)
            _in_another_connection(lambda: User.objects.create_user("late@example.org"))
        return original(model)

    monkeypatch.setattr(archive, "lines", lines)
    write_backup(tmp_path / "b.zip")
    assert User.objects.filter(email="late@example.org").exists()
    assert hashes(tmp_path / "b.zip")["tables/access.user.jsonl"][0] == 1


def _in_another_connection(do: Any) -> None:
    def work() -> None:
        try:
            do()
        finally:
            connection.close()

    thread = Thread(target=work)
    thread.start()
    thread.join()


def test_a_restore_needs_an_empty_installation(backup: Path) -> None:
    with pytest.raises(NotEmpty):
        restore_backup(backup)


def test_a_backup_cannot_be_made_in_the_middle_of_a_write(tmp_path: Path) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        write_backup(tmp_path / "b.zip")
    assert list(tmp_path.glob("*.zip")) == list(tmp_path.glob(".backup-*")) == []


def _cut(parts: dict[str, bytes]) -> None:
    parts["tables/access.user.jsonl"] = b""


def _swap(parts: dict[str, bytes]) -> None:
    parts["tables/people.person.jsonl"] = parts["tables/people.person.jsonl"].replace(b"Bob", b"Bib")


def _without_manifest(parts: dict[str, bytes]) -> None:
    del parts["manifest.json"]


def _without_part(parts: dict[str, bytes]) -> None:
    del parts["tables/access.user.jsonl"]


def _outside(parts: dict[str, bytes]) -> None:
    manifest = json.loads(parts["manifest.json"])
    entry = {**manifest["tables"][0], "part": "media/../../evil", "count": 1}
    manifest["media"].append(entry)
    parts["media/../../evil"] = b"x"
    parts["manifest.json"] = json.dumps(manifest).encode()


def _another_format(parts: dict[str, bytes]) -> None:
    parts["manifest.json"] = parts["manifest.json"].replace(b'"format": 1', b'"format": 9')


@pytest.mark.parametrize("change", [_cut, _swap, _without_manifest, _without_part, _outside, _another_format])
def test_a_damaged_backup_is_refused_and_loads_nothing(backup: Path, change: Any, tmp_path: Path) -> None:
    rewrite(backup, change)
    with pytest.raises(BadBackup):
        verify_backup(backup)
    empty()
    with pytest.raises(BadBackup):
        restore_backup(backup)
    assert not Person.objects.exists()
    assert not User.objects.exists()
    assert not (tmp_path / "evil").exists()


def test_an_event_that_was_changed_with_its_hash_is_found(backup: Path) -> None:
    def forge(parts: dict[str, bytes]) -> None:
        name = "tables/journal.event.jsonl"
        manifest = json.loads(parts["manifest.json"])
        entry = next(e for e in manifest["tables"] if e["part"] == name)
        parts[name] = parts[name].replace(b"Bob", b"Bib")
        entry["sha256"] = hashlib.sha256(parts[name]).hexdigest()
        parts["manifest.json"] = json.dumps(manifest).encode()

    rewrite(backup, forge)
    with pytest.raises(BadBackup, match="not what was sealed"):
        verify_backup(backup)


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"not a zip")
    with pytest.raises(BadBackup):
        verify_backup(tmp_path / "x.zip")


def test_another_schema_is_named(backup: Path) -> None:
    def older(parts: dict[str, bytes]) -> None:
        manifest = json.loads(parts["manifest.json"])
        manifest["schema"] = manifest["schema"][1:]
        parts["manifest.json"] = json.dumps(manifest).encode()

    rewrite(backup, older)
    empty()
    with pytest.raises(BadBackup, match="another schema"):
        restore_backup(backup)


def test_every_kind_of_value_reads_back() -> None:
    class Every(models.Model):
        at = models.DateTimeField()
        on = models.DateField()
        amount = models.DecimalField(max_digits=9, decimal_places=2)
        key = models.UUIDField()
        raw = models.BinaryField()
        span = models.DurationField()
        data = models.JSONField()
        flag = models.BooleanField()
        nothing = models.IntegerField(null=True)

        class Meta:
            app_label = "nowhere"

    values = {
        "id": 1,
        "at": datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC),
        "on": date(2026, 3, 2),
        "amount": Decimal("12.30"),
        "key": UUID(int=7),
        "raw": b"\x00\xff",
        "span": timedelta(days=1, microseconds=3),
        "data": {"b": [1, 2.5], "a": "ø"},
        "flag": True,
        "nothing": None,
    }
    line = json.loads(rows.canonical([rows._plain(value) for value in values.values()]))
    row = rows.instance(Every, list(values), line)
    assert {name: getattr(row, name) for name in values} == values


def test_primary_keys_sort_alike_on_both_engines() -> None:
    whole = (models.IntegerField, models.AutoField, models.BigAutoField, models.OneToOneField)
    others = [m._meta.label for m in rows.tables() if not isinstance(m._meta.pk, whole)]
    assert others == []


def test_the_present_sqlite_installation_is_moved_aside_not_deleted(tmp_path: Path, monkeypatch: Any) -> None:
    if connection.vendor != "sqlite":
        with pytest.raises(RuntimeError, match="empty database"):
            restore.set_aside(tmp_path)
        return
    (tmp_path / "s.sqlite3").write_text("db")
    (tmp_path / "s.sqlite3-wal").write_text("wal")
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "s.sqlite3"))
    aside = restore.set_aside(tmp_path)
    assert sorted(p.name for p in aside.iterdir()) == ["s.sqlite3", "s.sqlite3-wal"]


def test_media_are_compared_with_their_names_and_rows(media_folder: Path, operator: Actor) -> None:
    kept = store_result("pack.txt", b"a pack")
    store_result("orphan.txt", b"nobody names it")
    made = enqueue(operator, later)
    Job.objects.filter(pk=made.pk).update(result_file=kept)
    found = media.verify_media()
    assert (found["missing"], found["damaged"], len(found["unnamed"])) == ([], [], 1)
    (media_folder / kept).write_bytes(b"changed")
    assert media.verify_media()["damaged"] == [kept]
    (media_folder / kept).unlink()
    assert media.verify_media()["missing"] == [kept]
