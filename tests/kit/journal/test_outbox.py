"""The outbox: once per recipient, object and period; rendered when it is sent; tried again; quiet without SMTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail

from steerco.kit import clock
from steerco.kit.jobs import pauses
from steerco.kit.journal import outbox
from steerco.kit.journal.models import OutboxMessage
from steerco.kit.journal.outbox import Mail, put, send_due

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
State = OutboxMessage.State


def digest(message: OutboxMessage) -> Mail | None:
    if message.payload.get("closed"):
        return None
    return Mail(f"About {message.object_key}", "text", "<p>html</p>", {"List-Id": "steerco"})


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_renders", {})
    outbox.use_render("digest", digest)


def test_a_message_is_sent_once_with_a_message_id_of_its_own() -> None:
    for _ in range(2):
        put("ann@example.org", "digest", "initiative:1", "2026-W10")
    put("ann@example.org", "digest", "initiative:1", "2026-W11")
    assert send_due() == 2
    assert send_due() == 0
    ids = {letter.extra_headers["Message-ID"] for letter in mail.outbox}
    assert len(ids) == 2
    assert all(i.endswith("@127.0.0.1>") for i in ids)
    letter = mail.outbox[0]
    assert (letter.to, letter.subject, letter.extra_headers["List-Id"]) == (
        ["ann@example.org"],
        "About initiative:1",
        "steerco",
    )


def test_nothing_is_sent_before_it_is_due() -> None:
    with clock.at(NOON):
        put("ann@example.org", "digest", "x", due=NOON + timedelta(hours=1))
        assert send_due() == 0
        clock.advance(timedelta(hours=1))
        assert send_due() == 1


def test_who_may_no_longer_see_it_gets_nothing() -> None:
    put("ann@example.org", "digest", "x", payload={"closed": True})
    assert send_due() == 0
    assert OutboxMessage.objects.get().state == State.DROPPED
    assert mail.outbox == []


def test_a_refused_message_is_tried_again_later_and_at_last_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = []

    def refuse(self: Any, messages: list[Any]) -> int:
        ids.append(messages[0].extra_headers["Message-ID"])
        raise ConnectionRefusedError("no route")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    with clock.at(NOON):
        put("ann@example.org", "digest", "x")
        for pause in outbox.PAUSES:
            assert send_due() == 0
            assert OutboxMessage.objects.get().state == State.WAITING
            assert send_due() == 0  # not before its pause is over
            clock.advance(pause)
        assert send_due() == 0
    message = OutboxMessage.objects.get()
    assert (message.state, message.attempts) == (State.FAILED, len(outbox.PAUSES) + 1)
    assert message.last_error == "ConnectionRefusedError: no route"
    assert len(set(ids)) == 1


def test_a_message_whose_sender_died_is_sent_when_the_lease_is_over() -> None:
    with clock.at(NOON):
        put("ann@example.org", "digest", "x")
        assert len(outbox._claim()) == 1
        assert send_due() == 0
        clock.advance(outbox.LEASE + timedelta(seconds=1))
        assert send_due() == 1


def test_without_smtp_messages_wait_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_settings, "EMAIL_BACKEND", outbox.SMTP)
    monkeypatch.setattr(django_settings, "EMAIL_HOST", "")
    put("ann@example.org", "digest", "x")
    assert not outbox.is_configured()
    assert send_due() == 0
    assert OutboxMessage.objects.get().attempts == 0
    monkeypatch.setattr(django_settings, "EMAIL_HOST", "smtp.example.org")
    assert outbox.is_configured()


def test_a_paused_installation_sends_nothing() -> None:
    put("ann@example.org", "digest", "x")
    pauses.pause("mail", "restored copy")
    assert send_due() == 0
    pauses.resume("mail")
    assert send_due() == 1


def test_a_kind_that_nobody_renders_is_refused_at_once() -> None:
    with pytest.raises(LookupError):
        put("ann@example.org", "typo", "x")
    with pytest.raises(ValueError, match="twice"):
        outbox.use_render("digest", digest)
