"""How many working days each initiative waited for others to decide: decisions, changes and sign-offs together."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from steerco.apps.change.models import ChangeRequest
from steerco.apps.deliverables.models import Result, SignOffRound
from steerco.apps.governance.models import Decision
from steerco.apps.governance.selectors import WANTED
from steerco.apps.initiatives.models import Ancestry, Initiative
from steerco.apps.notices.working_time import working_days_between
from steerco.apps.organisation.selectors import days_off
from steerco.kit.permissions import Actor
from steerco.kit.registers.listing import in_every_state
from steerco.kit.registers.register import register_of

PERIODS = (30, 90, 365)  # calendar days back
SHOWN = 20
Span = tuple[date, date]  # the days after the first up to and including the second
WAITS = {Decision.register_key: WANTED, ChangeRequest.register_key: ("pending", "recorded")}
SIGN_OFF = "sign_off"


@dataclass(frozen=True)
class Blocked:
    """Working days on which something of an initiative waited: a day counts once, however much waited on it.

    `days` over all; `decisions`, `changes`, `sign_offs` each for itself; `waiting`: how many wait today.
    """

    initiative: Initiative
    days: int
    decisions: int
    changes: int
    sign_offs: int
    waiting: int


def blocked_days(actor: Actor, place: Initiative | None, since: date, today: date) -> list[Blocked]:
    """Per initiative at and below `place` (None: everywhere), of what `actor` may read; most days first. Five queries.

    Counted is what was decided after `since` or waits today, within the days after `since` up to `today`; what was
    taken back is not.
    """
    spans: dict[int, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    waiting: dict[int, int] = defaultdict(int)
    for sort, initiative, asked, ended in [*_papers(actor, place, since), *_rounds(actor, place, since)]:
        waiting[initiative] += ended is None
        start, end = max(asked, since), min(ended or today, today)
        if end > start:
            spans[initiative][sort].append((start, end))
    off = days_off()
    names = Initiative.objects.filter(pk__in=spans.keys() | waiting.keys()).in_bulk()
    found = []
    for pk in spans.keys() | waiting.keys():
        of = {sort: _union(rows, off) for sort, rows in spans[pk].items()}
        days = _union([span for rows in spans[pk].values() for span in rows], off)
        if days or waiting[pk]:
            decisions, changes, sign_offs = (of.get(key, 0) for key in (*WAITS, SIGN_OFF))
            found.append(Blocked(names[pk], days, decisions, changes, sign_offs, waiting[pk]))
    return sorted(found, key=lambda row: (-row.days, -row.waiting, row.initiative.code))


def _union(spans: Iterable[Span], off: frozenset[date]) -> int:
    """The working days that lie in any of the spans."""
    days, reached = 0, date.min
    for start, end in sorted(spans):
        if end > reached:
            days += working_days_between(max(start, reached), end, off=off)
            reached = end
    return days


def _papers(
    actor: Actor, place: Initiative | None, since: date
) -> Iterable[tuple[str, int, date, date | None]]:
    query = QueryDict(mutable=True)
    if place is not None:
        query["in"] = place.code
    for key, wanted in WAITS.items():
        rows: QuerySet[Any] = in_every_state(register_of(key), actor, query)[0]
        waits = Q(state__in=wanted)
        rows = rows.filter(waits | Q(decided_on__gt=since), asked_on__isnull=False)
        for initiative, state, asked, decided in rows.order_by().values_list(
            "initiative", "state", "asked_on", "decided_on"
        ):
            yield key, initiative, asked, None if state in wanted else decided


def _rounds(
    actor: Actor, place: Initiative | None, since: date
) -> Iterable[tuple[str, int, date, date | None]]:
    rows = SignOffRound.objects.visible_to(actor).filter(entry__initiative__isnull=False)
    if place is not None:
        rows = rows.filter(entry__initiative__in=Ancestry.objects.filter(ancestor=place).values("descendant"))
    closed = timezone.make_aware(datetime.combine(since, datetime.min.time())) + timedelta(days=1)
    rows = rows.filter(Q(state=Result.ASKED) | Q(closed_at__gte=closed)).exclude(state=Result.WITHDRAWN)
    for initiative, opened, ended in rows.order_by().values_list(
        "entry__initiative", "opened_on", "closed_at"
    ):
        yield SIGN_OFF, initiative, opened, timezone.localdate(ended) if ended else None
