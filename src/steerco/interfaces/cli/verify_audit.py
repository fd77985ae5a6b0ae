"""Recompute the audit chain from its first event and compare it with what is stored."""

import argparse
import dataclasses
import json
import re

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.interfaces.cli.parsing import Manual, add_json, moment_text
from steerco.interfaces.cli.prepare import require_prepared
from steerco.kit.journal.seals import Head, verify_audit


def _head(text: str) -> Head:
    if not re.fullmatch(r"\d+:[0-9a-f]{64}", text):
        raise argparse.ArgumentTypeError(_("a head is POSITION:CHAIN as this command prints it"))
    position, chain = text.split(":")
    return Head(int(position), chain)


MANUAL = Manual(
    gettext_lazy("Recompute the audit chain from its first event and compare it with what is stored."),
    (
        "steerco verify-audit",
        (
            "steerco verify-audit --head 18234:9f2c…",
            gettext_lazy("the chain must also pass through a head that was noted before"),
        ),
        "steerco verify-audit --json",
    ),
    gettext_lazy(
        "Note the head that it prints (a backup does): with it, even a cut-off end of the chain is found later."
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--head, --json."""
    parser.add_argument("--head", type=_head, metavar="POSITION:CHAIN", help=_("a head noted before"))
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """0 when every sealed event verifies, else 1."""
    require_prepared()
    audit = verify_audit(args.head)
    if args.json:
        told = dataclasses.asdict(audit) | {"is_whole": audit.is_whole}
        print(json.dumps(told, indent=1, default=str))
        return 0 if audit.is_whole else 1
    counts = {"sealed": number_format(audit.sealed), "erased": number_format(audit.erased)}
    print(_("%(sealed)s sealed events recomputed, %(erased)s of them erased") % counts)
    if audit.unsealed_since:
        unsealed = {
            "count": number_format(audit.unsealed),
            "first": audit.unsealed_from,
            "moment": moment_text(audit.unsealed_since),
        }
        print(_("%(count)s events are not sealed yet, from sequence %(first)s, since %(moment)s") % unsealed)
    if not audit.is_whole:
        bad = {"position": audit.bad_position, "why": audit.bad_reason}
        print(_("NOT WHOLE: position %(position)s: %(why)s") % bad)
        return 1
    head = f"{audit.head.position}:{audit.head.chain}"
    print(_("The chain is whole. Head %(head)s") % {"head": head})
    return 0
