"""Bring data in from files.

  steerco import portfolio FILE [options]       dated snapshots of every project in a table
  steerco import schedule FILE [options]        the milestones of an initiative from its plan (MPP, XML, XER, Excel)
  steerco import REGISTER FILE... [options]     entries of a register: risks, issues, actions, milestones, people, ...

steerco import portfolio --help, steerco import schedule --help and steerco import risks --help tell all about them.
"""

import argparse

from steerco.interfaces.cli import import_portfolio, import_register, import_schedule
from steerco.kit.registers.register import registers

WORDS = {
    "portfolio": import_portfolio,
    "schedule": import_schedule,
    **{register.slug: import_register for register in registers()},
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each kind of file."""
    words = parser.add_subparsers(dest="word", required=True, metavar="|".join(WORDS))
    for word, module in WORDS.items():
        summary = (module.__doc__ or "").splitlines()[0]
        below = words.add_parser(
            word,
            help=summary,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(below)


def run(args: argparse.Namespace) -> int:
    """Run the sub-command; returns its exit status."""
    return WORDS[args.word].run(args)
