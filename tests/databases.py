"""Databases with every migration applied, made once for each state of the migrations and copied by whoever needs one:
what tests need is the tables, not a minute of making them. Tests of the migrations themselves make their own."""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "build" / "test-databases"
MADE_OF = ("src/**/migrations/*.py", "src/steerco/kit/search/*.py", "src/steerco/kit/fields/*.py",
           "src/steerco/kit/journal/guard.py", "requirements/base.txt")  # fmt: skip


def kept(suffix: str, make: Callable[[Path], None]) -> Path:
    """What `make` makes at the path that it is given, to be copied. The first to ask makes it; others wait for that."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = FOLDER / f"{_fingerprint()}{suffix}"
    with (FOLDER / f"lock{suffix}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for old in FOLDER.glob(f"*{suffix}"):
                if not old.name.startswith("lock"):
                    shutil.rmtree(old) if old.is_dir() else old.unlink()
            with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
                make(Path(folder) / "made")
                (Path(folder) / "made").replace(made)
    return made


def migrated() -> Path:
    """The SQLite file to copy."""
    return kept(".sqlite3", _make)


def copy_into(data: Path) -> None:
    """Give a data folder a database, as `steerco up --prepare` would, without the assets."""
    data.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(migrated(), data / "steerco.sqlite3")


def migrate(data: Path, database: str = "") -> None:
    """Apply every migration to the database at an address, by default the file in the folder `data`."""
    environment = {
        **os.environ,
        "STEERCO_DATA_DIR": str(data),
        "STEERCO_DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "steerco.site.settings",
    }
    if not database:
        del environment["STEERCO_DATABASE_URL"]
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"], env=environment, check=True, cwd=ROOT
    )


def _fingerprint() -> str:
    found = hashlib.sha256()
    for pattern in MADE_OF:
        for path in sorted(ROOT.glob(pattern)):
            found.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _make(made: Path) -> None:
    """From nothing, or from a file of an earlier state of the migrations."""
    if earlier := os.environ.get("STEERCO_TEST_TABLES"):
        shutil.copyfile(earlier, made.parent / "steerco.sqlite3")
    migrate(made.parent)
    with (
        closing(sqlite3.connect(made.parent / "steerco.sqlite3")) as source,
        closing(sqlite3.connect(made)) as target,
    ):
        source.backup(target)
