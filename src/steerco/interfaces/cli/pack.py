"""Build the steering pack of an initiative now and put its files into a folder.

  steerco pack NWC                                        PowerPoint and PDF into the present folder
  steerco pack GMPP --as-of 2019-09-30 --compare 2018-09-30 --formats pptx,pdf,docx,xlsx --out packs
  steerco pack NWC-PAY --audience own --json

The dates are the last ones with reports not after those that are asked for; without any, the newest against the one
before it. The pack is also kept in Steerco, with the fingerprint of its data: the same data, the same fingerprint.
`--audience readers` (the default) holds what everybody reads who has access to the initiative, and stays visible to
them; `own` holds everything, restricted things included, and stays visible to nobody but the console.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.conf import settings

from steerco.apps.indicators.selectors import points
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import find_initiative
from steerco.apps.reporting.content import pack_scope
from steerco.apps.reporting.models import Pack
from steerco.apps.reporting.services import build_pack, request_pack
from steerco.exchange.packs.formats import FORMATS
from steerco.interfaces.cli.prepare import require_prepared
from steerco.interfaces.cli.refusal import Refused
from steerco.kit.permissions import Actor

OPERATOR = "steerco pack"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The initiative and what is wanted of it."""
    parser.add_argument("initiative", metavar="INITIATIVE", help="its code, now or formerly")
    parser.add_argument("--as-of", type=_day, metavar="DATE", help="the date of the reports, as 2026-03-31")
    parser.add_argument("--compare", type=_day, metavar="DATE", help="the date to compare with")
    parser.add_argument(
        "--formats",
        type=_formats,
        default=["pptx", "pdf"],
        metavar="LIST",
        help=f"which of {','.join(FORMATS)} (default: pptx,pdf)",
    )
    parser.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="where to (default: here)")
    parser.add_argument("--audience", choices=[a.value for a in Pack.Audience], default=Pack.Audience.READERS)
    parser.add_argument("--json", action="store_true", help="print files and fingerprint as JSON")


def run(args: argparse.Namespace) -> int:
    """Build, copy, tell."""
    require_prepared()
    actor = Actor.operator(OPERATOR)
    initiative = find_initiative(actor, args.initiative)
    if initiative is None:
        raise Refused(f"there is no initiative {args.initiative}")
    _require_reports(actor, initiative, args.as_of)
    quiet = args.json or not sys.stderr.isatty()
    pack = build(actor, initiative, args.formats, args.as_of, args.compare, args.audience, quiet=quiet)
    files = copy_files(pack, args.out)
    told = {
        "pack": pack.pk,
        "initiative": initiative.code,
        "as_of": pack.as_of.isoformat(),
        "compare": pack.compare.isoformat() if pack.compare else None,
        "fingerprint": pack.fingerprint,
        "seconds": pack.seconds,
        "files": [{"path": str(path), "bytes": path.stat().st_size} for path in files],
    }
    if args.json:
        print(json.dumps(told, indent=1))
        return 0
    against = f" against {pack.compare.isoformat()}" if pack.compare else ""
    print(f"{initiative.name}, as of {pack.as_of.isoformat()}{against}, in {pack.seconds} s")
    for path in files:
        print(f"{path.stat().st_size:>12,} bytes  {path}")
    print(f"fingerprint {pack.fingerprint}")
    return 0


def build(
    actor: Actor,
    initiative: Initiative,
    formats: Sequence[str],
    as_of: date | None = None,
    compare: date | None = None,
    audience: str = Pack.Audience.READERS,
    *,
    quiet: bool = False,
) -> Pack:
    """Ask for a pack and build it in this process. Raises Denied, Invalid."""
    pack = request_pack(actor, initiative, as_of=as_of, compare=compare, formats=formats, audience=audience)

    def tell(done: int, total: int, what: str) -> None:
        if not quiet:
            print(f"\r{what}: {done} of {total}   ", end="" if done < total else "\n", file=sys.stderr)

    return build_pack(actor, pack, tell)


def copy_files(pack: Pack, folder: Path) -> list[Path]:
    """Copy the files of a built pack into `folder`, made where it is missing. Raises Refused."""
    found = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in pack.files.all():
            found.append(Path(shutil.copyfile(Path(settings.MEDIA_ROOT) / file.path, folder / file.name)))
    except OSError as error:
        raise Refused(f"{folder}: {error.strerror}") from error
    return found


def _require_reports(actor: Actor, initiative: Initiative, as_of: date | None) -> None:
    """Refuse a pack of nothing: no report of it or of anything below, or none so early."""
    scope, _also = pack_scope(actor, initiative)
    days = [day for day, _count in points(actor, scope)]
    if not days:
        raise Refused(f"{initiative.code} has no reports: nothing can be put into a pack")
    if as_of is not None and as_of < days[0]:
        raise Refused(f"{initiative.code} has no reports before {days[0].isoformat()}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2026-03-31") from error


def _formats(text: str) -> list[str]:
    names = list(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"choose among {', '.join(FORMATS)}")
    return names
