"""Taking a job from the queue, keeping it, and putting it where it belongs when it ends or its worker died.

Each change is one conditional update: it happens only if exactly the row that was read is still there.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, Q

from steerco.kit import clock
from steerco.kit.jobs.models import Job

LEASE = timedelta(seconds=120)  # longer than any write transaction that may keep a heartbeat waiting
FIRST_PAUSE = timedelta(seconds=15)  # before the second attempt; doubled before each later one


def claim(worker: str) -> Job | None:
    """The most urgent due job, now run by `worker`; None when there is none."""
    now = clock.now()
    due = Job.objects.filter(Q(run_after=None) | Q(run_after__lte=now), state=Job.State.WAITING)
    due = due.order_by("-priority", "pk")
    if not due.exists():  # an idle worker takes no write lock
        return None
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    with transaction.atomic():
        job = due.first()
        if job is None:
            return None
        claimed = Job.objects.filter(pk=job.pk, state=Job.State.WAITING, token=job.token).update(
            state=Job.State.RUNNING,
            token=F("token") + 1,
            attempts=F("attempts") + 1,
            worker=worker[:80],
            lease_until=now + LEASE,
            heartbeat_at=now,
            started_at=now,
        )
        if not claimed:
            return None
        job.refresh_from_db()
    return job


def _held(job: Job) -> models.QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, token=job.token, state=Job.State.RUNNING)


def beat(job: Job) -> bool:
    """Keep the job for another lease; returns whether it is still this worker's."""
    now = clock.now()
    return bool(_held(job).update(lease_until=now + LEASE, heartbeat_at=now))


def finish(job: Job, result: Any) -> bool:
    """The job is done; returns False, and changes nothing, when it is no longer this worker's."""
    return bool(
        _held(job).update(
            state=Job.State.DONE,
            result=result,
            done=models.F("total"),
            error="",
            lease_until=None,
            finished_at=clock.now(),
        )
    )


def fail(job: Job, error: str, *, final: bool = False) -> bool:
    """The attempt failed: back to the queue after a pause, or to the dead letters after the last (or a final) one."""
    now = clock.now()
    if final or job.attempts >= job.max_attempts:
        change = {"state": Job.State.FAILED, "finished_at": now}
    else:
        pause = FIRST_PAUSE * 2 ** (job.attempts - 1)
        change = {"state": Job.State.WAITING, "run_after": now + pause}
    return bool(_held(job).update(error=error, lease_until=None, **change))


def end_cancelled(job: Job) -> bool:
    """The job ended because its requester asked for it."""
    return bool(_held(job).update(state=Job.State.CANCELLED, lease_until=None, finished_at=clock.now()))


def put_back(job: Job) -> bool:
    """The worker stops: the job returns to the queue and this attempt does not count."""
    return bool(_held(job).update(state=Job.State.WAITING, attempts=F("attempts") - 1, lease_until=None))


def sweep(now: datetime | None = None) -> int:
    """Take the jobs of dead workers from them; returns how many there were."""
    late = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now or clock.now())
    return sum(fail(job, f"WorkerDied: {job.worker} stopped answering") for job in late)


def dead_letters() -> models.QuerySet[Job]:
    """The jobs that failed for good, newest first: what a person must look at."""
    return Job.objects.filter(state=Job.State.FAILED).order_by("-pk")
