"""The queue: enqueued with the business, claimed once, fenced, retried, given up, cancelled."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django_tasks.base import TaskResultStatus

from steerco.apps.access.models import User
from steerco.kit import clock
from steerco.kit.jobs import claims, tasks
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.models import Job
from steerco.kit.jobs.tasks import TooManyJobs, enqueue, job
from steerco.kit.permissions import Actor, Via

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@job(max_attempts=2, priority=5)
def add(context: JobContext, left: int, right: int = 0) -> int:
    return left + right


@job()
def later(context: JobContext) -> None: ...


def actor(user: User, **fields: Any) -> Actor:
    return Actor(user_id=user.pk, label=user.email, via=Via.SESSION, **fields)


@pytest.fixture
def user() -> User:
    return User.objects.create_user("ann@example.org")


def test_a_job_stands_in_the_callers_transaction(operator: Actor) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue(operator, add, 1)
        raise RuntimeError
    assert not Job.objects.exists()


def test_a_job_remembers_who_asked_and_with_which_limits(user: User) -> None:
    made = enqueue(actor(user, request_id="abc12345", scopes=frozenset({"pack.build"})), add, 1, right=2)
    assert (made.requester_id, made.request_id, made.scopes) == (user.pk, "abc12345", ["pack.build"])
    assert (made.args, made.kwargs, made.max_attempts, made.priority) == ([1], {"right": 2}, 2, 5)
    assert not made.trusted


def test_one_person_has_a_limited_number_of_open_jobs(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "MAX_OPEN_PER_USER", 2)
    asking = actor(user)
    enqueue(asking, add, 1)
    enqueue(asking, add, 2)
    with pytest.raises(TooManyJobs):
        enqueue(asking, add, 3)
    claims.finish(claims.claim("w") or pytest.fail("nothing to claim"), None)
    enqueue(asking, add, 3)


def test_the_most_urgent_due_job_is_claimed_and_only_once(operator: Actor) -> None:
    with clock.at(NOON):
        slow = enqueue(operator, later)
        urgent = enqueue(operator, add, 1)
        future = add.using(run_after=NOON + timedelta(hours=1)).enqueue(2)
        assert [claims.claim("w").pk, claims.claim("w").pk] == [urgent.pk, slow.pk]  # type: ignore[union-attr]
        assert claims.claim("w") is None
        clock.advance(timedelta(hours=1))
        assert claims.claim("w").pk == int(future.id)  # type: ignore[union-attr]


def test_a_claim_that_another_worker_won_is_not_taken(
    operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue(operator, add, 1)
    first = Job.objects.get()
    assert claims.claim("one") is not None
    monkeypatch.setattr("django.db.models.query.QuerySet.first", lambda self: first)
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda self: True)
    assert claims.claim("two") is None


def test_a_worker_that_was_thought_dead_changes_nothing(operator: Actor) -> None:
    with clock.at(NOON):
        enqueue(operator, add, 1)
        old = claims.claim("old")
        assert old is not None
        clock.advance(claims.LEASE + timedelta(seconds=1))
        assert claims.sweep() == 1
        clock.advance(timedelta(minutes=5))
        new = claims.claim("new")
        assert new is not None
        assert new.token > old.token
        assert not claims.beat(old)
        assert not claims.finish(old, 1)
        assert not claims.fail(old, "late")
        assert not claims.put_back(old)
        assert not claims.end_cancelled(old)
        assert claims.finish(new, 7)
    assert Job.objects.get().result == 7


def test_a_heartbeat_keeps_a_job_from_the_sweeper(operator: Actor) -> None:
    with clock.at(NOON):
        enqueue(operator, add, 1)
        mine = claims.claim("w")
        assert mine is not None
        clock.advance(claims.LEASE - timedelta(seconds=1))
        assert claims.beat(mine)
        clock.advance(timedelta(seconds=2))
        assert claims.sweep() == 0


def test_after_its_last_attempt_a_job_is_a_dead_letter_that_a_person_can_retry(operator: Actor) -> None:
    with clock.at(NOON):
        enqueue(operator, add, 1)
        first = claims.claim("w")
        assert first is not None
        claims.fail(first, "x.Error: once")
        assert claims.claim("w") is None  # the pause
        clock.advance(claims.FIRST_PAUSE)
        second = claims.claim("w")
        assert second is not None
        claims.fail(second, "x.Error: twice")
        assert [j.error for j in claims.dead_letters()] == ["x.Error: twice"]
        assert tasks.retry(operator, second.pk)
        third = claims.claim("w")
        assert third is not None
        assert third.attempts == 1


def test_a_requester_cancels_their_own_job_and_nobody_elses(user: User, operator: Actor) -> None:
    other = User.objects.create_user("bob@example.org")
    made = enqueue(actor(user), add, 1)
    assert not tasks.request_cancel(actor(other), made.pk)
    assert tasks.request_cancel(actor(user), made.pk)
    made.refresh_from_db()
    assert made.state == Job.State.CANCELLED
    assert not tasks.request_cancel(actor(user), made.pk)
    assert not Job.objects.visible_to(actor(other)).exists()


def test_the_tasks_api_reads_states_and_results() -> None:
    result = add.enqueue(2, right=3)
    assert result.status == TaskResultStatus.READY
    taken = claims.claim("w")
    assert taken is not None
    result.refresh()
    assert result.status == TaskResultStatus.RUNNING
    claims.finish(taken, 5)
    result.refresh()
    assert (result.status, result.return_value) == (TaskResultStatus.SUCCESSFUL, 5)
    assert add.get_result(result.id).worker_ids == ["w"]
