"""Recompute the audit chain from its first event and compare it with what is stored.

  steerco verify-audit
  steerco verify-audit --head 18234:9f2c…       the chain must also pass through a head that was noted before
  steerco verify-audit --json

Note the head that it prints (a backup does): with it, even a cut-off end of the chain is found later.
"""

import argparse
import dataclasses
import json
import re

from steerco.interfaces.cli.prepare import require_prepared
from steerco.kit.journal.seals import Head, verify_audit


def _head(text: str) -> Head:
    if not re.fullmatch(r"\d+:[0-9a-f]{64}", text):
        raise argparse.ArgumentTypeError("a head is POSITION:CHAIN as this command prints it")
    position, chain = text.split(":")
    return Head(int(position), chain)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--head, --json."""
    parser.add_argument("--head", type=_head, metavar="POSITION:CHAIN", help="a head noted before")
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    """0 when every sealed event verifies, else 1."""
    require_prepared()
    audit = verify_audit(args.head)
    if args.json:
        told = dataclasses.asdict(audit) | {"is_whole": audit.is_whole}
        print(json.dumps(told, indent=1, default=str))
        return 0 if audit.is_whole else 1
    print(f"{audit.sealed} sealed events recomputed, {audit.erased} of them erased")
    if audit.unsealed:
        since = f"from sequence {audit.unsealed_from}, since {audit.unsealed_since:%Y-%m-%d %H:%M:%S}"
        print(f"{audit.unsealed} events are not sealed yet, {since}")
    if not audit.is_whole:
        print(f"NOT WHOLE: position {audit.bad_position}: {audit.bad_reason}")
        return 1
    print(f"The chain is whole. Head {audit.head.position}:{audit.head.chain}")
    return 0
