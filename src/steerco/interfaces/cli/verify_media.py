"""Compare the stored files with the hashes in their names, and the rows that name files with the files."""

import argparse
import json

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.interfaces.cli.parsing import Manual, add_json
from steerco.interfaces.cli.prepare import require_prepared
from steerco.kit.backup.media import verify_media

MANUAL = Manual(
    gettext_lazy(
        "Compare the stored files with the hashes in their names, and the rows that name files with the files."
    ),
    ("steerco verify-media [--json]",),
    gettext_lazy(
        "A file that no row names is listed, too; it is no fault (a write may have died between file and row)."
    ),
)
WHAT = {
    "missing": gettext_lazy("missing"),
    "damaged": gettext_lazy("damaged"),
    "unnamed": gettext_lazy("unnamed"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--json."""
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """0 when every named file is there and is what its name says, else 1."""
    require_prepared()
    found = verify_media()
    if args.json:
        print(json.dumps(found, indent=1))
    else:
        read = {"files": number_format(found["files"]), "named": number_format(found["named"])}
        print(_("%(files)s files read, %(named)s of them named by rows") % read)
        for what, word in WHAT.items():
            for path in found[what]:
                print(f"{word}: {path}")
    return 1 if found["missing"] or found["damaged"] else 0
