"""What an import costs: python benchmarks/imports.py [ROWS] [--profile]

Stages a workbook of risks, applies it to an empty register, changes one column of every row by a second import, and
applies that; prints seconds of CPU in the process (on SQLite the database included) and by the clock. Runs on a new
SQLite file under the real settings, or on the empty database that STEERCO_DATABASE_URL names.
"""

import argparse
import cProfile
import os
import pstats
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from random import Random
from typing import Any
from unittest import mock

import django
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

FOLDER = tempfile.mkdtemp(prefix="steerco-bench-")
os.environ.update(STEERCO_DATA_DIR=FOLDER, DJANGO_SETTINGS_MODULE="steerco.site.settings")
django.setup()

from steerco.apps.initiatives.models import Initiative  # noqa: E402  models exist after setup
from steerco.apps.initiatives.services import write_initiatives  # noqa: E402
from steerco.apps.people.services import write_people  # noqa: E402
from steerco.kit.history import Change  # noqa: E402
from steerco.kit.imports import services  # noqa: E402
from steerco.kit.imports.services import Upload  # noqa: E402
from steerco.kit.permissions import Actor  # noqa: E402
from steerco.kit.registers.register import register_by_key  # noqa: E402

OPERATOR = Actor.operator("benchmark")
HEADERS = "Project;Title;Status;Owner;Category;Cause;Effect;Date Identified;Probability;Impact;Mitigation;Next review"
WORDS = (
    *("supplier", "steel", "bridge", "ferry", "approval", "design"),
    *("ground", "contract", "strike", "insolvency", "interface", "delay"),
)


def world() -> None:
    """Twenty projects and forty people."""
    write_initiatives(
        OPERATOR, [Change({"code": f"P{n:02}", "name": f"Project {n}", "type": "project"}) for n in range(20)]
    )
    write_people(
        OPERATOR, [Change({"name": f"Name{n} Owner", "email": f"n{n}@bench.example"}) for n in range(40)]
    )


def table(rows: int, mitigation: str) -> bytes:
    """A CSV file of risks as people keep them; the same titles each time."""
    random = Random(1)
    lines = [HEADERS]
    for n in range(rows):
        sentence = " ".join(random.choice(WORDS) for _ in range(12))
        day, score = n % 28 + 1, f"{n % 5 + 1};{(n // 5) % 5 + 1}"
        texts = f"{sentence};{sentence};2026-03-{day:02};{score};{mitigation} {sentence};2027-01-{day:02}"
        title = f"Risk {n} of the {random.choice(WORDS)}"
        lines.append(f"P{n % 20:02};{title};Open;Name{n % 40} Owner;Delivery;{texts}")
    return "\n".join(lines).encode()


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Print what a block cost."""
    busy, started = time.process_time(), time.perf_counter()
    yield
    print(f"{connection.vendor}: {what:<24} {time.process_time() - busy:6.2f} s CPU  ", end="")
    print(f"{time.perf_counter() - started:6.2f} s")


@contextmanager
def transaction_measured() -> Iterator[None]:
    """Print what of a block was spent inside its outermost transaction, in which nobody else writes on SQLite."""
    enter, leave = transaction.Atomic.__enter__, transaction.Atomic.__exit__
    begun: list[float] = []
    spent: list[float] = []

    def entered(self: transaction.Atomic) -> None:
        if not connection.in_atomic_block:
            begun.append(time.process_time())
        enter(self)

    def left(self: transaction.Atomic, *error: Any) -> None:
        leave(self, *error)
        if not connection.in_atomic_block:
            spent.append(time.process_time() - begun.pop())

    with mock.patch.multiple(transaction.Atomic, __enter__=entered, __exit__=left):
        yield
    print(f"    in its transaction {max(spent):.2f} s CPU")


def main(rows: int, profiled: Callable[[], None] | None) -> None:
    """Import and change `rows` risks."""
    register = register_by_key("risk")
    assert register is not None
    world()
    reverse("site:home")  # loads every address of the product, as any process has done before
    assert Initiative.objects.count() == 20
    for what, mitigation in (("new", "Insure"), ("changed", "Watch")):
        with measured(f"{rows} {what}, staged"):
            run = services.stage(OPERATOR, register, [Upload("risks.csv", table(rows, mitigation))])
        with measured(f"{rows} {what}, applied"):
            if profiled is not None:
                profiled()
            with transaction_measured():
                assert services.apply(OPERATOR, run)
        assert run.report["counts"]["rejected"] == 0, run.report["rows"][:1]


def profile() -> tuple[Callable[[], None], Callable[[], None]]:
    """A profiler: how to start it, and how to print what it saw."""
    profiler = cProfile.Profile()

    def tell() -> None:
        profiler.disable()
        text = StringIO()
        pstats.Stats(profiler, stream=text).sort_stats("cumulative").print_stats(70)
        pstats.Stats(profiler, stream=text).sort_stats("tottime").print_stats(40)
        sys.stderr.write(text.getvalue())

    return profiler.enable, tell


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", type=int, nargs="?", default=10_000)
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    start, tell = profile()
    try:
        call_command("migrate", verbosity=0)
        main(args.rows, start if args.profile else None)
        if args.profile:
            tell()
    finally:
        shutil.rmtree(FOLDER)
