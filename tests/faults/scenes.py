"""The scenes that the fault tests play, in a process of their own on an installation of its own:

    python -m tests.faults.scenes --kills 3 --seed 1 writers jobs ticks

One process sets Django up, forks the victims, kills them with SIGKILL and looks at what the database holds then. The
result is printed as JSON; what must hold is asserted here, so that a scene fails where it was seen.
"""

import argparse
import json
import os
import random
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steerco.site.settings")
django.setup()

from django.conf import settings  # noqa: E402  models exist after setup
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from tests.faults import cycles, disks, publications  # noqa: E402
from tests.faults.victims import OPERATOR, fork, into, look, write_for_ever  # noqa: E402

from steerco.apps.people.models import Person  # noqa: E402
from steerco.apps.people.services import write_people  # noqa: E402
from steerco.kit import clock  # noqa: E402
from steerco.kit.backup.archive import write_backup  # noqa: E402
from steerco.kit.backup.media import verify_media  # noqa: E402
from steerco.kit.backup.restore import restore_backup  # noqa: E402
from steerco.kit.backup.verify import verify_backup  # noqa: E402
from steerco.kit.health import checks  # noqa: E402
from steerco.kit.history import Change  # noqa: E402
from steerco.kit.jobs import schedules, worker  # noqa: E402
from steerco.kit.jobs.context import JobContext  # noqa: E402
from steerco.kit.jobs.models import Job  # noqa: E402
from steerco.kit.jobs.tasks import enqueue, job  # noqa: E402
from steerco.kit.journal import seals  # noqa: E402

WRITERS = 3


# -- writers that are killed in the middle of business


def writers(kills: int, seed: int) -> dict[str, int]:
    """Kill writers at random moments; after each kill nothing acknowledged is lost and no action is half there."""
    chance = random.Random(seed)
    told = Path(settings.DATA_DIR) / "acknowledged"
    for cycle in range(kills):
        handle = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        before = told.stat().st_size
        victims = [
            fork(lambda n=n, c=cycle, h=handle: write_for_ever(f"W{c}x{n}", into(h)))  # type: ignore[misc]
            for n in range(WRITERS)
        ]
        os.close(handle)
        deadline = time.monotonic() + 60
        while told.stat().st_size == before and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.3))
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
            os.waitpid(victim, 0)
        assert told.stat().st_size > before, "no writer got anything done"
        look(told)
    return look(told)


# -- a worker that is killed at each step of a job

STEPS = ("read", "compute", "write")
MOMENTS = ("before", "inside", "after")


@job(max_attempts=50)
def stepwise(context: JobContext) -> list[str]:
    """Each step makes one person; at the moment that the file `die` names the process kills itself."""
    die = Path(settings.DATA_DIR) / "die"

    def maybe(moment: str) -> None:
        if die.exists() and die.read_text() == moment:
            die.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    for step in STEPS:
        if step in context.checkpoints:
            continue
        maybe(f"{step} before")
        with transaction.atomic():
            write_people(context.actor, [Change({"name": f"{context.job_id} {step}"})])
            maybe(f"{step} inside")
            context.reach(step)
        maybe(f"{step} after")
    return list(context.checkpoints)


def jobs(kills: int, seed: int) -> dict[str, int]:
    """Kill the worker at each moment of each step: every step is done once, the job ends well."""
    moments = [f"{step} {moment}" for step in STEPS for moment in MOMENTS]
    random.Random(seed).shuffle(moments)
    runs = 0
    for start in range(0, kills, len(moments)):
        made = enqueue(OPERATOR, stepwise)
        for moment in sorted(
            moments[: kills - start], key=[f"{s} {m}" for s in STEPS for m in MOMENTS].index
        ):
            (Path(settings.DATA_DIR) / "die").write_text(moment)
            _, status = os.waitpid(fork(_work), 0)
            runs += 1
            assert os.WIFSIGNALED(status), f"the worker survived {moment}"
            made.refresh_from_db()
            assert made.state == Job.State.RUNNING
            _end_lease()
        _, status = os.waitpid(fork(_work), 0)
        assert status == 0
        made.refresh_from_db()
        assert (made.state, sorted(made.result)) == (Job.State.DONE, sorted(STEPS)), made.error
        names = Person.objects.filter(name__startswith=f"{made.pk} ").values_list("name", flat=True)
        assert sorted(names) == sorted(f"{made.pk} {step}" for step in STEPS)
    assert seals.verify_audit().is_whole
    return {"kills": runs}


def _work() -> None:
    worker.run(until_idle=True)


def _end_lease() -> None:
    """As if the lease of the dead worker and the pause after it were over."""
    with clock.at(clock.now() + timedelta(minutes=10)):
        assert worker.claims.sweep() == 1
    Job.objects.filter(state=Job.State.WAITING).update(run_after=None)


# -- eight schedulers


@job()
def ticked(context: JobContext) -> None:
    """Nothing: the rows are counted."""


def ticks(kills: int, seed: int) -> dict[str, int]:
    """Eight processes look at the same ticks at the same time: each tick enqueues once."""
    start = datetime(2026, 3, 2, tzinfo=UTC)
    schedules.declare_schedule("every hour", ticked, timedelta(hours=1))
    with clock.at(start):
        schedules.tick()

    def look_at(hour: int) -> None:
        with clock.at(start + timedelta(hours=hour)):
            schedules.tick()

    for hour in range(1, kills + 1):
        lookers = [fork(lambda h=hour: look_at(h)) for _ in range(8)]  # type: ignore[misc]
        assert [os.waitpid(looker, 0)[1] for looker in lookers] == [0] * 8
    path = ticked.module_path
    assert Job.objects.filter(task=path).count() == kills
    return {"ticks": kills}


# -- a backup while others write


def backup(kills: int, seed: int) -> dict[str, Any]:
    """Back up under write load into "load.zip" of the data folder; the file is whole and of one instant."""
    target = Path(settings.DATA_DIR) / "load.zip"
    (Path(settings.MEDIA_ROOT) / "files").mkdir(parents=True, exist_ok=True)
    (Path(settings.MEDIA_ROOT) / "files/one.bin").write_bytes(random.Random(seed).randbytes(100_000))
    told = Path(settings.DATA_DIR) / "meanwhile"
    handle = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    victims = [fork(lambda n=n: write_for_ever(f"B{n}", into(handle))) for n in range(WRITERS)]  # type: ignore[misc]
    try:
        while told.stat().st_size < 100:
            time.sleep(0.05)
        before = told.stat().st_size
        write_backup(target)
        during = told.stat().st_size - before
    finally:
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
            os.waitpid(victim, 0)
    assert during > 0, "nobody wrote meanwhile: the backup stopped the writers"
    verify_backup(target)
    return {"bytes_acknowledged_meanwhile": during}


def copy(kills: int, seed: int) -> dict[str, Any]:
    """Restore "load.zip" of the folder above into this empty installation and back that up beside it."""
    folder = Path(settings.DATA_DIR).parent
    manifest = restore_backup(next(folder.glob("*/load.zip")))
    found = verify_media()
    assert not found["missing"], found
    write_backup(folder / "again.zip")
    return {"audit_head": manifest["audit_head"]}


def pragmas(kills: int, seed: int) -> dict[str, str]:
    """The live settings of the database, as it reports them itself."""
    found = checks.database()
    assert found.state == checks.State.OK, found.detail
    return {"detail": found.detail}


OF_DISKS = (disks.power_cut, disks.disk_full, disks.migrations)
ALL = (
    writers,
    jobs,
    ticks,
    backup,
    copy,
    pragmas,
    cycles.cycle_kills,
    publications.publication_kills,
    *OF_DISKS,
)
SCENES = {scene.__name__: scene for scene in ALL}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenes", nargs="+", choices=SCENES)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    call_command("migrate", verbosity=0)
    for name in given.scenes:
        print(json.dumps({name: SCENES[name](given.kills, given.seed)}), flush=True)
