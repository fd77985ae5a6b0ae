"""The command `steerco`.

A command is a small module with a MANUAL, `add_arguments(parser)` and `run(args) -> int`, named in COMMANDS. Django is
set up, and the module imported, only when the command is called: `--help` answers at once. Until then the words come
from `words.py`, afterwards from Django's translation.
"""

import argparse
import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import django

from steerco import __version__
from steerco.interfaces.cli.refusal import Refused
from steerco.interfaces.cli.words import gettext as _
from steerco.interfaces.cli.words import gettext_noop


@dataclass(frozen=True)
class Command:
    """Where a command stands in the manual and in the code."""

    group: str
    module: str
    summary: str


RUN, CHANGE = gettext_noop("Run it"), gettext_noop("Bring in and take out")
KEEP, CHECK = gettext_noop("Keep it"), gettext_noop("Look after it")
_HERE = "steerco.interfaces.cli"
ENOUGH_READ = 141  # what a shell says of a program whose reader is gone
COMMANDS: dict[str, Command] = {
    "up": Command(RUN, f"{_HERE}.up", gettext_noop("prepare the database and serve, with the worker")),
    "demo": Command(
        RUN,
        "steerco.site.demo.command",
        gettext_noop("load example data, write a first pack, and serve"),
    ),
    "worker": Command(
        RUN, f"{_HERE}.worker", gettext_noop("run jobs, seal the audit trail, send mail (part of `up`)")
    ),
    "install": Command(
        RUN,
        f"{_HERE}.install",
        gettext_noop("write what a server needs: settings, services, nightly backup, TLS proxy"),
    ),
    "user": Command(RUN, f"{_HERE}.user", gettext_noop("accounts: add, list, role, password, disable")),
    "pack": Command(CHANGE, f"{_HERE}.pack", gettext_noop("build the steering pack of an initiative")),
    "import": Command(
        CHANGE, f"{_HERE}.imports", gettext_noop("bring data in: portfolio tables, plans, registers")
    ),
    "export": Command(CHANGE, f"{_HERE}.exports", gettext_noop("write a register as Excel or CSV")),
    "mail-in": Command(
        CHANGE,
        f"{_HERE}.mail_in",
        gettext_noop("take mails that come in: answers become comments, others requests"),
    ),
    "backup": Command(
        KEEP, f"{_HERE}.backup", gettext_noop("write everything into one file; verify such a file")
    ),
    "restore": Command(
        KEEP,
        f"{_HERE}.restore",
        gettext_noop("read a backup into an empty installation, of either database"),
    ),
    "resume": Command(KEEP, f"{_HERE}.resume", gettext_noop("let mail and schedules go on after a restore")),
    "doctor": Command(
        CHECK, f"{_HERE}.doctor", gettext_noop("look at everything that can be wrong, and say what to do")
    ),
    "reindex": Command(CHECK, f"{_HERE}.reindex", gettext_noop("build the text index of the search anew")),
    "verify-audit": Command(
        CHECK, f"{_HERE}.verify_audit", gettext_noop("recompute the audit chain from its first event")
    ),
    "verify-media": Command(
        CHECK, f"{_HERE}.verify_media", gettext_noop("compare stored files with their names and their rows")
    ),
}


def manual() -> str:
    """The page that `steerco --help` shows."""
    groups: dict[str, list[str]] = {}
    for name, command in COMMANDS.items():
        groups.setdefault(command.group, []).append(f"  {name:<14}{_(command.summary)}")
    places = {
        "STEERCO_DATA_DIR": _("database, files, backups and the secret key (now: {data})").format(
            data=os.environ.get("STEERCO_DATA_DIR", "./data")
        ),
        "STEERCO_DATABASE_URL": _(
            "a PostgreSQL instead of the SQLite file: postgresql://user:password@host/name"
        ),
        "STEERCO_LANGUAGE": _("the language, en-gb or de (default here: that of the terminal)"),
        "PORT": _("the port that `up` serves on (8000)"),
    }
    page = [
        _("Steerco {version}: the system that a project management office runs on.").format(
            version=__version__
        ),
        _("usage: steerco COMMAND [options]        steerco COMMAND --help tells all about one command"),
        *("\n".join([_(group), *lines]) for group, lines in groups.items()),
        "\n".join([_("Where things are"), *(f"  {name:<22}{told}" for name, told in places.items())]),
        "\n".join(
            [
                _("Examples"),
                "  steerco up                                                "
                + _("start; then open http://127.0.0.1:8000"),
                '  steerco user add ann@example.org --name "Ann Hill" --role pmo_manager',
                "  steerco install --host pmo.example.org                    "
                + _("the files that make a server of it"),
                "  steerco backup                                            "
                + _("a file in the data folder's `backups`"),
                "  steerco backup verify backups/steerco-20260302-120000.zip",
                "  steerco doctor --json | jq '.findings[] | select(.state != \"ok\")'",
            ]
        ),
        _("Exit status: 0 well, 1 refused or not well, 2 a wrong call."),
    ]
    return "\n\n".join(page) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status. Whoever reads its output may stop when they have seen enough."""
    try:
        status = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what Python still flushes at its end
        return ENOUGH_READ
    return status


def _run(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(manual())
        return 0
    if words[0] == "--version":
        print(__version__)
        return 0
    name, *rest = words
    if name not in COMMANDS:
        print(f"steerco: {_unknown(name)}", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steerco.site.settings")
    django.setup()
    parsing = importlib.import_module(f"{_HERE}.parsing")
    with parsing.spoken():
        return _call(parsing, name, rest)


def _call(parsing: Any, name: str, rest: Sequence[str]) -> int:
    module = importlib.import_module(COMMANDS[name].module)
    parser = argparse.ArgumentParser(
        prog=f"steerco {name}",
        description=str(module.MANUAL),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(parser)
    args = parser.parse_args(rest)
    try:
        with parsing.answering(args):
            return int(module.run(args))
    except Refused as refused:
        print(f"steerco {name}: {refused}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _unknown(name: str) -> str:
    """Says that there is no such command, and which one may be meant."""
    near = difflib.get_close_matches(name, COMMANDS, 1)
    if near:
        return _("there is no command `{name}`; did you mean `{near}`? See: steerco --help").format(
            name=name, near=near[0]
        )
    return _("there is no command `{name}`; see: steerco --help").format(name=name)


if __name__ == "__main__":
    sys.exit(main())
