"""What an initiative's page shows of its reports."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from steerco.apps.cycles.models import Report
from steerco.apps.cycles.wording import period_of
from steerco.apps.initiatives.models import Initiative
from steerco.apps.links.activity import declare_deeds
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor
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
