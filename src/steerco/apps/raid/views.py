"""The pages of the risk matrix, the enterprise view of risk, the dependency network and the obstacle board."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from steerco.apps.escalation.services import may_set
from steerco.apps.raid.appetite import standings
from steerco.apps.raid.causes import common_causes
from steerco.apps.raid.enterprise import top_of
from steerco.apps.raid.matrix import matrices
from steerco.apps.raid.models import Risk
from steerco.apps.raid.network import MOST_NODES, MOST_ROWS, network_of
from steerco.apps.raid.raising import members_named, raise_above, start_of
from steerco.apps.raid.reserve_panels import lines_of
from steerco.apps.raid.reserves import reserves_of, reserves_of_all
from steerco.apps.raid.selectors import board
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.forms import RecordForm, started_with
from steerco.kit.registers.listing import queryset_for
from steerco.kit.registers.register import register_of
from steerco.kit.registers.scopes import find_scope
from steerco.kit.registers.views.finding import actor_of

MOST_PARTS = 30  # places below, in the table of the reserve


@require_GET
@guard("record.view", "counts of the risks that the actor may read")
def matrix_page(request: HttpRequest) -> HttpResponse:
    """The risks of a list as matrices: before any response, now, after the response."""
    found = matrices(actor_of(request), request.GET)
    context = {
        "register": register_of("risk"),
        "found": found,
        "directions": Risk.Direction.choices,
        "list_url": f"{register_of('risk').list_url()}?{found.query.urlencode()}",
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


def _place_of(request: HttpRequest) -> QueryDict:
    """What the address says of the place, and nothing else of it."""
    code = request.GET.get("in", "")
    return QueryDict(urlencode({"in": code}) if code else "")


@require_GET
@guard("record.view", "the risks, issues and reserves that the actor may read")
def enterprise_page(request: HttpRequest) -> HttpResponse:
    """Risk over everything below a place: the top risks, exposure against the reserve, common causes, appetite."""
    actor, place = actor_of(request), _place_of(request)
    scope = find_scope(actor, place.get("in", ""))
    if place and scope is None:
        raise Http404
    row = scope.row if scope else None
    asked = place.copy()
    direction = request.GET.get("direction", "")
    asked["direction"] = direction if direction in Risk.Direction.values else Risk.Direction.THREAT
    risks, _scope, _filters = queryset_for(register_of("risk"), actor, place)
    reserves = reserves_of(actor, row) if row is not None else reserves_of_all(actor)
    parts = [(part, line) for part, reserve in reserves.parts[:MOST_PARTS] for line in lines_of(reserve)]
    appetites = register_of("appetite")
    context = {
        "register": register_of("risk"),
        "scope": scope,
        "subject": row,
        "place": place.urlencode(),
        "directions": Risk.Direction.choices,
        "direction": asked["direction"],
        "top": top_of(actor, asked),
        "total": reserves.total,
        "lines": lines_of(reserves.total),
        "parts": parts,
        "more_parts": max(len(reserves.parts) - MOST_PARTS, 0),
        "causes": common_causes(actor, place),
        "standings": standings(actor, risks, row, place.urlencode()),
        "appetites_url": f"{appetites.list_url()}?{place.urlencode()}" if place else appetites.list_url(),
        "may_set": may_set(actor, row),
        "appetites": appetites,
    }
    return page(request, "raid/enterprise.html", context)


@require_GET
@guard("record.view", "the dependencies that the actor may read")
def network_page(request: HttpRequest) -> HttpResponse:
    """Who gives what to whom below a place: a table and a drawing of the same rows."""
    actor, place = actor_of(request), _place_of(request)
    found = network_of(actor, place)
    if place and found.scope is None:
        raise Http404
    register = register_of("dependency")
    context = {
        "register": register,
        "found": found,
        "more": found.count - len(found.lines),
        "most_rows": MOST_ROWS,
        "most_nodes": MOST_NODES,
    }
    return page(request, "raid/network.html", context)


@require_http_methods(["GET", "POST"])
@guard("record.create", "the lowest initiative above all members, which the actor may read")
@answered_once
def raise_page(request: HttpRequest) -> HttpResponse:
    """One risk above several risks and issues of one cause: GET its form, POST writes it and relates it to them."""
    actor, register = actor_of(request), register_of("risk")
    members = members_named(actor, request.GET.get("entries", ""))
    start = start_of(actor, members) if len(members) > 1 else {}
    if not start.get("initiative") or not register.allows(actor, "create", start["initiative"]):
        raise Http404
    posted = request.method == "POST"
    form = RecordForm(
        register, actor, request.POST if posted else None, initial=started_with(register, start)
    )
    if posted and form.is_valid():
        try:
            new = raise_above(actor, members, form.change(), reason=request.POST.get("reason", "")[:2000])
        except Invalid as error:
            form.add_refusals(error.errors[0])
        else:
            messages.success(request, _("Opened: %s") % register.title(new))
            return redirect_to(request, register.url(new))
    place = _place_of(request).urlencode()
    context = {"register": register, "members": members, "form": form, "place": place}
    return page(request, "raid/raise.html", context, status=422 if posted else 200)
