"""How long the escalation rules take over a filled database (benchmarks/generate.py), and how many statements:

    STEERCO_DATA_DIR=/tmp/large python benchmarks/escalation.py [--propose]

With --propose the proposals are made, and the rules look a second time.
"""

import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steerco.site.settings")
django.setup()

from django.db import connection  # noqa: E402  after setup
from django.test.utils import CaptureQueriesContext  # noqa: E402

from steerco.apps.escalation.evaluation import dry_run, evaluate  # noqa: E402
from steerco.apps.raid.models import Risk  # noqa: E402


def main() -> None:
    """Look, propose where asked, look again; print each."""
    print(f"{connection.vendor}: {Risk.objects.count()} risks")
    _timed("look", lambda: f"{len(dry_run().proposals)} proposals")
    if "--propose" in sys.argv:
        _timed("propose", lambda: str(evaluate()))
        _timed("look again", lambda: f"{len(dry_run().proposals)} proposals")


def _timed(name: str, act: object) -> None:
    with CaptureQueriesContext(connection) as queries:
        started = time.perf_counter()
        said = act()  # type: ignore[operator]
        seconds = time.perf_counter() - started
    print(f"{name}: {said}, {seconds:.2f} s, {len(queries)} statements")


if __name__ == "__main__":
    main()
