"""The look: makes the early warnings equal to what the signals find now.

Every few minutes it asks whether the journal knows of a write that a signal reads; then, on a new day, and with other
limits, it looks. Each signal is a few statements however many records there are.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Max

from steerco.apps.foresight.models import EarlyWarning, Limit, Look
from steerco.apps.foresight.signals import Sign, Signal, signals
from steerco.apps.foresight.telling import tell_of
from steerco.kit import clock
from steerco.kit.journal.models import Event

CHUNK = 500
BACK_WITHIN = timedelta(days=30)  # a warning that comes back so soon is the same one
KEPT = timedelta(days=120)  # how long what is settled is kept


def the_look() -> Look:
    """The row that says how far the last look saw."""
    return Look.objects.get_or_create(pk=1)[0]


def limits() -> dict[str, Limit]:
    """The organisation's own limits by signal."""
    return {row.signal: row for row in Limit.objects.all()}


def limit_of(signal: Signal, own: dict[str, Limit]) -> int | None:
    """The limit in force; None where the signal is off."""
    row = own.get(signal.key)
    if row is None:
        return signal.limit
    return None if row.off else row.limit


def catch_up() -> dict[str, int]:
    """Bring the warnings up to date at the least cost; how many came and went."""
    look, day, own = the_look(), clock.today(), limits()
    fingerprint = _fingerprint(own)
    news = Event.objects.filter(position__gt=look.position)
    last = news.aggregate(last=Max("position"))["last"]
    if look.day == day and look.fingerprint == fingerprint:
        read = {name for signal in signals().values() for name in signal.reads}
        if last is None or not news.filter(model__in=read).exists():
            Look.objects.filter(pk=look.pk).update(position=last or look.position)
            return {"came": 0, "went": 0}
    counts = look_at(day, own)
    Look.objects.filter(pk=look.pk).update(
        position=last or look.position, day=day, fingerprint=fingerprint, at=clock.now(), turns=F("turns") + 1
    )
    return counts


def _fingerprint(own: dict[str, Limit]) -> str:
    rows = sorted([key, row.limit, row.off] for key, row in own.items())
    return hashlib.sha256(json.dumps([rows, sorted(signals())]).encode()).hexdigest()


def look_at(day: date, own: dict[str, Limit] | None = None) -> dict[str, int]:
    """Ask every signal; how many warnings came and went. What came is told once to whom it concerns."""
    own = limits() if own is None else own
    counts = {"came": 0, "went": 0}
    for signal in signals().values():
        limit = limit_of(signal, own)
        came, went = _settle(signal, [] if limit is None else signal.find(day, limit), day)
        counts["came"] += came
        counts["went"] += went
    EarlyWarning.objects.filter(settled_on__lt=day - KEPT).delete()
    return counts


def _settle(signal: Signal, found: Iterable[Sign], day: date) -> tuple[int, int]:
    signs = {(sign.entry_id, sign.part): sign for sign in found}
    known = {(row.entry_id, row.part): row for row in EarlyWarning.objects.filter(signal=signal.key)}
    new, changed, came, went = [], [], [], 0
    for key, sign in signs.items():
        row = known.get(key)
        if row is None:
            row = EarlyWarning(entry_id=sign.entry_id, signal=signal.key, part=sign.part, since=day)
            new.append(row)
            came.append(row)
        elif row.settled_on is not None:
            if row.settled_on < day - BACK_WITHIN:
                row.since = day
                came.append(row)
            changed.append(row)
        elif (row.weight, row.breach_on, row.data) != (sign.weight, sign.breach_on, dict(sign.data)):
            changed.append(row)
        else:
            continue
        row.settled_on, row.weight = None, sign.weight
        row.breach_on, row.data = sign.breach_on, dict(sign.data)
    for key, row in known.items():
        if key not in signs and row.settled_on is None:
            row.settled_on = day
            changed.append(row)
            went += 1
    with transaction.atomic():
        EarlyWarning.objects.bulk_create(new, batch_size=CHUNK)
        fields = ["since", "settled_on", "weight", "breach_on", "data"]
        EarlyWarning.objects.bulk_update(changed, fields, batch_size=CHUNK)
        tell_of(came)
    return len(came), went
