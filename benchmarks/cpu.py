"""What the pages of a generated organisation cost in CPU time, in this process, without a server:

    STEERCO_DATA_DIR=/tmp/large python benchmarks/cpu.py [--pages TEXT] [--readers all,none] [--times 10]
        [--profile cumulative|tottime] [--first]

Prints per page and reader the least and the median CPU time of one answer (PostgreSQL's own beside it), what the
statements took of it, their number and the answer's size. Waiting counts for nothing here, so that other work on the
machine does little harm; `pace` is the cost in units of a fixed piece of work done beside each answer, which tells two
states of the code apart even then. `--profile` prints where the time went; `--first` shows the answer when nothing is
kept, as after a write of everything.
"""

import argparse
import cProfile
import os
import pstats
import statistics
import time
from collections.abc import Sequence
from itertools import islice
from operator import truediv

os.environ["DJANGO_SETTINGS_MODULE"] = "steerco.site.settings"
os.environ["STEERCO_API_RATE"] = "1000000/min"
os.environ["STEERCO_DEBUG"] = "0"

import django

django.setup()

from django.conf import settings  # noqa: E402  models exist after setup
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from load import cpu_seconds, database_process, requests_of  # noqa: E402
from pages import SAVE, Page, Reader, Sent, pages_for, readers  # noqa: E402
from steerco.interfaces.cli.prepare import prepare  # noqa: E402
from steerco.kit.journal import unchanged  # noqa: E402

WARM_UP = 3


class Statements:
    """How many statements were sent, and the CPU time of this process inside them."""

    def __init__(self) -> None:
        self.count, self.seconds = 0, 0.0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        started = time.process_time()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.seconds += time.process_time() - started


def browser(reader: Reader) -> Client:
    """A browser in which `reader` is signed in."""
    client = Client(headers={**reader.headers, "Accept-Encoding": "gzip"})
    for part in reader.cookies.split("; "):
        name, _, value = part.partition("=")
        client.cookies[name] = value
    return client


def ask(client: Client, sent: Sent) -> bytes:
    """One answer. Raises RuntimeError for one that is none."""
    if sent.method == "GET":
        answer = client.get(sent.path)
    else:
        answer = client.post(sent.path, sent.body, "application/x-www-form-urlencoded")
    if answer.status_code not in (200, 204, 303):
        raise RuntimeError(f"{sent.path}: {answer.status_code}")
    return bytes(answer.content)


def forget(first: bool) -> None:
    """With `first`, drop what is kept between requests."""
    if first:
        unchanged.forget_all()


def yardstick() -> float:
    """CPU seconds of a piece of work that is always the same: on a busy machine a core does less in a second."""
    started = time.process_time()
    words: dict[str, int] = {}
    for number in range(12_000):
        key = f"{number % 97}"
        words[key] = words.get(key, 0) + len(key)
    return time.process_time() - started


def measure(reader: Reader, page: Page, sends: Sequence[Sent], times: int, first: bool, profile: str) -> str:
    """One line of the table."""
    client = browser(reader)
    queue = iter(sends)
    for _ in range(WARM_UP):
        ask(client, next(queue))
    database = database_process()
    spent, paces, statements, size = [], [], Statements(), 0
    before = cpu_seconds(database) if database else 0.0
    for sent in islice(queue, times):
        forget(first)
        started = time.process_time()
        size = len(ask(client, sent))
        spent.append(time.process_time() - started)
        paces.append(min(yardstick(), yardstick()))
    beside = (cpu_seconds(database) - before) / len(spent) if database else 0.0
    with connection.execute_wrapper(statements):
        forget(first)
        ask(client, next(queue))
    if profile:
        profiler = cProfile.Profile(time.process_time)
        profiler.enable()
        for sent in queue:
            forget(first)
            ask(client, sent)
        profiler.disable()
        pstats.Stats(profiler).sort_stats(profile).print_stats(70)
    return (
        f"{connection.vendor:10} {reader.name:9} {page.name:28} {1000 * min(spent):7.1f} "
        f"{1000 * statistics.median(spent):7.1f} {1000 * beside:7.1f} {1000 * statements.seconds:7.1f} "
        f"{statements.count:4} {size / 1000:7.1f} {statistics.median(map(truediv, spent, paces)):7.2f}"
    )


def main() -> None:
    """Measure what was asked for; one line each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readers", default="all,portfolio,project,none")
    parser.add_argument("--pages", default="", help="only pages with this in their name")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--profile", default="", choices=["", "cumulative", "tottime"])
    args = parser.parse_args()
    settings.ALLOWED_HOSTS.append("testserver")
    prepare(lambda line: None)
    print(f"{'':50} {'least':>7} {'median':>7} {'server':>7} {'stmts':>7}    n   kB gz   pace")
    for reader in readers():
        if reader.name not in args.readers.split(","):
            continue
        wanted = pages_for(reader)
        if reader.project:
            wanted += [Page("save of a cell", SAVE, "cell"), Page("save of a form", SAVE, "form")]
        for page in wanted:
            if args.pages in page.name:
                sends = requests_of(reader, page, WARM_UP + 1 + args.times * (2 if args.profile else 1))
                print(measure(reader, page, sends, args.times, args.first, args.profile), flush=True)


if __name__ == "__main__":
    main()
