"""Build the steering pack of an initiative now and put its files into a folder."""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from steerco.apps.indicators.selectors import points
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import find_initiative
from steerco.apps.reporting.content import pack_scope
from steerco.apps.reporting.models import Pack
from steerco.apps.reporting.services import build_pack, request_pack
from steerco.exchange.packs.formats import FORMATS
from steerco.interfaces.cli.parsing import Manual, add_json, day, day_text
from steerco.interfaces.cli.prepare import require_prepared
from steerco.interfaces.cli.refusal import Refused
from steerco.kit.permissions import Actor

OPERATOR = "steerco pack"


MANUAL = Manual(
    gettext_lazy("Build the steering pack of an initiative now and put its files into a folder."),
    (
        ("steerco pack NWC", gettext_lazy("PowerPoint and PDF into the present folder")),
        "steerco pack GMPP --as-of 2019-09-30 --compare 2018-09-30 --formats pptx,pdf,docx,xlsx --out packs",
        "steerco pack NWC-PAY --audience own --json",
    ),
    gettext_lazy(
        "The dates are the last ones with reports not after those that are asked for; without any, the newest against "
        "the one before it. The pack is also kept in Steerco, with the fingerprint of its data: the same data, the "
        "same fingerprint. `--audience readers` (the default) holds what everybody reads who has access to the "
        "initiative, and stays visible to them; `own` holds everything, restricted things included, and stays visible "
        "to nobody but the console."
    ),
    gettext_lazy("The pack is written in the language of the installation (STEERCO_LANGUAGE)."),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The initiative and what is wanted of it."""
    parser.add_argument("initiative", metavar=_("INITIATIVE"), help=_("its code, now or formerly"))
    parser.add_argument(
        "--as-of", type=day, metavar=_("DATE"), help=_("the date of the reports, as 2026-03-31")
    )
    parser.add_argument("--compare", type=day, metavar=_("DATE"), help=_("the date to compare with"))
    parser.add_argument(
        "--formats",
        type=_formats,
        default=["pptx", "pdf"],
        metavar=_("LIST"),
        help=_("which of %(formats)s (default: pptx,pdf)") % {"formats": ",".join(FORMATS)},
    )
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar=_("DIR"), help=_("where to (default: here)")
    )
    parser.add_argument(
        "--audience",
        choices=[a.value for a in Pack.Audience],
        default=Pack.Audience.READERS,
        help=_("who may see the pack (readers)"),
    )
    add_json(parser, _("print files and fingerprint as JSON"))


def run(args: argparse.Namespace) -> int:
    """Build, copy, tell."""
    require_prepared()
    actor = Actor.operator(OPERATOR)
    initiative = find_initiative(actor, args.initiative)
    if initiative is None:
        raise Refused(_("there is no initiative %(code)s") % {"code": args.initiative})
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
    print(_what(pack))
    for path in files:
        size = number_format(path.stat().st_size, force_grouping=True)
        told_size = _("%(size)s bytes") % {"size": f"{size:>12}"}
        print(f"{told_size}  {path}")
    print(_("fingerprint %(fingerprint)s") % {"fingerprint": pack.fingerprint})
    return 0


def _what(pack: Pack) -> str:
    """What was built, as of when, against what, how fast."""
    said = {
        "name": pack.initiative.name,
        "day": day_text(pack.as_of),
        "seconds": number_format(pack.seconds or 0),
    }
    if pack.compare is None:
        return _("%(name)s, as of %(day)s, in %(seconds)s s") % said
    said["before"] = day_text(pack.compare)
    return _("%(name)s, as of %(day)s against %(before)s, in %(seconds)s s") % said


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
    with override(settings.LANGUAGE_CODE):  # a pack is for its readers, whatever the terminal speaks
        pack = request_pack(
            actor, initiative, as_of=as_of, compare=compare, formats=formats, audience=audience
        )

    def tell(done: int, total: int, what: str) -> None:
        if not quiet:
            print(f"\r{what}: {done}/{total}   ", end="" if done < total else "\n", file=sys.stderr)

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
        raise Refused(
            _("%(code)s has no reports: nothing can be put into a pack") % {"code": initiative.code}
        )
    if as_of is not None and as_of < days[0]:
        raise Refused(
            _("%(code)s has no reports before %(day)s") % {"code": initiative.code, "day": day_text(days[0])}
        )


def _formats(text: str) -> list[str]:
    names = list(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(_("choose among %(formats)s") % {"formats": ", ".join(FORMATS)})
    return names
