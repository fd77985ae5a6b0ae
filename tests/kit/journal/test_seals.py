"""The audit chain: sealed in order, verified, kept by the database, erasable."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from steerco.kit.history.writes import append_events
from steerco.kit.jobs import leases
from steerco.kit.journal import guard, seals
from steerco.kit.journal.models import Event
from steerco.kit.journal.seals import Head, erase, seal_pending, verify_audit
from steerco.kit.permissions import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def events(operator: Actor) -> list[Event]:
    """Five events, unsealed."""
    changes: list[dict[str, Any]] = [
        {},
        {"title": [None, "Köln ← Ærø"]},
        {"cost": [1, 2.5], "n": [None, 1e16]},
        {"due": [None, "2026-01-01"]},
        {"list": [[1, {"b": 1, "a": 2.0}], None]},
    ]
    made = [
        Event(kind="risk.changed", model="raid.risk", object_id=n, changes=c) for n, c in enumerate(changes)
    ]
    return append_events(operator, made, reason="because")


def tamper(sequence: int, **values: Any) -> None:
    """Change a row as somebody with the database's own rights would, who removes the guard first."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {guard.TABLE}_guard_update")
            cursor.execute(f"DROP TRIGGER {guard.TABLE}_guard_delete")
        else:
            cursor.execute("SET LOCAL session_replication_role = replica")
        event = Event.objects.filter(sequence=sequence)
        event.update(**values) if values else event.delete()
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")


def test_events_are_sealed_in_order_and_verify(events: list[Event]) -> None:
    before = verify_audit()
    assert (before.sealed, before.unsealed, before.unsealed_from) == (0, 5, events[0].sequence)
    assert seal_pending() == 5
    assert seal_pending() == 0
    rows = list(Event.objects.values_list("position", "salt", "digest", "chain"))
    assert [row[0] for row in rows] == [1, 2, 3, 4, 5]
    assert len({row[1] for row in rows}) == 5
    chain = ""
    for position, _, digest, link in rows:
        chain = seals.link(chain, digest, position or 0)
        assert chain == link
    audit = verify_audit()
    assert (audit.is_whole, audit.sealed, audit.unsealed, audit.head) == (True, 5, 0, Head(5, chain))


def test_the_chain_goes_on_over_batches(events: list[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "BATCH", 2)
    assert seal_pending() == 5
    assert verify_audit().is_whole


def test_only_one_process_seals(events: list[Event]) -> None:
    assert leases.take("seal", "another process", 30)
    assert seal_pending() == 0
    leases.give_back("seal", "another process")
    assert seal_pending() == 5


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"changes": {"title": [None, "harmless"]}}, "not what was sealed"),
        ({"actor_label": "somebody else"}, "not what was sealed"),
        ({"changes": {}, "salt": ""}, "no erasure names it"),
        ({"digest": "0" * 64}, "not what was sealed"),
        ({"chain": "0" * 64}, "does not follow"),
        ({"position": 99}, "position 3 is missing"),
        ({}, "position 3 is missing"),
    ],
)
def test_the_first_bad_position_is_named(events: list[Event], change: dict[str, Any], reason: str) -> None:
    seal_pending()
    tamper(events[2].sequence, **change)
    audit = verify_audit()
    assert not audit.is_whole
    assert audit.bad_position == 3
    assert reason in audit.bad_reason


def test_a_cut_off_end_is_found_with_a_head_that_was_noted(events: list[Event]) -> None:
    seal_pending()
    noted = seals.head()
    tamper(events[4].sequence)
    assert verify_audit().is_whole  # the chain alone cannot know
    audit = verify_audit(noted)
    assert (audit.bad_position, audit.bad_reason) == (5, "the end of the chain is missing")
    assert verify_audit(Head(2, "0" * 64)).bad_position == 2


@pytest.mark.parametrize(
    "change",
    [
        {"changes": {"title": [1, 2]}},
        {"reason": "x"},
        {"salt": ""},
        {"chain": "0"},
        {"changes": {}, "salt": "", "reason": "", "actor_label": "somebody else"},
        {"changes": {}, "salt": "", "reason": "", "object_id": 7},
    ],
)
def test_the_database_refuses_to_change_a_sealed_event(events: list[Event], change: dict[str, Any]) -> None:
    seal_pending()
    with pytest.raises(IntegrityError, match=guard.MESSAGE), transaction.atomic():
        Event.objects.filter(sequence=events[1].sequence).update(**change)


def test_the_database_refuses_to_delete_a_sealed_event(events: list[Event]) -> None:
    seal_pending()
    with pytest.raises(IntegrityError, match=guard.MESSAGE), transaction.atomic():
        Event.objects.filter(sequence=events[1].sequence).delete()
    assert guard.is_installed(connection)


def test_erased_events_say_nothing_and_still_verify(events: list[Event], operator: Actor) -> None:
    with pytest.raises(ValueError, match="sealed"):
        erase(operator, [events[1].sequence], reason="request 12")
    seal_pending()
    assert erase(operator, [events[1].sequence, events[3].sequence], reason="request 12", actors=True) == 2
    assert erase(operator, [events[1].sequence], reason="again") == 0
    gone = Event.objects.get(sequence=events[1].sequence)
    assert (gone.changes, gone.reason, gone.actor_label, gone.salt) == ({}, "", "", "")
    seal_pending()
    audit = verify_audit()
    assert (audit.is_whole, audit.erased, audit.sealed) == (True, 2, 6)


def test_the_guard_is_put_back_where_it_was_lost(events: list[Event]) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {guard.TABLE}_guard_delete")
        assert not guard.is_installed(connection)
    guard.install(connection)
    guard.install(connection)
    assert guard.is_installed(connection)


def test_a_digest_is_the_same_however_a_number_was_written() -> None:
    said = dict.fromkeys(seals.SAID, "")

    def digest(changes: dict[str, Any]) -> str:
        return seals.digest_of(
            "s", {**said, "at": datetime(2026, 1, 1, tzinfo=UTC), "changes": changes}.values()
        )

    pairs = itertools.pairwise([{"a": 1.0, "b": [2]}, {"b": [2.0], "a": 1}])
    assert all(digest(a) == digest(b) for a, b in pairs)
    assert digest({"a": 1.5}) != digest({"a": 1})
