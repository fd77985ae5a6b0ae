"""kill -9 of the web server under sixteen writers: what was answered is there, once; the server is back by itself.

Each writer sends rows over REST with an idempotency key and repeats a request until it is answered, as a client does
whose connection broke. `make test` kills three times, `make test-faults` STEERCO_FAULT_KILLS times.
"""

import http.client
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import copy_into
from tests.interfaces.cli.test_up import children, free_port, until_ready
from tests.postgresql import Server, postgresql

pytestmark = [pytest.mark.faults, pytest.mark.slow]
KILLS = int(os.environ.get("STEERCO_FAULT_KILLS", "3"))
WRITERS = 16
STEERCO = [sys.executable, "-m", "steerco.interfaces.cli.main"]
TOKEN = """
import django; django.setup()
from datetime import timedelta
from steerco.apps.access.models import Token, User
from steerco.kit import clock
user, now = User.objects.get(), clock.now()
print(Token.issue(user, "kills", now, now + timedelta(days=1))[1])
"""
STATE = """
import django, json; django.setup()
from steerco.apps.initiatives.models import Initiative
from steerco.kit.history import version_model
from steerco.kit.journal import seals
from steerco.kit.journal.models import Event
seals.seal_pending()
print(json.dumps({
    "rows": list(Initiative.objects.values_list("pk", "name")),
    "versions": version_model(Initiative).objects.count(),
    "events": Event.objects.filter(kind="initiative.created").count(),
    "audit": seals.verify_audit().is_whole,
}))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgresql() as running:
        yield running


class Writer(threading.Thread):
    """Writes rows one after the other; knows which were answered, and by which id."""

    def __init__(self, number: int, address: str, token: str, stop: threading.Event) -> None:
        super().__init__()
        self.number, self.address, self.stop = number, address, stop
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.answered: dict[str, int] = {}
        self.repeated = 0
        self.wrong = ""

    def run(self) -> None:
        for count in range(100_000):
            name, key = f"W{self.number}-{count}", secrets.token_hex(8)
            while not self.wrong:
                try:
                    self.answered[name] = self._write(name, key)
                    break
                except urllib.error.HTTPError as error:
                    self.wrong = f"{error.code} {error.read()[:300]!r}"
                except OSError:
                    self.repeated += 1
                    time.sleep(0.05)
            if self.stop.is_set() or self.wrong:
                return

    def _write(self, name: str, key: str) -> int:
        """Send one row; returns its id. Raises OSError while the server is away."""
        body = json.dumps({"name": name, "code": name}).encode()
        request = urllib.request.Request(
            self.address, body, {**self.headers, "Idempotency-Key": key}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            try:
                return int(json.load(answer)["id"])
            except (ValueError, http.client.HTTPException) as error:  # the answer was cut off half-way
                raise OSError from error


def tree(pid: int) -> set[int]:
    """The process and everything below it."""
    return {pid}.union(*(tree(child) for child in children(pid)))


def kill_web(up: int) -> None:
    """SIGKILL for the web server's every process; its supervisor and the worker live on."""
    web = next(pid for pid, line in children(up).items() if "granian" in line)
    for pid in tree(web):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_every_answered_write_is_there_once(engine: str, tmp_path: Path, server: Server) -> None:
    port = free_port()
    environment = {
        **os.environ,
        "STEERCO_DATA_DIR": str(tmp_path / "data"),
        "STEERCO_API_RATE": "1000000/min",
        "STEERCO_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "steerco.site.settings",
    }
    environment.pop("STEERCO_DATABASE_URL", None)
    if engine == "postgresql":
        environment["STEERCO_DATABASE_URL"] = server.create_migrated("kills")
    else:
        copy_into(tmp_path / "data")

    def told(*call: str) -> str:
        ended = subprocess.run(call, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        return ended.stdout

    told(*STEERCO, "up", "--prepare")
    told(*STEERCO, "user", "add", "ann@example.org", "--role", "administrator")
    token = told(sys.executable, "-c", TOKEN).split()[-1]
    chance, stop = random.Random(38), threading.Event()
    writers = [Writer(n, f"http://127.0.0.1:{port}/api/v1/initiatives/", token, stop) for n in range(WRITERS)]
    away: list[float] = []
    log = (tmp_path / "log").open("wb")
    serve = [*STEERCO, "up", "--port", str(port), "--workers", "2"]
    with log, subprocess.Popen(serve, env=environment, stdout=log, stderr=log) as up:
        try:
            until_ready(port)
            for writer in writers:
                writer.start()
            for _ in range(KILLS):
                done = sum(len(writer.answered) for writer in writers)
                time.sleep(chance.uniform(0.2, 1.0))
                kill_web(up.pid)
                begin = time.monotonic()
                # back when every writer that was cut off has been answered again
                while sum(len(w.answered) for w in writers) < done + 2 * WRITERS:
                    assert not any(w.wrong for w in writers), [w.wrong for w in writers if w.wrong]
                    assert time.monotonic() - begin < 120, (tmp_path / "log").read_text()
                    time.sleep(0.02)
                away.append(time.monotonic() - begin)
        finally:
            stop.set()
            for writer in writers:
                if writer.is_alive():
                    writer.join()
            up.send_signal(signal.SIGTERM)
            up.wait(timeout=60)
    state = json.loads(told(sys.executable, "-c", STATE))
    there = {name: pk for pk, name in state["rows"]}
    answered = {name: pk for writer in writers for name, pk in writer.answered.items()}
    assert not any(writer.wrong for writer in writers)
    assert {name: there.get(name) for name in answered} == answered
    assert len(state["rows"]) == len(there) == len(answered) == state["versions"] == state["events"]
    assert state["audit"]
    assert sum(writer.repeated for writer in writers) > 0
    figures = {"kills": KILLS, "answered": len(answered), "away_seconds": [round(a, 1) for a in sorted(away)]}
    print(engine, json.dumps({"web_kills": figures}))
