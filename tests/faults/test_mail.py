"""The mail relay hangs, refuses, or hangs up after it has taken a message: nothing waits for it, nothing is lost."""

import socketserver
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from steerco.apps.people.models import Person
from steerco.apps.people.services import write_people
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.journal import outbox
from steerco.kit.journal.models import OutboxMessage
from steerco.kit.permissions import Actor

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
KIND = "fault.test"
SECONDS = 1.5  # how long a relay may say nothing


def render(message: OutboxMessage) -> outbox.Mail:
    return outbox.Mail(subject="Due", text=message.object_key)


class Relay(socketserver.ThreadingTCPServer):
    """A relay in one of four moods: "hang", "refuse", "drop" (after it took the message) and "well"."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.mood = "well"
        self.asked = threading.Event()
        self.over = threading.Event()
        self.taken: list[str] = []


class Session(socketserver.StreamRequestHandler):
    server: Relay

    def handle(self) -> None:
        self.server.asked.set()
        if self.server.mood == "hang":
            self.server.over.wait(60)
            return
        self._say("220 relay")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "RCPT" and self.server.mood == "refuse":
                self._say("451 come back later")
            elif word == "DATA":
                self._say("354 go on")
                text = ""
                while (part := self.rfile.readline().decode()) != ".\r\n":
                    text += part
                self.server.taken.append(text)
                if self.server.mood == "drop":
                    return
                self._say("250 taken")
            else:
                self._say("221 bye" if word == "QUIT" else "250 well")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def relay(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    monkeypatch.setitem(outbox._renders, KIND, render)
    with Relay() as running:
        settings.EMAIL_BACKEND = outbox.SMTP
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.server_address[:2]
        settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL, settings.EMAIL_TIMEOUT = False, False, SECONDS
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield running
        finally:
            running.over.set()
            running.shutdown()
            thread.join()


def the_message() -> OutboxMessage:
    return OutboxMessage.objects.get(kind=KIND)


def message_id(text: str) -> str:
    return next(line for line in text.splitlines() if line.lower().startswith("message-id:"))


def test_a_relay_that_hangs_is_given_up_while_people_work_on(relay: Relay, operator: Actor) -> None:
    outbox.put("ann@example.org", KIND, "first")
    relay.mood = "hang"
    wrote: list[float] = []

    def work() -> None:
        relay.asked.wait(30)
        begin = time.monotonic()
        write_people(operator, [Change({"name": "Written meanwhile"})])
        wrote.append(time.monotonic() - begin)

    # The sender is the one in a thread of its own, as it is in the worker.
    sent: list[int] = []
    sender = threading.Thread(target=lambda: sent.append(_send_and_close()))
    sender.start()
    work()
    assert sender.is_alive(), "the write waited for the relay"
    sender.join(30)
    assert sent == [0]
    assert wrote
    assert Person.objects.filter(name="Written meanwhile").exists()
    message = the_message()
    assert (message.state, message.attempts) == (OutboxMessage.State.WAITING, 1)
    assert "timed out" in message.last_error
    relay.mood = "well"
    with clock.at(clock.now() + timedelta(days=1)):
        assert outbox.send_due() == 1
    assert len(relay.taken) == 1


def _send_and_close() -> int:
    try:
        return outbox.send_due()
    finally:
        connection.close()


@pytest.mark.parametrize(("mood", "copies"), [("refuse", 1), ("drop", 2)])
def test_a_message_that_was_not_acknowledged_is_sent_again_under_the_same_id(
    relay: Relay, mood: str, copies: int
) -> None:
    outbox.put("ann@example.org", KIND, "first")
    relay.mood = mood
    assert outbox.send_due() == 0
    assert the_message().state == OutboxMessage.State.WAITING
    relay.mood = "well"
    assert outbox.send_due() == 0  # not before its pause is over
    with clock.at(clock.now() + timedelta(days=1)):
        assert outbox.send_due() == 1
    assert the_message().state == OutboxMessage.State.SENT
    assert len(relay.taken) == copies
    assert len({message_id(text) for text in relay.taken}) == 1  # mail programs show one
