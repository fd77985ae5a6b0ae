"""How long a reporting cycle takes: sixty workstreams and twelve projects through eight weeks and two months.

    python benchmarks/reporting_cycle.py [--projects 12] [--streams 5] [--weeks 8] [--look FOLDER]

On an installation of its own in a new folder, on SQLite or, with STEERCO_DATABASE_URL, on an empty PostgreSQL. Prints
JSON: the seconds from the last report to the consolidated draft (the lock, and the page as a browser gets it), to the
published pack in four formats; how many reports were written, unchanged, silent, sent back. --look keeps the
documents of the last week.
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

FOLDER = tempfile.TemporaryDirectory(prefix="steerco-cycle-")
os.environ["STEERCO_DATA_DIR"] = FOLDER.name
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steerco.site.settings")
os.environ.setdefault("STEERCO_LOG_LEVEL", "ERROR")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402  models exist after setup
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from tests.apps.cycles.weeks import OPERATOR, Weeks, whole  # noqa: E402

from steerco.apps.cycles.drafts import open_page  # noqa: E402
from steerco.apps.cycles.models import Cycle, FrozenReport, Report  # noqa: E402
from steerco.apps.cycles.services import approve, submit  # noqa: E402
from steerco.apps.initiatives.services import write_initiatives  # noqa: E402
from steerco.apps.people.models import Person  # noqa: E402
from steerco.apps.reporting.models import Pack  # noqa: E402
from steerco.apps.reporting.services import build_pack, request_pack  # noqa: E402
from steerco.interfaces.cli.prepare import prepare  # noqa: E402
from steerco.kit.history import Change  # noqa: E402

FORMATS = ("pptx", "pdf", "docx", "xlsx")


class Timed(Weeks):
    """Weeks whose locks, drafts, pages and packs are timed."""

    def __post_init__(self) -> None:
        self.locked: dict[int, float] = {}
        self.rows_of: list[dict[str, Any]] = []
        self.pack: Pack | None = None
        super().__post_init__()

    def lock(self) -> None:
        """Each lock with its seconds."""
        before = set(Cycle.objects.filter(state=Cycle.State.OPEN).values_list("pk", flat=True))
        seconds = _seconds(super().lock)
        now = before - set(Cycle.objects.filter(state=Cycle.State.OPEN).values_list("pk", flat=True))
        self.locked |= dict.fromkeys(now, seconds / max(1, len(now)))

    def consolidate(self, report: Report) -> None:
        """Draft, page, approval and pack, each with its seconds."""
        actor = self.actor(report.owner_id)
        user = Person.objects.get(party=report.owner_id).user
        assert user is not None
        browser = Client()
        browser.force_login(user)
        url = f"/reporting/reports/{report.pk}/"
        drafted = _seconds(lambda: open_page(actor, report))
        shown = _seconds(lambda: _is_good(browser.get(url)))

        def publish() -> None:
            submit(actor, report, self.typed(report, open_page(actor, report), "See the first lines."))
            approve(self.actor(report.reviewer_id), report)
            self.pack = request_pack(actor, report.initiative, formats=FORMATS, frozen=report.frozen.get())
            build_pack(actor, self.pack, lambda done, total, what: None)

        published = _seconds(publish)
        assert report.cycle is not None
        self.counts["consolidated"] += 1
        lock = self.locked.get(report.cycle_id or 0, 0.0)
        self.rows_of.append(
            {
                "report": report.cycle.cadence.title,
                "period_end": str(report.period_end),
                "lock": round(lock, 2),
                "draft": round(drafted, 2),
                "page": round(shown, 2),
                "last_report_to_draft": round(lock + shown, 2),
                "published_pack": round(published, 2),
            }
        )


def _is_good(answer: Any) -> None:
    assert answer.status_code == 200, answer.status_code


def _seconds(act: Any) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def main() -> None:
    """Play, change everything afterwards, look whether what was frozen stands, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=12)
    parser.add_argument("--streams", type=int, default=5)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--look", type=Path)
    given = parser.parse_args()
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    prepare(lambda line: None)
    played = Timed(given.projects, given.streams)
    whole_time = _seconds(lambda: played.play(given.weeks))
    published = list(Cycle.objects.filter(state=Cycle.State.PUBLISHED))
    assert all(map(whole, published)), "a cycle is half locked"
    write_initiatives(OPERATOR, [Change({"name": f"Renamed {row.code}"}, pk=row.pk) for row in played.rows])
    assert played.unchanged_since(), "a frozen report has changed"
    if given.look and played.pack:
        given.look.mkdir(parents=True, exist_ok=True)
        for file in played.pack.files.all():
            shutil.copy(Path(settings.MEDIA_ROOT) / file.path, given.look / file.name)
    print(
        json.dumps(
            {
                "what": "a reporting cycle",
                "database": connection.vendor,
                "workstreams": given.projects * given.streams,
                "projects": given.projects,
                "published_cycles": len(published),
                "frozen": FrozenReport.objects.count(),
                "counts": dict(played.counts),
                "seconds": round(whole_time, 1),
                **{
                    f"{name}_{how}": round(pick([row[name] for row in played.rows_of]), 2)
                    for name in ("last_report_to_draft", "published_pack")
                    for how, pick in (("median", statistics.median), ("most", max))
                },
                "cycles": played.rows_of,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
