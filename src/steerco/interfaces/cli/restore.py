"""Read a backup into an empty installation, on the database engine that this one uses."""

import argparse
import json
import zipfile
from pathlib import Path

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.interfaces.cli.parsing import Manual, add_json
from steerco.interfaces.cli.prepare import prepare
from steerco.interfaces.cli.refusal import Refused
from steerco.kit.backup.restore import NotEmpty, is_empty, restore_backup, set_aside
from steerco.kit.backup.verify import BadBackup, verify_backup
from steerco.kit.health.checks import State, pending_migrations, worker

MANUAL = Manual(
    gettext_lazy("Read a backup into an empty installation, on the database engine that this one uses."),
    (
        "steerco restore monday.zip",
        ("STEERCO_DATA_DIR=/srv/copy steerco restore monday.zip", gettext_lazy("beside the present one")),
        (
            "STEERCO_DATABASE_URL=postgresql://… steerco restore monday.zip",
            gettext_lazy("from SQLite to PostgreSQL, or back"),
        ),
        (
            "steerco restore monday.zip --replace",
            gettext_lazy("SQLite: the present data is moved aside first"),
        ),
    ),
    gettext_lazy(
        "All or nothing. What was loaded is compared with the backup's hashes and the audit chain is verified. The "
        "copy sends no mail and runs no schedule until `steerco resume`. Nothing may be running on the installation "
        "meanwhile."
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, --replace, --json."""
    parser.add_argument("file", metavar=_("file"), type=Path)
    parser.add_argument(
        "--replace", action="store_true", help=_("move the present SQLite installation aside first")
    )
    add_json(parser, _("print the counts as JSON"))


def run(args: argparse.Namespace) -> int:
    """Verify the file, prepare the database, load."""
    try:
        verify_backup(args.file)
        if args.replace and not pending_migrations() and not is_empty():
            if worker().state == State.OK:
                raise Refused(_("a worker is running on this installation; stop it first"))
            aside = set_aside(Path(settings.DATA_DIR))
            told_person(args, _("The present data is now in %(folder)s") % {"folder": aside})
        prepare(lambda text: told_person(args, text))
        manifest = restore_backup(args.file)
    except NotEmpty as error:
        raise Refused(_("this installation holds data; use an empty one, or --replace")) from error
    except (BadBackup, OSError, zipfile.BadZipFile, RuntimeError) as error:
        raise Refused(f"{args.file}: {error}") from error
    rows = sum(table["count"] for table in manifest["tables"])
    if args.json:
        told = {"rows": rows, "files": len(manifest["media"]), "audit_head": manifest["audit_head"]}
        print(json.dumps(told, indent=1))
    else:
        counts = {"rows": number_format(rows), "files": number_format(len(manifest["media"]))}
        print(_("%(rows)s rows and %(files)s files restored; the audit chain is whole") % counts)
        print(_("Mail and schedules are paused: steerco resume mail, steerco resume schedules"))
    return 0


def told_person(args: argparse.Namespace, text: str) -> None:
    """Print a sentence, unless the answer is JSON."""
    if not args.json:
        print(text)
