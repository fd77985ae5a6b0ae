"""Schedules, duties, leases and pauses."""

import time
from datetime import UTC, datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from steerco.kit import clock
from steerco.kit.jobs import duties, leases, pauses, schedules
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.models import Job, Lease
from steerco.kit.jobs.tasks import job

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
MONDAY = datetime(2026, 3, 2, 5, tzinfo=UTC)


@job()
def digest(context: JobContext) -> None: ...


@pytest.fixture(autouse=True)
def _only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "_declared", {})
    monkeypatch.setattr(duties, "_declared", {})


def test_each_tick_enqueues_once_and_missed_ticks_count_once() -> None:
    schedules.declare_schedule("digest", digest, timedelta(days=1), timedelta(hours=6))
    with clock.at(MONDAY):
        assert schedules.tick() == []  # seen for the first time
        clock.advance(timedelta(hours=1))
        assert len(schedules.tick()) == 1
        assert schedules.tick() == []
        clock.advance(timedelta(days=3))
        assert len(schedules.tick()) == 1
    made = Job.objects.first()
    assert made is not None
    assert (made.trusted, made.requester_label) == (True, "schedule digest")


def test_a_paused_installation_enqueues_nothing() -> None:
    schedules.declare_schedule("digest", digest, timedelta(days=1), timedelta(hours=6))
    with clock.at(MONDAY):
        schedules.tick()
        pauses.pause("schedules", "restored copy")
        clock.advance(timedelta(days=1, hours=1))
        assert schedules.tick() == []
        assert pauses.resume("schedules")
        assert len(schedules.tick()) == 1


def test_only_what_is_known_can_be_paused() -> None:
    with pytest.raises(LookupError):
        pauses.pause("typo", "")


@pytest.mark.parametrize(
    ("every", "offset", "now", "expected"),
    [
        ("1 day", "6 h", "2026-03-02T05:59", "2026-03-01T06:00"),
        ("1 day", "6 h", "2026-03-02T06:00", "2026-03-02T06:00"),
        ("7 days", "8 h", "2026-03-04T12:00", "2026-03-02T08:00"),  # Monday
        ("15 min", "0 h", "2026-03-02T12:29", "2026-03-02T12:15"),
        ("1 day", "6 h", "2026-03-29T12:00", "2026-03-29T06:00"),  # the day the clocks go forward in Berlin
    ],
)
def test_ticks_keep_to_the_wall_clock(every: str, offset: str, now: str, expected: str) -> None:
    def span(text: str) -> timedelta:
        number, unit = text.split()
        return timedelta(
            **{{"day": "days", "days": "days", "h": "hours", "min": "minutes"}[unit]: int(number)}
        )

    berlin = ZoneInfo("Europe/Berlin")
    schedule = schedules.Declared("x", digest, span(every), span(offset))
    with timezone.override(berlin):
        tick = schedules.latest_tick(schedule, datetime.fromisoformat(now).replace(tzinfo=berlin))
    assert tick == datetime.fromisoformat(expected).replace(tzinfo=berlin)


def test_a_schedule_is_declared_once() -> None:
    schedules.declare_schedule("digest", digest, timedelta(days=1))
    with pytest.raises(ValueError, match="twice"):
        schedules.declare_schedule("digest", digest, timedelta(days=2))


def test_a_lease_has_one_holder_until_it_ends_or_is_given_back() -> None:
    with clock.at(MONDAY):
        assert leases.take("seal", "one", 30)
        assert leases.take("seal", "one", 30)
        assert not leases.take("seal", "two", 30)
        clock.advance(timedelta(seconds=31))
        assert leases.take("seal", "two", 30)
        leases.give_back("seal", "one")
        assert not leases.take("seal", "one", 30)
        leases.give_back("seal", "two")
        assert leases.take("seal", "one", 30)
    assert Lease.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_duties_repeat_survive_their_failures_and_stop() -> None:
    done: list[int] = []

    def duty() -> None:
        done.append(1)
        if len(done) == 1:
            raise OSError("once")

    duties.declare_duty("count", duty, 0.05)
    stop = Event()
    threads = duties.start(stop)
    deadline = time.monotonic() + 10
    while len(done) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.set()
    for thread in threads:
        thread.join(timeout=10)
    assert len(done) >= 3
    assert not any(thread.is_alive() for thread in threads)
    assert leases.take("count", "somebody else", 1)
