"""The worker: runs a job as its requester, records how it ended, continues from checkpoints."""

from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from steerco.apps.access.models import User
from steerco.kit.jobs import claims, worker
from steerco.kit.jobs.context import JobContext, LeaseLost
from steerco.kit.jobs.models import Job
from steerco.kit.jobs.tasks import enqueue, job, request_cancel
from steerco.kit.journal.middleware import current_request_id
from steerco.kit.permissions import Actor, Via

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
seen: dict[str, Any] = {}


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    seen.clear()


@job()
def report(context: JobContext) -> dict[str, Any]:
    seen["request"] = current_request_id()
    return {"who": context.actor.label, "via": context.actor.via, "trusted": context.actor.trusted}


@job(max_attempts=2)
def two_steps(context: JobContext) -> str:
    for step in ("read", "write"):
        if step in context.checkpoints:
            continue
        with transaction.atomic():
            seen[step] = seen.get(step, 0) + 1
            context.reach(step, seen[step])
        if context.attempt == 1 and step == "read":
            raise OSError("disk full")
    return "both"


@job()
def broken(context: JobContext) -> None:
    raise ValueError("cannot be right")


@job()
def long(context: JobContext) -> None:
    for done in range(1, 4):
        seen["at"] = done
        if done == 2:
            seen["do"](context)
        context._last_progress = 0.0
        context.progress(done, 3, "counting")


@job()
def leaves_a_file(context: JobContext) -> str:
    return context.keep_file("../../pack.txt", b"content")


def user_actor(user: User) -> Actor:
    return Actor(user_id=user.pk, label=user.email, via=Via.SESSION, request_id="req-12345")


def test_a_job_acts_as_its_requester_is_now() -> None:
    user = User.objects.create_user("ann@example.org")
    made = enqueue(user_actor(user), report)
    assert worker.run(until_idle=True) == 1
    made.refresh_from_db()
    assert made.result == {"who": "ann@example.org", "via": "job", "trusted": False}
    assert seen["request"] == "req-12345"


def test_a_closed_accounts_job_is_refused_for_good() -> None:
    user = User.objects.create_user("ann@example.org")
    made = enqueue(user_actor(user), report)
    User.objects.filter(pk=user.pk).update(is_active=False)
    worker.run(until_idle=True)
    made.refresh_from_db()
    assert (made.state, made.attempts) == (Job.State.FAILED, 1)
    assert "Denied" in made.error


def test_a_job_that_nobody_asked_for_has_no_rights() -> None:
    result = report.enqueue()
    worker.run(until_idle=True)
    assert "without an actor" in Job.objects.get(pk=result.id).error


def test_the_operators_job_may_do_everything(operator: Actor) -> None:
    made = enqueue(operator, report)
    worker.run(until_idle=True)
    made.refresh_from_db()
    assert made.result == {"who": "test", "via": "job", "trusted": True}


def test_a_second_attempt_continues_at_the_checkpoint(operator: Actor) -> None:
    made = enqueue(operator, two_steps)
    worker.run(until_idle=True)
    made.refresh_from_db()
    assert (made.state, made.error) == (Job.State.WAITING, "builtins.OSError: disk full")
    Job.objects.update(run_after=None)
    worker.run(until_idle=True)
    made.refresh_from_db()
    assert (made.state, made.result, made.error) == (Job.State.DONE, "both", "")
    assert seen == {"read": 1, "write": 1}


def test_what_trying_again_cannot_help_is_not_tried_again(operator: Actor) -> None:
    made = enqueue(operator, broken)
    worker.run(until_idle=True)
    made.refresh_from_db()
    assert (made.state, made.attempts) == (Job.State.FAILED, 1)


def test_an_undeclared_path_is_never_run(operator: Actor) -> None:
    made = enqueue(operator, report)
    Job.objects.update(task="os.getcwd")
    worker.run(until_idle=True)
    made.refresh_from_db()
    assert made.state == Job.State.FAILED
    assert "no job is declared as os.getcwd" in made.error


def test_progress_is_visible_and_a_cancelled_job_stops_at_its_next_step(operator: Actor) -> None:
    made = enqueue(operator, long)

    def cancel(context: JobContext) -> None:
        made.refresh_from_db()
        seen["progress"] = (made.done, made.total, made.note)
        assert request_cancel(operator, made.pk)

    seen["do"] = cancel
    worker.run(until_idle=True)
    made.refresh_from_db()
    assert made.state == Job.State.CANCELLED
    assert seen["progress"] == (1, 3, "counting")
    assert seen["at"] == 2


def test_a_stopping_worker_puts_its_job_back_and_the_attempt_does_not_count(operator: Actor) -> None:
    made = enqueue(operator, long)
    stop = Event()
    seen["do"] = lambda context: stop.set()
    worker.run(stop=stop)
    made.refresh_from_db()
    assert (made.state, made.attempts, made.lease_until) == (Job.State.WAITING, 0, None)


def test_a_job_that_lost_its_lease_rolls_back_and_leaves_the_row_alone(operator: Actor) -> None:
    made = enqueue(operator, long)

    def lose(context: JobContext) -> None:
        Job.objects.filter(pk=made.pk).update(token=99, note="another worker")
        with pytest.raises(LeaseLost), transaction.atomic():
            User.objects.create_user("half@example.org")
            context.reach("half")

    seen["do"] = lose
    worker.run(until_idle=True)
    made.refresh_from_db()
    assert (made.state, made.note) == (Job.State.RUNNING, "another worker")
    assert not User.objects.filter(email="half@example.org").exists()


def test_a_dead_workers_job_is_taken_over(operator: Actor) -> None:
    made = enqueue(operator, report)
    assert claims.claim("dead") is not None
    Job.objects.update(lease_until=made.created_at - timedelta(seconds=1))
    assert worker.run(until_idle=True) == 0  # swept, and waiting out its pause
    Job.objects.update(run_after=None)
    assert worker.run(until_idle=True) == 1
    made.refresh_from_db()
    assert (made.state, made.attempts) == (Job.State.DONE, 2)


def test_a_result_file_is_stored_whole_below_the_media_folder(operator: Actor) -> None:
    made = enqueue(operator, leaves_a_file)
    worker.run(until_idle=True)
    made.refresh_from_db()
    assert made.result_file == made.result
    stored = Path(settings.MEDIA_ROOT) / made.result_file
    assert (stored.name, stored.read_bytes()) == ("pack.txt", b"content")
    assert [p.name for p in stored.parent.iterdir()] == ["pack.txt"]
