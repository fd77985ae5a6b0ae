"""What every test stands on: its own database file and data folder, cheap passwords, an actor who may do everything.

The database is a file, as in a real installation: threads, live servers and other processes can open it. With
STEERCO_DATABASE_URL set (make test-postgresql) it is that server instead.
"""

import gc
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from tests.databases import migrated
from tests.postgresql import WITH_TABLES
from xdist.scheduler import LoadScopeScheduling

from steerco.apps.organisation.selectors import forget_days_off, forget_words
from steerco.kit.journal import guard, unchanged
from steerco.kit.permissions import Actor

# The build machine tries the same examples each time, so that what it says is about the change; everybody else tries
# new ones. No test passes or fails by the clock, neither by how long an example takes nor by how long making it takes.
hypothesis.settings.register_profile(
    "steerco",
    derandomize=bool(os.environ.get("CI")),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("steerco")


class LongFirst(LoadScopeScheduling):
    """A module stays with one worker; the tests with a browser are one module, since they share a served installation.
    What takes long begins first, so that no worker is left with it while the others have ended."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/e2e" if nodeid.startswith("tests/e2e/") else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LongFirst | None:
    """How `--dist loadscope` hands out the tests."""
    if config.getoption("dist") != "loadscope":
        return None
    config.option.loadscopereorder = False  # by number, few long tests would come last
    return LongFirst(config, log)


def pytest_collection_finish() -> None:
    """As the servers do (site/wsgi.py): what was imported stays, the collector need not look through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Kills and browsers first, then modules with slow tests, then the others, those with many tests first."""
    counts = Counter(item.path for item in items)
    marked = {
        name: {item.path for item in items if item.get_closest_marker(name)}
        for name in ("faults", "e2e", "slow")
    }

    def weight(path: Path) -> tuple[bool, ...]:
        return tuple(path not in paths for paths in marked.values())

    items.sort(key=lambda item: (weight(item.path), -counts[item.path], item.path))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Each worker process has its own test database, a copy of one with all tables; SQLite in a temporary folder."""
    for connection in connections.all():
        if connection.vendor == "sqlite":
            file = tmp_path_factory.mktemp("database") / "test.sqlite3"
            shutil.copyfile(migrated(), file)
            connection.settings_dict["TEST"]["NAME"] = str(file)
        else:
            connection.settings_dict["TEST"]["TEMPLATE"] = WITH_TABLES


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The copied file is kept as it is; a server makes its database anew."""
    return all(connection.vendor == "sqlite" for connection in connections.all())


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """What a test keeps between requests, and the words it renames, end with it: the next one has the same row ids."""
    unchanged.forget_all()
    forget_words()
    forget_days_off()
    yield
    unchanged.forget_all()
    forget_words()
    forget_days_off()


@pytest.fixture
def results_are_kept(_nothing_kept: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results are kept as in a running installation, although the test's transaction is open."""
    monkeypatch.setattr(unchanged, "is_settled", lambda: True)


@pytest.fixture(scope="session", autouse=True)
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of the tests; nothing is written into the clone's own. Assets come from where they lie."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "static").mkdir()
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "DATA_DIR", folder)
        patch.setattr(django_settings, "MEDIA_ROOT", str(folder / "media"))
        patch.setattr(django_settings, "STATIC_ROOT", str(folder / "static"))
        patch.setattr(django_settings, "STORAGES", {**django_settings.STORAGES, "staticfiles": plain})
        patch.setattr(django_settings, "WHITENOISE_USE_FINDERS", True)
        patch.setattr(django_settings, "PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"])
        yield folder


@pytest.fixture(scope="session", autouse=True)
def _emptied_after_transactional_tests() -> Iterator[None]:
    """Tests that commit are followed by emptying all tables, which SQLite does by deleting: sealed events too."""
    operations = DatabaseWrapper.ops_class
    flush = operations.sql_flush

    def without_guard(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        drop = [f"DROP TRIGGER IF EXISTS {guard.TABLE}_guard_{what}" for what in ("update", "delete")]
        return [*drop, *flush(self, *args, **kwargs), *guard.sqlite_triggers(self.connection)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", without_guard)
        yield


@pytest.fixture
def operator() -> Actor:
    """The person at the console, who may do everything."""
    return Actor.operator("test")
