"""The pages of the risk matrix and of the obstacle board."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from steerco.apps.raid.matrix import matrices, risk_register
from steerco.apps.raid.models import Risk
from steerco.apps.raid.selectors import board, register_of
from steerco.kit.pages.htmx import page
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.views.finding import actor_of


@require_GET
@guard("record.view", "counts of the risks that the actor may read")
def matrix_page(request: HttpRequest) -> HttpResponse:
    """The risks of a list as matrices: before any response, now, after the response."""
    found = matrices(actor_of(request), request.GET)
    context = {
        "register": risk_register(),
        "found": found,
        "directions": Risk.Direction.choices,
        "list_url": f"{risk_register().list_url()}?{found.query.urlencode()}",
    }
    return page(request, "raid/matrix.html", context)


@require_GET
@guard("record.view", "the obstacles that the actor may read")
def board_page(request: HttpRequest) -> HttpResponse:
    """The obstacles by state with their age, and how many were removed."""
    actor, register = actor_of(request), register_of("obstacle")
    found = board(actor, request.GET)
    place = f"?{urlencode({'in': found.scope.code})}" if found.scope else ""
    context = {
        "register": register,
        "found": found,
        "may_create": register.allows(actor, "create", anywhere=True),
        "list_url": f"{register.list_url()}{place}",
    }
    return page(request, "raid/board.html", context)
