"""A key milestone that drifts: its forecast moves out and out, and will pass its tolerance if that goes on."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from steerco.apps.escalation.measures import days_in_words, time_held
from steerco.apps.escalation.models import Tolerance
from steerco.apps.foresight.history import courses, rows_on
from steerco.apps.foresight.signals import Sign, Signal, act_until, day_text, declare_signal, joined, tenths
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.planning.models import Milestone
from steerco.engine.performance.foresight import drift
from steerco.engine.performance.lateness import working_days
from steerco.engine.performance.rag import STANDARD

READS = ("planning.milestone", "initiatives.initiative", "escalation.tolerance")


def key_milestones(day: date) -> QuerySet[Any]:
    """The open key milestones with a baseline, as they stood on `day`."""
    return rows_on(
        Milestone,
        day,
        state_group=StateGroup.OPEN,
        deleted=False,
        tier__in=Milestone.KEY_TIERS,
        baseline__isnull=False,
        forecast__isnull=False,
    )


def allowed_days(held: Mapping[int, Mapping[str, Tolerance]], initiative_id: int) -> int:
    """Working days late that are allowed there: by the tolerance in force, else as long as it is rated green."""
    tolerance = held.get(initiative_id, {}).get(Tolerance.Area.TIME)
    if tolerance is not None and tolerance.days is not None:
        return tolerance.days
    rule = STANDARD.rule("milestone")
    return int(rule.amber) if rule else 0


def _drifting(day: date, limit: int) -> Iterable[Sign]:
    held = time_held(day)
    for one in courses(Milestone, "forecast", day, key_milestones(day)):
        row = one.row
        found = drift(one.known, row.baseline, allowed_days(held, row.initiative_id), day)
        if found is None or found.moves < limit:
            continue
        data = {
            "moves": found.moves,
            "a_week": max(round(found.a_week * 10), 1),
            "late": found.late,
            "allowed": found.allowed,
            "breach": found.breach_on.isoformat(),
            "reached": found.at_its_date,
        }
        weight = found.at_its_date if found.at_its_date is not None else 10_000
        yield Sign(row.entry_id, weight, found.breach_on, data)


def late_now(row: Any, day: date) -> int:
    """Working days late: a forecast that has passed is none."""
    return working_days(row.baseline, max(row.forecast, day))


def _broken(day: date) -> set[int]:
    held = time_held(day)
    return {
        row.entry_id
        for row in key_milestones(day)
        if late_now(row, day) > allowed_days(held, row.initiative_id)
    }


def _said(data: Mapping[str, Any]) -> str:
    moved = ngettext(
        "Its forecast moved out %(moves)s time in 60 days, by %(a_week)s working days a week.",
        "Its forecast moved out %(moves)s times in 60 days, by %(a_week)s working days a week.",
        data["moves"],
    ) % {"moves": data["moves"], "a_week": tenths(data["a_week"])}
    stands = _("It is %(late)s late; %(allowed)s are allowed.") % {
        "late": days_in_words(max(data["late"], 0)),
        "allowed": data["allowed"],
    }
    if data["reached"] is None:
        goes_on = _(
            "If it goes on, it is later than that from %(day)s and moves away as fast as time passes."
        ) % {"day": day_text(data["breach"])}
    else:
        goes_on = _("If it goes on, it is later than that from %(day)s and is reached %(late)s late.") % {
            "day": day_text(data["breach"]),
            "late": days_in_words(data["reached"]),
        }
    return joined(moved, stands, goes_on, act_until(data["breach"]))


declare_signal(
    Signal(
        "milestone.drift",
        gettext_lazy("Milestone drifts"),
        lambda limit: (
            _(
                "A key milestone is within its tolerance, was moved out %(limit)s times or more in 60 days, "
                "and passes the tolerance if that goes on"
            )
            % {"limit": limit}
        ),
        2,
        _drifting,
        _said,
        READS,
        _broken,
        least=1,
    )
)
