"""An import that is killed at any moment leaves all of its rows or none."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.databases import copy_into

KILLS = int(os.environ.get("STEERCO_FAULT_KILLS", "3"))
ROWS = 300
SETUP = """
import django; django.setup()
from steerco.apps.initiatives.services import write_initiatives
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
write_initiatives(Actor.operator("test"), [Change({"code": "P1", "name": "One"})])
"""


def environment(data: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name != "STEERCO_DATABASE_URL"}
    return {**own, "STEERCO_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "steerco.site.settings"}


def started(data: Path, file: Path) -> "subprocess.Popen[bytes]":
    words = ("import", "risks", str(file), "--in", "P1", "--match", "none")
    return subprocess.Popen(
        [sys.executable, "-m", "steerco.interfaces.cli.main", *words],
        env=environment(data),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def count(data: Path, what: str) -> int:
    with closing(sqlite3.connect(data / "steerco.sqlite3")) as connection:
        found: int = connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0]
        return found


@pytest.mark.faults
@pytest.mark.slow
def test_all_or_nothing(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "log.csv"
    data.mkdir()
    file.write_text("\n".join(["Title,Probability", *(f"Risk {n},High" for n in range(ROWS))]))
    copy_into(data)
    subprocess.run([sys.executable, "-c", SETUP], env=environment(data), check=True)
    begin = time.monotonic()
    assert started(data, file).wait() == 0
    whole = time.monotonic() - begin
    present = count(data, "raid_risk")
    assert present == ROWS
    chance, cut = random.Random(7), 0
    for _kill in range(KILLS):
        running = started(data, file)
        time.sleep(chance.uniform(0.3, 1.0) * whole)
        running.send_signal(signal.SIGKILL)
        cut += running.wait() == -signal.SIGKILL
        before, present = present, count(data, "raid_risk")
        assert present - before in {0, ROWS}
        require_whole(data, present)
        if present == before:  # nothing is in the way of doing it again
            assert started(data, file).wait() == 0
            present = count(data, "raid_risk")
            assert present - before == ROWS
            require_whole(data, present)
    assert cut > 0
    assert present == ROWS * (KILLS + 1)
    print(f"register import: {cut} of {KILLS} killed before their end, {present} risks")


def require_whole(data: Path, present: int) -> None:
    """With each risk its version, its event, its entry; one finished run for the file."""
    for table in (
        "raid_riskversion",
        "journal_event WHERE kind = 'risk.created'",
        "initiatives_entry WHERE register = 'risk'",
    ):
        assert count(data, table) == present
    assert count(data, "imports_importrun WHERE state = 'applied'") == present // ROWS
