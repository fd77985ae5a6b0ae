"""Take data out as files."""

import argparse

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.interfaces.cli import export_register
from steerco.interfaces.cli.parsing import Manual
from steerco.kit.registers.register import registers

MANUAL = Manual(
    gettext_lazy("Take data out as files."),
    (
        (
            "steerco export REGISTER --out FILE [options]",
            gettext_lazy("entries of a register: risks, issues, actions, milestones, ..."),
        ),
    ),
    (("steerco export risks --help", gettext_lazy("tells all about it")),),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each register."""
    slugs = [register.slug for register in registers()]
    words = parser.add_subparsers(dest="word", required=True, metavar="|".join(slugs))
    for slug in slugs:
        below = words.add_parser(
            slug,
            help=_("write %(register)s into a file") % {"register": slug},
            description=str(export_register.MANUAL),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        export_register.add_arguments(below)


def run(args: argparse.Namespace) -> int:
    """Run the sub-command; returns its exit status."""
    return export_register.run(args)
