"""The command `steerco`.

A command is a small module with a docstring (its manual), `add_arguments(parser)` and `run(args) -> int`, named in
COMMANDS. Django is set up, and the module imported, only when the command is called: `--help` answers at once.
"""

import argparse
import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import django

from steerco import __version__
from steerco.interfaces.cli.refusal import Refused


@dataclass(frozen=True)
class Command:
    """Where a command stands in the manual and in the code."""

    group: str
    module: str
    summary: str


RUN, CHANGE, KEEP, CHECK = "Run it", "Bring in and take out", "Keep it", "Look after it"
_HERE = "steerco.interfaces.cli"
COMMANDS: dict[str, Command] = {
    "up": Command(RUN, f"{_HERE}.up", "prepare the database and serve, with the worker"),
    "demo": Command(RUN, "steerco.site.demo.command", "load example data, write a first pack, and serve"),
    "worker": Command(RUN, f"{_HERE}.worker", "run jobs, seal the audit trail, send mail (part of `up`)"),
    "install": Command(
        RUN, f"{_HERE}.install", "write what a server needs: settings, services, nightly backup, TLS proxy"
    ),
    "user": Command(RUN, f"{_HERE}.user", "accounts: add, list, role, password, disable"),
    "pack": Command(CHANGE, f"{_HERE}.pack", "build the steering pack of an initiative"),
    "import": Command(CHANGE, f"{_HERE}.imports", "bring data in: portfolio tables, plans, registers"),
    "export": Command(CHANGE, f"{_HERE}.exports", "write a register as Excel or CSV"),
    "mail-in": Command(
        CHANGE, f"{_HERE}.mail_in", "take mails that come in: answers become comments, others requests"
    ),
    "backup": Command(KEEP, f"{_HERE}.backup", "write everything into one file; verify such a file"),
    "restore": Command(
        KEEP, f"{_HERE}.restore", "read a backup into an empty installation, of either database"
    ),
    "resume": Command(KEEP, f"{_HERE}.resume", "let mail and schedules go on after a restore"),
    "doctor": Command(CHECK, f"{_HERE}.doctor", "look at everything that can be wrong, and say what to do"),
    "reindex": Command(CHECK, f"{_HERE}.reindex", "build the text index of the search anew"),
    "verify-audit": Command(CHECK, f"{_HERE}.verify_audit", "recompute the audit chain from its first event"),
    "verify-media": Command(
        CHECK, f"{_HERE}.verify_media", "compare stored files with their names and their rows"
    ),
}

MANUAL = """\
Steerco {version}: the system that a project management office runs on.

usage: steerco COMMAND [options]        steerco COMMAND --help tells all about one command

{commands}

Where things are
  STEERCO_DATA_DIR      database, files, backups and the secret key (now: {data})
  STEERCO_DATABASE_URL  a PostgreSQL instead of the SQLite file: postgresql://user:password@host/name
  PORT                  the port that `up` serves on (8000)

Examples
  steerco up                                                start; then open http://127.0.0.1:8000
  steerco user add ann@example.org --name "Ann Hill" --role pmo_manager
  steerco install --host pmo.example.org                    the files that make a server of it
  steerco backup                                            a file in the data folder's `backups`
  steerco backup verify backups/steerco-20260302-120000.zip
  steerco doctor --json | jq '.findings[] | select(.state != "ok")'

Exit status: 0 well, 1 refused or not well, 2 a wrong call.
"""


def manual() -> str:
    """The page that `steerco --help` shows."""
    groups: dict[str, list[str]] = {}
    for name, command in COMMANDS.items():
        groups.setdefault(command.group, []).append(f"  {name:<14}{command.summary}")
    commands = "\n\n".join("\n".join([group, *lines]) for group, lines in groups.items())
    data = os.environ.get("STEERCO_DATA_DIR", "./data")
    return MANUAL.format(version=__version__, commands=commands, data=data)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help", "help"):
        print(manual())
        return 0
    if words[0] == "--version":
        print(__version__)
        return 0
    name, *rest = words
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, 1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        print(f"steerco: there is no command `{name}`{hint} See: steerco --help", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steerco.site.settings")
    django.setup()
    module = importlib.import_module(COMMANDS[name].module)
    parser = argparse.ArgumentParser(
        prog=f"steerco {name}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(parser)
    try:
        return int(module.run(parser.parse_args(rest)))
    except Refused as refused:
        print(f"steerco {name}: {refused}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
