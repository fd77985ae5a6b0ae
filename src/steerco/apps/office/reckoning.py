"""What follows from a request's values: when its first answer and end are owed, how long it waited, what was kept."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from steerco.apps.office.states import ENDED, KEPT, NEW, WAITING
from steerco.apps.office.working_hours import WorkingHours

if TYPE_CHECKING:
    from steerco.apps.office.models import RequestCategory, SupportRequest

DERIVED = (
    *("asked_at", "answered_at", "waiting_since", "waited", "answer_due", "done_due", "next_due", "due_on"),
    *("answer_kept", "done_kept"),
)


def reckon(
    row: "SupportRequest",
    stored: "SupportRequest | None",
    category: "RequestCategory | None",
    hours: WorkingHours,
    now: datetime,
) -> None:
    """Set the derived values of `row`, which is about to be written over `stored` (None: it is new)."""
    before = stored.state if stored else NEW
    row.asked_at = _asked_at(row, hours, now)
    if stored and row.answered_at is None and before == NEW and row.state not in (NEW, "withdrawn"):
        row.answered_at = now
    if before == WAITING and row.state != WAITING and row.waiting_since is not None:
        row.waited += hours.minutes_between(row.waiting_since, now)
        row.waiting_since = None
    elif row.state == WAITING and row.waiting_since is None:
        row.waiting_since = now
    row.answer_due = row.done_due = None
    if category is not None and row.asked_at is not None:
        asked_at: datetime = row.asked_at

        def after(minutes: int) -> datetime:
            return hours.after(asked_at, minutes)

        _promise(row, category, hours, after)
    row.next_due = _next_due(row, hours)
    row.due_on = timezone.localdate(row.next_due) if row.next_due else None
    row.answer_kept = _kept(row.answered_at, row.answer_due)
    row.done_kept = _done_kept(row, before, now)


def _asked_at(row: "SupportRequest", hours: WorkingHours, now: datetime) -> datetime | None:
    """When the clock starts: now for what is asked today, the office's opening for what was asked on another day."""
    if row.asked_on is None:
        return None
    if row.asked_at is not None and timezone.localdate(row.asked_at) == row.asked_on:
        return row.asked_at
    return now if row.asked_on == timezone.localdate(now) else hours.opening(row.asked_on)


def _promise(
    row: "SupportRequest",
    category: "RequestCategory",
    hours: WorkingHours,
    after: Callable[[int], datetime],
) -> None:
    if category.answer_hours:
        row.answer_due = after(category.answer_hours * 60)
    if category.done_days:
        row.done_due = after(category.done_days * hours.day + row.waited)


def _next_due(row: "SupportRequest", hours: WorkingHours) -> datetime | None:
    if row.state in ENDED or row.state == WAITING:
        return None
    owed = [row.answer_due, row.done_due] if row.state == NEW else [row.done_due]
    promised = [moment for moment in owed if moment is not None]
    if promised:
        return min(promised)
    return hours.closing(row.wanted_by) if row.wanted_by else None


def _kept(happened: datetime | None, due: datetime | None) -> str:
    if happened is None or due is None:
        return ""
    return "yes" if happened <= due else "no"


def _done_kept(row: "SupportRequest", before: str, now: datetime) -> str:
    """Whether the end came in time: by the moment for what ends now, by the day for what is written down later."""
    if row.state not in KEPT or row.done_due is None or row.ended_on is None:
        return ""
    if before not in ENDED and row.ended_on == timezone.localdate(now):
        return _kept(now, row.done_due)
    if before in ENDED and row.done_kept:
        return row.done_kept
    ended: date = row.ended_on
    return "yes" if ended <= timezone.localdate(row.done_due) else "no"
