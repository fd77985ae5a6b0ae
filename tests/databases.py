"""A database file with every migration applied, made once for each state of the migrations and copied by whoever needs
one: what tests need is the tables, not a minute of making them. Tests of the migrations themselves make their own."""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "build" / "test-databases"
MADE_OF = ("src/**/migrations/*.py", "src/steerco/kit/search/*.py", "src/steerco/kit/fields/*.py",
           "src/steerco/kit/journal/guard.py", "requirements/base.txt")  # fmt: skip


def migrated() -> Path:
    """The file to copy. The first to ask makes it; others wait for that."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = FOLDER / f"{_fingerprint()}.sqlite3"
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for old in FOLDER.glob("*.sqlite3"):
                old.unlink()
            _make(made)
    return made


def copy_into(data: Path) -> None:
    """Give a data folder a database, as `steerco up --prepare` would, without the assets."""
    data.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(migrated(), data / "steerco.sqlite3")


def _fingerprint() -> str:
    found = hashlib.sha256()
    for pattern in MADE_OF:
        for path in sorted(ROOT.glob(pattern)):
            found.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _make(made: Path) -> None:
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        environment = {
            **os.environ,
            "STEERCO_DATA_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "steerco.site.settings",
        }
        environment.pop("STEERCO_DATABASE_URL", None)
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
            env=environment,
            check=True,
            cwd=ROOT,
        )
        whole = Path(folder) / "whole.sqlite3"
        with (
            closing(sqlite3.connect(Path(folder) / "steerco.sqlite3")) as source,
            closing(sqlite3.connect(whole)) as target,
        ):
            source.backup(target)
        whole.replace(made)
