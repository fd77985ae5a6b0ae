"""What escalation rules can measure of milestones: how late the forecast is against the baseline."""

from collections.abc import Iterable

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.escalation.measures import (
    TIME,
    Measure,
    beyond_tolerance,
    days_in_words,
    declare_measure,
    late_days,
    overdue,
    time_held,
    without_tolerance,
)
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.planning.models import Milestone


def _late(tiers: Iterable[str]) -> Iterable[tuple[int, int, int]]:
    """(entry, initiative, working days late) of the open milestones of `tiers` that are forecast after their
    baseline."""
    rows = Milestone.objects.filter(
        state_group=StateGroup.OPEN,
        deleted=False,
        tier__in=list(tiers),
        forecast__gt=F("baseline"),
        initiative__archived=False,
    )
    for entry, initiative, baseline, forecast in rows.order_by().values_list(
        "entry", "initiative", "baseline", "forecast"
    ):
        if baseline and forecast:
            yield entry, initiative, late_days(baseline, forecast)


def _latest() -> Iterable[tuple[int, int, int]]:
    """Of each initiative the milestone that is latest: one escalation says that a plan slips, not one for each."""
    worst: dict[int, tuple[int, int, int]] = {}
    for entry, initiative, late in _late(Milestone.KEY_TIERS):
        if initiative not in worst or late > worst[initiative][2]:
            worst[initiative] = (entry, initiative, late)
    return worst.values()


def _said(value: int, limit: int | None) -> str:
    if limit is None:
        return _("It is forecast %(late)s late and nobody set a tolerance.") % {"late": days_in_words(value)}
    said = {"late": days_in_words(value), "limit": days_in_words(limit)}
    return _("It is forecast %(late)s late; the tolerance is %(limit)s.") % said


declare_measure(
    Measure(
        key="milestone.tolerance",
        label=gettext_lazy("Milestone beyond the tolerance"),
        words=lambda _days: _(
            "The latest board, gate, contract or payment milestone is later than the tolerance allows"
        ),
        said=_said,
        find=lambda day, _threshold: beyond_tolerance(_latest(), time_held(day), TIME, "days"),
        has_threshold=False,
    )
)
declare_measure(
    Measure(
        key="milestone.late",
        label=gettext_lazy("Milestone late, without a tolerance"),
        words=lambda days: (
            _(
                "The latest board, gate, contract or payment milestone is more than %(days)s late, without a tolerance"
            )
            % {"days": days_in_words(days)}
        ),
        said=_said,
        find=lambda day, threshold: without_tolerance(_latest(), time_held(day), TIME, threshold),
    )
)
declare_measure(
    Measure(
        key="milestone.gate",
        label=gettext_lazy("Gate late, without a tolerance"),
        words=lambda _days: _("A gate is forecast late and nobody set a tolerance"),
        said=_said,
        find=lambda day, threshold: without_tolerance(
            _late((Milestone.Tier.GATE,)), time_held(day), TIME, threshold
        ),
        has_threshold=False,
    )
)
declare_measure(overdue("milestone", gettext_lazy("Milestone")))
