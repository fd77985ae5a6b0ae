"""What is removed by the clock, and what is not."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from steerco.kit import clock
from steerco.kit.imports.jobs import purge_staged
from steerco.kit.imports.models import ImportFile, ImportRun
from steerco.kit.jobs import schedules, worker
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.jobs import purge_jobs
from steerco.kit.jobs.models import Job
from steerco.kit.jobs.tasks import enqueue, job
from steerco.kit.permissions import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@job()
def leave_a_file(context: JobContext, text: str) -> None:
    context.keep_file("out.txt", text.encode())


def ended(operator: Actor, text: str, days_ago: int) -> tuple[Job, Path]:
    with clock.at(clock.now() - timedelta(days=days_ago)):
        row = enqueue(operator, leave_a_file, text)
        worker.run(until_idle=True)
    row.refresh_from_db()
    return row, Path(django_settings.MEDIA_ROOT) / row.result_file


def purged(operator: Actor, task: Any) -> int:
    row = enqueue(operator, task)
    worker.run(until_idle=True)
    row.refresh_from_db()
    assert row.state == Job.State.DONE, row.error
    return int(row.result["removed"])


def test_both_run_every_day() -> None:
    daily = {d.task for d in schedules._declared.values() if d.every == timedelta(days=1)}
    assert {purge_jobs, purge_staged} <= daily
    assert django_settings.KEEP_DAYS == {"staged imports": 30, "finished jobs": 90, "incoming mails": 90}


def test_jobs_that_ended_long_ago_go_with_their_files(operator: Actor) -> None:
    _old, old_file = ended(operator, "old", 91)
    _shared, shared_file = ended(operator, "shared", 91)
    recent, recent_file = ended(operator, "recent", 89)
    again, again_file = ended(operator, "shared", 1)
    with clock.at(clock.now() - timedelta(days=200)):
        waiting = enqueue(operator, leave_a_file, "waiting")
    Job.objects.filter(pk=waiting.pk).update(run_after=clock.now() + timedelta(days=1))
    assert shared_file == again_file
    assert purged(operator, purge_jobs) == 2
    assert set(Job.objects.filter(task=leave_a_file.module_path)) == {recent, again, waiting}
    assert (old_file.exists(), shared_file.exists(), recent_file.exists()) == (False, True, True)


def test_uploads_that_were_never_imported_go(operator: Actor) -> None:
    now = clock.now()
    for number, (state, days) in enumerate((("staged", 31), ("staged", 29), ("applied", 300))):
        run = ImportRun.objects.create(
            register="risk", state=state, batch=str(number), created_at=now - timedelta(days=days)
        )
        ImportFile.objects.create(run=run, name="a.csv", sha256="0" * 64, size=1, content=b"a")
    assert purged(operator, purge_staged) == 1
    assert set(ImportRun.objects.values_list("batch", flat=True)) == {"1", "2"}
    assert ImportFile.objects.count() == 2
