"""Scenes about the reporting cycle: killed while it is locked, consolidated, published."""

import os
import random
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from tests.apps.cycles.weeks import FIRST_FRIDAY, OPERATOR, Weeks, at, reports, whole
from tests.faults.victims import fork

from steerco.apps.cycles.models import Cycle, Draft, FrozenReport, Report
from steerco.apps.cycles.turning import turn
from steerco.apps.reporting.models import Pack
from steerco.apps.reporting.services import build_pack, request_pack
from steerco.kit import clock
from steerco.kit.journal import seals

FORMATS = ("pptx", "xlsx")


def cycle_kills(kills: int, seed: int) -> dict[str, int]:
    """Each week the lock, then the consolidated report, then its pack are killed at a random moment: what is there
    then is one state or the other, and the next run ends it."""
    chance = random.Random(seed)
    played = Weeks(projects=2, streams=4, seed=seed)
    cut = dict.fromkeys(("lock", "consolidate", "pack"), 0)
    for week in range(kills):
        friday = FIRST_FRIDAY + timedelta(weeks=week)
        for offset in (-2, 3, 4):  # opened, written, reviewed
            played.day(friday + timedelta(days=offset))
        with clock.at(at(friday + timedelta(days=5), 13)):
            open_ones = list(
                Cycle.objects.filter(state=Cycle.State.OPEN, lock_at__lte=clock.now()).values_list(
                    "pk", flat=True
                )
            )
            assert open_ones, f"week {week}: nothing to lock"
            cut["lock"] += killed(turn, chance.uniform(0, 0.3), lambda ones=open_ones: _locked_or_not(ones))  # type: ignore[misc]
            turn()
            assert all(map(whole, Cycle.objects.filter(pk__in=open_ones)))
            for report in reports().filter(state="due", kind="consolidated").order_by("pk"):
                cut["consolidate"] += killed(
                    lambda r=report: played.consolidate(r),  # type: ignore[misc]
                    chance.uniform(0, 0.15),
                    lambda r=report: _published_or_not(r),  # type: ignore[misc]
                )
                _end(played, report)
                cut["pack"] += _pack(report, chance)
        played.keep()
    assert played.unchanged_since()
    assert seals.verify_audit().is_whole
    assert min(cut.values()) > 0 or kills < 10, f"no kill came in the middle: {cut}"
    return {"weeks": kills, **{f"{name}_cut_in_the_middle": n for name, n in cut.items()}}


def killed(act: Callable[[], Any], moment: float, look: Callable[[], bool]) -> bool:
    """Run `act` in a process that is killed after `moment` seconds; `look` says whether it was done before, and
    asserts that it is not half done. Whether it was cut off."""
    victim = fork(lambda: (act(), None)[1])
    time.sleep(moment)
    os.kill(victim, signal.SIGKILL)
    os.waitpid(victim, 0)
    return not look()


def _locked_or_not(cycles: list[int]) -> bool:
    done = []
    for cycle in Cycle.objects.filter(pk__in=cycles):
        if cycle.state == Cycle.State.OPEN:
            assert not Report.objects.filter(cycle=cycle, state__in=("frozen", "missing")).exists()
            assert not FrozenReport.objects.filter(report__cycle=cycle).exists()
        else:
            assert whole(cycle)
        done.append(cycle.state != Cycle.State.OPEN)
    return all(done)


def _published_or_not(report: Report) -> bool:
    """A consolidated report is due, submitted with what was built, or frozen with its edition and its cycle."""
    row = reports().get(pk=report.pk)
    editions = FrozenReport.objects.filter(report=row).count()
    if row.state == "frozen":
        assert editions == 1
        assert row.cycle.state == Cycle.State.PUBLISHED
    else:
        assert row.state in ("due", "submitted", "approved")
        assert editions == 0
        assert row.cycle.state == Cycle.State.LOCKED
        built = Draft.objects.filter(report=row, built__isnull=False).exists()
        assert built == (row.state == "submitted")
    return bool(row.state == "frozen")


def _end(played: Weeks, report: Report) -> None:
    """Whoever was cut off goes on where they were."""
    row = reports().get(pk=report.pk)
    if row.state == "due":
        played.consolidate(row)
    elif row.state == "submitted":
        played.approve(row)


def _pack(report: Report, chance: random.Random) -> bool:
    """The pack is not there, or there with every file of its own content; built again it is."""
    frozen = FrozenReport.objects.get(report=report)
    pack = request_pack(OPERATOR, report.initiative, formats=FORMATS, frozen=frozen)

    def build() -> None:
        build_pack(OPERATOR, Pack.objects.get(pk=pack.pk), lambda done, total, what: None)

    def look() -> bool:
        row = Pack.objects.get(pk=pack.pk)
        names = sorted(row.files.values_list("format", flat=True))
        assert (row.state, names) in ((Pack.State.WAITING, []), (Pack.State.READY, sorted(FORMATS)))
        for file in row.files.all():
            assert (Path(settings.MEDIA_ROOT) / file.path).stat().st_size == file.size
        return row.state == Pack.State.READY

    cut = killed(build, chance.uniform(0, 0.6), look)
    build()
    assert look()
    return cut
