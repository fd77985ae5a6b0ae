"""What the money sheets warn of: a year whose forecast uses up most of the cost tolerance."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.escalation.models import Tolerance
from steerco.apps.escalation.tolerances import DEFAULT_PERCENT, tolerances_below
from steerco.apps.finance.models import MoneySheet, MonthlyFigure
from steerco.apps.foresight.history import rows_on
from steerco.apps.foresight.signals import Sign, Signal, declare_signal, joined
from steerco.apps.initiatives.models import Initiative
from steerco.apps.organisation.selectors import organisation
from steerco.engine.finance.sheet import Figure, Kind, Nature, cut_of, outlook
from steerco.engine.finance.years import fiscal_year, months_of
from steerco.kit.permissions import Actor

COST = Tolerance.Area.COST


def _shares(day: date) -> Iterable[tuple[int, int, Decimal, Decimal]]:
    """(initiative, per cent of the cost tolerance used, per cent over, per cent allowed) of those whose year is
    forecast above what was approved for it."""
    starts = organisation().fiscal_year_start
    months = months_of(fiscal_year(day, starts), starts)
    rows = rows_on(MonthlyFigure, day, amount__isnull=False, month__gte=months[0], month__lte=months[-1])
    columns = ("initiative_id", "currency", "month", "kind", "nature", "amount", "as_of")
    figures: dict[tuple[int, str], list[Figure]] = defaultdict(list)
    for place, currency, month, kind, nature, amount, as_of in rows.values_list(*columns):
        figures[place, currency].append(Figure(month, Kind(kind), Nature(nature), amount, as_of))
    held = tolerances_below(None, day, COST)
    for (place, currency), own in figures.items():
        found = outlook(own, cut_of(own))
        if not found.approved or found.approved <= 0 or not found.variance or found.variance <= 0:
            continue
        over = Decimal(found.variance) * 100 / found.approved
        tolerance = held.get(place, {}).get(COST)
        allowed = tolerance.percent if tolerance else Decimal(DEFAULT_PERCENT)
        shares = [over * 100 / allowed] if allowed else []
        if tolerance and tolerance.money and tolerance.currency == currency:
            shares.append(Decimal(found.variance) * 100 / tolerance.money)
        if shares:
            share = max(shares)
            yield place, int(share) if share <= 100 else max(int(share), 101), over, allowed or Decimal(0)


def _used(day: date, limit: int) -> Iterable[Sign]:
    found = [row for row in _shares(day) if limit <= row[1] <= 100]
    entries = dict(Initiative.objects.filter(pk__in=[row[0] for row in found]).values_list("pk", "entry"))
    for place, share, over, _allowed in found:
        yield Sign(entries[place], share, None, {"share": share, "over": f"{over:.1f}"})


def _broken(day: date) -> set[int]:
    beyond = [place for place, share, _over, _allowed in _shares(day) if share > 100]
    return set(Initiative.objects.filter(pk__in=beyond).values_list("entry", flat=True))


def _said(data: Mapping[str, Any]) -> str:
    words = {"share": data["share"], "over": number_format(Decimal(data["over"]))}
    said = _(
        "%(share)s %% of the cost tolerance is used: the year is forecast %(over)s %% above what was approved."
    )
    return joined(said % words, _("There is time to act until the next figures."))


def _seen(actor: Actor) -> QuerySet[Any]:
    return MoneySheet.objects.visible_to(actor).order_by().values("initiative__entry")


declare_signal(
    Signal(
        "year.used",
        gettext_lazy("Year near its cost tolerance"),
        lambda limit: (
            _("The forecast of the year uses %(limit)s %% or more of the cost tolerance") % {"limit": limit}
        ),
        75,
        _used,
        _said,
        ("finance.monthlyfigure", "finance.moneysheet", "initiatives.initiative", "escalation.tolerance"),
        _broken,
        least=1,
        seen=_seen,
    )
)
