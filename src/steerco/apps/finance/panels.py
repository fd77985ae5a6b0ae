"""Money on the page of an initiative: the year and the whole life, with all that is below."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.finance.models import MoneySheet, MonthlyFigure
from steerco.apps.finance.selectors import money_of, places_below, present_year
from steerco.apps.finance.wording import percent_of, tone_of, with_currency
from steerco.apps.initiatives.models import Initiative
from steerco.apps.organisation.selectors import organisation
from steerco.engine.finance.years import year_label
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor, can, visible_to

READS = tuple(model._meta.label_lower for model in (MonthlyFigure, MoneySheet, Initiative))


def _of_initiative(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    readable = visible_to(Initiative.objects.filter(pk=subject.pk), actor, view="snapshot.view")
    moneys = money_of(actor, subject)
    if not moneys and not (can(actor, "snapshot.import", subject) and readable.exists()):
        return None
    year = year_label(present_year(), organisation().fiscal_year_start)
    rows = [
        {
            "label": label,
            "currency": money.currency,
            "approved": with_currency(one.approved, money.currency),
            "spent": with_currency(one.spent, money.currency),
            "expected": with_currency(one.expected, money.currency),
            "variance": with_currency(one.variance, money.currency),
            "percent": percent_of(one.variance, one.approved),
            "tone": tone_of(one),
        }
        for money in moneys
        for label, one in ((year, money.year), (_("Whole life"), money.life))
    ]
    alone = not places_below(actor, subject).exclude(pk=subject.pk).exists()
    return {
        "rows": rows,
        "data_date": min((money.data_date for money in moneys if money.data_date), default=None),
        "url": reverse("finance:sheet" if alone or not rows else "finance:below", args=[subject.code]),
    }


declare_panel(
    Panel(
        "finance.money",
        "initiative",
        44,
        "finance/_money.html",
        _of_initiative,
        gettext_lazy("Money"),
        12,
        READS,
    )
)
