"""The two pages of directors, and the way to them from my work."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import find_initiative
from steerco.kit.pages.htmx import page
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.views.finding import actor_of
from steerco.site.bottom_line import bottom_line
from steerco.site.horizon import horizon
from steerco.site.outlook import decides_at_a_portfolio


def _place(actor: Actor, request: HttpRequest) -> Initiative | None:
    """The place in the address; None for everything. Raises Http404 for one that the actor does not see."""
    code = request.GET.get("in", "")[:60]
    found = find_initiative(actor, code) if code else None
    if code and found is None:
        raise Http404
    return found


@require_GET
@guard("record.view", "the rows that the actor may read")
def horizon_page(request: HttpRequest) -> HttpResponse:
    """What lies ahead: the pipeline, milestones and decisions by quarter, risks, what ends, early warnings."""
    actor = actor_of(request)
    place = _place(actor, request)
    return page(request, "site/horizon.html", {"place": place, **horizon(actor, place)})


@require_GET
@guard("record.view", "the rows that the actor may read")
def bottom_line_page(request: HttpRequest) -> HttpResponse:
    """How this period stands: reports, what is overdue and waits, money, what is off track."""
    actor = actor_of(request)
    place = _place(actor, request)
    return page(request, "site/bottom_line.html", {"place": place, **bottom_line(actor, place)})


def _ways(actor: Actor, subject: None, state: PageState) -> dict[str, Any] | None:
    return {} if decides_at_a_portfolio(actor) else None


declare_panel(Panel("home.outlook", "home", 3, "site/_outlook.html", _ways))
