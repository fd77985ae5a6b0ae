"""Run jobs, look at the schedules, seal the audit trail and send mail, until stopped by SIGTERM or Ctrl-C."""

import argparse
import os
import signal
import sys
from threading import Event

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from steerco.interfaces.cli.parsing import Manual
from steerco.interfaces.cli.prepare import require_prepared
from steerco.kit.jobs import duties, worker

MANUAL = Manual(
    gettext_lazy(
        "Run jobs, look at the schedules, seal the audit trail and send mail, until stopped by SIGTERM or Ctrl-C."
    ),
    gettext_lazy(
        "`steerco up` runs one of these by itself. A server with much to do runs more of them beside it: jobs are "
        "claimed by one worker each, and what only one may do at a time is done by one."
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None but the test's own."""
    parser.add_argument("--until-idle", action="store_true", help=_("run what is due now, then end"))


def run(args: argparse.Namespace) -> int:
    """Work until told to stop."""
    require_prepared()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threads = [] if args.until_idle else duties.start(stop)
    print(_("Worker %(number)s is running") % {"number": os.getpid()}, file=sys.stderr)
    with override(settings.LANGUAGE_CODE):  # what jobs store does not follow the terminal
        worker.run(stop=stop, until_idle=args.until_idle)
    stop.set()
    for thread in threads:
        thread.join()
    return 0
