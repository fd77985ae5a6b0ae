"""What an initiative's page shows of its reports."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from steerco.apps.cycles.models import Cadence, Report
from steerco.apps.cycles.turning import asked_by, next_round
from steerco.apps.cycles.wording import period_of, period_words
from steerco.apps.initiatives.models import Initiative
from steerco.apps.links.activity import declare_deeds
from steerco.kit import clock
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.register import register_of

SHOWN = 6


def _reports(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    rows = Report.objects.visible_to(actor).filter(initiative=subject, deleted=False)
    found = list(rows.select_related("cycle__cadence").order_by("-period_end", "-pk")[:SHOWN])
    if not found:
        return None
    register = register_of("report")
    return {
        "rows": [(row, period_of(row)) for row in found],
        "url": f"{register.list_url()}?in={subject.code}&group=all",
    }


def _next(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """When a calendar asks next, and whom, as far as the reader sees."""
    if not isinstance(subject, Cadence):
        return None
    today = clock.today()
    found = (
        None
        if subject.ends and subject.ends < today
        else next_round(subject, max(today, subject.starts or today))
    )
    if found is None:
        return {"period": "", "asked": []}
    period, dates = found
    asked = asked_by(subject) if subject.asks else Initiative.objects.none()
    return {
        "period": period_words(subject.rhythm, period.start, period.end),
        "dates": dates,
        "asks": subject.asks,
        "asked": visible_to(asked, actor).order_by("sort_name", "pk"),
    }


declare_panel(
    Panel(
        "cycles.next",
        "record",
        5,
        "cycles/_next.html",
        _next,
        _("Next time"),
    )
)
declare_panel(
    Panel(
        "cycles.reports",
        "initiative",
        22,
        "cycles/_reports.html",
        _reports,
        _("Reports"),
        6,
        reads=("cycles.report", "cycles.cadence"),
    )
)
declare_deeds(
    {
        "cycle.opened": _("reports asked for"),
        "cycle.locked": _("reports locked"),
        "report.published": _("published"),
    }
)
