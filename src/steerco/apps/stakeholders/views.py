"""The map of influence and interest, and the engagement plan."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from steerco.apps.stakeholders.models import Attitude, Stakeholder
from steerco.apps.stakeholders.selectors import engagement_plan, power_map
from steerco.kit.pages.htmx import page
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.register import register_of
from steerco.kit.registers.scopes import Scope
from steerco.kit.registers.views.finding import actor_of

TONES = {
    Attitude.OPPOSED: "red",
    Attitude.SCEPTICAL: "amber-red",
    Attitude.NEUTRAL: "none",
    Attitude.SUPPORTIVE: "amber-green",
    Attitude.CHAMPION: "green",
}
PARTS = {
    "overdue": _("Overdue"),
    "soon": _("In the next two weeks"),
    "later": _("Later"),
    "undated": _("Without a date"),
}


def _seen(row: Stakeholder) -> dict[str, Any]:
    """A stakeholder as a page shows it: the attitude only where it is not withheld."""
    columns = register_of("stakeholder").all_columns()
    attitude, wanted = (columns[name].value(row) for name in ("attitude", "wanted_attitude"))
    return {
        "row": row,
        "url": register_of("stakeholder").url(row),
        "tone": TONES.get(attitude, ""),
        "attitude": Attitude(attitude).label if attitude else "",
        "wanted": Attitude(wanted).label if wanted and wanted != attitude else "",
    }


def _list_url(scope: Scope | None) -> str:
    place = f"?{urlencode({'in': scope.code})}" if scope else ""
    return f"{register_of('stakeholder').list_url()}{place}"


@require_GET
@guard("record.view", "the stakeholders that the actor may read")
def map_page(request: HttpRequest) -> HttpResponse:
    """Who has how much influence and interest."""
    found = power_map(actor_of(request), request.GET)
    context = {
        "register": register_of("stakeholder"),
        "found": found,
        "rows": [
            (power, [(step, [_seen(r) for r in cell]) for step, cell in cells]) for power, cells in found.rows
        ],
        "unplaced": [_seen(row) for row in found.unplaced],
        "list_url": _list_url(found.scope),
    }
    return page(request, "stakeholders/map.html", context)


@require_GET
@guard("record.view", "the stakeholders that the actor may read")
def plan_page(request: HttpRequest) -> HttpResponse:
    """Who is to be spoken to next, how and by whom."""
    found = engagement_plan(actor_of(request), request.GET)
    context = {
        "register": register_of("stakeholder"),
        "found": found,
        "parts": [(PARTS[part.key], part.key, [_seen(row) for row in part.rows]) for part in found.parts],
        "list_url": _list_url(found.scope),
    }
    return page(request, "stakeholders/plan.html", context)
