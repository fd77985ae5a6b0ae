"""Import tables into a register."""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.interfaces.cli.parsing import Manual, add_json
from steerco.interfaces.cli.prepare import require_prepared
from steerco.interfaces.cli.refusal import Refused
from steerco.kit.imports import services
from steerco.kit.imports.layouts import MATCHES, Instructions, Layout, Options
from steerco.kit.imports.models import ImportRun, NamedMapping
from steerco.kit.imports.reports import summary
from steerco.kit.imports.undoing import undo
from steerco.kit.imports.writing import TooManyRefusals
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import Register, register_by_slug

ENDINGS = frozenset({".xlsx", ".xlsm", ".csv", ".tsv"})
MOST_NOTES = 40
UNUSABLE = 2


MANUAL = Manual(
    gettext_lazy(
        "Import tables into a register: CSV and Excel files, or whole folders of them, in one run with one report."
    ),
    gettext_lazy(
        "Columns are recognised by their headers and cells, or read as a mapping that was kept under a name. Rows "
        "belong to the initiative that their column names, else to --in, else to the one that the sheet's or file's "
        "name is. Everything that was assumed, left out or rejected is listed with its row. All of it is imported in "
        "one transaction, or nothing."
    ),
    (
        "steerco import risks raid-log.xlsx --in P-12 --dry-run",
        'steerco import risks workbooks/ --mapping "RAID template" --json',
        "steerco import risks risks-from-steerco.xlsx --conflicts mine",
        "steerco import risks --undo 17",
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command; `word` is the register's slug."""
    parser.add_argument(
        "files", metavar=_("FILE"), type=Path, nargs="*", help=_("a file, or a folder of files")
    )
    parser.add_argument("--in", dest="place", default="", metavar=_("CODE"), help=_("where the rows belong"))
    parser.add_argument(
        "--mapping", default="auto", metavar=_("NAME"), help=_("a mapping that was kept under a name")
    )
    parser.add_argument(
        "--match", choices=MATCHES, default="number", help=_("which entry a row means (default: number)")
    )
    parser.add_argument(
        "--partial", action="store_true", help=_("take rows with a wrong cell without that cell")
    )
    parser.add_argument("--clear", action="store_true", help=_("empty cells empty the field"))
    parser.add_argument("--month-first", action="store_true", help=_("read 03/04/2026 as the 4th of March"))
    parser.add_argument(
        "--conflicts",
        choices=("theirs", "mine"),
        default="theirs",
        help=_(
            "for cells changed here and in the file since the export: keep what stands here (theirs), or take "
            "the file's (mine)"
        ),
    )
    parser.add_argument("--dry-run", action="store_true", help=_("say what would be done, and do nothing"))
    parser.add_argument("--undo", type=int, metavar=_("RUN"), help=_("undo the import with that number"))
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Import the files, or undo. 0: what was readable is in; 2: a file or an argument is of no use."""
    require_prepared()
    register = register_by_slug(args.word)
    if register is None:
        raise Refused(_("there is no register %(name)s") % {"name": args.word})
    actor = Actor.operator(f"steerco import {args.word}")
    try:
        if args.undo is not None:
            return _undo(actor, register, args)
        return _import(actor, register, args)
    except OSError as error:
        return _unusable(args, f"{error.filename}: {error.strerror}")
    except services.ImportRefused as refusal:
        return _unusable(args, str(refusal))
    except TooManyRefusals:
        return _unusable(args, _("too many rows are refused one after the other: put the file right first"))


def _import(actor: Actor, register: Register, args: argparse.Namespace) -> int:
    uploads = [services.Upload(name, path.read_bytes()) for name, path in _files(args.files)]
    if not uploads:
        endings = ", ".join(sorted(ENDINGS))
        return _unusable(
            args, _("name a file, or a folder that holds some (%(endings)s)") % {"endings": endings}
        )
    staged = services.stage(actor, register, uploads, place=args.place)
    instructions = Instructions.from_json(staged.mapping)
    instructions.options = Options(
        match=args.match,
        partial=args.partial,
        clear=args.clear,
        day_first=False if args.month_first else None,
    )
    if args.mapping != "auto":
        _use_kept(register, args.mapping, instructions)
    services.map_run(actor, staged, instructions)
    report = services.check(actor, staged)
    if args.conflicts == "mine" and report["counts"]["conflicts"]:
        keys = [conflict["key"] for row in report["rows"] for conflict in row["conflicts"]]
        instructions.choices = dict.fromkeys(keys, "mine")
        services.map_run(actor, staged, instructions)
        report = services.check(actor, staged)
    unreadable = all(file.problem for file in staged.files.all())
    if args.dry_run or unreadable:
        services.discard(actor, staged)
    else:
        services.apply(actor, staged)
    answer = {"run": staged.pk, "dry_run": args.dry_run, **summary(staged.report)}
    print(json.dumps(answer, ensure_ascii=False, indent=1) if args.json else _told(register, answer))
    return UNUSABLE if unreadable else 0


def _files(given: list[Path]) -> Iterator[tuple[str, Path]]:
    """The files, and those below the folders, in the order of their names; each by its name below what was given."""
    for path in given:
        if path.is_dir():
            for found in sorted(path.rglob("*")):
                if found.suffix.lower() in ENDINGS and found.name[0] not in ".~":
                    yield found.relative_to(path).as_posix(), found
        else:
            yield path.name, path


def _use_kept(register: Register, name: str, instructions: Instructions) -> None:
    """Read the layouts as the mappings of that name read theirs; of several layouts the names end in a number."""
    wanted = re.compile(rf"{re.escape(name)}( \d+)?", re.IGNORECASE)
    kept = [m for m in NamedMapping.objects.filter(register=register.key) if wanted.fullmatch(m.name)]
    if not kept:
        raise Refused(
            _("no mapping is kept under the name %(name)s for %(register)s")
            % {"name": repr(name), "register": register.slug}
        )
    for layout in instructions.layouts:
        for mapping in kept:
            layout.read_as(Layout.from_json(mapping.layout))


def _undo(actor: Actor, register: Register, args: argparse.Namespace) -> int:
    found = ImportRun.objects.filter(pk=args.undo, register=register.key).first()
    if found is None:
        raise Refused(
            _("there is no import %(number)s of %(register)s")
            % {"number": args.undo, "register": register.slug}
        )
    result = undo(actor, found)
    answer = {
        "run": found.pk,
        "restored": result.restored,
        "deleted": result.deleted,
        "kept": [{"title": kept.title, "reason": kept.reason} for kept in result.kept],
    }
    if args.json:
        print(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        print(undone(result.restored, result.deleted, len(result.kept)))
        for kept in result.kept:
            print(f"  {kept.title}: {kept.reason}")
    return 0


def undone(restored: int, deleted: int, kept: int) -> str:
    """What an undo did, in a sentence."""
    return _("%(restored)s restored, %(deleted)s deleted, %(kept)s left as they are") % {
        "restored": number_format(restored),
        "deleted": number_format(deleted),
        "kept": number_format(kept),
    }


def _unusable(args: argparse.Namespace, reason: str) -> int:
    print(f"steerco import {args.word}: {' '.join(reason.split())}", file=sys.stderr)
    return UNUSABLE


def _told(register: Register, answer: dict[str, Any]) -> str:
    """The report for a person."""
    names = ("rows_read", "created", "updated", "unchanged", "rejected", "conflicts")
    counts = {name: number_format(answer[name]) for name in names}
    told = (
        _(
            "%(rows_read)s rows read: %(created)s would be added, %(updated)s would be changed, "
            "%(unchanged)s unchanged, %(rejected)s rejected, %(conflicts)s conflicts."
        )
        if answer["dry_run"]
        else _(
            "%(rows_read)s rows read: %(created)s added, %(updated)s changed, "
            "%(unchanged)s unchanged, %(rejected)s rejected, %(conflicts)s conflicts."
        )
    )
    lines = [told % counts]
    if not answer["dry_run"] and answer["created"] + answer["updated"]:
        command = f"steerco import {register.slug} --undo {answer['run']}"
        lines.append(_("Undo with: %(command)s") % {"command": command})
    if answer["unmapped_columns"]:
        lines.append(_("Columns not read: %(names)s") % {"names": ", ".join(answer["unmapped_columns"])})
    for note in answer["notes"][:MOST_NOTES]:
        place = ":".join(str(p) for p in (note["file"], note["row"] or "", note["cell"]) if p)
        said = " ".join(f"{note['reason']} {note.get('do', '')}".split())
        lines.append(f"  {place}: {said}" if place else f"  {said}")
    if len(answer["notes"]) > MOST_NOTES:
        more = number_format(len(answer["notes"]) - MOST_NOTES)
        lines.append("  " + _("… and %(more)s more; --json lists all of them.") % {"more": more})
    return "\n".join(lines)
