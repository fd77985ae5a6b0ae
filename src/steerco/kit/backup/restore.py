"""Reading a backup into an empty installation, on the same or the other database engine."""

import hashlib
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from steerco.kit import clock
from steerco.kit.backup.archive import schema
from steerco.kit.backup.rows import instance, lines, tables
from steerco.kit.backup.verify import BadBackup, part_chunks, part_rows, read_manifest
from steerco.kit.jobs.models import Job
from steerco.kit.jobs.pauses import PAUSABLE, pause
from steerco.kit.journal.models import Event
from steerco.kit.journal.seals import Head, verify_audit
from steerco.kit.search.indexing import rebuild

ROWS = 1000

RESTORED = gettext_noop("restored from a backup")


class NotEmpty(Exception):
    """The installation holds data already; a restore would mix two."""


def is_empty() -> bool:
    """Whether nobody has used this installation yet."""
    users = apps.get_model(settings.AUTH_USER_MODEL)
    return not Event.objects.exists() and not users._default_manager.exists()


def restore_backup(file: Path) -> dict[str, Any]:
    """Load a backup into the present, migrated and empty installation; returns the manifest.

    All rows come in one transaction; what was loaded is read back and compared with the backup's hashes, and the
    audit chain is verified, before it is committed. The text index is built anew. Mail and schedules are paused, open
    jobs are cancelled: the copy does nothing by itself until the operator says so. Raises NotEmpty, BadBackup.
    """
    if not is_empty():
        raise NotEmpty
    with zipfile.ZipFile(file) as archive:
        manifest = read_manifest(archive)
        if (theirs := manifest["schema"]) != schema():
            raise BadBackup(
                _(
                    "it was made by version %(version)s with another schema (%(count)s migrations): "
                    "restore it with that version, then upgrade"
                )
                % {"version": manifest["version"], "count": len(theirs)}
            )
        _restore_media(archive, manifest["media"])
        with transaction.atomic():
            _restore_tables(archive, manifest["tables"])
            head = manifest["audit_head"]
            audit = verify_audit(Head(head["position"], head["chain"]))
            if not audit.is_whole:
                raise BadBackup(
                    _("audit chain, position %(position)s: %(why)s")
                    % {"position": audit.bad_position, "why": audit.bad_reason}
                )
            rebuild()
            _quieten()
    return manifest


def _restore_tables(archive: zipfile.ZipFile, entries: list[dict[str, Any]]) -> None:
    known = {model._meta.label_lower: model for model in tables()}
    if {entry["model"] for entry in entries} != set(known):
        raise BadBackup(_("its tables are not those of this version"))
    for model in known.values():  # what migrations put there
        model._base_manager.all()._raw_delete("default")
    for entry in entries:  # in any order: both engines check foreign keys at the end of a transaction
        _load(archive, entry, known[entry["model"]])
    connection.check_constraints()
    sequences = connection.ops.sequence_reset_sql(no_style(), list(known.values()))
    with connection.cursor() as cursor:
        for statement in sequences:
            cursor.execute(statement)
    for entry in entries:
        digest = hashlib.sha256()
        for line in lines(known[entry["model"]]):
            digest.update(line)
        if digest.hexdigest() != entry["sha256"]:
            raise BadBackup(_("%(part)s did not come out as it went in") % {"part": entry["part"]})


def _load(archive: zipfile.ZipFile, entry: dict[str, Any], model: type[models.Model]) -> None:
    batch: list[models.Model] = []
    for row in part_rows(archive, entry):
        batch.append(instance(model, entry["columns"], row))
        if len(batch) == ROWS:
            _insert(model, batch)
            batch = []
    _insert(model, batch)


def _insert(model: type[models.Model], rows: list[models.Model]) -> None:
    """Insert rows exactly as they are: `raw` keeps times that Django would otherwise set anew."""
    fields = list(model._meta.concrete_fields)
    size = connection.ops.bulk_batch_size(fields, rows) if rows else 0
    for start in range(0, len(rows), size or 1):
        model._base_manager._insert(rows[start : start + size], fields=fields, using="default", raw=True)  # type: ignore[attr-defined]


def _restore_media(archive: zipfile.ZipFile, entries: list[dict[str, Any]]) -> None:
    media = Path(settings.MEDIA_ROOT)
    for entry in entries:
        target = media / Path(entry["part"]).relative_to("media")
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
            for chunk in part_chunks(archive, entry):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, target)


def _quieten() -> None:
    """A copy neither writes to people nor starts work until the operator resumes it."""
    for name in PAUSABLE:
        pause(name, RESTORED)
    open_states = (Job.State.WAITING, Job.State.RUNNING)
    Job.objects.filter(state__in=open_states).update(
        state=Job.State.CANCELLED, lease_until=None, finished_at=clock.now(), error=RESTORED
    )


def set_aside(data_dir: Path) -> Path:
    """Move an SQLite installation's database and files out of the way; returns the folder where they are now.

    Nothing may be running on it. Raises RuntimeError on another engine.
    """
    if connection.vendor != "sqlite":
        raise RuntimeError(_("make an empty database and name it in STEERCO_DATABASE_URL"))
    connection.close()
    aside = data_dir / f"before-restore-{clock.now():%Y%m%d-%H%M%S}"
    aside.mkdir(mode=0o700)
    database = Path(str(connection.settings_dict["NAME"]))
    for path in (*database.parent.glob(database.name + "*"), Path(settings.MEDIA_ROOT)):
        if path.exists():
            path.rename(aside / path.name)
    return aside
