"""A dependency that gets tight: its buffer shrinks, it comes too late and nobody has escalated it, nobody agreed."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.escalation.measures import days_in_words
from steerco.apps.escalation.models import Escalation
from steerco.apps.foresight.history import courses, end_of, rows_on
from steerco.apps.foresight.signals import Sign, Signal, act_until, day_text, declare_signal, joined
from steerco.apps.raid.models import Dependency
from steerco.engine.performance.foresight import Point, course, passes, slope
from steerco.engine.performance.lateness import working_days

READS = ("raid.dependency", "initiatives.initiative", "escalation.escalation")


def _open(day: date, *conditions: Q, **where: Any) -> QuerySet[Any]:
    """What was not handed over on `day` and has a date by which it is needed."""
    return rows_on(Dependency, day, *conditions, state="open", deleted=False, need_by__isnull=False, **where)


def _shrinking(day: date, limit: int) -> Iterable[Sign]:
    rows = _open(day, slack__isnull=False, slack__gte=0, slack__lte=limit, need_by__gte=day)
    for one in courses(Dependency, "slack", day, rows):
        points = course([Point(known, -slack) for known, slack in one.known], day)
        was, now = -points[0].value, -points[-1].value
        if now >= was:
            continue
        gone = passes(-now, 0, slope(points), day)
        on = min(gone or one.row.need_by, one.row.need_by)
        data = {
            "was": was,
            "now": now,
            "need_by": one.row.need_by.isoformat(),
            "gone": gone.isoformat() if gone and gone <= one.row.need_by else "",
            "on": on.isoformat(),
        }
        yield Sign(one.row.entry_id, -now, on, data)


def _shrinking_said(data: Mapping[str, Any]) -> str:
    words = {"was": data["was"], "now": days_in_words(data["now"]), "day": day_text(data["need_by"])}
    said = _("Its buffer before %(day)s shrank from %(was)s to %(now)s in 60 days.") % words
    goes_on = ""
    if data["gone"]:
        goes_on = _("If it goes on, there is none left on %(day)s.") % {"day": day_text(data["gone"])}
    return joined(said, goes_on, act_until(data["on"]))


def _late(day: date, limit: int) -> Iterable[Sign]:
    up = Escalation.objects.filter(proposed_at__lte=end_of(day)).exclude(ended_at__lte=end_of(day))
    rows = _open(day, forecast__gt=F("need_by"), need_by__gte=day)
    for row in rows.exclude(entry_id__in=up.values("entry")):
        late = working_days(row.need_by, row.forecast)
        if late >= limit:
            data = {"late": late, "need_by": row.need_by.isoformat(), "forecast": row.forecast.isoformat()}
            yield Sign(row.entry_id, late, row.need_by, data)


def _late_said(data: Mapping[str, Any]) -> str:
    words = {"late": days_in_words(data["late"]), "day": day_text(data["need_by"])}
    said = _("It is forecast %(late)s after %(day)s, when it is needed, and nobody has escalated it.") % words
    return joined(said, act_until(data["need_by"]))


def _unagreed(day: date, limit: int) -> Iterable[Sign]:
    for row in _open(day, agreed="", need_by__gte=day, need_by__lte=day + timedelta(days=limit)):
        yield Sign(row.entry_id, 0, row.need_by, {"need_by": row.need_by.isoformat()})


def _unagreed_said(data: Mapping[str, Any]) -> str:
    said = _("It is needed by %(day)s, and the giver has not agreed.") % {"day": day_text(data["need_by"])}
    return joined(said, act_until(data["need_by"]))


def _too_late(day: date) -> set[int]:
    """Forecast after the day on which it is needed, or not handed over when that is past."""
    rows = _open(day, Q(forecast__gt=F("need_by")) | Q(need_by__lt=day))
    return set(rows.values_list("entry_id", flat=True))


def _overdue(day: date) -> set[int]:
    return set(_open(day, need_by__lt=day).values_list("entry_id", flat=True))


declare_signal(
    Signal(
        "dependency.buffer",
        gettext_lazy("Buffer of a dependency shrinks"),
        lambda limit: (
            _(
                "%(limit)s working days or fewer are left between forecast and need-by date of a dependency, "
                "and there were more in the last 60 days"
            )
            % {"limit": limit}
        ),
        5,
        _shrinking,
        _shrinking_said,
        READS,
        _too_late,
    )
)
declare_signal(
    Signal(
        "dependency.late",
        gettext_lazy("Dependency late, not escalated"),
        lambda limit: (
            _(
                "A dependency is forecast %(limit)s working days or more after it is needed, "
                "and nobody has escalated it"
            )
            % {"limit": limit}
        ),
        1,
        _late,
        _late_said,
        READS,
        _overdue,
        least=1,
    )
)
declare_signal(
    Signal(
        "dependency.unagreed",
        gettext_lazy("Dependency not agreed"),
        lambda limit: (
            _("A dependency is needed within %(limit)s days, and the giver has not agreed") % {"limit": limit}
        ),
        30,
        _unagreed,
        _unagreed_said,
        READS,
        _overdue,
        least=1,
    )
)
