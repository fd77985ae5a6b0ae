"""Measure the pages of a generated organisation over HTTP:

    STEERCO_DATA_DIR=/tmp/large python benchmarks/load.py [--pages TEXT] [--readers all,none] [--requests 200]

Starts granian with the settings of production on this machine only, sends the requests of each page from eight
clients at once and prints JSON: per page and reader the median and the 95th percentile of the answer's time, the CPU
time that server and database spent on one answer, its size, its queries. Clients, server and database share the
cores; the load average beside each figure says who else did.
"""

import argparse
import gzip
import http.client
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "steerco.site.settings"
os.environ["STEERCO_API_RATE"] = "1000000/min"  # the limit per user is not what is measured
os.environ["STEERCO_DEBUG"] = "0"

import django

django.setup()

from django.db import connection  # noqa: E402  models exist after setup
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from pages import SAVE, Page, Reader, Sent, pages_for, readers, saves  # noqa: E402
from steerco.interfaces.cli.prepare import prepare  # noqa: E402

CLIENTS = 8
WARM_UP = 24
HOST = "127.0.0.1"
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(workers: int) -> Iterator[tuple[int, int]]:
    """The product behind granian with one process per core: (port, process id)."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", HOST]
    command += ["--port", str(port), "--workers", str(workers), "--blocking-threads", "4"]
    server = subprocess.Popen([*command, "--log-level", "warning", "steerco.site.wsgi:application"])
    try:
        deadline = time.monotonic() + 60
        while not _answers(port):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server does not answer")
            time.sleep(0.2)
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _answers(port: int) -> bool:
    try:
        caller = http.client.HTTPConnection(HOST, port, timeout=5)
        caller.request("GET", "/health/live")
        return caller.getresponse().status == 200
    except OSError:
        return False


def cpu_seconds(root: int) -> float:
    """User and system time of a process and everything below it, ended children included."""
    parents, spent = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(") ")[2].split()
            except OSError:
                continue  # it ended meanwhile
            pid = int(entry.name)
            parents[pid], spent[pid] = int(fields[1]), sum(map(int, fields[11:15])) / TICKS
    below = {root}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return sum(spent.get(pid, 0.0) for pid in below)


def database_process() -> int | None:
    """The PostgreSQL server's main process; None on SQLite, whose work is done in the web server."""
    if connection.vendor == "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    return int((Path("/proc") / str(backend) / "stat").read_text().rpartition(") ")[2].split()[1])


def send_all(port: int, reader: Reader, requests: Sequence[Sent]) -> tuple[list[float], list[int], bytes]:
    """Send `requests` from eight clients at once: seconds of each, their statuses, one answer."""
    waiting: SimpleQueue[Sent] = SimpleQueue()
    for request in requests:
        waiting.put(request)
    times: list[float] = []
    statuses: list[int] = []
    bodies: list[bytes] = []

    def client() -> None:
        caller = http.client.HTTPConnection(HOST, port, timeout=120)
        headers = {
            **reader.headers,
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept-Encoding": "gzip",  # as browsers do: compressing is part of the cost
        }
        while True:
            try:
                request = waiting.get_nowait()
            except Empty:
                return
            started = time.perf_counter()
            caller.request(request.method, request.path, request.body or None, headers)
            answer = caller.getresponse()
            body = answer.read()  # as it came: compressed or not
            times.append(time.perf_counter() - started)
            statuses.append(answer.status)
            bodies[:] = [gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body]

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    return times, statuses, bodies[0]


def queries_of(reader: Reader, request: Sent) -> int:
    """How many statements one answer takes, in this process."""
    caller = Client(headers=reader.headers)
    for part in reader.cookies.split("; "):
        name, _, value = part.partition("=")
        caller.cookies[name] = value
    with CaptureQueriesContext(connection) as captured:
        if request.method == "GET":
            caller.get(request.path)
        else:
            caller.post(request.path, request.body, "application/x-www-form-urlencoded")
    return len(captured)


def measure(
    port: int, pids: dict[str, int], reader: Reader, page: Page, requests: list[Sent]
) -> dict[str, Any]:
    """One line of the result: the page warmed, then measured."""
    warm, last, timed = requests[:WARM_UP], requests[WARM_UP], requests[WARM_UP + 1 :]
    queries_of(reader, warm[0])  # what this process keeps between requests
    send_all(port, reader, warm[1:])
    queries = queries_of(reader, last)
    before = {name: cpu_seconds(pid) for name, pid in pids.items()}
    started = time.perf_counter()
    times, statuses, body = send_all(port, reader, timed)
    elapsed = time.perf_counter() - started
    cpu = {f"{n}_cpu_ms": round(1000 * (cpu_seconds(p) - before[n]) / len(times), 1) for n, p in pids.items()}
    ranked = sorted(times)
    return {
        "database": connection.vendor,
        "reader": reader.name,
        "page": page.name,
        "p50_ms": round(1000 * statistics.median(ranked), 1),
        "p95_ms": round(1000 * ranked[int(0.95 * (len(ranked) - 1))], 1),
        "budget_ms": page.budget,
        **cpu,
        "per_second": round(len(times) / elapsed, 1),
        "queries": queries,
        "kilobytes": round(len(body) / 1000, 1),
        "kilobytes_gz": round(len(gzip.compress(body)) / 1000, 1),
        "statuses": sorted(set(statuses)),
        "load_average": round(os.getloadavg()[0], 1),
    }


def requests_of(reader: Reader, page: Page, count: int) -> list[Sent]:
    """What is sent for a page, warm-up first."""
    if page.budget == SAVE:
        return list(saves(reader, page.path, count + WARM_UP + 1))
    return [Sent("GET", page.path)] * (count + WARM_UP + 1)


def main() -> None:
    """Measure what was asked for; one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readers", default="all,portfolio,project,none", help="which readers, with commas")
    parser.add_argument("--pages", default="", help="only pages with this in their name")
    parser.add_argument("--requests", type=int, default=200, help="timed requests per page (200)")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="web processes (one per core)"
    )
    args = parser.parse_args()
    prepare(lambda line: print(line, file=sys.stderr))
    lines = []
    with served(args.workers) as (port, server):
        pids = {"server": server}
        if database := database_process():
            pids["database"] = database
        for reader in readers():
            if reader.name not in args.readers.split(","):
                continue
            wanted = pages_for(reader)
            if reader.project:
                wanted += [Page("save of a cell", SAVE, "cell"), Page("save of a form", SAVE, "form")]
            for page in wanted:
                if args.pages in page.name:
                    line = measure(port, pids, reader, page, requests_of(reader, page, args.requests))
                    print(json.dumps(line), file=sys.stderr, flush=True)
                    lines.append(line)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "processor": _processor()}
    head = {"machine": machine, "clients": CLIENTS, "requests": args.requests, "workers": args.workers}
    print(json.dumps({**head, "pages": lines}, indent=1))


def _processor() -> str:
    found = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return found[0].partition(": ")[2] if found else platform.processor()


if __name__ == "__main__":
    main()
