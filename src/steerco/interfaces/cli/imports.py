"""Bring data in from files."""

import argparse

from django.utils.translation import gettext_lazy

from steerco.interfaces.cli import import_portfolio, import_register, import_schedule
from steerco.interfaces.cli.parsing import Manual
from steerco.kit.registers.register import registers

WORDS = {
    "portfolio": import_portfolio,
    "schedule": import_schedule,
    **{register.slug: import_register for register in registers()},
}


MANUAL = Manual(
    gettext_lazy("Bring data in from files."),
    (
        (
            "steerco import portfolio FILE [options]",
            gettext_lazy("dated snapshots of every project in a table"),
        ),
        (
            "steerco import schedule FILE [options]",
            gettext_lazy("the milestones of an initiative from its plan (MPP, XML, XER, Excel)"),
        ),
        (
            "steerco import REGISTER FILE... [options]",
            gettext_lazy("entries of a register: risks, issues, actions, milestones, people, ..."),
        ),
    ),
    (
        "steerco import portfolio --help",
        "steerco import schedule --help",
        ("steerco import risks --help", gettext_lazy("tell all about them")),
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each kind of file."""
    words = parser.add_subparsers(dest="word", required=True, metavar="|".join(WORDS))
    for word, module in WORDS.items():
        below = words.add_parser(
            word,
            help=str(module.MANUAL.summary),
            description=str(module.MANUAL),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(below)


def run(args: argparse.Namespace) -> int:
    """Run the sub-command; returns its exit status."""
    return WORDS[args.word].run(args)
