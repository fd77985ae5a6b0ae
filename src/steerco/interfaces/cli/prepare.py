"""Making the database and the files fit this version, with a copy of an SQLite database first."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steerco import __version__
from steerco.interfaces.cli.refusal import Refused
from steerco.kit import clock
from steerco.kit.health import statistics
from steerco.kit.health.checks import pending_migrations
from steerco.kit.journal import guard
from steerco.kit.search import structures
from steerco.kit.search.indexing import rebuild, stale

Say = Callable[[str], None]


def require_prepared() -> None:
    """Refuse to work on a database whose schema is not this version's."""
    if pending_migrations():
        raise Refused(
            _("the database is not prepared for this version; run: steerco up, or steerco up --prepare")
        )


def prepare(say: Say) -> None:
    """Migrate, put the audit guard and the text index in place, collect the assets; `say` tells what was done."""
    pending = pending_migrations()
    if pending:
        copy = copy_before_migrating()
        if copy:
            say(_("The database as it was is kept in %(file)s") % {"file": copy})
        count = number_format(len(pending))
        say(
            ngettext("Applying %(count)s migration", "Applying %(count)s migrations", len(pending))
            % {"count": count}
        )
        call_command("migrate", verbosity=0, interactive=False)
    guard.install(connection)
    structures.install(connection)
    if keys := stale():
        rebuild(keys)
    statistics.refresh()
    if collect_assets():
        say(_("Assets collected"))


def copy_before_migrating() -> Path | None:
    """A copy of an SQLite database that holds tables already, whole even while others write; None otherwise."""
    if connection.vendor != "sqlite" or not connection.introspection.table_names():
        return None
    target = Path(settings.DATA_DIR) / "backups" / f"before-{__version__}-{clock.now():%Y%m%d-%H%M%S}.sqlite3"
    target.parent.mkdir(exist_ok=True, mode=0o700)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(target)])
    target.chmod(0o600)
    return target


def collect_assets() -> bool:
    """Collect the assets under their hashed names when they changed since the last time; returns whether."""
    digest = hashlib.sha256(__version__.encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return False
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(digest.hexdigest())
    return True
