"""Writing a backup: all tables as they were at one instant, while others go on writing."""

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from steerco import __version__
from steerco.kit import clock
from steerco.kit.backup.rows import columns, lines, tables
from steerco.kit.journal import seals

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20


def schema() -> list[str]:
    """The applied migrations of the present database, as "app.name"."""
    applied = MigrationLoader(connection).applied_migrations
    return sorted(f"{app}.{name}" for app, name in applied)


@contextmanager
def one_instant() -> Iterator[None]:
    """Read everything in the block as it is now. Takes no write lock; raises RuntimeError inside a transaction."""
    if connection.in_atomic_block:
        raise RuntimeError("a backup cannot be made inside a transaction")
    begin = (
        "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY" if connection.vendor == "postgresql" else "BEGIN"
    )
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def write_backup(target: Path) -> dict[str, Any]:
    """Write a backup to `target`, whole or not at all; returns its manifest."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".backup-", delete=False) as file:
        try:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                manifest = _write_parts(archive)
                archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, target)
        except BaseException:
            Path(file.name).unlink()
            raise
    return manifest


def _write_parts(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "version": __version__,
        "made_at": clock.now().isoformat(),
        "engine": connection.vendor,
    }
    with one_instant():
        manifest["schema"] = schema()
        head = seals.head()
        manifest["audit_head"] = {"position": head.position, "chain": head.chain}
        manifest["tables"] = [
            {
                "model": model._meta.label_lower,
                "columns": columns(model),
                **_write_part(archive, f"tables/{model._meta.label_lower}.jsonl", lines(model)),
            }
            for model in tables()
        ]
    # Files are written before the rows that name them: all that the tables name are there by now.
    media = Path(settings.MEDIA_ROOT)
    manifest["media"] = []
    for path in sorted(path for path in media.rglob("*") if path.is_file() and not path.is_symlink()):
        try:
            file = path.open("rb")
        except (
            FileNotFoundError
        ):  # an upload that was put in place, or a file swept, since the folder was listed
            continue
        with file:
            name = f"media/{path.relative_to(media).as_posix()}"
            manifest["media"].append(_write_part(archive, name, _pieces(file)))
    return manifest


def _write_part(archive: zipfile.ZipFile, name: str, content: Iterable[bytes]) -> dict[str, Any]:
    """Write one part; returns its name, its number of lines or chunks as `count`, its size and SHA-256."""
    digest, count, size = hashlib.sha256(), 0, 0
    with archive.open(name, "w", force_zip64=True) as part:
        for piece in content:
            part.write(piece)
            digest.update(piece)
            count += 1
            size += len(piece)
    return {"part": name, "count": count, "size": size, "sha256": digest.hexdigest()}


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(CHUNK):
        yield piece
