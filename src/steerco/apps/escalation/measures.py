"""What escalation rules can measure. Apps above declare what they know of; what every register has is here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from steerco.apps.escalation.models import Escalation, Tolerance
from steerco.apps.escalation.tolerances import tolerances_below
from steerco.apps.indicators.models import Snapshot
from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.notices.working_time import add_working_days, working_days_between


@dataclass(frozen=True)
class Fact:
    """That a record of an initiative measures `value`. Beyond a tolerance: how much it allows, who set it, where."""

    entry_id: int
    initiative_id: int
    value: int
    limit: int | None = None
    setter_id: int | None = None
    setter_place: int | None = None


@dataclass(frozen=True)
class Measure:
    """Something that rules can watch: bigger is worse.

    `words(threshold)`: when it holds. `said(value, limit)`: what was found, as a sentence. `find(day, threshold)`:
    the facts of that day, set-based, whatever anybody may see. `grows`: the value grows with the calendar alone, so
    that it is worse only when the threshold has passed once more. `scale`: which figure of a score on the receiver's
    scale stands for it once a level above has accepted ("score", "impact", "" none), for records of `registers`.
    `has_threshold`: whether the rule says from when on; otherwise the tolerance does. `of_proposals`: it is about
    escalations that wait for an answer, everything else about records that wait for none.
    """

    key: str
    label: str | Promise
    words: Callable[[int], str]
    said: Callable[[int, int | None], str]
    find: Callable[[date, int], Iterable[Fact]]
    grows: bool = False
    scale: str = ""
    registers: tuple[str, ...] = ()
    has_threshold: bool = True
    of_proposals: bool = False


_measures: dict[str, Measure] = {}
# Per register: the score of records on the scale of a level, by entry id, as (probability, impact).
Scorer = Callable[[Sequence[int], str], Mapping[int, tuple[int, int]]]
_scorers: dict[str, Scorer] = {}


def declare_measure(measure: Measure) -> None:
    """Offer something to measure. Raises ValueError when its key is taken."""
    if _measures.get(measure.key, measure) is not measure:
        raise ValueError(f"measure declared twice: {measure.key}")
    _measures[measure.key] = measure


def measures() -> dict[str, Measure]:
    """Everything that can be measured, by key, in order of declaration."""
    return dict(_measures)


def declare_scorer(register: str, scorer: Scorer) -> None:
    """Say how records of a register score on the scale of another level."""
    _scorers[register] = scorer


def score_on(register: str, entry_ids: Sequence[int], level: str) -> Mapping[int, tuple[int, int]]:
    """The scores of records on the scale of `level` (an initiative type); none where the register has no scores."""
    scorer = _scorers.get(register)
    return scorer(entry_ids, level) if scorer else {}


def days_in_words(days: int) -> str:
    """ "3 working days"."""
    return ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}


# -- what every register has -----------------------------------------------------------------------------------------


def overdue(register: str, label: str | Promise) -> Measure:
    """How many working days the open records of a register are past their date."""

    def find(day: date, threshold: int) -> Iterable[Fact]:
        # What was due on a day off is as many working days late as what was due on the working day before it.
        later = add_working_days(day, 1 - threshold)
        rows = Entry.objects.filter(
            register=register,
            state_group=StateGroup.OPEN,
            due__lt=min(day, later),
            initiative__archived=False,
        )
        for pk, initiative, due in rows.order_by().values_list("pk", "initiative", "due"):
            if initiative and due:
                late = working_days_between(due, day)
                if late >= threshold:
                    yield Fact(pk, initiative, late)

    return Measure(
        key=f"overdue.{register}",
        label=label,
        words=lambda days: (
            _("%(what)s: overdue by %(days)s or more") % {"what": label, "days": days_in_words(days)}
        ),
        said=lambda value, limit: _("It is overdue by %(days)s.") % {"days": days_in_words(value)},
        find=find,
        grows=True,
    )


def _unanswered(day: date, threshold: int) -> Iterable[Fact]:
    rows = Escalation.objects.filter(state=Escalation.State.PROPOSED, due__lt=day)
    for pk, origin, due in rows.order_by().values_list("entry", "origin", "due"):
        late = working_days_between(due, day)
        if late >= threshold:
            yield Fact(pk, origin, late)


def late_days(planned: date, expected: date) -> int:
    """Working days from the plan to what is expected."""
    return max(working_days_between(planned, expected), 0)


def _ends(day: date) -> Iterable[tuple[int, int, int]]:
    """(entry, initiative, working days late) of the initiatives whose forecast end is after the planned one."""
    rows = Initiative.objects.filter(archived=False, forecast_end__gt=F("planned_end"), actual_end=None)
    rows = rows.exclude(status__in=Initiative.FINISHED)
    for entry, pk, planned, forecast in rows.order_by().values_list(
        "entry", "pk", "planned_end", "forecast_end"
    ):
        if planned and forecast:
            yield entry, pk, late_days(planned, forecast)


def beyond_tolerance(
    rows: Iterable[tuple[int, int, int]], held: Mapping[int, Mapping[str, Tolerance]], area: str, name: str
) -> Iterable[Fact]:
    """Of (entry, initiative, value) the facts beyond the tolerance `name` of `area` that holds there."""
    for entry, initiative, value in rows:
        tolerance = held.get(initiative, {}).get(area)
        allowed = getattr(tolerance, name) if tolerance else None
        if tolerance is not None and allowed is not None and value > allowed:
            yield Fact(entry, initiative, value, int(allowed), tolerance.set_by_id, tolerance.initiative_id)


def without_tolerance(
    rows: Iterable[tuple[int, int, int]],
    held: Mapping[int, Mapping[str, Tolerance]],
    area: str,
    threshold: int,
) -> Iterable[Fact]:
    """Of (entry, initiative, value) the facts above `threshold` where nobody set a tolerance for `area`."""
    for entry, initiative, value in rows:
        if area not in held.get(initiative, {}) and value > threshold:
            yield Fact(entry, initiative, value)


def time_held(day: date) -> dict[int, dict[str, Tolerance]]:
    """The tolerances in time, by initiative."""
    return tolerances_below(None, day, Tolerance.Area.TIME)


TIME = Tolerance.Area.TIME

declare_measure(
    Measure(
        key="end.tolerance",
        label=gettext_lazy("Forecast end beyond the tolerance"),
        words=lambda _days: _("The forecast end of an initiative is later than its tolerance allows"),
        said=lambda value, limit: (
            _("The end is forecast %(late)s late; the tolerance is %(limit)s.")
            % {"late": days_in_words(value), "limit": days_in_words(limit or 0)}
        ),
        find=lambda day, _threshold: beyond_tolerance(_ends(day), time_held(day), TIME, "days"),
        has_threshold=False,
    )
)
declare_measure(
    Measure(
        key="end.late",
        label=gettext_lazy("Forecast end late, without a tolerance"),
        words=lambda days: (
            _("The forecast end of an initiative is more than %(days)s late and nobody set a tolerance")
            % {"days": days_in_words(days)}
        ),
        said=lambda value, limit: (
            _("The end is forecast %(late)s late and nobody set a tolerance.")
            % {"late": days_in_words(value)}
        ),
        find=lambda day, threshold: without_tolerance(_ends(day), time_held(day), TIME, threshold),
    )
)


def cost_growth(at: datetime | None = None) -> Iterable[tuple[int, int, Fraction, int, str]]:
    """(entry, initiative, per cent, amount, currency) that the whole-life cost last reported is above the report
    before, in one statement; with `at` (aware), as it was known then."""
    known = Snapshot.objects.filter(current=True, whole_life_cost__isnull=False, initiative__archived=False)
    if at is not None:
        known = known.filter(recorded_at__lte=at)
    ranked = known.annotate(
        nth=Window(RowNumber(), partition_by="initiative", order_by=F("as_of").desc()),
    )
    rows = ranked.filter(nth__lte=2).order_by("initiative", "nth")
    last: tuple[int, int, str] | None = None  # initiative, cost, currency
    columns = ("initiative__entry", "initiative", "nth", "whole_life_cost", "currency")
    for entry, pk, nth, cost, currency in rows.values_list(*columns):
        if nth == 1:
            last = (pk, cost or 0, currency)
        elif last and last[0] == pk and last[2] == currency and cost and last[1] > cost:
            yield entry, pk, Fraction((last[1] - cost) * 100, cost), last[1] - cost, currency


def _tenths(percent: Fraction) -> int:
    """Per cent in tenths, rounded up: more than 5 % is never told as 5.0 %."""
    return ceil(percent * 10)


def _cost_beyond(day: date, threshold: int) -> Iterable[Fact]:
    held = tolerances_below(None, day, Tolerance.Area.COST)
    for entry, pk, percent, amount, currency in cost_growth():
        tolerance = held.get(pk, {}).get(Tolerance.Area.COST)
        if tolerance is None:
            continue
        allowed = None if tolerance.percent is None else int(tolerance.percent * 10)
        too_much = tolerance.money is not None and tolerance.currency == currency and amount > tolerance.money
        if too_much or (allowed is not None and percent * 10 > allowed):
            yield Fact(entry, pk, _tenths(percent), allowed, tolerance.set_by_id, tolerance.initiative_id)


def _cost_over(day: date, threshold: int) -> Iterable[Fact]:
    held = tolerances_below(None, day, Tolerance.Area.COST)
    for entry, pk, percent, _amount, _currency in cost_growth():
        if pk not in held and percent > threshold:
            yield Fact(entry, pk, _tenths(percent))


def _cost_said(value: int, limit: int | None) -> str:
    over = number_format(Decimal(value) / 10)
    if limit is None:
        return _("The whole-life cost rose by %(over)s %% since the report before.") % {"over": over}
    allowed = number_format(Decimal(limit) / 10)
    said = _(
        "The whole-life cost rose by %(over)s %% since the report before; the tolerance is %(limit)s %%."
    )
    return said % {"over": over, "limit": allowed}


declare_measure(
    Measure(
        key="cost.tolerance",
        label=gettext_lazy("Cost beyond the tolerance"),
        words=lambda _percent: _(
            "The whole-life cost rose more than the tolerance allows since the report before"
        ),
        said=_cost_said,
        find=_cost_beyond,
        has_threshold=False,
    )
)
declare_measure(
    Measure(
        key="cost.over",
        label=gettext_lazy("Cost risen, without a tolerance"),
        words=lambda percent: (
            _(
                "The whole-life cost rose by more than %(percent)s %% since the report before, without a tolerance"
            )
            % {"percent": percent}
        ),
        said=_cost_said,
        find=_cost_over,
    )
)
declare_measure(
    Measure(
        key="escalation.unanswered",
        label=gettext_lazy("Escalation not answered in time"),
        words=lambda days: (
            _("An escalation is not answered %(days)s after its date") % {"days": days_in_words(days)}
        ),
        said=lambda value, limit: (
            _("The level below has not answered for %(days)s after the date.")
            % {"days": days_in_words(value)}
        ),
        find=_unanswered,
        grows=True,
        of_proposals=True,
    )
)
