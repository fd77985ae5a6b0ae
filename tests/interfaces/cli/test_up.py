"""`steerco up` as a user runs it: from nothing to answering, its worker replaced when it dies, a clean stop."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from steerco.interfaces.cli import up as up_command

pytestmark = [pytest.mark.slow, pytest.mark.faults]
PATIENCE = 180  # seconds; a busy build machine starts slowly


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ready(port: int) -> dict[str, str]:
    """The checks of /health/ready, empty while nothing answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            return dict(json.load(answer)["checks"])
    except urllib.error.HTTPError as error:
        return dict(json.load(error)["checks"])
    except OSError:
        return {}


def until_ready(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while ready(port).get("worker") != "ok":
        assert time.monotonic() < deadline, "not ready"
        time.sleep(0.3)


def children(pid: int) -> dict[int, str]:
    """Process id to command line of the direct children (Linux)."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if int((path / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found[int(path.name)] = (path / "cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def test_up_serves_replaces_its_worker_and_stops_cleanly(tmp_path: Path) -> None:
    port = free_port()
    environment = {**os.environ, "STEERCO_DATA_DIR": str(tmp_path), "PORT": str(port)}
    environment.pop("STEERCO_DATABASE_URL", None)
    command = [sys.executable, "-m", "steerco.interfaces.cli.main", "up"]
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as up,
    ):
        try:
            until_ready(port)
            taken = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            assert taken.returncode == 1
            assert f"port {port} is in use" in taken.stderr
            worker = next(pid for pid, line in children(up.pid).items() if line.rstrip().endswith("worker"))
            os.kill(worker, signal.SIGKILL)
            deadline = time.monotonic() + PATIENCE
            while not any(
                line.rstrip().endswith("worker") for pid, line in children(up.pid).items() if pid != worker
            ):
                assert time.monotonic() < deadline, "the worker was not started again"
                time.sleep(0.3)
            served = list(children(up.pid))
        finally:
            up.send_signal(signal.SIGTERM)
            up.wait(timeout=60)
    assert up.returncode == 0, (tmp_path / "log").read_text()
    assert not any(Path(f"/proc/{pid}").exists() for pid in served)
    assert ready(port) == {}
    assert oct((tmp_path / "secret-key").stat().st_mode)[-3:] == "600"


def test_a_process_is_started_again_at_once_unless_it_dies_as_it_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr(up_command.time, "monotonic", lambda: now[0])

    def dies_after(seconds: float) -> float:
        """Seconds until it is started again."""
        assert child.process is not None
        now[0] += seconds
        child.process.wait()
        died = now[0]
        while child.process is None or child.process.poll() is not None:
            child.watch()
            if child.process is not None:
                return now[0] - died
            now[0] += 0.5
        raise AssertionError

    child = up_command.Child("nothing", ["sleep", "0.05"])
    child.start()
    assert [dies_after(0.1) for _ in range(4)] == [0, 1, 3, 7]
    assert dies_after(60) == 0
    assert [dies_after(60) for _ in range(3)] == [0, 0, 0]
    assert child.process is not None
    child.process.wait()


def test_a_process_that_does_not_listen_is_ended_with_all_that_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(up_command, "STOP_SECONDS", 0.3)
    deaf = f"trap '' TERM; sleep 60 & echo $! > {tmp_path}/below; echo > {tmp_path}/started; wait; wait"
    child = up_command.Child("deaf", ["sh", "-c", deaf])
    child.start()
    deadline = time.monotonic() + PATIENCE
    while not (tmp_path / "started").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    up_command._stop([child])
    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL
    below = int((tmp_path / "below").read_text())
    while not _is_gone(below):  # a signal to a busy machine's process takes a moment
        assert time.monotonic() < deadline + PATIENCE
        time.sleep(0.05)


def _is_gone(pid: int) -> bool:
    """Whether the process has ended, waited for or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True
