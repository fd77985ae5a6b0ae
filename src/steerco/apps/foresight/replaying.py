"""The signals replayed over the history: how often a warning came before the breach, how many days before, and how
often it was wrong.

Each Friday of the last year every signal is asked what it would have found then, with the limits of today, from the
versions that were the truth then. What is restricted is left out: the figures are for everybody.
"""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from steerco.apps.foresight.looking import limit_of, limits
from steerco.apps.foresight.models import Fared
from steerco.apps.foresight.signals import Signal, signals
from steerco.apps.initiatives.models import Entry
from steerco.engine.performance.foresight import Look, Record, replay
from steerco.kit import clock
from steerco.kit.journal.models import Event

YEAR = timedelta(days=364)
STEP = timedelta(days=7)
CHUNK = 500
WITHIN = 90  # days after which a warning that nothing came of is wrong


def days_of(first: date, last: date) -> list[date]:
    """The days looked at: `last` and every week before it, down to `first`."""
    count = max((last - first).days, 0) // STEP.days
    return [last - STEP * number for number in range(count, -1, -1)]


def replay_signal(signal: Signal, limit: int, days: list[date]) -> Record:
    """How the warnings of one signal would have fared on these days. Raises ValueError for one that has no breach."""
    if signal.broken is None:
        raise ValueError(f"nothing can be broken: {signal.key}")
    restricted = set(Entry.objects.filter(restricted_by__isnull=False).values_list("pk", flat=True))
    broken = {day: set(signal.broken(day)) - restricted for day in days}
    born = _born(set().union(*broken.values()))
    looks = [
        Look(
            day,
            {sign.entry_id for sign in signal.find(day, limit)} - restricted,
            broken[day] | {pk for pk, begun in born.items() if begun > day},
        )
        for day in days
    ]
    return replay(looks, WITHIN)


def _born(entries: set[int]) -> dict[int, date]:
    """The day on which the journal first knew of each entry: what was broken when it came could not be foreseen, and
    counts as broken before."""
    found: dict[int, date] = {}
    ordered = sorted(entries)
    for start in range(0, len(ordered), CHUNK):
        rows = Event.objects.filter(entry__in=ordered[start : start + CHUNK]).order_by()
        firsts = rows.values_list("entry").annotate(first=Min("at"))
        found |= {pk: timezone.localdate(first) for pk, first in firsts if pk is not None}
    return found


def replay_all(day: date | None = None) -> int:
    """Replay every signal that is in use over the year before `day`, and keep how it fared; how many were replayed."""
    last = day or clock.today()
    begun = Event.objects.aggregate(first=Min("at"))["first"]
    if begun is None:
        return 0
    days, own = days_of(max(begun.date(), last - YEAR), last), limits()
    rows = []
    for signal in signals().values():
        limit = limit_of(signal, own)
        if signal.broken is None or limit is None:
            continue
        found = replay_signal(signal, limit, days)
        rows.append(
            Fared(
                signal=signal.key,
                first=days[0],
                last=last,
                right=found.right,
                wrong=found.wrong,
                undecided=found.undecided,
                breaches=found.breaches,
                foreseen=found.foreseen,
                lead_days=list(found.lead_days),
            )
        )
    with transaction.atomic():
        Fared.objects.all().delete()
        Fared.objects.bulk_create(rows)
    return len(rows)


def record_of(row: Fared) -> Record:
    """What is kept, to be read."""
    lead = tuple(row.lead_days)
    return Record(row.right, row.wrong, row.undecided, row.breaches, row.foreseen, lead)
