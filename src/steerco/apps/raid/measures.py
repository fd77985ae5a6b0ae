"""What escalation rules can measure of risks, issues and actions, and how a risk scores at another level."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.escalation.measures import (
    Fact,
    Measure,
    beyond_tolerance,
    days_in_words,
    declare_measure,
    declare_scorer,
    overdue,
)
from steerco.apps.escalation.models import Tolerance
from steerco.apps.escalation.tolerances import tolerances_below
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.notices.working_time import working_days_between
from steerco.apps.organisation.scales import risk_matrix
from steerco.apps.organisation.selectors import organisation
from steerco.apps.raid.appetite import over_appetite
from steerco.apps.raid.models import Issue, Risk
from steerco.engine.risk.scoring import Scale

RISK = Tolerance.Area.RISK


def _threats() -> QuerySet[Risk]:
    return Risk.objects.filter(
        state_group=StateGroup.OPEN,
        deleted=False,
        direction=Risk.Direction.THREAT,
        initiative__archived=False,
    ).order_by()


def _scores(day: date, threshold: int) -> Iterable[Fact]:
    rows = _threats().filter(score__gte=threshold).values_list("entry", "initiative", "score")
    return (Fact(entry, initiative, score or 0) for entry, initiative, score in rows)


def _impacts(day: date, threshold: int) -> Iterable[Fact]:
    rows = (
        _threats().filter(current_impact__gte=threshold).values_list("entry", "initiative", "current_impact")
    )
    return (Fact(entry, initiative, impact or 0) for entry, initiative, impact in rows)


def _beyond(day: date, threshold: int) -> Iterable[Fact]:
    held = tolerances_below(None, day, RISK)
    scores = (row[RISK].score for row in held.values())
    lowest = min((score for score in scores if score is not None), default=None)
    if lowest is None:
        return ()
    rows = _threats().filter(score__gt=lowest).values_list("entry", "initiative", "score")
    found = ((entry, initiative, score or 0) for entry, initiative, score in rows)
    return beyond_tolerance(found, held, RISK, "score")


def _beyond_appetite(day: date, threshold: int) -> Iterable[Fact]:
    return (Fact(entry, place, score, carried) for entry, place, score, carried in over_appetite(day))


def _unacknowledged(day: date, threshold: int) -> Iterable[Fact]:
    """Critical issues that nobody has acknowledged or begun to work on, by working days since they were entered."""
    critical = Q(severity=Issue.Level.CRITICAL) | Q(priority=Issue.Level.CRITICAL)
    rows = Issue.objects.filter(
        critical, state="open", deleted=False, initiative__archived=False, entry__acknowledgement=None
    )
    for entry, initiative, created in rows.order_by().values_list("entry", "initiative", "created_at"):
        days = working_days_between(timezone.localdate(created), day)
        if days >= threshold:
            yield Fact(entry, initiative, days)


def _score_on(entry_ids: Sequence[int], level: str) -> Mapping[int, tuple[int, int]]:
    """Probability as it is; impact by what it may cost and delay, in the bands of that level, else as it is."""
    impact_scale, currency = risk_matrix(level).impact, organisation().currency
    found = {}
    for row in Risk.objects.filter(entry__in=entry_ids):
        if row.current_probability and row.current_impact:
            impacts = []
            if row.exposure is not None and row.currency in {"", currency}:
                impacts.append(_level(impact_scale, "money", row.exposure))
            if row.exposure_days is not None:
                impacts.append(_level(impact_scale, "days", row.exposure_days))
            found[row.entry_id] = (row.current_probability, max(impacts, default=row.current_impact))
    return found


def _level(scale: Scale, kind: str, amount: int) -> int:
    try:
        return scale.level_for(kind, amount).value
    except ValueError:  # above a closed highest band
        return scale.levels[-1].value


declare_scorer("risk", _score_on)
declare_measure(
    Measure(
        key="risk.score",
        label=gettext_lazy("Risk: score"),
        words=lambda score: _("A threat has a score of %(score)s or more") % {"score": score},
        said=lambda value, limit: _("Its score is %(score)s.") % {"score": value},
        find=_scores,
        scale="score",
        registers=("risk",),
    )
)
declare_measure(
    Measure(
        key="risk.impact",
        label=gettext_lazy("Risk: impact"),
        words=lambda impact: _("A threat has an impact of %(impact)s or more") % {"impact": impact},
        said=lambda value, limit: _("Its impact is %(impact)s.") % {"impact": value},
        find=_impacts,
        scale="impact",
        registers=("risk",),
    )
)
declare_measure(
    Measure(
        key="risk.tolerance",
        label=gettext_lazy("Risk beyond the tolerance"),
        words=lambda _score: _("A threat scores more than the tolerance allows"),
        said=lambda value, limit: (
            _("Its score is %(score)s; the tolerance is %(limit)s.") % {"score": value, "limit": limit}
        ),
        find=_beyond,
        has_threshold=False,
    )
)
declare_measure(
    Measure(
        key="risk.appetite",
        label=gettext_lazy("Risk beyond the appetite for its category"),
        words=lambda _score: _("A threat scores more than the appetite for its category carries"),
        said=lambda value, limit: (
            _("Its score is %(score)s; the appetite for its category is %(limit)s.")
            % {"score": value, "limit": limit}
        ),
        find=_beyond_appetite,
        has_threshold=False,
    )
)
declare_measure(
    Measure(
        key="issue.unacknowledged",
        label=gettext_lazy("Critical issue not acknowledged"),
        words=lambda days: (
            _("Nobody has acknowledged a critical issue for %(days)s") % {"days": days_in_words(days)}
        ),
        said=lambda value, limit: (
            _("Nobody has acknowledged it for %(days)s.") % {"days": days_in_words(value)}
        ),
        find=_unacknowledged,
        grows=True,
    )
)
declare_measure(overdue("issue", gettext_lazy("Issue")))
declare_measure(overdue("action", gettext_lazy("Action")))
