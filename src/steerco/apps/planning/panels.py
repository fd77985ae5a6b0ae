"""The next milestones on the page of an initiative."""

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import read_from
from steerco.apps.planning.models import Milestone
from steerco.apps.planning.registers import MilestoneRegister
from steerco.kit import clock
from steerco.kit.journal.unchanged import count_while_unchanged, first_while_unchanged
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor
from steerco.kit.registers.listing import queryset_for
from steerco.kit.registers.register import register_of

NEXT = 8


def _next_milestones(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    """The milestones that are not reached yet, at the initiative and below, the earliest expected first."""
    register = register_of(MilestoneRegister.key)
    today = clock.today()
    place = {"in": subject.code}
    queryset, _scope, _filters = queryset_for(register, actor, QueryDict(urlencode(place)))
    expected = Coalesce("forecast", "baseline")
    dated = queryset.annotate(day=expected)
    kept = read_from(Milestone)
    rows = first_while_unchanged(
        kept, dated.order_by(F("day").asc(nulls_last=True), "sort_title", "pk"), NEXT
    )
    if not rows:
        return None
    missed = {**place, "forecast_to": (today - timedelta(days=1)).isoformat()}
    url = register.list_url()
    return {
        "rows": [
            {
                "url": register.url(row),
                "title": register.title(row),
                "where": row.initiative if row.initiative_id != subject.pk else None,
                "tier": row.get_tier_display(),
                "baseline": row.baseline,
                "day": day,
                "days_late": (day - row.baseline).days if day and row.baseline else None,
                "is_missed": day is not None and day < today,
            }
            for row, day in ((row, row.forecast or row.baseline) for row in rows)
        ],
        "count": count_while_unchanged(kept, queryset),
        "url": f"{url}?{urlencode(place)}",
        "missed": count_while_unchanged(kept, queryset.filter(forecast__lt=today)),
        "missed_url": f"{url}?{urlencode(missed)}",
    }


declare_panel(
    Panel(
        "milestones.next",
        "initiative",
        43,
        "planning/_next.html",
        _next_milestones,
        _("Next milestones"),
        12,
        (Milestone._meta.label_lower,),
    )
)
