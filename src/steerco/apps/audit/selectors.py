"""The journal as an auditor reads and exports it.

What hangs on an entry that the auditor may not read is left out of the pages; the export keeps its place in the chain
with the content withheld, since a chain with a gap proves nothing.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from steerco.kit.journal.models import Event
from steerco.kit.journal.reach import hidden_entries
from steerco.kit.journal.seals import SAID, head
from steerco.kit.permissions import Actor, can, require
from steerco.kit.registers.references import reference, texts
from steerco.kit.registers.register import registers

EXPORT_LIMIT = 100_000  # events in one file; narrower dates give the rest
PROOF = ("position", "salt", "digest", "chain")
COLUMNS = (*SAID, *PROOF)
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Wanted:
    """Which events: who did it, the kind, the entry, from–to (dates of the installation's time zone, both inside)."""

    who: str = ""
    kind: str = ""
    entry: int | None = None
    first: date | None = None
    last: date | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Wanted()


def matching(actor: Actor, wanted: Wanted) -> QuerySet[Event]:
    """The events that are wanted, newest first, whoever they are about. Raises Denied."""
    require(actor, "audit.read")
    rows = Event.objects.order_by("-sequence")
    if wanted.who:
        rows = rows.filter(actor_label__icontains=wanted.who)
    if wanted.kind:
        rows = rows.filter(kind__icontains=wanted.kind)
    if wanted.entry is not None:
        rows = rows.filter(entry=wanted.entry)
    if wanted.first:
        rows = rows.filter(at__gte=_midnight(wanted.first))
    if wanted.last:
        rows = rows.filter(at__lt=_midnight(wanted.last + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


@dataclass(frozen=True)
class EventLine:
    """One event of the page; `behalf` is for whom it was entered, `changes` are (field, before, after)."""

    event: Event
    behalf: str
    changes: list[tuple[str, str, str]]


def page_of_events(
    actor: Actor, wanted: Wanted, before: int | None, size: int
) -> tuple[list[EventLine], int | None]:
    """A page of events that the actor may read, and the sequence that the next page begins before, or None."""
    rows = matching(actor, wanted).exclude(entry__in=hidden_entries(actor)).select_related("entry")
    if before is not None:
        rows = rows.filter(sequence__lt=before)
    events = list(rows[: size + 1])
    names = texts(reference("party").model, {e.behalf_of for e in events if e.behalf_of}, actor)
    secret = _secret_fields(actor)
    lines = [
        EventLine(e, names.get(e.behalf_of or 0, ""), _changes(e.changes, secret.get(e.model, frozenset())))
        for e in events[:size]
    ]
    return lines, events[size - 1].sequence if len(events) > size else None


def _secret_fields(actor: Actor) -> dict[str, frozenset[str]]:
    """The confidential fields that the auditor may not read everywhere, by model."""
    found = {}
    for register in registers():
        names = frozenset(name for name, needs in register.confidential.items() if not can(actor, needs))
        if names:
            found[register.model._meta.label_lower] = names
    return found


def _changes(changes: dict[str, Any], secret: frozenset[str]) -> list[tuple[str, str, str]]:
    lines = []
    for name, pair in changes.items():
        if name in secret:
            continue
        before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
        lines.append((name, _text(before), _text(after)))
    return lines


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _exported(actor: Actor, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """The wanted events as data, oldest first, with their proof; `before` is the chain that each one follows."""
    hidden = set(hidden_entries(actor).values_list("pk", flat=True))
    secret = _secret_fields(actor)
    earlier = Event.objects.filter(position=OuterRef("position") - 1).values("chain")[:1]
    rows = matching(actor, wanted).order_by("sequence").annotate(before=Subquery(earlier))
    for values in rows.values(*COLUMNS, "before")[:EXPORT_LIMIT].iterator(chunk_size=2000):
        told = secret.get(values["model"], frozenset()) & values["changes"].keys()
        if values["entry_id"] in hidden or told:
            kept = ("sequence", "position", "digest", "chain", "before")
            yield {**{name: values[name] for name in kept}, "withheld": True}
        else:
            yield {**values, "at": values["at"].isoformat(), "before": values["before"] or ""}


def as_jsonl(actor: Actor, wanted: Wanted) -> Iterator[str]:
    """The events, one JSON object a line, and at the end the head of the chain.

    digest = sha256(salt + canonical JSON of the values in the order of `said`), chain = sha256(before + digest +
    position): each line proves itself, a file of everything proves that nothing is missing.
    """
    count = withheld = 0
    for line in _exported(actor, wanted):
        count, withheld = count + 1, withheld + bool(line.get("withheld"))
        yield json.dumps(line, ensure_ascii=False) + "\n"
    end = head()
    proof = {
        "said": SAID,
        "head": {"position": end.position, "chain": end.chain},
        "events": count,
        "withheld": withheld,
        "is_everything": wanted.is_everything and count < EXPORT_LIMIT,
    }
    yield json.dumps(proof) + "\n"


def as_csv(actor: Actor, wanted: Wanted) -> Iterator[str]:
    """The same as a table; what could be read as a formula is marked as text."""
    yield _csv_line([*COLUMNS, "before", "withheld"])
    for line in _exported(actor, wanted):
        yield _csv_line([_csv_value(line.get(name)) for name in (*COLUMNS, "before", "withheld")])


def _csv_value(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    text = _text(value)
    return f"'{text}" if text.lstrip().startswith(DANGEROUS) else text


def _csv_line(values: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(values)
    return buffer.getvalue()
