"""A job acts with the rights that its requester has when it runs, not with those of the moment it was asked for."""

from collections.abc import Callable

from steerco.kit.jobs.models import Job
from steerco.kit.permissions import Actor, Denied, Via

ActorLoader = Callable[[int, list[str] | None], Actor | None]
_loader: list[ActorLoader] = []


def use_actor_loader(loader: ActorLoader) -> None:
    """Install what makes the present actor of a user id and token scopes; None for a closed account."""
    _loader[:] = [loader]


def actor_of_job(job: Job) -> Actor:
    """The actor of `job` now.

    Raises Denied when its requester's account was closed meanwhile, LookupError when nobody asked for it (a job
    enqueued without an actor has no rights).
    """
    if job.trusted:
        return Actor(
            user_id=None, label=job.requester_label, via=Via.JOB, trusted=True, request_id=job.request_id
        )
    if job.requester_id is None:
        raise LookupError(f"{job} was enqueued without an actor")
    actor = _loader[0](job.requester_id, job.scopes)
    if actor is None:
        raise Denied("job.run")
    return actor
