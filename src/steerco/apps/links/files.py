"""Files under their digest: written aside, forced to disk, moved into place, and only then known to the database."""

import hashlib
import os
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from steerco.apps.links.kinds import HEAD

FILE_LIMIT = 50 * 1024 * 1024  # bytes of one file
ENTRY_LIMIT = 500 * 1024 * 1024  # bytes on one entry
USER_LIMIT = 5 * 1024**3  # bytes that one user has attached
ORPHAN_SECONDS = 24 * 60 * 60


class TooLarge(Exception):
    """More bytes than are taken. `limit` is in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


@dataclass(frozen=True)
class Kept:
    """A file on disk: its digest, its size in bytes and its first bytes."""

    digest: str
    size: int
    head: bytes


def folder() -> Path:
    """Where files lie."""
    return Path(settings.MEDIA_ROOT) / "files"


def path_of(digest: str) -> Path:
    """Where the content with that SHA-256 lies."""
    return folder() / digest[:2] / digest


def keep(chunks: Iterable[bytes], limit: int = FILE_LIMIT) -> Kept:
    """Put content on disk under its digest. The same content again is the same file. Raises TooLarge."""
    aside = folder() / "incoming" / secrets.token_hex(16)
    aside.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with open(aside, "xb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise TooLarge(limit)
                head = head or chunk[:HEAD]
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        target = path_of(digest.hexdigest())
        target.parent.mkdir(exist_ok=True, mode=0o700)
        os.replace(aside, target)  # over the same content: its age begins anew, so no sweep takes it now
        _force_names(target.parent)
    finally:
        aside.unlink(missing_ok=True)
    return Kept(digest.hexdigest(), size, head)


def _force_names(directory: Path) -> None:
    """The name itself must survive a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def old_files(seconds: float = ORPHAN_SECONDS) -> list[Path]:
    """Every file, finished or left aside, that was last written more than `seconds` ago."""
    before = time.time() - seconds
    return [p for p in folder().glob("*/*") if p.is_file() and p.stat().st_mtime < before]
