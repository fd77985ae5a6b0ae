"""Records as they stood on a day, and how a value of theirs went in the days before. A few statements each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from steerco.apps.initiatives.models import Initiative
from steerco.kit import clock
from steerco.kit.history.versions import as_at, sequence_at, version_model
from steerco.kit.journal.models import Event

BACK = timedelta(days=60)


def end_of(day: date) -> datetime:
    """The last instant of a day, aware; of today, and of days to come, now."""
    if day >= clock.today():
        return clock.now()
    return timezone.make_aware(datetime.combine(day, time.max))


def rows_on(model: type[Any], day: date, *conditions: Q, **where: Any) -> QuerySet[Any]:
    """The versions of `model` as they stood at the end of `day`, of initiatives that are still at work.

    Looking back, what is finished or archived today counts too.
    """
    rows = as_at(model, end_of(day)).filter(*conditions, **where)
    if model is not Initiative and day >= clock.today():
        at_work = Initiative.objects.filter(archived=False).exclude(status__in=Initiative.FINISHED)
        rows = rows.filter(initiative_id__in=at_work.values("pk"))
    return rows.order_by("id")


@dataclass
class Course:
    """One record: its row as it stood on the day, and (day, value) of what a value of it was before and is now."""

    row: Any
    known: list[tuple[date, Any]] = field(default_factory=list)


def courses(model: type[Any], value: str, day: date, rows: QuerySet[Any]) -> list[Course]:
    """The courses of the field `value` in the 60 days up to `day`, of those of `rows` (see `rows_on`) that were changed
    in these days. What it was at their beginning stands first. Two statements beside those that find the sequences."""
    first = day - BACK
    begin, end = sequence_at(end_of(first)), sequence_at(end_of(day))
    versions = version_model(model)._default_manager
    at = Event.objects.filter(sequence=OuterRef("since")).values("at")[:1]
    before = versions.filter(until__gt=begin, until__lte=end, id__in=rows.order_by().values("id"))
    before = before.filter(**{f"{value}__isnull": False}).annotate(at=Subquery(at)).order_by("id", "since")
    known: dict[int, list[tuple[date, Any]]] = defaultdict(list)
    for pk, moment, found in before.values_list("id", "at", value):
        known[pk].append((max(_day(moment, first), first), found))
    if not known:
        return []
    found_rows: Sequence[Any] = list(rows.annotate(at=Subquery(at)))
    result = []
    for row in found_rows:
        now = getattr(row, value)
        if row.id in known and now is not None:
            result.append(Course(row, [*known[row.id], (max(_day(row.at, first), first), now)]))
    return result


def _day(moment: datetime | None, first: date) -> date:
    return timezone.localdate(moment) if moment else first
