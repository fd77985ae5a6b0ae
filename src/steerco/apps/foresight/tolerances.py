"""A tolerance that is nearly used up: of the end date, of a key milestone, of the cost."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.escalation.measures import cost_growth, days_in_words, late_days, time_held
from steerco.apps.escalation.models import Tolerance
from steerco.apps.escalation.tolerances import DEFAULT_DAYS, DEFAULT_PERCENT, tolerances_below
from steerco.apps.foresight.history import end_of, rows_on
from steerco.apps.foresight.milestones import READS, allowed_days, key_milestones, late_now
from steerco.apps.foresight.signals import Sign, Signal, act_until, declare_signal, joined
from steerco.apps.indicators.models import Snapshot
from steerco.apps.initiatives.models import Initiative
from steerco.apps.notices.working_time import add_working_days
from steerco.engine.performance.foresight import used

SHARE = 75


def _sign(entry_id: int, planned: date, late: int, allowed: int, share: int, day: date) -> Sign:
    last = add_working_days(planned, allowed)
    data = {"late": late, "allowed": allowed, "share": share, "last": last.isoformat()}
    return Sign(entry_id, share, max(last, day), data)


def _milestones(day: date, limit: int) -> Iterable[Sign]:
    held = time_held(day)
    for row in key_milestones(day):
        allowed, late = allowed_days(held, row.initiative_id), late_now(row, day)
        share = used(late, allowed, limit)
        if share is not None:
            yield _sign(row.entry_id, row.baseline, late, allowed, share, day)


def _broken_milestones(day: date) -> set[int]:
    held = time_held(day)
    return {r.entry_id for r in key_milestones(day) if late_now(r, day) > allowed_days(held, r.initiative_id)}


def _ends(day: date) -> Iterable[tuple[Any, int, int]]:
    """(initiative, working days late, working days allowed) of those that end later than planned."""
    held = time_held(day)
    rows = rows_on(Initiative, day, archived=False, actual_end=None, forecast_end__gt=F("planned_end"))
    for row in rows.exclude(status__in=Initiative.FINISHED):
        tolerance = held.get(row.id, {}).get(Tolerance.Area.TIME)
        allowed = tolerance.days if tolerance and tolerance.days is not None else DEFAULT_DAYS
        yield row, late_days(row.planned_end, row.forecast_end), allowed


def _end_used(day: date, limit: int) -> Iterable[Sign]:
    for row, late, allowed in _ends(day):
        share = used(late, allowed, limit)
        if share is not None:
            yield _sign(row.entry_id, row.planned_end, late, allowed, share, day)


def _broken_ends(day: date) -> set[int]:
    return {row.entry_id for row, late, allowed in _ends(day) if late > allowed}


def _time_said(data: Mapping[str, Any]) -> str:
    said = _("%(share)s %% of the tolerance is used: forecast %(late)s late, %(allowed)s are allowed.") % {
        "share": data["share"],
        "late": days_in_words(data["late"]),
        "allowed": data["allowed"],
    }
    return joined(said, _("Every further day counts."), act_until(data["last"]))


def _cost_shares(day: date) -> Iterable[tuple[int, int, Decimal, Decimal]]:
    """(entry, per cent of the tolerance that the growth uses, per cent grown, per cent allowed)."""
    held = tolerances_below(None, day, Tolerance.Area.COST)
    for entry, place, grown, amount, currency in cost_growth(end_of(day)):
        tolerance = held.get(place, {}).get(Tolerance.Area.COST)
        allowed = Decimal(DEFAULT_PERCENT)
        share = Decimal(0)
        if tolerance is not None:
            allowed = tolerance.percent or Decimal(0)
            if tolerance.money and tolerance.currency == currency:
                share = Decimal(amount) * 100 / tolerance.money
        percent = Decimal(grown.numerator) / Decimal(grown.denominator)
        if allowed:
            share = max(share, percent * 100 / allowed)
        if share > 0:
            exact = int(share) if share <= 100 else max(int(share), 101)
            yield entry, exact, percent, allowed


def _cost_used(day: date, limit: int) -> Iterable[Sign]:
    for entry, share, grown, allowed in _cost_shares(day):
        if limit <= share <= 100:
            data = {"share": share, "grown": f"{grown:.1f}", "allowed": f"{allowed:.1f}"}
            yield Sign(entry, share, None, data)


def _broken_costs(day: date) -> set[int]:
    return {entry for entry, share, _grown, _allowed in _cost_shares(day) if share > 100}


def _cost_said(data: Mapping[str, Any]) -> str:
    said = _(
        "%(share)s %% of the tolerance is used: the whole-life cost rose by %(grown)s %% since the report before."
    ) % {"share": data["share"], "grown": number_format(Decimal(data["grown"]))}
    return joined(said, _("There is time to act until the next report."))


declare_signal(
    Signal(
        "milestone.used",
        gettext_lazy("Milestone near its tolerance"),
        lambda limit: _("A key milestone uses %(limit)s %% or more of its tolerance") % {"limit": limit},
        SHARE,
        _milestones,
        _time_said,
        READS,
        _broken_milestones,
        least=1,
    )
)
declare_signal(
    Signal(
        "end.used",
        gettext_lazy("End date near its tolerance"),
        lambda limit: (
            _("The forecast end of an initiative uses %(limit)s %% or more of its tolerance")
            % {"limit": limit}
        ),
        SHARE,
        _end_used,
        _time_said,
        READS,
        _broken_ends,
        least=1,
    )
)
declare_signal(
    Signal(
        "cost.used",
        gettext_lazy("Cost near its tolerance"),
        lambda limit: (
            _("The growth of the whole-life cost uses %(limit)s %% or more of its tolerance")
            % {"limit": limit}
        ),
        SHARE,
        _cost_used,
        _cost_said,
        ("indicators.snapshot", "initiatives.initiative", "escalation.tolerance"),
        _broken_costs,
        least=1,
        seen=lambda actor: Snapshot.objects.visible_to(actor).order_by().values("initiative__entry"),
    )
)
