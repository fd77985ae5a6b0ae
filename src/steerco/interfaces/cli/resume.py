"""Let something go on that a restore (or the operator) has stopped.

steerco resume mail
steerco resume schedules
"""

import argparse

from steerco.interfaces.cli.prepare import require_prepared
from steerco.kit.jobs.pauses import PAUSABLE, resume


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to resume."""
    parser.add_argument("name", choices=PAUSABLE)


def run(args: argparse.Namespace) -> int:
    """Resume it."""
    require_prepared()
    print(f"{args.name} goes on" if resume(args.name) else f"{args.name} was not paused")
    return 0
