"""The clock of the cycles: what is due to be opened is opened, what is due to be locked is locked."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from steerco.apps.cycles.before_meetings import (
    follow_meetings,
    lock_of,
    meetings_ahead,
    meetings_due,
    note,
    owe_by,
)
from steerco.apps.cycles.covering import REPORTING, Status, covered, latest_editions
from steerco.apps.cycles.kinds import BRIDGE, CONSOLIDATED, ON_HOLD
from steerco.apps.cycles.models import Cadence, Cycle, Report
from steerco.apps.cycles.services import ask_for, freeze, miss
from steerco.apps.cycles.states import GIVEN, WRITABLE
from steerco.apps.cycles.wording import report_title
from steerco.apps.followups.services import CLOCK
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.records import write_records
from steerco.apps.meetings.models import Meeting
from steerco.apps.organisation.selectors import organisation, work_week
from steerco.engine.calendar import Dates, Period, Rhythm, dates_of, period_after, period_holding
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.permissions import Actor

LOOK_BACK, LOOK_AHEAD = timedelta(days=100), timedelta(days=100)


def turn(moment: datetime | None = None) -> dict[str, int]:
    """Open and lock what is due; how many of each. As often as one likes: what is done stays done."""
    now = moment or clock.now()
    today = timezone.localdate(now)
    follow_meetings(now)
    opened = 0
    for cadence in in_force(today):
        if cadence.rhythm == Rhythm.MEETING:
            for meeting, period, dates in meetings_due(cadence, today):
                opened += open_cycle(cadence, period, dates, meeting) is not None
            continue
        for period, dates in periods_due(cadence, today):
            opened += open_cycle(cadence, period, dates) is not None
    locked = 0
    for pk in Cycle.objects.filter(state=Cycle.State.OPEN, lock_at__lte=now).values_list("pk", flat=True):
        locked += lock_cycle(CLOCK, pk)
    return {"opened": opened, "locked": locked}


def in_force(day: date) -> QuerySet[Cadence]:
    """The calendars that count on `day`, of initiatives that go on."""
    from_to = (Q(starts=None) | Q(starts__lte=day)) & (Q(ends=None) | Q(ends__gte=day))
    rows = Cadence.objects.filter(from_to, initiative__archived=False).select_related("initiative")
    return rows.order_by("pk")


def periods_due(cadence: Cadence, today: date) -> Iterator[tuple[Period, Dates]]:
    """The periods about which reports are wanted on `today`: opened by then and not yet locked."""
    return (one for one in periods_ahead(cadence, today) if one[1].opens <= today)


def next_round(cadence: Cadence, today: date) -> tuple[Period, Dates] | None:
    """The first period of a calendar that is not yet locked on `today`, as planned or before the time, with its days;
    None where there is none."""
    over = set(
        Cycle.objects.filter(cadence=cadence)
        .exclude(state=Cycle.State.OPEN)
        .values_list("period_end", flat=True)
    )
    ahead = (
        (one[1:] for one in meetings_ahead(cadence, today))
        if cadence.rhythm == Rhythm.MEETING
        else periods_ahead(cadence, today)
    )
    return next((one for one in ahead if one[0].end not in over), None)


def periods_ahead(cadence: Cadence, today: date) -> Iterator[tuple[Period, Dates]]:
    """The periods that are not yet locked on `today`, in order, as far as one looks ahead."""
    rhythm, ends = Rhythm(cadence.rhythm), cadence.own_days
    week = work_week()
    period = period_holding(rhythm, cadence.anchor, today - LOOK_BACK, ends) or _first(cadence, ends)
    while period is not None and period.start <= today + LOOK_AHEAD:
        dates = dates_of(period.end, cadence.offsets, week)
        if today < dates.lock and (cadence.starts is None or period.end >= cadence.starts):
            yield period, dates
        period = period_after(rhythm, cadence.anchor, period, ends)


def _first(cadence: Cadence, ends: list[date]) -> Period | None:
    return period_holding(Rhythm.OWN, cadence.anchor, cadence.anchor, ends) if ends else None


def open_cycle(
    cadence: Cadence, period: Period, dates: Dates, meeting: Meeting | None = None
) -> Cycle | None:
    """Open the reports about a period and ask for them; None where that was done before."""
    with transaction.atomic():
        Cadence.objects.select_for_update().get(pk=cadence.pk)  # one opener at a time
        same = {"meeting": meeting} if meeting else {"period_end": period.end}
        if Cycle.objects.filter(cadence=cadence, **same).exists():
            return None
        cycle = Cycle.objects.create(
            cadence=cadence,
            initiative=cadence.initiative,
            period_start=period.start,
            period_end=period.end,
            opened_at=clock.now(),
            due_on=dates.due,
            review_on=dates.review,
            lock_at=lock_of(cadence, dates),
            publish_on=dates.publish,
            meeting=meeting,
            meeting_day=meeting.day if meeting else None,
        )
        note(CLOCK, cycle, "cycle.opened", {"due_on": [None, dates.due.isoformat()]})
        with translation.override(organisation().language):
            reports = write_records(CLOCK, Report, list(_wanted(cycle)))
        for report in reports:
            ask_for(report)
    return cycle


def asked_by(cadence: Cadence) -> QuerySet[Initiative]:
    """The initiatives going on that a calendar asks: not those that a nearer one of its kind asks already."""
    rows = covered(cadence).filter(status__in=REPORTING)
    alone = cadence.covers == Cadence.Covers.ITSELF
    return rows if alone else rows.exclude(pk__in=set(_asked_nearer(cadence)))


def _wanted(cycle: Cycle) -> Iterator[Change]:
    """The reports that a cycle opens, each with who writes it."""
    rows = covered(cycle.cadence).filter(status__in=(*REPORTING, Status.ON_HOLD)).select_related("parent")
    ordered = rows.order_by("sort_name", "pk")
    if not cycle.cadence.asks:
        for row in _aged(cycle, list(ordered.filter(status__in=REPORTING))):
            yield _asked_of(cycle, row, BRIDGE)
        return
    taken = set() if cycle.cadence.covers == Cadence.Covers.ITSELF else set(_asked_nearer(cycle.cadence))
    rested = _asked_this_quarter(cycle)
    for row in ordered:
        on_hold = row.status == Status.ON_HOLD
        if row.pk in taken or (on_hold and row.pk in rested):
            continue
        yield _asked_of(cycle, row, ON_HOLD if on_hold else cycle.cadence.kind)


def _asked_of(cycle: Cycle, row: Initiative, kind: str) -> Change:
    owner = cycle.cadence.contact_id or row.lead_id or (row.parent.lead_id if row.parent else None)
    reviewer = cycle.cadence.reviewer_id or cycle.cadence.initiative.lead_id
    return Change(
        {
            "initiative": row,
            "title": report_title(cycle, kind),
            "owner_id": owner,
            "cycle": cycle,
            "kind": kind,
            "period_start": cycle.period_start,
            "period_end": cycle.period_end,
            "due_on": cycle.due_on,
            "reviewer_id": reviewer if reviewer != owner else None,
        }
    )


def _aged(cycle: Cycle, rows: list[Initiative]) -> Iterator[Initiative]:
    """Those whose last report will be more than a period old when the period ends: a sentence bridges the gap."""
    latest = latest_editions([row.pk for row in rows], cycle.period_end)
    length = (cycle.period_end - cycle.period_start).days + 1
    for row in rows:
        told = latest[row.pk].report.period_end if row.pk in latest else None
        if told is None or (cycle.period_end - told).days >= length:
            yield row


def _asked_nearer(cadence: Cadence) -> Iterable[int]:
    """Those that a calendar of the same kind further down asks already."""
    below = Cadence.objects.filter(
        kind=cadence.kind,
        initiative__above__ancestor=cadence.initiative_id,
        initiative__above__depth__gt=0,
    )
    for other in below.filter(pk__in=in_force(clock.today()).values("pk")).select_related("initiative"):
        yield from covered(other).values_list("pk", flat=True)


def _asked_this_quarter(cycle: Cycle) -> set[int]:
    """Whoever is on hold is asked once a quarter when it goes on, whatever the rhythm."""
    month = (cycle.period_end.month - 1) // 3 * 3 + 1
    begun = cycle.period_end.replace(month=month, day=1)
    rows = Report.objects.filter(kind=ON_HOLD, deleted=False, period_end__gte=begun)
    return set(rows.values_list("initiative", flat=True))


def lock_cycle(actor: Actor, pk: int) -> bool:
    """Freeze what was given and close what was not, in one transaction; then the consolidated report is opened.

    False where that was done before.
    """
    with transaction.atomic():
        cycle = Cycle.objects.select_for_update().select_related("cadence__initiative").get(pk=pk)
        if cycle.state != Cycle.State.OPEN:
            return False
        rows = cycle.reports.filter(deleted=False).select_related(
            "initiative__unit", "owner", "cycle__cadence"
        )
        counts = {"frozen": 0, "missing": 0}
        for report in rows.order_by("pk"):
            if report.state in GIVEN:
                freeze(actor, report)
                counts["frozen"] += 1
            elif report.state in WRITABLE:
                miss(actor, report)
                counts["missing"] += 1
        cycle.state = Cycle.State.LOCKED
        cycle.save(update_fields=["state"])
        note(actor, cycle, "cycle.locked", {name: [None, n] for name, n in counts.items()})
        if cycle.cadence.covers != Cadence.Covers.ITSELF:
            _open_consolidated(cycle)
    return True


def _open_consolidated(cycle: Cycle) -> None:
    cadence = cycle.cadence
    owner = cadence.consolidator_id or cadence.initiative.lead_id
    asked = (cadence.reviewer_id, cadence.initiative.lead_id, cadence.initiative.sponsor_id)
    with translation.override(organisation().language):
        change = Change(
            {
                "initiative": cadence.initiative,
                "title": report_title(cycle),
                "owner_id": owner,
                "reviewer_id": next((party for party in asked if party and party != owner), None),
                "cycle": cycle,
                "kind": CONSOLIDATED,
                "period_start": cycle.period_start,
                "period_end": cycle.period_end,
                "due_on": cycle.publish_on,
            }
        )
        ask_for(write_records(CLOCK, Report, [change])[0])


def move_cycle(actor: Actor, cycle: Cycle, lock_at: datetime, reason: str) -> None:
    """Lock a cycle at another time, with the reason; what is still owed is owed by then. Raises Invalid."""
    if not reason.strip():
        raise Invalid({0: {"reason": [_("Say why it is moved.")]}})
    if lock_at <= clock.now():
        raise Invalid({0: {"lock_at": [_("That time has passed.")]}})
    with transaction.atomic():
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if row.state != Cycle.State.OPEN:
            raise Invalid({0: {"lock_at": [_("It is locked already.")]}})
        owe_by(row, timezone.localtime(lock_at).date())
        before = row.lock_at
        row.lock_at, row.moved = lock_at, reason[:300]
        row.save(update_fields=["lock_at", "moved"])
        changes: dict[str, list[object]] = {
            "lock_at": [before.isoformat(), lock_at.isoformat()],
            "reason": [None, reason],
        }
        note(actor, row, "cycle.moved", changes)
