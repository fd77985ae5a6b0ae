"""What survives: kills in the middle of writes and jobs, eight schedulers, a backup under load, both engines.

`make test` kills three times per scene, while the database is made once; `make test-faults` STEERCO_FAULT_KILLS times.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.databases import copy_into
from tests.postgresql import Server, postgresql

from steerco.kit.backup.verify import verify_backup

pytestmark = [pytest.mark.faults, pytest.mark.slow]
KILLS = int(os.environ.get("STEERCO_FAULT_KILLS", "3"))
MIGRATIONS = int(os.environ.get("STEERCO_FAULT_KILLS", "1"))  # each makes the database twice


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One PostgreSQL for all scenes."""
    with postgresql() as running:
        yield running


def play(engine: str, folder: Path, server: Server, *scenes: str, kills: int = KILLS) -> dict[str, Any]:
    """Play scenes on a new installation on `engine`; returns what each told."""
    copy_into(folder)
    environment = {**os.environ, "STEERCO_DATA_DIR": str(folder), "STEERCO_LOG_LEVEL": "ERROR"}
    environment.pop("STEERCO_DATABASE_URL", None)
    if engine == "postgresql":
        (folder / "steerco.sqlite3").unlink()
        environment["STEERCO_DATABASE_URL"] = server.create_migrated(f"scenes_{secrets.token_hex(4)}")
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults.scenes", "--kills", str(kills), *scenes],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=2400,
    )
    told: dict[str, Any] = {}
    for line in ended.stdout.splitlines():
        print(engine, line)
        told.update(json.loads(line))
    assert ended.returncode == 0, ended.stderr[-4000:]
    return told


@pytest.fixture(scope="module")
def played(
    engine: str, tmp_path_factory: pytest.TempPathFactory, server: Server
) -> tuple[Path, dict[str, Any]]:
    """All scenes, one after the other on one installation: the folder around it, and what each told."""
    folder = tmp_path_factory.mktemp(engine)
    scenes = ("pragmas", "writers", "jobs", "ticks", "backup")
    return folder, play(engine, folder / "installation", server, *scenes)


Played = tuple[Path, dict[str, Any]]


def test_the_live_database_settings_are_the_durable_ones(played: Played) -> None:
    assert "synchronous" in played[1]["pragmas"]["detail"]


def test_killed_writers_lose_nothing_acknowledged_and_leave_nothing_half(played: Played) -> None:
    assert played[1]["writers"]["acknowledged"] >= KILLS


def test_a_job_whose_worker_is_killed_at_each_step_does_each_step_once(played: Played) -> None:
    assert played[1]["jobs"]["kills"] >= KILLS


def test_eight_schedulers_enqueue_each_tick_once(played: Played) -> None:
    assert played[1]["ticks"]["ticks"] >= KILLS


def test_a_backup_under_load_restores_into_the_other_engine(
    played: Played, engine: str, server: Server
) -> None:
    folder, told = played
    assert told["backup"]["bytes_acknowledged_meanwhile"] > 0
    other = "sqlite" if engine == "postgresql" else "postgresql"
    head = play(other, folder / "copy", server, "copy")["copy"]["audit_head"]
    before, after = verify_backup(folder / "installation/load.zip"), verify_backup(folder / "again.zip")
    assert (before["engine"], after["engine"]) == (engine, other)
    assert after["audit_head"] == before["audit_head"] == head
    assert head["position"] > 0
    assert after["media"] == before["media"] != []
    same = [t for t in before["tables"] if t["model"] not in ("jobs.pause", "jobs.job")]
    again = {t["model"]: t for t in after["tables"]}
    assert [again[t["model"]] for t in same] == same
    assert next(t["count"] for t in same if t["model"] == "initiatives.initiative") > 0
    assert again["jobs.pause"]["count"] == 2  # mail and schedules wait for the operator


def test_a_cycle_that_is_killed_is_in_one_state_or_the_other(
    engine: str, tmp_path: Path, server: Server
) -> None:
    """While it is locked, consolidated, approved, and while its pack is built."""
    assert play(engine, tmp_path / "cycles", server, "cycle_kills")["cycle_kills"]["weeks"] == KILLS


def test_a_publication_that_is_killed_is_whole_or_not_there(
    engine: str, tmp_path: Path, server: Server
) -> None:
    """By mail, and by the correction of what was published: every letter once, or none."""
    told = play(engine, tmp_path / "published", server, "publication_kills")["publication_kills"]
    assert told["weeks"] == KILLS


def test_a_power_cut_at_any_moment_loses_nothing_acknowledged(tmp_path: Path, server: Server) -> None:
    """SQLite with our settings, on a disk that keeps what was forced to it and any part of the rest."""
    told = play("sqlite", tmp_path / "power", server, "power_cut")["power_cut"]
    assert told["cuts"] >= 20 * KILLS


def test_a_full_disk_refuses_and_goes_on_when_there_is_room(tmp_path: Path, server: Server) -> None:
    told = play("sqlite", tmp_path / "full", server, "disk_full")["disk_full"]
    assert {"disk I/O error", "database or disk is full"} == set(told["refused"])


def test_a_migration_that_is_killed_is_ended_by_the_next_run(
    engine: str, tmp_path: Path, server: Server
) -> None:
    told = play(engine, tmp_path / "migrated", server, "migrations", kills=MIGRATIONS)["migrations"]
    assert told["kills"] == MIGRATIONS
