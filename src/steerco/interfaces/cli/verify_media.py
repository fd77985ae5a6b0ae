"""Compare the stored files with the hashes in their names, and the rows that name files with the files.

  steerco verify-media [--json]

A file that no row names is listed, too; it is no fault (a write may have died between file and row).
"""

import argparse
import json

from steerco.interfaces.cli.prepare import require_prepared
from steerco.kit.backup.media import verify_media


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 when every named file is there and is what its name says, else 1."""
    require_prepared()
    found = verify_media()
    if args.json:
        print(json.dumps(found, indent=1))
    else:
        print(f"{found['files']} files read, {found['named']} of them named by rows")
        for what in ("missing", "damaged", "unnamed"):
            for path in found[what]:
                print(f"{what}: {path}")
    return 1 if found["missing"] or found["damaged"] else 0
