"""Telling people things: once each, in one mail a day, on their working days, outside their quiet hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from steerco.apps.notices.models import Notice, Preference
from steerco.apps.notices.working_time import WorkingTime
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.journal import outbox
from steerco.kit.permissions import Actor, Denied

MAIL = "notices.digest"
MOST_IN_A_MAIL = 200


@dataclass(frozen=True)
class Telling:
    """What one person is to be told: `key` makes it the same telling, however often it is asked for."""

    person_id: int
    kind: str
    key: str
    entry_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    urgent: bool = False


def tell(tellings: Sequence[Telling]) -> None:
    """Note in the present transaction what people are to be told; what was asked before is not told again."""
    now = clock.now()
    rows = [
        Notice(
            person_id=telling.person_id,
            entry_id=telling.entry_id,
            kind=telling.kind,
            key=telling.key,
            data=dict(telling.data),
            urgent=telling.urgent,
            created_at=now,
        )
        for telling in tellings
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def preference_of(person: Person) -> Preference:
    """How `person` wants to be told; the defaults where they said nothing (not saved)."""
    return Preference.objects.filter(person=person).first() or Preference(person=person)


def set_preference(actor: Actor, values: Mapping[str, Any]) -> Preference:
    """The actor's own choice. Raises Denied for an actor who is nobody, ValidationError for what cannot be."""
    if actor.person_id is None:
        raise Denied("person.view")
    row = preference_of(Person.objects.get(pk=actor.person_id))
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    return row


def deliver() -> int:
    """Hand the outbox a mail for everybody who has something to be told and may be told now; returns how many.

    A person's notices are marked in the transaction that makes the mail, and the mail is unique by person and
    moment: eight of these at once make one mail.
    """
    now = clock.now()
    waiting = Notice.objects.filter(told_at=None)
    people = Person.objects.filter(pk__in=waiting.values("person")).exclude(email="")
    preferences = {row.person_id: row for row in Preference.objects.filter(person__in=people)}
    return sum(
        _deliver_to(person, preferences.get(person.pk) or Preference(person=person), now) for person in people
    )


def _deliver_to(person: Person, preference: Preference, now: datetime) -> bool:
    if person.leaves and person.leaves < clock.today():
        Notice.objects.filter(person=person, told_at=None).update(told_at=now)
        return False
    if not WorkingTime.of(preference).may_be_told(now):
        return False
    with transaction.atomic():
        # Locked where the database can: two deliveries of the same person would otherwise make two mails.
        rows = list(
            Notice.objects.select_for_update()
            .filter(person=person, told_at=None)
            .order_by("pk")[:MOST_IN_A_MAIL]
        )
        chosen = rows if _digest_is_due(preference, rows, now) else [row for row in rows if row.urgent]
        if not chosen:
            return False
        ids = [row.pk for row in chosen]
        outbox.put(person.email, MAIL, str(person.pk), period=str(ids[0]), payload={"notices": ids})
        Notice.objects.filter(pk__in=ids).update(told_at=now)
    return True


def _digest_is_due(preference: Preference, rows: Sequence[Notice], now: datetime) -> bool:
    """Whether the time of the day's mail has come since the oldest waiting notice, or each is told at once."""
    if preference.delivery == Preference.Delivery.AT_ONCE:
        return bool(rows)
    local = timezone.localtime(now)
    moment = local.replace(
        hour=preference.digest_at.hour, minute=preference.digest_at.minute, second=0, microsecond=0
    )
    if local < moment or not rows:
        return False
    return not Notice.objects.filter(person_id=rows[0].person_id, urgent=False, told_at__gte=moment).exists()
