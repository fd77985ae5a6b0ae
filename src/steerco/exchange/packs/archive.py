"""Office files as zip archives: refused when hostile, stamped when written."""

import io
import re
import zipfile
import zlib
from datetime import datetime
from pathlib import Path, PurePosixPath

MAX_PARTS = 5_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
_SMALL = 1024 * 1024
_CREATED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_MACROS = ("vbaproject.bin", "activex")


class ArchiveError(ValueError):
    """An uploaded file is no office document, or one that must not be opened; the text is a short code."""


def inspect_archive(path: Path) -> None:
    """Reads the directory of an uploaded office file before anything unpacks it.

    Raises:
        ArchiveError: "not-a-zip", "too-many-parts", "unsafe-name", "too-large", "nested-archive", "macros",
            "doctype" or "encrypted".
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _inspect_parts(parts)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and _declares_type(archive.read(part)):
                    raise ArchiveError("doctype")
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, zlib.error) as error:
        raise ArchiveError("not-a-zip") from error


def _inspect_parts(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MAX_PARTS:
        raise ArchiveError("too-many-parts")
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise ArchiveError("too-large")
    for part in parts:
        name = PurePosixPath(part.filename)
        if name.is_absolute() or ".." in name.parts or "\\" in part.filename:
            raise ArchiveError("unsafe-name")
        if part.flag_bits & 1:
            raise ArchiveError("encrypted")
        if part.file_size > _SMALL and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            raise ArchiveError("too-large")
        lower = part.filename.lower()
        if any(mark in lower for mark in _MACROS):
            raise ArchiveError("macros")
        if lower.endswith((".zip", ".jar", ".7z")):
            raise ArchiveError("nested-archive")


def _declares_type(data: bytes) -> bool:
    # UTF-16 would hide the letters from a search for bytes.
    head = data[:4096].replace(b"\x00", b"")
    return b"<!DOCTYPE" in head.upper() or b"<!ENTITY" in data.replace(b"\x00", b"").upper()


def stamp(data: bytes, when: datetime) -> bytes:
    """The same office file with `when` as its only time, also inside workbooks: equal parts, equal bytes."""
    written = io.BytesIO()
    moment = when.strftime("%Y-%m-%dT%H:%M:%SZ").encode("ascii")
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            body = source.read(part)
            if part.filename.endswith(".xlsx"):
                body = stamp(body, when)
            elif part.filename == "docProps/core.xml":
                body = _CREATED.sub(rb"\g<1>" + moment + rb"\g<3>", body)
            entry = zipfile.ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, body)
    return written.getvalue()
