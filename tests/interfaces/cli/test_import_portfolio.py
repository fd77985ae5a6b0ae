"""`steerco import portfolio`: its answer, its exit status, and all or nothing when it is killed."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.databases import copy_into

from steerco.apps.indicators.models import Snapshot
from steerco.apps.initiatives.models import Initiative
from steerco.interfaces.cli.main import main

TABLE = """Project name,Department,RAG rating,End date,Whole life cost (£m),Mood
North Bridge,DfT,Amber,31/03/2022,100,good
Payroll,HMT,Green,30/06/2021,lots,bad
"""
KILLS = int(os.environ.get("STEERCO_FAULT_KILLS", "3"))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.mark.django_db
def test_the_answer_is_json_with_the_documented_keys(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["import", "portfolio", str(table), "--as-of", "2020-03-31", "--portfolio", "P", "--json"]
    assert main(call) == 0
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == [
        "rows_read", "created", "updated", "unchanged", "rejected", "unmapped_columns", "notes",
    ]  # fmt: skip
    assert (answer["rows_read"], answer["created"], answer["unmapped_columns"]) == (2, 2, ["Mood"])
    assert [(note["row"], note["cell"]) for note in answer["notes"] if "lots" in note["reason"]] == [
        (3, "E3")
    ]
    assert main(call) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert Initiative.objects.get(code="P").type == Initiative.Type.PORTFOLIO


@pytest.mark.django_db
def test_a_dry_run_leaves_nothing_not_even_the_portfolio(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "portfolio", str(table), "--as-of", "2020-03-31", "--dry-run"]) == 0
    assert "2 would be recorded" in capsys.readouterr().out
    assert not Initiative.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        ("", [], "empty"),
        ("a,b\n", [], "no table"),
        (TABLE, [], "give the date"),
        (TABLE, ["--as-of-column", "Nothing"], "no column 'Nothing'"),
        (TABLE, ["--mapping", "unknown"], "no mapping is kept"),
    ],
)
def test_what_is_of_no_use_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, arguments: list[str], said: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(content, encoding="utf-8")
    assert main(["import", "portfolio", str(path), *arguments]) == 2
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1
    assert not Snapshot.objects.exists()


def _command(data: Path, *words: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "STEERCO_DATA_DIR": str(data)}
    environment.pop("STEERCO_DATABASE_URL", None)
    call = [sys.executable, "-m", "steerco.interfaces.cli.main", *words]
    return subprocess.Popen(call, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _count(data: Path, table: str) -> int:
    with closing(sqlite3.connect(data / "steerco.sqlite3")) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@pytest.mark.faults
@pytest.mark.slow
def test_killed_at_any_moment_all_or_nothing_is_there(tmp_path: Path) -> None:
    data, path = tmp_path / "data", tmp_path / "table.csv"
    lines = [f"Bridge {n},DfT,Amber,31/03/2022,{n * 7 % 90 + 1}" for n in range(300)]
    path.write_text("\n".join([TABLE.splitlines()[0].rpartition(",")[0], *lines]), encoding="utf-8")
    copy_into(data)
    words = ("import", "portfolio", str(path), "--as-of")
    started = time.monotonic()
    assert _command(data, *words, "2010-01-01").wait() == 0
    whole = time.monotonic() - started
    present = _count(data, "indicators_snapshot")
    assert present == 300
    chance, cut = random.Random(7), 0
    for kill in range(KILLS):
        day = str(date(2011, 1, 1) + timedelta(days=kill))
        running = _command(data, *words, day)
        time.sleep(chance.uniform(0.3, 1.0) * whole)
        running.send_signal(signal.SIGKILL)
        cut += running.wait() == -signal.SIGKILL
        before, present = present, _count(data, "indicators_snapshot")
        assert present - before in {0, 300}
        _require_whole(data, present)
        if present == before:  # nothing is in the way of doing it again
            assert _command(data, *words, day).wait() == 0
            present = _count(data, "indicators_snapshot")
            assert present - before == 300
            _require_whole(data, present)
    assert cut > 0
    assert present == 300 * (KILLS + 1)
    print(f"portfolio import: {cut} of {KILLS} killed before their end, {present} snapshots")


def _require_whole(data: Path, present: int) -> None:
    """With each snapshot its values, its event, and one event for the file."""
    assert _count(data, "indicators_value") == 3 * present
    assert _count(data, "journal_event WHERE kind = 'snapshot.recorded'") == present
    assert _count(data, "journal_event WHERE kind = 'portfolio.imported'") == present // 300
    with closing(sqlite3.connect(data / "steerco.sqlite3")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
