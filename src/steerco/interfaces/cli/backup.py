"""Write everything into one file, read such a file back."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.interfaces.cli.parsing import Manual, add_json
from steerco.interfaces.cli.prepare import require_prepared
from steerco.interfaces.cli.refusal import Refused
from steerco.kit import clock
from steerco.kit.backup.archive import write_backup
from steerco.kit.backup.verify import BadBackup, verify_backup

NAMES = "steerco-[0-9]*-[0-9]*.zip"  # what this command names by the time


MANUAL = Manual(
    gettext_lazy(
        "Write everything into one file: all tables as they are at one instant, and all files. Others go on working."
    ),
    (
        (
            "steerco backup",
            gettext_lazy("into STEERCO_BACKUP_DIR (`backups` in the data folder), named by the time"),
        ),
        (
            "steerco backup --keep 30",
            gettext_lazy("the same, read back at once; then the oldest beyond thirty are removed"),
        ),
        "steerco backup /mnt/nightly/monday.zip",
        (
            "steerco backup verify FILE",
            gettext_lazy("read a backup back: every part, count, hash, the audit chain"),
        ),
    ),
    gettext_lazy(
        "The file holds everything that the organisation has entered, so keep it as safe as the data folder itself. "
        "It does not hold the secret key: a restored copy makes its own."
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """[FILE] or verify FILE, --keep, --json."""
    parser.add_argument("words", nargs="*", metavar=_("FILE | verify FILE"))
    parser.add_argument("--keep", type=int, metavar="N", help=_("read it back, then keep the newest N there"))
    add_json(parser, _("print the counts as JSON"))


def run(args: argparse.Namespace) -> int:
    """Write, or verify."""
    if args.keep is not None and args.keep < 1:
        raise Refused(_("--keep needs at least 1"))
    match args.words:
        case ["verify", file]:
            try:
                manifest = verify_backup(Path(file))
            except (BadBackup, OSError) as error:
                raise Refused(f"{file}: {error}") from error
            _tell(args, Path(file), manifest, _("%(file)s is whole") % {"file": file})
        case [] | [_]:
            require_prepared()
            name = f"steerco-{clock.now():%Y%m%d-%H%M%S}.zip"
            target = Path(args.words[0]) if args.words else folder() / name
            if target.exists():
                raise Refused(_("%(file)s exists already") % {"file": target})
            _tell(args, target, write_backup(target), _("%(file)s written") % {"file": target})
            if args.keep is not None:
                _keep_newest(target, args.keep)
        case _:
            raise Refused(_("name one file, or: verify FILE"))
    return 0


def folder() -> Path:
    """Where backups lie that were given no name."""
    return Path(settings.BACKUP_DIR or Path(settings.DATA_DIR) / "backups")


def _keep_newest(target: Path, count: int) -> None:
    """Remove the oldest backups beside `target`, but only once the new one has been read back whole."""
    try:
        verify_backup(target)
    except BadBackup as error:
        raise Refused(
            _("%(file)s: %(why)s; the older ones are kept") % {"file": target, "why": error}
        ) from error
    named_by_time = sorted(target.parent.glob(NAMES), key=lambda path: path.name, reverse=True)
    for old in named_by_time[count:]:
        old.unlink()


def _tell(args: argparse.Namespace, file: Path, manifest: dict[str, Any], what: str) -> None:
    rows = sum(table["count"] for table in manifest["tables"])
    told = {
        "file": str(file),
        "bytes": file.stat().st_size,
        "made_at": manifest["made_at"],
        "engine": manifest["engine"],
        "tables": len(manifest["tables"]),
        "rows": rows,
        "files": len(manifest["media"]),
        "audit_head": manifest["audit_head"],
    }
    if args.json:
        print(json.dumps(told, indent=1))
        return
    head = manifest["audit_head"]
    counted = _("%(rows)s rows of %(tables)s tables, %(files)s files, %(bytes)s bytes") % {
        "rows": number_format(rows),
        "tables": number_format(told["tables"]),
        "files": number_format(told["files"]),
        "bytes": number_format(told["bytes"]),
    }
    print(f"{what}: {counted}")
    print(_("audit head %(head)s") % {"head": f"{head['position']}:{head['chain']}"})
