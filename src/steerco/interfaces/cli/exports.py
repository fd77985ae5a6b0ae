"""Take data out as files.

  steerco export REGISTER --out FILE [options]     entries of a register: risks, issues, actions, milestones, ...

steerco export risks --help tells all about it.
"""

import argparse

from steerco.interfaces.cli import export_register
from steerco.kit.registers.register import registers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each register."""
    slugs = [register.slug for register in registers()]
    words = parser.add_subparsers(dest="word", required=True, metavar="|".join(slugs))
    for slug in slugs:
        below = words.add_parser(
            slug,
            help=f"write {slug} into a file",
            description=export_register.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        export_register.add_arguments(below)


def run(args: argparse.Namespace) -> int:
    """Run the sub-command; returns its exit status."""
    return export_register.run(args)
