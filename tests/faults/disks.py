"""Scenes about the disk of an SQLite installation: the power fails, the disk is full, a migration is cut off."""

import os
import random
import resource
import signal
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from tests.faults.recording import Acknowledged, Log, Sync, disk_after, record
from tests.faults.victims import OPERATOR, fork, into, look, write_for_ever

from steerco.apps.initiatives.models import Ancestry, Entry, Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.links import files
from steerco.kit.history import Change, version_model
from steerco.kit.journal import seals
from steerco.kit.journal.models import Event

CUTS_PER_KILL = 20
WRITES = 240  # enough that SQLite moves its log into the database meanwhile


class Enough(Exception):
    """The writer has written what the scene needs."""


def power_cut(kills: int, seed: int) -> dict[str, int]:
    """Record one process at work, then cut the power at many moments of the record; look at each disk."""
    database = Path(settings.DATABASES["default"]["NAME"])
    connections.close_all()
    before = {database.name: database.read_bytes()}
    log: Log = []
    record(log)

    def acknowledged(pk: int, version: int) -> None:
        log.append(Acknowledged(pk, version))
        if sum(isinstance(entry, Acknowledged) for entry in log) >= WRITES:
            raise Enough

    try:
        write_for_ever("P", acknowledged)
    except Enough:
        pass
    moved = sum(entry == Sync(database.name) for entry in log)
    assert moved > 1, "SQLite never moved its log into the database: the record shows too little"
    connections.close_all()
    whole = len(log)  # what closing wrote comes after the last acknowledgement
    chance = random.Random(seed)
    for _ in range(kills * CUTS_PER_KILL):
        _cut(log, chance.randrange(whole), before, chance)
    # The proof of the proof: a disk that ignored every sync would show losses.
    ignored = [entry for entry in log if not isinstance(entry, Sync)]
    assert any(_loses(ignored, len(ignored) - 1, before, chance) for _ in range(CUTS_PER_KILL))
    return {"cuts": kills * CUTS_PER_KILL, "recorded": whole, "checkpoint_syncs": moved}


def _cut(log: Log, moment: int, before: dict[str, bytes], chance: random.Random) -> None:
    """Cut the power at `moment` and look at what is left."""
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        for name, content in disk_after(log, moment, before, chance).items():
            if name:  # SQLite's own scratch files have none and are gone with the process
                (Path(folder) / name).write_bytes(content)
        safe = {e.pk: e.version for e in log[:moment] if isinstance(e, Acknowledged)}
        _look_at(Path(folder) / next(iter(before)), safe)


def _loses(log: Log, moment: int, before: dict[str, bytes], chance: random.Random) -> bool:
    try:
        _cut(log, moment, before, chance)
    except (AssertionError, sqlite3.DatabaseError):
        return True
    return False


def _look_at(database: Path, safe: dict[int, int]) -> None:
    """One disk: sound, nothing acknowledged lost, nothing half there."""
    table = Initiative._meta.db_table
    versions = version_model(Initiative)._meta.db_table
    entry, ancestry, event = (m._meta.db_table for m in (Entry, Ancestry, Event))
    with closing(sqlite3.connect(f"file:{database}?vfs=unix", uri=True)) as opened:

        def rows(sql: str) -> list[Any]:
            return opened.execute(sql).fetchall()

        assert rows("PRAGMA integrity_check") == [("ok",)]
        assert rows("PRAGMA foreign_key_check") == []
        there = dict(rows(f"SELECT id, version FROM {table}"))
        lost = {pk: version for pk, version in safe.items() if there.get(pk, 0) < version}
        assert not lost, f"acknowledged and lost: {lost}"
        history = dict(rows(f"SELECT id, count(*) FROM {versions} GROUP BY id"))
        assert history == there
        open_ended = dict(rows(f"SELECT id, version FROM {versions} WHERE until IS NULL"))
        assert open_ended == there
        assert rows(f"SELECT since FROM {versions} EXCEPT SELECT sequence FROM {event}") == []
        titles = rows(f"SELECT e.title, i.name FROM {table} i JOIN {entry} e ON e.id = i.entry_id")
        assert len(titles) == len(there)
        assert all(title == name for title, name in titles)
        assert len(rows(f"SELECT 1 FROM {ancestry} WHERE depth = 0")) == len(there)


def disk_full(kills: int, seed: int) -> dict[str, Any]:
    """The disk takes no more, at ever other moments, as the file system and as SQLite itself says it.

    Writers are refused, readers go on; when there is room again the same process writes on. An upload that does not fit
    leaves nothing behind.
    """
    told = Path(settings.DATA_DIR) / "acknowledged-full"
    handle = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    chance = random.Random(seed)
    refused: dict[str, int] = {}
    own = resource.getrlimit(resource.RLIMIT_FSIZE)
    for cycle in range(kills):
        for how in ("file system", "sqlite"):
            room = chance.randrange(40_000, 400_000)
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                if how == "sqlite":
                    cursor.execute("PRAGMA page_count")
                    pages = cursor.fetchone()[0] + chance.randrange(1, 20)
                    cursor.execute(f"PRAGMA max_page_count={pages}")
                else:
                    resource.setrlimit(resource.RLIMIT_FSIZE, (room, own[1]))
            try:
                write_for_ever(f"F{cycle}{how[0]}", into(handle))
            except DatabaseError as error:
                refused[str(error)] = refused.get(str(error), 0) + 1
                assert Initiative.objects.count() >= 0, "reading goes on"
                if how == "file system":
                    _refuse_upload(room)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, own)
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA max_page_count=1073741823")
            again = Change({"code": f"A{cycle}{how[0]}", "name": "Room again"})
            row = write_initiatives(OPERATOR, [again])[0]
            into(handle)(row.pk, row.version)
        seals.seal_pending()
        look(told)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        assert cursor.fetchone() == ("ok",)
    assert sum(refused.values()) == 2 * kills
    return {"refused": refused, **look(told)}


def _refuse_upload(room: int) -> None:
    """A file that does not fit is refused, and nothing of it stays."""
    try:
        files.keep([bytes(1 << 20) for _ in range(room // (1 << 20) + 2)])
    except OSError:
        assert not list((files.folder() / "incoming").iterdir())
        return
    raise AssertionError("the file fitted")


def migrations(kills: int, seed: int) -> dict[str, int]:
    """Kill the making of the database at random moments; the next run ends it, and it is what it should be."""
    begin = time.monotonic()
    whole_schema = _remade()
    whole = time.monotonic() - begin
    chance = random.Random(seed)
    half = 0
    for _ in range(kills):
        _wipe()
        victim = fork(_migrate)
        time.sleep(chance.uniform(0.2, 0.9) * whole)
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        half += 0 < len(_schema()) < len(whole_schema)
        assert os.waitpid(fork(_migrate), 0)[1] == 0, "the next run does not end it"
        assert _schema() == whole_schema
        connections.close_all()
    assert half > 0, "no run was cut in the middle"
    return {"kills": kills, "cut_in_the_middle": half}


def _remade() -> set[tuple[Any, ...]]:
    _wipe()
    assert os.waitpid(fork(_migrate), 0)[1] == 0
    return _schema()


def _migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)


def _wipe() -> None:
    """No table is left."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connections.close_all()
        return
    connections.close_all()
    name = Path(settings.DATABASES["default"]["NAME"])
    for path in name.parent.glob(f"{name.name}*"):
        path.unlink()


def _schema() -> set[tuple[Any, ...]]:
    """Every table, column, index, constraint and trigger, and the migrations that count as applied."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
                " WHERE table_schema = 'public'"
                " UNION ALL SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public'"
                " UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '' FROM pg_constraint"
                " WHERE connamespace = 'public'::regnamespace AND contype <> 'n'"
            )
        else:
            cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
        found = set(cursor.fetchall())
        if any("django_migrations" in row for row in found):
            cursor.execute("SELECT app, name FROM django_migrations")
            found |= set(cursor.fetchall())
    return found
