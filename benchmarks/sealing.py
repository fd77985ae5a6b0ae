"""How many events a second the sealer chains and verifies: python benchmarks/sealing.py [EVENTS]

Runs on a new SQLite file under the real settings, or on the empty database that STEERCO_DATABASE_URL names.
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

FOLDER = tempfile.mkdtemp(prefix="steerco-bench-")
os.environ.update(STEERCO_DATA_DIR=FOLDER, DJANGO_SETTINGS_MODULE="steerco.site.settings")
django.setup()

from steerco.kit.history.writes import append_events  # noqa: E402  models exist after setup
from steerco.kit.journal.models import Event  # noqa: E402
from steerco.kit.journal.seals import seal_pending, verify_audit  # noqa: E402
from steerco.kit.permissions import Actor  # noqa: E402


def server_seconds() -> float:
    """CPU seconds of the process of PostgreSQL that serves this connection, which is on this machine; else 0."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text()
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def main(count: int) -> None:
    """Append `count` events as a business action does, seal them, verify them; print the three rates."""
    actor = Actor.operator("benchmark")
    changes = {"title": ["The title before the change", "The title after the change"], "score": [12, 16]}
    for _ in range(count // 500):
        events = [
            Event(kind="risk.changed", model="raid.risk", object_id=n, changes=changes) for n in range(500)
        ]
        append_events(actor, events)
    server = server_seconds()
    started, busy = time.perf_counter(), time.process_time()
    sealed = seal_pending()
    between, busy_between = time.perf_counter(), time.process_time()
    server_between = server_seconds()
    audit = verify_audit()
    ended = time.perf_counter()
    assert audit.is_whole
    assert audit.sealed == sealed == count // 500 * 500
    print(f"{connection.vendor}: {sealed} events; sealed {sealed / (between - started):,.0f}/s ", end="")
    print(f"({sealed / (busy_between - busy):,.0f} per CPU second of the process), ", end="")
    if connection.vendor == "postgresql":
        print(f"{sealed / (server_between - server):,.0f} per CPU second of the server, ", end="")
    print(f"verified {sealed / (ended - between):,.0f}/s")


if __name__ == "__main__":
    try:
        call_command("migrate", verbosity=0)
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
    finally:
        shutil.rmtree(FOLDER)
