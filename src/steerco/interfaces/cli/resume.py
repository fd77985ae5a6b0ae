"""Let something go on that a restore (or the operator) has stopped."""

import argparse

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.interfaces.cli.parsing import Manual
from steerco.interfaces.cli.prepare import require_prepared
from steerco.kit.jobs.pauses import PAUSABLE, resume

MANUAL = Manual(
    gettext_lazy("Let something go on that a restore (or the operator) has stopped."),
    ("steerco resume mail", "steerco resume schedules"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to resume."""
    parser.add_argument("name", choices=PAUSABLE)


def run(args: argparse.Namespace) -> int:
    """Resume it."""
    require_prepared()
    told = _("%(name)s goes on") if resume(args.name) else _("%(name)s was not paused")
    print(told % {"name": args.name})
    return 0
