"""Read a backup into an empty installation, on the database engine that this one uses.

  steerco restore monday.zip
  STEERCO_DATA_DIR=/srv/copy steerco restore monday.zip            beside the present one
  STEERCO_DATABASE_URL=postgresql://… steerco restore monday.zip   from SQLite to PostgreSQL, or back
  steerco restore monday.zip --replace                             SQLite: the present data is moved aside first

All or nothing. What was loaded is compared with the backup's hashes and the audit chain is verified. The copy sends no
mail and runs no schedule until `steerco resume`. Nothing may be running on the installation meanwhile.
"""

import argparse
import json
import zipfile
from pathlib import Path

from django.conf import settings

from steerco.interfaces.cli.prepare import prepare
from steerco.interfaces.cli.refusal import Refused
from steerco.kit.backup.restore import NotEmpty, is_empty, restore_backup, set_aside
from steerco.kit.backup.verify import BadBackup, verify_backup
from steerco.kit.health.checks import State, pending_migrations, worker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, --replace, --json."""
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--replace", action="store_true", help="move the present SQLite installation aside first"
    )
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")


def run(args: argparse.Namespace) -> int:
    """Verify the file, prepare the database, load."""
    try:
        verify_backup(args.file)
        if args.replace and not pending_migrations() and not is_empty():
            if worker().state == State.OK:
                raise Refused("a worker is running on this installation; stop it first")
            aside = set_aside(Path(settings.DATA_DIR))
            print(f"The present data is now in {aside}")
        prepare(lambda text: None if args.json else print(text))
        manifest = restore_backup(args.file)
    except NotEmpty as error:
        raise Refused("this installation holds data; use an empty one, or --replace") from error
    except (BadBackup, OSError, zipfile.BadZipFile, RuntimeError) as error:
        raise Refused(f"{args.file}: {error}") from error
    rows = sum(table["count"] for table in manifest["tables"])
    if args.json:
        told = {"rows": rows, "files": len(manifest["media"]), "audit_head": manifest["audit_head"]}
        print(json.dumps(told, indent=1))
    else:
        print(f"{rows} rows and {len(manifest['media'])} files restored; the audit chain is whole")
        print("Mail and schedules are paused: steerco resume mail, steerco resume schedules")
    return 0
