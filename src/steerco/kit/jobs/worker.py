"""The worker: claims jobs one after the other and runs each with a heartbeat."""

import logging
import os
import socket
from threading import Event, Thread

from django.db import DatabaseError, close_old_connections, connection
from django_tasks.utils import get_module_path, normalize_json

from steerco.kit.history import Invalid
from steerco.kit.jobs import claims
from steerco.kit.jobs.context import Cancelled, JobContext, LeaseLost, Stopping
from steerco.kit.jobs.models import Job
from steerco.kit.jobs.tasks import declared
from steerco.kit.journal.middleware import set_request_id
from steerco.kit.permissions import Denied

log = logging.getLogger(__name__)

BEAT_SECONDS = 20.0
POLL_SECONDS = 1.0
# Trying again cannot help: the rights, the stored values or the code must change first.
FINAL = (Denied, Invalid, LookupError, TypeError, ValueError)


def worker_name() -> str:
    """Host and process: who has a job, for people and for the log."""
    return f"{socket.gethostname()}:{os.getpid()}"


def run(*, until_idle: bool = False, stop: Event | None = None) -> int:
    """Run due jobs until `stop` is set, or until none is due (`until_idle`). Returns how many were run."""
    stop = stop or Event()
    name = worker_name()
    count = 0
    while not stop.is_set():
        if not connection.in_atomic_block:  # a caller that runs jobs inside its own transaction keeps it
            close_old_connections()
        claims.sweep()
        job = claims.claim(name)
        if job is not None:
            run_job(job, stop)
            count += 1
        elif until_idle:
            break
        else:
            stop.wait(POLL_SECONDS)
    return count


def run_job(job: Job, stop: Event) -> None:
    """Run a claimed job to its end and record how it ended."""
    set_request_id(job.request_id)
    over = Event()
    heart = Thread(target=_beat, args=(job, over), daemon=True)
    heart.start()
    log.info("job %s started: %s, attempt %s", job.pk, job.task, job.attempts)
    try:
        ended = _attempt(job, stop)
    finally:
        over.set()
        heart.join()
        set_request_id("")
    log.info("job %s ended: %s", job.pk, ended)


def _attempt(job: Job, stop: Event) -> str:
    """One attempt; returns how it ended."""
    try:
        task = declared(job.task)
        first = [JobContext(job, stop)] if task.takes_context else []
        result = normalize_json(task.func(*first, *job.args, **job.kwargs))
    except Cancelled:
        return "cancelled" if claims.end_cancelled(job) else "lost"
    except Stopping:
        return "put back" if claims.put_back(job) else "lost"
    except LeaseLost:
        return "lost"
    except Exception as error:
        log.exception("job %s failed", job.pk)
        text = f"{get_module_path(type(error))}: {error}"[:2000]
        kept = claims.fail(job, text, final=isinstance(error, FINAL))
        return "failed" if kept else "lost"
    return "done" if claims.finish(job, result) else "lost"


def _beat(job: Job, over: Event) -> None:
    """Extend the lease until the job is over or no longer ours.

    A beat that cannot be written now (the job itself may hold SQLite's write lock) is tried again at the next.
    """
    try:
        while not over.wait(BEAT_SECONDS):
            try:
                if not claims.beat(job):
                    return
            except DatabaseError:
                log.warning("job %s: heartbeat not written", job.pk, exc_info=True)
    finally:
        connection.close()
