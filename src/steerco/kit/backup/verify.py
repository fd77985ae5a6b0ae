"""Reading a backup back without a database: every part, every count, every hash, the whole audit chain."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from steerco.kit.backup.archive import CHUNK, FORMAT, MANIFEST
from steerco.kit.journal.seals import ERASED, SAID, digest_of, link

EVENTS = "journal.event"


class BadBackup(Exception):
    """The file is not a whole backup; the message says what is wrong with which part."""


def read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest, its names checked: nothing may be unpacked outside the media folder. Raises BadBackup."""
    names = archive.namelist()
    if MANIFEST not in names:
        raise BadBackup(_("there is no manifest: the file is not a backup, or was cut off"))
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if manifest.get("format") != FORMAT:
        raise BadBackup(_("format %(format)s is not known here") % {"format": manifest.get("format")})
    parts = [entry["part"] for entry in (*manifest["tables"], *manifest["media"])]
    if sorted([*parts, MANIFEST]) != sorted(names):
        raise BadBackup(_("the parts are not those that the manifest lists"))
    for part in parts:
        if PurePosixPath(part).is_absolute() or ".." in PurePosixPath(part).parts or "\\" in part:
            raise BadBackup(_("%(part)s is no acceptable name") % {"part": part})
    return manifest


def part_chunks(archive: zipfile.ZipFile, entry: dict[str, Any]) -> Iterator[bytes]:
    """The content of a part in pieces. Raises BadBackup at its end when it is not what the manifest says."""
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(entry["part"]) as part:
            while size <= entry["size"] and (chunk := part.read(CHUNK)):
                digest.update(chunk)
                size += len(chunk)
                yield chunk
    except zipfile.BadZipFile as error:
        raise BadBackup(f"{entry['part']}: {error}") from error
    if (size, digest.hexdigest()) != (entry["size"], entry["sha256"]):
        raise BadBackup(_("%(part)s is not what was written") % {"part": entry["part"]})


def part_rows(archive: zipfile.ZipFile, entry: dict[str, Any]) -> Iterator[list[Any]]:
    """The rows of a table's part. Raises BadBackup as `part_chunks` does, or for a wrong number of rows."""
    rest, count = b"", 0
    for chunk in part_chunks(archive, entry):
        *whole, rest = (rest + chunk).split(b"\n")
        count += len(whole)
        for line in whole:
            yield json.loads(line)
    if rest or count != entry["count"]:
        raise BadBackup(
            _("%(part)s has %(count)s rows instead of %(expected)s")
            % {"part": entry["part"], "count": count, "expected": entry["count"]}
        )


def verify_backup(file: Path) -> dict[str, Any]:
    """Read everything in a backup and check it; returns its manifest. Raises BadBackup."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = read_manifest(archive)
            for entry in manifest["tables"]:
                if entry["model"] == EVENTS:
                    _verify_chain(archive, entry, manifest["audit_head"])
                    continue
                for row in part_rows(archive, entry):
                    if len(row) != len(entry["columns"]):
                        raise BadBackup(
                            _("%(part)s has a row with %(count)s columns")
                            % {"part": entry["part"], "count": len(row)}
                        )
            for entry in manifest["media"]:
                for _chunk in part_chunks(archive, entry):
                    pass
    except zipfile.BadZipFile as error:
        raise BadBackup(str(error)) from error
    return manifest


def _verify_chain(archive: zipfile.ZipFile, entry: dict[str, Any], head: dict[str, Any]) -> None:
    """Recompute the audit chain from the rows. They come by sequence, the chain goes by position: the few that are
    out of order wait."""
    waiting: dict[int, tuple[str, str]] = {}
    position, chain = 0, ""
    gone: set[int] = set()
    named: set[int] = set()
    for row in part_rows(archive, entry):
        event = dict(zip(entry["columns"], row, strict=True))
        if event["position"] is None:
            continue
        said = [event[name] for name in SAID]
        said[SAID.index("at")] = datetime.fromisoformat(event["at"])
        if event["kind"] == ERASED and event["salt"]:
            named.update(event["changes"]["sequences"][1])
        if not event["salt"]:
            gone.add(event["sequence"])
        elif digest_of(event["salt"], said) != event["digest"]:
            raise BadBackup(
                _("the event at position %(position)s is not what was sealed")
                % {"position": event["position"]}
            )
        waiting[event["position"]] = (event["digest"], event["chain"])
        while position + 1 in waiting:
            position += 1
            digest, stored = waiting.pop(position)
            chain = link(chain, digest, position)
            if chain != stored:
                raise BadBackup(_("the audit chain breaks at position %(position)s") % {"position": position})
    if waiting or gone - named or (position, chain) != (head["position"], head["chain"]):
        raise BadBackup(_("the audit chain is not whole"))
