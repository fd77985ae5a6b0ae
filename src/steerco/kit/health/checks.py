"""The checks. Each returns one finding: whether it is well, and a sentence that says what was seen."""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

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
# What a person reads for the name of a finding.
NAMES: dict[str, str | Promise] = {
    "database": gettext_lazy("database"),
    "schema": gettext_lazy("schema"),
    "disk": gettext_lazy("disk"),
    "data folder": gettext_lazy("data folder"),
    "worker": gettext_lazy("worker"),
    "audit": gettext_lazy("audit"),
    "search": gettext_lazy("search"),
    "jobs": gettext_lazy("jobs"),
    "mail": gettext_lazy("mail"),
    "pauses": gettext_lazy("pauses"),
    "python": gettext_lazy("python"),
    "backup": gettext_lazy("backup"),
    "fonts": gettext_lazy("fonts"),
    "address": gettext_lazy("address"),
    "test programs": gettext_lazy("test programs"),
}


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
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


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
        return Finding("database", State.BAD, _("does not answer: %(why)s") % {"why": error})
    return Finding("database", State.OK if well else State.BAD, seen)


def answers() -> bool:
    """Whether the database answers at all, however it is set."""
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    return True


def migrations() -> Finding:
    """The schema is this version's."""
    pending = pending_migrations()
    if pending:
        told = ngettext(
            "%(count)s migration is not applied; run: steerco up",
            "%(count)s migrations are not applied; run: steerco up",
            len(pending),
        )
        return Finding("schema", State.BAD, told % {"count": number_format(len(pending))})
    return Finding("schema", State.OK, _("is this version's"))


def disk() -> Finding:
    """There is room where the data lies."""
    free = shutil.disk_usage(settings.DATA_DIR).free
    state = State.BAD if free < FREE_BAD else State.WARNING if free < FREE_WARN else State.OK
    room = {"size": number_format(free / GB, 1), "folder": settings.DATA_DIR}
    return Finding("disk", state, _("%(size)s GB free at %(folder)s") % room)


def data_folder() -> Finding:
    """Nobody else on the machine reads the data."""
    folder = Path(settings.DATA_DIR)
    open_to_others = [
        p.name for p in (folder, folder / "secret-key") if p.exists() and p.stat().st_mode & 0o077
    ]
    if open_to_others:
        return Finding(
            "data folder",
            State.WARNING,
            _("others may read: %(names)s") % {"names": ", ".join(open_to_others)},
        )
    return Finding("data folder", State.OK, _("%(folder)s, for this account only") % {"folder": folder})


def worker() -> Finding:
    """A worker process is alive."""
    beat = Lease.objects.filter(name="schedules").values_list("beat_at", "holder").first()
    if beat is None:
        return Finding("worker", State.BAD, _("has never run; run: steerco up, or steerco worker"))
    age = clock.now() - beat[0]
    state = State.OK if age <= BEAT else State.BAD
    seen = {"worker": beat[1], "seconds": number_format(age.total_seconds(), 0)}
    return Finding("worker", state, _("%(worker)s, last sign %(seconds)s s ago") % seen)


def sealing() -> Finding:
    """The audit chain keeps up, and the database guards it."""
    if not guard.is_installed(connection):
        return Finding("audit", State.BAD, _("the database does not guard sealed events; run: steerco up"))
    tail = Event.objects.filter(position=None).order_by("sequence")
    oldest = tail.values_list("at", flat=True).first()
    if oldest is None:
        return Finding("audit", State.OK, _("every event is sealed"))
    age = clock.now() - oldest
    state = State.OK if age <= SEAL else State.WARNING
    seen = {"count": number_format(tail.count()), "seconds": number_format(age.total_seconds(), 0)}
    return Finding("audit", state, _("%(count)s events not sealed, the oldest for %(seconds)s s") % seen)


def search() -> Finding:
    """The text index is that of this version."""
    if missing := stale():
        told = _("not indexed: %(names)s; run: steerco reindex")
        return Finding("search", State.WARNING, told % {"names": ", ".join(missing)})
    return Finding("search", State.OK, _("every register is indexed"))


def jobs() -> Finding:
    """No job is left for a person to look at."""
    failed = dead_letters().count()
    waiting = Job.objects.filter(state=Job.State.WAITING).count()
    state = State.WARNING if failed else State.OK
    seen = {"waiting": number_format(waiting), "failed": number_format(failed)}
    return Finding("jobs", state, _("%(waiting)s waiting, %(failed)s failed for good") % seen)


def mail() -> Finding:
    """Mail goes out."""
    waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.WAITING).count()
    failed = OutboxMessage.objects.filter(state=OutboxMessage.State.FAILED).count()
    counts = {"waiting": number_format(waiting), "failed": number_format(failed)}
    seen = _("%(waiting)s messages waiting, %(failed)s failed") % counts
    if not outbox.is_configured():
        told = _("STEERCO_SMTP_HOST is not set, nothing is sent; %(seen)s") % {"seen": seen}
        return Finding("mail", State.WARNING, told)
    told = _("through %(host)s; %(seen)s") % {"host": settings.EMAIL_HOST, "seen": seen}
    return Finding("mail", State.WARNING if failed else State.OK, told)


def pauses() -> Finding:
    """Nothing is stopped."""
    stopped = list(Pause.objects.order_by("name"))
    if stopped:
        told = "; ".join(
            _("%(name)s since %(moment)s (%(why)s)")
            % {
                "name": pause.name,
                "moment": date_format(
                    localtime(pause.since), pgettext("how the command line writes a moment", "Y-m-d H:i:s")
                ),
                "why": _(pause.reason) if pause.reason else "",
            }
            for pause in stopped
        )
        told = _("%(paused)s. Go on with: steerco resume NAME") % {"paused": told}
        return Finding("pauses", State.WARNING, told)
    return Finding("pauses", State.OK, _("nothing is paused"))


def readiness() -> list[Finding]:
    """What a load balancer must know before it sends people here. Later checks need the earlier to be well."""
    findings = [database()]
    for check in (migrations, disk, worker):
        if findings[-1].name in ("database", "schema") and findings[-1].state == State.BAD:
            break
        findings.append(check())
    return findings
