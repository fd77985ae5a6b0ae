"""The outbox: what must be sent after the transaction that asked for it, once per recipient, object and period.

`put` stands in the business transaction. The sender claims due messages with a lease, has the app that owns the kind
render each one *now* (for what the recipient may see now) and sends it. A message that was sent just before the
process died is sent again with the same Message-ID, by which the receiving side recognises it.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.db.models import F, Q

from steerco.kit import clock
from steerco.kit.jobs.pauses import is_paused
from steerco.kit.journal.models import OutboxMessage

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BATCH = 50
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440))  # then it has failed
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@dataclass(frozen=True)
class Mail:
    """A rendered message."""

    subject: str
    text: str
    html: str = ""
    headers: Mapping[str, str] | None = None
    attachments: tuple[tuple[str, bytes, str], ...] = ()  # file name, content, media type


# Given the message, what to send; None when the recipient may no longer see the object.
Render = Callable[[OutboxMessage], Mail | None]
_renders: dict[str, Render] = {}


def use_render(kind: str, render: Render) -> None:
    """Say how messages of `kind` are rendered. Raises ValueError when that is said already."""
    if kind in _renders:
        raise ValueError(f"rendered twice: {kind}")
    _renders[kind] = render


def put(
    recipient: str,
    kind: str,
    object_key: str,
    period: str = "",
    payload: Mapping[str, Any] | None = None,
    due: datetime | None = None,
) -> None:
    """Ask in the present transaction for a message to `recipient` (an address) about `object_key`.

    A second request for the same recipient, kind, object and period changes nothing. Raises LookupError for a kind
    that nobody renders.
    """
    if kind not in _renders:
        raise LookupError(f"nobody renders {kind}")
    now = clock.now()
    message = OutboxMessage(
        recipient=recipient,
        kind=kind,
        object_key=object_key,
        period=period,
        payload=dict(payload or {}),
        created=now,
        due=due or now,
    )
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)


def is_configured() -> bool:
    """Whether there is anything to send through: until then messages wait, quietly."""
    return settings.EMAIL_BACKEND != SMTP or bool(settings.EMAIL_HOST)


def message_id(message: OutboxMessage) -> str:
    """The same for every sending of the same message."""
    unique = "\0".join((message.recipient, message.kind, message.object_key, message.period))
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"<{hashlib.sha256(unique.encode()).hexdigest()[:40]}@{host}>"


def send_due() -> int:
    """Send what is due; returns how many messages were sent."""
    if not is_configured() or is_paused("mail"):
        return 0
    sent = 0
    while claimed := _claim():
        sent += sum(_send(message) for message in claimed)
    return sent


def _claim() -> list[OutboxMessage]:
    """Due messages that nobody else is sending, now leased to this process."""
    now = clock.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    due = OutboxMessage.objects.filter(free, state=OutboxMessage.State.WAITING, due__lte=now).order_by(
        "due", "pk"
    )
    if not due.exists():
        return []
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    with transaction.atomic():
        claimed = list(due[:BATCH])
        OutboxMessage.objects.filter(free, pk__in=[m.pk for m in claimed]).update(
            lease_until=now + LEASE, attempts=F("attempts") + 1
        )
    for message in claimed:
        message.attempts += 1
    return claimed


def _send(message: OutboxMessage) -> bool:
    """Render and send one claimed message and record the outcome; returns whether it was sent."""
    row = OutboxMessage.objects.filter(pk=message.pk)
    try:
        mail = _renders[message.kind](message)
        if mail is None:
            row.update(state=OutboxMessage.State.DROPPED, lease_until=None)
            return False
        letter = EmailMultiAlternatives(
            mail.subject,
            mail.text,
            to=[message.recipient],
            headers={**(mail.headers or {}), "Message-ID": message_id(message)},
            connection=get_connection(),
        )
        if mail.html:
            letter.attach_alternative(mail.html, "text/html")
        for attachment in mail.attachments:
            letter.attach(*attachment)
        letter.send()
    except Exception as error:  # the next message may do better; the row and the log say what happened
        log.warning("message %s was not sent", message.pk, exc_info=True)
        final = message.attempts > len(PAUSES)
        row.update(
            state=OutboxMessage.State.FAILED if final else OutboxMessage.State.WAITING,
            due=clock.now() + PAUSES[min(message.attempts, len(PAUSES)) - 1],
            lease_until=None,
            last_error=f"{type(error).__name__}: {error}"[:300],
        )
        return False
    row.update(state=OutboxMessage.State.SENT, lease_until=None, sent_at=clock.now(), last_error="")
    return True
