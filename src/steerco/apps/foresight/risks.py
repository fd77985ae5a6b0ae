"""A threat that gets worse and is not yet one that the escalation rules take; one that is near with nothing done."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.escalation.models import Tolerance
from steerco.apps.escalation.rules import rules
from steerco.apps.escalation.tolerances import tolerances_below
from steerco.apps.foresight.history import courses, rows_on
from steerco.apps.foresight.signals import Sign, Signal, act_until, day_text, declare_signal, joined
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.raid.models import Action, Risk
from steerco.engine.performance.foresight import Point, course, passes, rises, slope

HIGHEST = 25
NEAR = {Risk.Proximity.NOW: 0, Risk.Proximity.MONTH: 30}  # days until it may happen
READS = (
    "raid.risk",
    "raid.action",
    "initiatives.initiative",
    "escalation.tolerance",
    "escalation.escalationrule",
)


def _threats(day: date, **where: Any) -> QuerySet[Any]:
    return rows_on(
        Risk, day, state_group=StateGroup.OPEN, deleted=False, direction=Risk.Direction.THREAT, **where
    )


def _taken_from(day: date) -> tuple[int, dict[int, int]]:
    """The score from which the escalation rules take a threat anywhere, and where a tolerance is lower than that."""
    in_use = [rule for rule in rules() if rule.active]
    scores = [rule.threshold for rule in in_use if rule.measure == "risk.score"]
    lowest = min(scores, default=HIGHEST + 1)
    held: dict[int, int] = {}
    if any(rule.measure == "risk.tolerance" for rule in in_use):
        for place, areas in tolerances_below(None, day, Tolerance.Area.RISK).items():
            score = areas[Tolerance.Area.RISK].score
            if score is not None and score + 1 < lowest:
                held[place] = score + 1
    return lowest, held


def _rising(day: date, limit: int) -> Iterable[Sign]:
    lowest, held = _taken_from(day)
    for one in courses(Risk, "score", day, _threats(day, score__isnull=False)):
        row = one.row
        taken = held.get(row.initiative_id, lowest)
        points = course([Point(known, score) for known, score in one.known], day)
        was, now = points[0].value, points[-1].value
        if now >= taken or now <= was or (rises(points) < 2 and now - was < limit):
            continue
        on = passes(now, taken - 1, slope(points), day) if taken <= HIGHEST else None
        data = {"was": was, "now": now, "taken": taken, "on": on.isoformat() if on else ""}
        yield Sign(row.entry_id, now, on, data)


def _taken(day: date) -> set[int]:
    lowest, held = _taken_from(day)
    rows = _threats(day, score__gte=min([lowest, *held.values()]))
    return {row.entry_id for row in rows if row.score >= held.get(row.initiative_id, lowest)}


def _rising_said(data: Mapping[str, Any]) -> str:
    said = _("Its score rose from %(was)s to %(now)s in 60 days.") % {"was": data["was"], "now": data["now"]}
    if not data["on"]:
        return said
    goes_on = _("If it goes on, it reaches %(taken)s, from which it is escalated, on %(day)s.") % {
        "taken": data["taken"],
        "day": day_text(data["on"]),
    }
    return joined(said, goes_on, act_until(data["on"]))


def _near(day: date, limit: int) -> Iterable[Sign]:
    rows = _threats(day, proximity__in=NEAR, score__gte=limit).exclude(response=Risk.Response.ACCEPT)
    rows = rows.exclude(state__in=("treating", "accepted"))
    doing = rows_on(Action, day, Q(risk_id__isnull=False), state_group=StateGroup.OPEN, deleted=False)
    for row in rows.exclude(id__in=doing.order_by().values("risk_id")):
        said_on = timezone.localdate(row.changed_at)
        on = row.trigger_on or said_on + timedelta(days=NEAR[row.proximity])
        data = {"score": row.score, "proximity": row.proximity, "on": max(on, day).isoformat()}
        yield Sign(row.entry_id, row.score, max(on, day), data)


def _happened(day: date) -> set[int]:
    rows = rows_on(Risk, day, state="closed", closing=Risk.Closing.OCCURRED)
    return set(rows.values_list("entry_id", flat=True))


def _near_said(data: Mapping[str, Any]) -> str:
    words = {"score": data["score"], "when": Risk.Proximity(data["proximity"]).label}
    said = _("It may happen %(when)s, its score is %(score)s, and nothing is being done about it.") % words
    return joined(said, act_until(data["on"]))


declare_signal(
    Signal(
        "risk.rising",
        gettext_lazy("Risk rises"),
        lambda limit: (
            _(
                "The score of a threat rose twice, or by %(limit)s or more, in 60 days "
                "and is below that from which it is escalated"
            )
            % {"limit": limit}
        ),
        5,
        _rising,
        _rising_said,
        READS,
        _taken,
        least=1,
    )
)
declare_signal(
    Signal(
        "risk.near",
        gettext_lazy("Risk near, nothing done"),
        lambda limit: (
            _(
                "A threat with a score of %(limit)s or more may happen within a month, "
                "and no response and no action is in progress"
            )
            % {"limit": limit}
        ),
        6,
        _near,
        _near_said,
        READS,
        _happened,
        least=1,
    )
)
