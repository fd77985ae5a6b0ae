"""Import a portfolio table: dated snapshots of every project in a CSV or Excel file.

The headers may be any: columns are recognised by their words and cells, and everything that was assumed, skipped or
rejected is listed with its row. Importing the same file again changes nothing.

  steerco import portfolio gmpp_2020.csv --portfolio GMPP
  steerco import portfolio projects.xlsx --as-of 2026-03-31 --dry-run
  steerco import portfolio capital.csv --as-of-column "Date Reported As Of" --json
"""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from django.db import transaction

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
from steerco.exchange.tables import TableError
from steerco.interfaces.cli.prepare import require_prepared
from steerco.interfaces.cli.refusal import Refused
from steerco.kit.history import Invalid
from steerco.kit.permissions import Actor

UNUSABLE = 2
MOST_NOTES = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="CSV, TSV or Excel; every sheet with a table is read"
    )
    parser.add_argument(
        "--mapping",
        default="auto",
        metavar="NAME",
        help="a mapping that was kept under a name (default: auto)",
    )
    dated = parser.add_mutually_exclusive_group()
    dated.add_argument("--as-of", type=_day, metavar="DATE", help="the date of the figures, as 2026-03-31")
    dated.add_argument(
        "--as-of-column", default="", metavar="NAME", help="the column with the date of each row"
    )
    parser.add_argument(
        "--portfolio",
        default=DEFAULT_CODE,
        metavar="CODE",
        help=f"the portfolio that the projects belong to; made where there is none (default: {DEFAULT_CODE})",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--json", action="store_true", help="answer as JSON")


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
        return _unusable(f"{args.file}: {error.strerror}. Give the path of a file that can be read.")
    except (TableError, MappingError, ReportDateError, Refused) as error:
        return _unusable(str(error))
    except Invalid as error:
        return _unusable(f"{args.portfolio}: {error}")
    print(json.dumps(report.as_json(), ensure_ascii=False, indent=1) if args.json else _told(report))
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2026-03-31") from error


def _read(args: argparse.Namespace, content: bytes) -> list[PortfolioReading]:
    mapping = None
    if args.mapping != "auto":
        mapping = named_mapping(args.mapping)
        if mapping is None:
            raise Refused(
                f"no mapping is kept under the name {args.mapping!r}; use auto or keep one in the browser."
            )
    how = How(mapping=mapping, as_of=args.as_of, as_of_column=args.as_of_column)
    return [read_table(table, how) for table in tables_of(args.file.name, content)]


def _unusable(reason: str) -> int:
    print(f"steerco import portfolio: {' '.join(reason.split())}", file=sys.stderr)
    return UNUSABLE


def _told(report: ImportReport) -> str:
    """The report for a person."""
    would = "would be " if report.dry_run else ""
    lines = [
        f"{report.rows_read} rows read: {report.created} {would}recorded, {report.updated} {would}corrected, "
        f"{report.unchanged} unchanged, {report.rejected} rejected; {report.new_initiatives} new initiatives."
    ]
    if report.unmapped_columns:
        lines.append(f"Columns not read: {', '.join(' '.join(c.split()) for c in report.unmapped_columns)}")
    for note in report.notes[:MOST_NOTES]:
        place = note.cell or (f"row {note.row}" if note.row is not None else note.file)
        lines.append(f"  {place}: {' '.join(note.reason.split())}")
    if len(report.notes) > MOST_NOTES:
        lines.append(f"  … and {len(report.notes) - MOST_NOTES} more notes; --json lists all of them.")
    return "\n".join(lines)
