"""Prepare the database and serve Steerco with its worker, until stopped by SIGTERM or Ctrl-C."""

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from threading import Event

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.interfaces.cli.parsing import Manual
from steerco.interfaces.cli.prepare import prepare
from steerco.interfaces.cli.refusal import Refused

HOST = "127.0.0.1"
STOP_SECONDS = 25
START_SECONDS = 180
LIVED_SECONDS = 3.0  # who lived so long did not die of its start
DIE_WITH_PARENT = 1  # Linux: prctl(PR_SET_PDEATHSIG)


@dataclass
class Child:
    """A process that is started again when it ends by itself."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    not_before: float = field(default=0.0)
    started: float = field(default=0.0)

    def start(self) -> None:
        """Start it, leading a group of its own; on Linux it ends when this process dies."""
        self.process = subprocess.Popen(self.command, process_group=0, preexec_fn=_die_with_parent)
        self.started = time.monotonic()

    def watch(self) -> None:
        """Start it again if it ended: at once; one that dies as it starts after 1, 3, 7 … 30 seconds."""
        if self.process is not None and self.process.poll() is not None:
            said = {"name": self.name, "status": self.process.returncode}
            print(_("%(name)s ended with %(status)s; it is started again") % said, file=sys.stderr)
            self.process = None
            if time.monotonic() - self.started > LIVED_SECONDS:
                self.restarts = 0
            self.not_before = time.monotonic() + min(30, 2**self.restarts - 1)
            self.restarts += 1
        if self.process is None and time.monotonic() >= self.not_before:
            self.start()


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)


MANUAL = Manual(
    gettext_lazy(
        "Prepare the database and serve Steerco with its worker, until stopped by SIGTERM or Ctrl-C."
    ),
    gettext_lazy(
        "Before migrations an SQLite database is copied into `backups` in the data folder. The web server listens on "
        "this machine only; to let others in, put a TLS proxy before it (docs/guide/admin.md)."
    ),
    (
        ("steerco up", "http://127.0.0.1:8000"),
        "PORT=9000 steerco up",
        ("steerco up --prepare", gettext_lazy("only prepare the database and the files, then end")),
        ("steerco up --no-worker", gettext_lazy("where `steerco worker` runs as a service of its own")),
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--port, --prepare, --no-worker, --workers, --threads."""
    port = int(os.environ.get("PORT", "8000"))
    parser.add_argument("--port", type=int, default=port, help=_("the port to serve on (PORT, else 8000)"))
    parser.add_argument("--prepare", action="store_true", help=_("only prepare the database and the files"))
    parser.add_argument("--no-worker", action="store_true", help=_("serve without running jobs"))
    parser.add_argument(
        "--workers", type=int, default=1, help=_("web processes (1; on a server: one per core)")
    )
    parser.add_argument(
        "--threads", type=int, default=4, help=_("requests that one process serves at once (4)")
    )


def run(args: argparse.Namespace) -> int:
    """Prepare, then supervise the web server and the worker."""
    if not args.prepare:
        require_free(args.port)
    prepare(print)
    if args.prepare:
        return 0
    return serve(args.port, args.workers, args.threads, with_worker=not args.no_worker)


def require_free(port: int) -> None:
    """Refuse a port that another program listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Refused(
                _("port %(port)s is in use; choose another: PORT=%(other)s steerco up")
                % {"port": port, "other": port + 1}
            ) from error


def serve(port: int, workers: int = 1, threads: int = 4, *, with_worker: bool = True) -> int:
    """Serve a prepared installation until told to stop. Raises Refused when the port is taken."""
    require_free(port)
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
    web += ["--host", HOST, "--port", str(port)]
    web += ["--workers", str(workers), "--blocking-threads", str(threads), "--respawn-failed-workers"]
    web += ["--workers-kill-timeout", str(STOP_SECONDS - 10)]
    web += ["--log-level", "warning", "steerco.site.wsgi:application"]
    children = [Child(_("web server"), web)]
    if with_worker:
        children.append(Child(_("worker"), [sys.executable, "-m", "steerco.interfaces.cli.main", "worker"]))
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    for child in children:
        child.start()
    try:
        if _answers(port, stop):
            address = f"http://{HOST}:{port}"
            print(_("Steerco is at %(address)s   (Ctrl-C stops it)") % {"address": address}, flush=True)
        while not stop.wait(0.5):
            for child in children:
                child.watch()
    finally:
        _stop(children)
    return 0


def _answers(port: int, stop: Event) -> bool:
    """Wait for the first answer; False when stopped before. Raises Refused when there is none."""
    deadline = time.monotonic() + START_SECONDS
    while not stop.is_set():
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/health/live", timeout=5):
                return True
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > deadline:
                raise Refused(_("the web server does not answer: %(why)s") % {"why": error}) from error
            time.sleep(0.2)
    return False


def _stop(children: list[Child]) -> None:
    running = [child.process for child in children if child.process is not None]
    for process in running:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
