"""Eight schedulers and workers that fire the same tick: one asking, one step, one mail."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from tests.apps.followups.year import work
from tests.apps.threads import at_once
from tests.apps.worlds import initiative, person, record

from steerco.apps.followups.models import FollowUp, Reminder
from steerco.apps.notices.models import Notice
from steerco.kit import clock
from steerco.kit.jobs.models import Job
from steerco.kit.jobs.schedules import tick
from steerco.kit.journal.models import OutboxMessage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
EIGHT = 8


def test_each_is_asked_reminded_and_mailed_once() -> None:
    with clock.at(MONDAY):
        people = [person(f"P{n} Person") for n in range(5)]
        pay = initiative("PAY", lead=people[0].party)
        for n, who in enumerate(people):
            for late in (0, 4):
                record(
                    "action",
                    pay,
                    f"A{n}{late}",
                    owner=who.party,
                    due_on=(MONDAY - timedelta(days=late)).date(),
                )
    assert at_once(MONDAY, *[work] * EIGHT) == []
    assert FollowUp.objects.count() == 10
    assert sorted(Reminder.objects.values_list("follow_up__entry__title", "step", "action")) == sorted(
        (f"A{n}{late}", 0, "remind") for n in range(5) for late in (0, 4)
    )
    assert Notice.objects.filter(told_at=None).count() == 0
    assert sorted(sent.to[0] for sent in mail.outbox) == [f"p{n}@example.org" for n in range(5)]
    assert OutboxMessage.objects.count() == 5
    assert at_once(MONDAY + timedelta(hours=2), *[work] * EIGHT) == []
    assert len(mail.outbox) == 5


def test_each_tick_makes_each_job_once() -> None:
    with clock.at(MONDAY):
        tick()  # seen for the first time: it starts with the next tick
    before = Job.objects.count()
    assert at_once(MONDAY + timedelta(days=7), *[tick] * EIGHT) == []
    made = list(Job.objects.order_by("pk")[before:].values_list("request_id", flat=True))
    assert len(made) == len(set(made)) > 3
