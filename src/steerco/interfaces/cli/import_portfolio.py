"""Import a portfolio table: dated snapshots of every project in a CSV or Excel file."""

import argparse
import json
import sys
from pathlib import Path

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.indicators.drafts import (
    DEFAULT_CODE,
    How,
    named_mapping,
    portfolio_for,
    read_table,
    tables_of,
)
from steerco.apps.indicators.imports import ImportReport, import_portfolio
from steerco.exchange.portfolio import MappingError, PortfolioReading, ReportDateError
from steerco.exchange.tables import TableError, told
from steerco.interfaces.cli.parsing import Manual, add_json, day
from steerco.interfaces.cli.prepare import require_prepared
from steerco.interfaces.cli.refusal import Refused
from steerco.kit.history import Invalid
from steerco.kit.permissions import Actor

UNUSABLE = 2
MOST_NOTES = 40


MANUAL = Manual(
    gettext_lazy("Import a portfolio table: dated snapshots of every project in a CSV or Excel file."),
    gettext_lazy(
        "The headers may be any: columns are recognised by their words and cells, and everything that was assumed, "
        "skipped or rejected is listed with its row. Importing the same file again changes nothing."
    ),
    (
        "steerco import portfolio gmpp_2020.csv --portfolio GMPP",
        "steerco import portfolio projects.xlsx --as-of 2026-03-31 --dry-run",
        'steerco import portfolio capital.csv --as-of-column "Date Reported As Of" --json',
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "file",
        metavar=_("FILE"),
        type=Path,
        help=_("CSV, TSV or Excel; every sheet with a table is read"),
    )
    parser.add_argument(
        "--mapping",
        default="auto",
        metavar=_("NAME"),
        help=_("a mapping that was kept under a name (default: auto)"),
    )
    dated = parser.add_mutually_exclusive_group()
    dated.add_argument(
        "--as-of", type=day, metavar=_("DATE"), help=_("the date of the figures, as 2026-03-31")
    )
    dated.add_argument(
        "--as-of-column", default="", metavar=_("NAME"), help=_("the column with the date of each row")
    )
    parser.add_argument(
        "--portfolio",
        default=DEFAULT_CODE,
        metavar=_("CODE"),
        help=_("the portfolio that the projects belong to; made where there is none (default: %(code)s)")
        % {"code": DEFAULT_CODE},
    )
    parser.add_argument("--dry-run", action="store_true", help=_("say what would be done, and do nothing"))
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Import the file. 0: what was readable is in; 2: the file or an argument is of no use, and one line says why."""
    require_prepared()
    try:
        content = args.file.read_bytes()
        readings = _read(args, content)
        with transaction.atomic():
            actor = Actor.operator("steerco import portfolio")
            report = import_portfolio(
                actor,
                readings,
                portfolio=portfolio_for(actor, args.portfolio),
                file_name=args.file.name,
                dry_run=args.dry_run,
            )
            if args.dry_run:
                transaction.set_rollback(True)
    except OSError as error:
        return _unusable(
            _("%(file)s: %(why)s. Give the path of a file that can be read.")
            % {"file": args.file, "why": error.strerror}
        )
    except (TableError, MappingError, ReportDateError, Refused) as error:
        return _unusable(told(error.args[0], _))
    except Invalid as error:
        return _unusable(f"{args.portfolio}: {error}")
    print(json.dumps(report.as_json(), ensure_ascii=False, indent=1) if args.json else _told(report))
    return 0


def _read(args: argparse.Namespace, content: bytes) -> list[PortfolioReading]:
    mapping = None
    if args.mapping != "auto":
        mapping = named_mapping(args.mapping)
        if mapping is None:
            raise Refused(
                _("no mapping is kept under the name %(name)s; use auto or keep one in the browser.")
                % {"name": repr(args.mapping)}
            )
    how = How(mapping=mapping, as_of=args.as_of, as_of_column=args.as_of_column)
    return [read_table(table, how) for table in tables_of(args.file.name, content)]


def _unusable(reason: str) -> int:
    print(f"steerco import portfolio: {' '.join(reason.split())}", file=sys.stderr)
    return UNUSABLE


def _told(report: ImportReport) -> str:
    """The report for a person."""
    names = ("rows_read", "created", "updated", "unchanged", "rejected", "new_initiatives")
    counts = {name: number_format(getattr(report, name)) for name in names}
    said = (
        _(
            "%(rows_read)s rows read: %(created)s would be recorded, %(updated)s would be corrected, "
            "%(unchanged)s unchanged, %(rejected)s rejected; %(new_initiatives)s new initiatives."
        )
        if report.dry_run
        else _(
            "%(rows_read)s rows read: %(created)s recorded, %(updated)s corrected, "
            "%(unchanged)s unchanged, %(rejected)s rejected; %(new_initiatives)s new initiatives."
        )
    )
    lines = [said % counts]
    if report.unmapped_columns:
        unread = ", ".join(" ".join(c.split()) for c in report.unmapped_columns)
        lines.append(_("Columns not read: %(names)s") % {"names": unread})
    for note in report.notes[:MOST_NOTES]:
        place = note.cell or (note.file if note.row is None else _("row %(row)s") % {"row": note.row})
        lines.append(f"  {place}: {' '.join(note.reason.split())}")
    if len(report.notes) > MOST_NOTES:
        more = number_format(len(report.notes) - MOST_NOTES)
        lines.append("  " + _("… and %(more)s more notes; --json lists all of them.") % {"more": more})
    return "\n".join(lines)
