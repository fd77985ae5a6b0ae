"""The checks. Each returns one finding: whether it is well, and a sentence that says what was seen."""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from steerco.kit import clock
from steerco.kit.jobs.claims import dead_letters
from steerco.kit.jobs.models import Job, Lease, Pause
from steerco.kit.journal import guard, outbox
from steerco.kit.journal.models import Event, OutboxMessage
from steerco.kit.search.indexing import stale

BEAT = timedelta(seconds=60)  # the worker looks at the schedules every ten
SEAL = timedelta(seconds=60)  # the sealer is at most five seconds behind when it works
FREE_WARN, FREE_BAD = 2_000_000_000, 200_000_000  # bytes
GB = 1_000_000_000
# What the settings ask for, as the database itself reports it.
SQLITE_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


class State(StrEnum):
    """How a finding is."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    state: State
    detail: str


def pending_migrations() -> list[str]:
    """The migrations that this version has and the database has not, as "app.name"."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def database() -> Finding:
    """The database answers and has the settings that acknowledged writes rely on."""
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SHOW synchronous_commit")
                commit = cursor.fetchone()[0]
                cursor.execute("SHOW server_version")
                version = cursor.fetchone()[0]
                well = commit == "on" and int(version.split(".")[0]) >= 15
                seen = f"PostgreSQL {version}, synchronous_commit={commit}"
            else:
                live = {}
                for name in SQLITE_PRAGMAS:
                    cursor.execute(f"PRAGMA {name}")
                    live[name] = cursor.fetchone()[0]
                well = live == SQLITE_PRAGMAS
                seen = "SQLite, " + ", ".join(f"{name}={value}" for name, value in live.items())
    except DatabaseError as error:
        return Finding("database", State.BAD, f"does not answer: {error}")
    return Finding("database", State.OK if well else State.BAD, seen)


def migrations() -> Finding:
    """The schema is this version's."""
    pending = pending_migrations()
    if pending:
        return Finding("schema", State.BAD, f"{len(pending)} migrations are not applied; run: steerco up")
    return Finding("schema", State.OK, "is this version's")


def disk() -> Finding:
    """There is room where the data lies."""
    free = shutil.disk_usage(settings.DATA_DIR).free
    state = State.BAD if free < FREE_BAD else State.WARNING if free < FREE_WARN else State.OK
    return Finding("disk", state, f"{free / GB:.1f} GB free at {settings.DATA_DIR}")


def data_folder() -> Finding:
    """Nobody else on the machine reads the data."""
    folder = Path(settings.DATA_DIR)
    open_to_others = [
        p.name for p in (folder, folder / "secret-key") if p.exists() and p.stat().st_mode & 0o077
    ]
    if open_to_others:
        return Finding("data folder", State.WARNING, f"others may read: {', '.join(open_to_others)}")
    return Finding("data folder", State.OK, f"{folder}, for this account only")


def worker() -> Finding:
    """A worker process is alive."""
    beat = Lease.objects.filter(name="schedules").values_list("beat_at", "holder").first()
    if beat is None:
        return Finding("worker", State.BAD, "has never run; run: steerco up, or steerco worker")
    age = clock.now() - beat[0]
    state = State.OK if age <= BEAT else State.BAD
    return Finding("worker", state, f"{beat[1]}, last sign {age.total_seconds():.0f} s ago")


def sealing() -> Finding:
    """The audit chain keeps up, and the database guards it."""
    if not guard.is_installed(connection):
        return Finding("audit", State.BAD, "the database does not guard sealed events; run: steerco up")
    tail = Event.objects.filter(position=None).order_by("sequence")
    oldest = tail.values_list("at", flat=True).first()
    if oldest is None:
        return Finding("audit", State.OK, "every event is sealed")
    age = clock.now() - oldest
    state = State.OK if age <= SEAL else State.WARNING
    return Finding(
        "audit", state, f"{tail.count()} events not sealed, the oldest for {age.total_seconds():.0f} s"
    )


def search() -> Finding:
    """The text index is that of this version."""
    if missing := stale():
        return Finding("search", State.WARNING, f"not indexed: {', '.join(missing)}; run: steerco reindex")
    return Finding("search", State.OK, "every register is indexed")


def jobs() -> Finding:
    """No job is left for a person to look at."""
    failed = dead_letters().count()
    waiting = Job.objects.filter(state=Job.State.WAITING).count()
    state = State.WARNING if failed else State.OK
    return Finding("jobs", state, f"{waiting} waiting, {failed} failed for good")


def mail() -> Finding:
    """Mail goes out."""
    waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.WAITING).count()
    failed = OutboxMessage.objects.filter(state=OutboxMessage.State.FAILED).count()
    seen = f"{waiting} messages waiting, {failed} failed"
    if not outbox.is_configured():
        return Finding("mail", State.WARNING, f"STEERCO_SMTP_HOST is not set, nothing is sent; {seen}")
    return Finding("mail", State.WARNING if failed else State.OK, f"through {settings.EMAIL_HOST}; {seen}")


def pauses() -> Finding:
    """Nothing is stopped."""
    stopped = list(Pause.objects.order_by("name"))
    if stopped:
        told = "; ".join(f"{p.name} since {p.since:%Y-%m-%d %H:%M} ({p.reason})" for p in stopped)
        return Finding("pauses", State.WARNING, f"{told}. Go on with: steerco resume NAME")
    return Finding("pauses", State.OK, "nothing is paused")


def readiness() -> list[Finding]:
    """What a load balancer must know before it sends people here. Later checks need the earlier to be well."""
    findings = [database()]
    for check in (migrations, disk, worker):
        if findings[-1].name in ("database", "schema") and findings[-1].state == State.BAD:
            break
        findings.append(check())
    return findings
