"""Write a register as a file: Excel or CSV, by the ending of its name."""

import argparse
import json
from pathlib import Path

from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.interfaces.cli.parsing import Manual, add_json
from steerco.interfaces.cli.prepare import require_prepared
from steerco.interfaces.cli.refusal import Refused
from steerco.kit.imports.exporting import FORMS, export_list, template
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_by_slug
from steerco.kit.registers.scopes import find_scope

MANUAL = Manual(
    gettext_lazy(
        "Write a register as a file: Excel (comes back through import, with conflicts shown) or CSV, by the file's "
        "ending."
    ),
    (
        "steerco export risks --in P-12 --out risks.xlsx",
        'steerco export risks --query "group=all&score_min=15" --out top.csv',
        "steerco export risks --template --out empty.xlsx",
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command; `word` is the register's slug."""
    parser.add_argument(
        "--in", dest="place", default="", metavar=_("CODE"), help=_("only at and below this place")
    )
    parser.add_argument(
        "--query", default="group=all", help=_("filters and order, as the list's address has them")
    )
    parser.add_argument("--out", type=Path, required=True, metavar=_("FILE"), help=_("ends in .xlsx or .csv"))
    parser.add_argument("--template", action="store_true", help=_("an empty workbook to fill in"))
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Write the file."""
    require_prepared()
    register = register_by_slug(args.word)
    if register is None:
        raise Refused(_("there is no register %(name)s") % {"name": args.word})
    form = args.out.suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise Refused(_("%(file)s: end the name in .xlsx or .csv") % {"file": args.out})
    actor = Actor.operator(f"steerco export {args.word}")
    if args.template:
        file = template(register)
    else:
        if args.place and find_scope(actor, args.place) is None:
            raise Refused(_("there is no initiative %(code)s") % {"code": args.place})
        query = QueryDict(args.query, mutable=True)
        if args.place:
            query["in"] = args.place
        file = export_list(register, actor, query, form, everything=True)
    try:
        args.out.write_bytes(file.content)
    except OSError as error:
        raise Refused(f"{args.out}: {error.strerror}") from error
    answer = {"file": str(args.out), "rows": file.rows}
    rows = {"file": args.out, "rows": number_format(file.rows)}
    print(json.dumps(answer) if args.json else _("%(file)s: %(rows)s rows") % rows)
    return 0
