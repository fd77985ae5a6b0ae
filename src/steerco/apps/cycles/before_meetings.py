"""Cycles that hang on the meetings of a body: their days count back from the meeting and move with it."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from steerco.apps.cycles.kinds import CONSOLIDATED
from steerco.apps.cycles.models import Cadence, Cycle, Report
from steerco.apps.cycles.services import WRITE, freeze, spare
from steerco.apps.cycles.states import GIVEN, WRITABLE
from steerco.apps.cycles.wording import report_title
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import CLOCK
from steerco.apps.initiatives.records import write_records
from steerco.apps.meetings.agenda import declare_source
from steerco.apps.meetings.models import Item, Meeting
from steerco.apps.organisation.selectors import organisation, work_week
from steerco.engine.calendar import Dates, Period, dates_of, periods_until, shifted
from steerco.kit.history import Change
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor

AHEAD = timedelta(days=100)


def meetings_due(cadence: Cadence, today: date) -> Iterator[tuple[Meeting, Period, Dates]]:
    """The meetings before which is reported on `today`: opened by then and not yet locked, each with its period."""
    return (one for one in meetings_ahead(cadence, today) if one[2].opens <= today)


def meetings_ahead(cadence: Cadence, today: date) -> Iterator[tuple[Meeting, Period, Dates]]:
    """The meetings before which reports are not yet locked on `today`, in order, each with its period."""
    for meeting, period in _periods(cadence, today):
        dates = dates_of(meeting.day, cadence.offsets, work_week())
        begun = cadence.starts is None or period.end >= cadence.starts
        if meeting.is_ahead and begun and today < dates.lock:
            yield meeting, period, dates


def _periods(cadence: Cadence, today: date) -> list[tuple[Meeting, Period]]:
    """The meetings that are held, in order, each with the period about which is reported before it: up to the day that
    reports are due, as it is or was for its cycle, else as the offsets say."""
    rows = Meeting.objects.filter(body=cadence.body_id, deleted=False, day__lte=today + AHEAD)
    meetings = list(rows.exclude(state="cancelled").order_by("day", "pk"))
    week, due = work_week(), cadence.offsets.due
    told = dict(Cycle.objects.filter(cadence=cadence, meeting__in=meetings).values_list("meeting", "due_on"))
    ends = [told.get(row.pk) or shifted(row.day, due, week) for row in meetings]
    return list(zip(meetings, periods_until(ends, cadence.anchor), strict=True))


def report_for(meeting: Meeting) -> list[tuple[str, int]]:
    """The consolidated reports that were frozen for a meeting, as items of its agenda."""
    rows = Report.objects.filter(cycle__meeting=meeting, kind=CONSOLIDATED, deleted=False)
    return [
        (Item.Kind.REPORT, entry) for entry in rows.filter(state="frozen").values_list("entry", flat=True)
    ]


def lock_of(cadence: Cadence, dates: Dates) -> datetime:
    """When a cycle with these days is locked."""
    return timezone.make_aware(datetime.combine(dates.lock, time(cadence.lock_hour)))


def follow_meetings(now: datetime) -> None:
    """Bring the open cycles to where their meetings are now: moved with them, or closed where there is none. As often
    as one likes."""
    rows = Cycle.objects.filter(state=Cycle.State.OPEN, meeting__isnull=False)
    moved = set()
    for pk, cadence, day, meeting_day, state, deleted in rows.values_list(
        "pk", "cadence", "meeting_day", "meeting__day", "meeting__state", "meeting__deleted"
    ):
        if state == "cancelled" or deleted:
            _skip(pk)
            moved.add(cadence)
        elif day != meeting_day:
            _follow(pk, now)
            moved.add(cadence)
    for calendar in Cadence.objects.filter(pk__in=moved):
        _join(calendar, timezone.localdate(now))


def _join(cadence: Cadence, today: date) -> None:
    """Have the open cycles of a calendar be about the periods before their meetings as these are now, so that no day is
    left out between two. A report that was given stays about the period it was written for."""
    periods = {meeting.pk: period for meeting, period in _periods(cadence, today)}
    with transaction.atomic(), translation.override(organisation().language):
        rows = Cycle.objects.select_for_update(of=("self",)).select_related("cadence")
        for cycle in rows.filter(cadence=cadence, state=Cycle.State.OPEN, meeting__in=periods):
            period = periods[cycle.meeting_id or 0]
            if period == Period(cycle.period_start, cycle.period_end):
                continue
            cycle.period_start, cycle.period_end = period.start, period.end
            cycle.save(update_fields=["period_start", "period_end"])
            about = {"period_start": period.start, "period_end": period.end}
            written = cycle.reports.filter(state__in=WRITABLE, deleted=False).order_by("pk")
            changes = [
                Change({**about, "title": report_title(cycle, row.kind)}, pk=row.pk) for row in written
            ]
            write_records(CLOCK, Report, changes)


def _follow(pk: int, now: datetime) -> None:
    """Reckon the days of a cycle anew from its meeting. A lock that would lie behind waits for the next noon."""
    with transaction.atomic(), translation.override(organisation().language):
        cycle = Cycle.objects.select_for_update().select_related("cadence", "initiative").get(pk=pk)
        meeting = Meeting.objects.get(cycles=cycle)
        dates = dates_of(meeting.day, cycle.cadence.offsets, work_week())
        tomorrow = timezone.localdate(now) + timedelta(days=1)
        lock = max(lock_of(cycle.cadence, dates), timezone.make_aware(datetime.combine(tomorrow, time(12))))
        before = cycle.lock_at
        due = min(max(dates.due, tomorrow), timezone.localtime(lock).date())
        cycle.due_on, cycle.review_on, cycle.publish_on = due, max(dates.review, due), dates.publish
        cycle.lock_at, cycle.meeting_day = lock, meeting.day
        moved = _("The meeting is on %(day)s.") % {"day": date_format(meeting.day, "SHORT_DATE_FORMAT")}
        cycle.moved = f"{moved} {_told(meeting)}".strip()[:300]
        cycle.save()
        owe_by(cycle, due)
        changes: dict[str, list[object]] = {
            "lock_at": [before.isoformat(), lock.isoformat()],
            "reason": [None, cycle.moved],
        }
        note(CLOCK, cycle, "cycle.moved", changes)


def _skip(pk: int) -> None:
    """Close a cycle whose meeting is called off: what was given is frozen, nothing more is asked."""
    with transaction.atomic():
        cycle = Cycle.objects.select_for_update().select_related("cadence", "initiative").get(pk=pk)
        if cycle.state != Cycle.State.OPEN:
            return
        reports = cycle.reports.filter(deleted=False).select_related(
            "initiative__unit", "owner", "cycle__cadence"
        )
        for report in reports.order_by("pk"):
            if report.state in GIVEN:
                freeze(CLOCK, report)
            elif report.state in WRITABLE:
                spare(CLOCK, report)
        cycle.state = Cycle.State.SKIPPED
        cycle.moved = _told(Meeting.objects.get(cycles=cycle))
        cycle.save(update_fields=["state", "moved"])
        note(CLOCK, cycle, "cycle.skipped", {"reason": [None, cycle.moved]})


def _told(meeting: Meeting) -> str:
    """Why a meeting was moved or called off, as far as whoever reads the cycle may know."""
    return meeting.moved if meeting.restricted_by_id is None else ""


def owe_by(cycle: Cycle, day: date) -> None:
    """What is still to be written is owed by `day`."""
    owed = list(cycle.reports.filter(state__in=WRITABLE, deleted=False))
    write_records(CLOCK, Report, [Change({"due_on": day}, pk=row.pk) for row in owed])
    asked = FollowUp.objects.filter(entry__in=[row.entry_id for row in owed], kind=WRITE)
    asked.filter(state=FollowUp.State.OPEN).update(due=day)


def note(actor: Actor, cycle: Cycle, kind: str, changes: dict[str, list[object]]) -> None:
    """An event about a cycle, in the history of its initiative."""
    event = Event(
        kind=kind,
        entry_id=cycle.initiative.entry_id,
        model=Cycle._meta.label_lower,
        object_id=cycle.pk,
        changes=changes,
    )
    append_events(actor, [event])


declare_source(report_for)
