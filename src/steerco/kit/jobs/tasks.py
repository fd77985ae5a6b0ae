"""Declaring a job and asking for one.

    @job(max_attempts=2)
    def build_pack(context: JobContext, initiative_id: int) -> dict[str, int]: ...

    enqueue(actor, build_pack, initiative.pk)

Jobs are declared in an app's `jobs.py`; a worker runs only what is declared, never a path that it finds in a row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from django_tasks.base import Task

from steerco.kit import clock
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.models import Job
from steerco.kit.permissions import Actor

P = ParamSpec("P")
T = TypeVar("T")
MAX_OPEN_PER_USER = 20


class TooManyJobs(Exception):
    """The requester has as many open jobs as one person may have; later ones wait for these to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTask(Task[P, T]):
    """A declared job. `max_attempts` counts the first run; after the last failure it is left for a person."""

    max_attempts: int = 3

    def __post_init__(self) -> None:
        Task.__post_init__(self)
        _declared.setdefault(self.module_path, self)


_declared: dict[str, JobTask[Any, Any]] = {}


def declared(path: str) -> JobTask[Any, Any]:
    """The job declared as `path`. Raises LookupError for a path that no module declares."""
    try:
        return _declared[path]
    except KeyError:
        raise LookupError(f"no job is declared as {path}") from None


def job(
    *, max_attempts: int = 3, priority: int = 0
) -> Callable[[Callable[Concatenate[JobContext, P], T]], JobTask[P, T]]:
    """Declare the decorated function as a job. Its first argument is named `context`."""

    def declare(function: Callable[Concatenate[JobContext, P], T]) -> JobTask[P, T]:
        return JobTask(
            func=function,  # type: ignore[arg-type]  # the context is given by the worker
            priority=priority,
            takes_context=True,
            max_attempts=max_attempts,
        )

    return declare


def enqueue(actor: Actor, task: Task[P, Any], *args: P.args, **kwargs: P.kwargs) -> Job:
    """Ask for `task` in the present transaction: it will run if and only if the transaction commits.

    Arguments must be plain JSON values. Raises TooManyJobs when the actor's user has MAX_OPEN_PER_USER open.
    """
    if not actor.trusted:
        states = (Job.State.WAITING, Job.State.RUNNING)
        if Job.objects.filter(requester=actor.user_id, state__in=states).count() >= MAX_OPEN_PER_USER:
            raise TooManyJobs
    return Job.objects.create(**row_of(task, args, kwargs), **asked_by(actor))


def row_of(task: Task[Any, Any], args: Any, kwargs: Any) -> dict[str, Any]:
    """The columns of a new job that come from its task."""
    return {
        "task": task.module_path,
        "args": list(args),
        "kwargs": dict(kwargs),
        "priority": task.priority,
        "run_after": task.run_after,
        "max_attempts": getattr(task, "max_attempts", 1),
        "created_at": clock.now(),
    }


def asked_by(actor: Actor) -> dict[str, Any]:
    """The columns of a new job that come from who asked for it."""
    return {
        "requester_id": actor.user_id,
        "requester_label": actor.label[:200],
        "scopes": None if actor.scopes is None else sorted(actor.scopes),
        "trusted": actor.trusted,
        "request_id": actor.request_id,
    }


def request_cancel(actor: Actor, job_id: int) -> bool:
    """Ask for an end of one of the actor's own jobs: a waiting one ends now, a running one at its next step.

    Returns whether there was such a job, still open.
    """
    mine = Job.objects.visible_to(actor).filter(pk=job_id)
    now = clock.now()
    ended = mine.filter(state=Job.State.WAITING).update(state=Job.State.CANCELLED, finished_at=now)
    return bool(ended or mine.filter(state=Job.State.RUNNING).update(cancel_requested=True))


def retry(actor: Actor, job_id: int, *, run_after: datetime | None = None) -> bool:
    """Put one of the actor's failed jobs back in the queue, with all its attempts. Returns whether there was one."""
    failed = Job.objects.visible_to(actor).filter(pk=job_id, state=Job.State.FAILED)
    return bool(failed.update(state=Job.State.WAITING, attempts=0, run_after=run_after, finished_at=None))
