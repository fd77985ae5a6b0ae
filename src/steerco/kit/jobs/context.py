"""What a running job may ask and tell: its actor, its progress, what it has finished, whether to stop."""

import time
from threading import Event
from typing import Any

from django.db import models

from steerco.kit import clock
from steerco.kit.jobs.actors import actor_of_job
from steerco.kit.jobs.models import Job
from steerco.kit.jobs.results import store_result
from steerco.kit.permissions import Actor

PROGRESS_SECONDS = 1.0  # not more than one progress write a second


class Cancelled(Exception):
    """The requester asked for an end."""


class LeaseLost(Exception):
    """Another worker has this job by now; this one must not write any more."""


class Stopping(Exception):
    """The worker is being stopped; the job goes back to the queue and continues from its checkpoints."""


class JobContext:
    """Given to a job as its first argument. Every write is fenced by the token of this run's claim."""

    def __init__(self, job: Job, stop: Event) -> None:
        self.job_id = job.pk
        self.attempt = job.attempts
        self.checkpoints: dict[str, Any] = dict(job.checkpoints)
        self._job = job
        self._stop = stop
        self._actor: Actor | None = None
        self._last_progress = 0.0

    @property
    def actor(self) -> Actor:
        """The requester with their present rights. Raises Denied for a closed account, LookupError for nobody."""
        if self._actor is None:
            self._actor = actor_of_job(self._job)
        return self._actor

    def mine(self) -> models.QuerySet[Job]:
        """This run's own row; empty once another worker has it."""
        return Job.objects.filter(pk=self.job_id, token=self._job.token, state=Job.State.RUNNING)

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Tell how far the job is (`done` of `total`) and what it does. Call it often; it writes once a second.

        Raises Cancelled, LeaseLost or Stopping when the job must end; let them pass.
        """
        if self._stop.is_set():
            raise Stopping
        present = time.monotonic()
        if present - self._last_progress < PROGRESS_SECONDS and done < total:
            return
        self._last_progress = present
        self._write(done=done, total=total, note=note[:200])

    def reach(self, checkpoint: str, value: Any = True) -> None:
        """Record what is finished for good. Call it inside the transaction of that work.

        A later attempt reads it in `checkpoints`. Raises LeaseLost, which rolls the work back.
        """
        self.checkpoints[checkpoint] = value
        self._write(checkpoints=self.checkpoints)

    def keep_file(self, name: str, content: bytes) -> str:
        """Store a file as the job's result; returns its name in the storage. Raises LeaseLost."""
        stored = store_result(name, content)
        self._write(result_file=stored)
        return stored

    def _write(self, **values: Any) -> None:
        cancelled = self.mine().values_list("cancel_requested", flat=True).first()
        if cancelled:
            raise Cancelled
        if cancelled is None or not self.mine().update(heartbeat_at=clock.now(), **values):
            raise LeaseLost
