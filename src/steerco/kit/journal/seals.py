"""The audit chain: one sealer gives each event its position and links it to the one before.

Events are appended unchained, so that business transactions do not queue for the chain's head; the sealer follows a
few seconds behind. The chain covers a salted digest of what an event says: erasing a person's data drops the content
and the salt, the digest stays, and the chain still verifies.

    digest = sha256(salt + the event's values as canonical JSON)   chain = sha256(chain before + digest + position)
"""

import hashlib
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from steerco.kit.history.writes import append_events
from steerco.kit.jobs import leases
from steerco.kit.jobs.worker import worker_name
from steerco.kit.journal.canonical import canonical
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor

BATCH = 1000  # events in one transaction: about 20 ms
LEASE_SECONDS = 30
ERASED = "journal.erased"
SAID = (
    "sequence",
    "at",
    "kind",
    "actor_user_id",
    "actor_label",
    "via",
    "behalf_of",
    "behalf_source",
    "entry_id",
    "model",
    "object_id",
    "changes",
    "reason",
    "request_id",
    "batch",
)  # what the digest covers, in this order
AT = SAID.index("at")
ROW_BY_ROW = (
    "UPDATE journal_event SET position = %s, salt = %s, digest = %s, chain = %s "
    "WHERE sequence = %s AND position IS NULL"
)
ONE_STATEMENT = (
    "UPDATE journal_event e SET position = n.position, salt = n.salt, digest = n.digest, chain = n.chain "
    "FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[]) "
    "AS n(position, salt, digest, chain, sequence) WHERE e.sequence = n.sequence AND e.position IS NULL"
)


def digest_of(salt: str, said: Iterable[Any]) -> str:
    """The digest of an event: `said` are its values in the order of SAID. The same on every database."""
    values = list(said)
    values[AT] = values[AT].isoformat()
    return hashlib.sha256((salt + canonical(values)).encode()).hexdigest()


def link(before: str, digest: str, position: int) -> str:
    """The chain at `position`."""
    return hashlib.sha256(f"{before}{digest}{position}".encode()).hexdigest()


@dataclass(frozen=True)
class Head:
    """The end of the chain. Kept elsewhere (a backup, paper), it proves that nothing was cut off since."""

    position: int = 0
    chain: str = ""


def head() -> Head:
    """The present end of the chain."""
    last = Event.objects.filter(position__isnull=False).order_by("-position")
    position, chain = last.values_list("position", "chain").first() or (0, "")
    return Head(position or 0, chain)


def seal_pending() -> int:
    """Seal all events that are not sealed yet; returns how many. Does nothing while another process seals."""
    total = 0
    while sealed := _seal_batch():
        total += sealed
        if sealed < BATCH:
            break
    return total


def _seal_batch() -> int:
    pending = Event.objects.filter(position=None).order_by("sequence").values_list(*SAID)[:BATCH]
    salted = [(secrets.token_hex(16), said) for said in pending]
    digests = [(said[0], salt, digest_of(salt, said)) for salt, said in salted]
    if not digests:
        return 0
    with transaction.atomic():
        # The row of the lease stays locked to the end of the transaction: two sealers never write at once.
        if not leases.take("seal", f"{worker_name()}/{threading.get_ident()}", LEASE_SECONDS):
            return 0
        end = head()
        position, chain = end.position, end.chain
        rows = []
        for sequence, salt, digest in digests:
            position += 1
            chain = link(chain, digest, position)
            rows.append((position, salt, digest, chain, sequence))
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(ONE_STATEMENT, [list(column) for column in zip(*rows, strict=True)])
            else:
                cursor.executemany(ROW_BY_ROW, rows)
            if cursor.rowcount != len(rows):
                raise RuntimeError("an event was sealed twice")
    return len(rows)


@dataclass
class Audit:
    """What `verify_audit` found. `bad_position` is the first position that does not verify, with `bad_reason`."""

    head: Head
    sealed: int = 0
    erased: int = 0
    unsealed: int = 0
    unsealed_from: int | None = None  # the first sequence of the unsealed tail
    unsealed_since: datetime | None = None
    bad_position: int | None = None
    bad_reason: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether every sealed event verifies."""
        return self.bad_position is None


def verify_audit(expected: Head | None = None) -> Audit:
    """Recompute the whole chain from the stored events.

    `expected` is a head that was noted before: the chain must still pass through it. Content that is gone must be
    named by an erasure in the chain itself.
    """
    audit = Audit(head=Head())
    named = _named_by_erasures()
    stored = Event.objects.filter(position__isnull=False).order_by("position")
    for position, salt, digest, chain, *said in stored.values_list(
        "position", "salt", "digest", "chain", *SAID
    ).iterator(chunk_size=2000):
        audit.sealed += 1
        expected_position = audit.head.position + 1
        if position != expected_position:
            reason = _("position %(position)s is missing") % {"position": expected_position}
        elif not salt and said[0] not in named:
            reason = _("its content is gone and no erasure names it")
        elif salt and digest_of(salt, said) != digest:
            reason = _("its content is not what was sealed")
        elif link(audit.head.chain, digest, position) != chain:
            reason = _("it does not follow from the event before")
        elif expected and position == expected.position and chain != expected.chain:
            reason = _("the chain does not pass through the expected head")
        else:
            audit.erased += not salt
            audit.head = Head(position, chain)
            continue
        audit.bad_position, audit.bad_reason = expected_position, reason
        break
    if audit.is_whole and expected and audit.head.position < expected.position:
        audit.bad_position, audit.bad_reason = audit.head.position + 1, _("the end of the chain is missing")
    tail = Event.objects.filter(position=None).order_by("sequence")
    audit.unsealed = tail.count()
    audit.unsealed_from, audit.unsealed_since = tail.values_list("sequence", "at").first() or (None, None)
    return audit


def _named_by_erasures() -> set[int]:
    """The sequences that erasures name. An erasure is itself an event of the chain, verified like all others."""
    changes = Event.objects.filter(kind=ERASED).exclude(salt="").values_list("changes", flat=True)
    return {sequence for change in changes for sequence in change["sequences"][1]}


def erase(actor: Actor, sequences: Iterable[int], *, reason: str, actors: bool = False) -> int:
    """Drop for good what sealed events say, and (`actors`) the names of who did it. The chain still verifies.

    Returns how many were erased; the erasure is an event itself. The caller decides who may do this. Raises
    ValueError for events that are not sealed yet.
    """
    wanted = sorted(set(sequences))
    with transaction.atomic():
        events = Event.objects.filter(sequence__in=wanted)
        if events.filter(position=None).exists():
            raise ValueError("an event must be sealed before it can be erased")
        open_events = list(events.exclude(salt="").values_list("sequence", flat=True))
        if open_events:
            names: dict[str, Any] = {"actor_label": ""} if actors else {}
            Event.objects.filter(sequence__in=open_events).update(changes={}, salt="", reason="", **names)
            named = Event(kind=ERASED, model="journal.event", changes={"sequences": [None, open_events]})
            append_events(actor, [named], reason=reason)
    return len(open_events)
