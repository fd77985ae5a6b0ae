"""The list of initiatives at a date, as every number of the dashboard opens it."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from steerco.apps.indicators.dashboard import rated_points, unit_key_of
from steerco.apps.indicators.indicators import RATINGS
from steerco.apps.indicators.listing import MOVED, OFF_TRACK_LABEL, PRESENCE, SORTS, Wanted, wanted_lines
from steerco.apps.indicators.panels import with_courses
from steerco.apps.indicators.selectors import choose_points, compared_lines, portfolio_scope
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import find_initiative
from steerco.apps.initiatives.views import crumbs
from steerco.kit.pages.htmx import page
from steerco.kit.pages.panels import PageState
from steerco.kit.permissions import Actor
from steerco.kit.permissions.inventory import guard

PAGE_ROWS = 50


def actor_of(request: HttpRequest) -> Actor:
    """The request's actor."""
    return request.actor  # type: ignore[attr-defined]


def found_or_404(actor: Actor, code: str) -> Initiative:
    """The initiative with that code that `actor` may see. Raises Http404: hidden is missing."""
    row = find_initiative(actor, code)
    if row is None:
        raise Http404
    return row


@require_GET
@guard("snapshot.view", "the reports below the initiative that the actor may read")
def initiatives_page(request: HttpRequest, code: str) -> HttpResponse:
    """Everything reported below an initiative at a date, filtered, sorted, paged; all of it in the address."""
    actor = actor_of(request)
    row = found_or_404(actor, code)
    state = PageState.of(request)
    scope, also = portfolio_scope(row)
    dated = rated_points(actor, scope)
    as_of, against = choose_points([p.as_of for p in dated], state.as_of, state.compare)
    wanted = Wanted.of(request.GET, as_of, against)
    lines = compared_lines(actor, scope, also, as_of, against).lines if as_of else []
    key_of = unit_key_of(wanted.basis)
    kept = wanted_lines(lines, wanted, key_of)
    paginator = Paginator(kept, PAGE_ROWS)
    chosen = paginator.get_page(request.GET.get("page"))
    held = {line.latest.rating for line in lines}
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "row": row,
        "crumbs": crumbs(actor, row),
        "wanted": wanted,
        "compare": against,
        "chips": wanted.chips(row.code),
        "rows": with_courses(actor, list(chosen.object_list), [p.as_of for p in dated if p.as_of <= as_of])
        if as_of
        else [],
        "chosen": chosen,
        "pages": paginator.get_elided_page_range(chosen.number),
        "query": query.urlencode(),
        "count": len(kept),
        "all": sum(1 for line in lines if line.now),
        "days": [p.as_of for p in reversed(dated)],
        "earlier": [p.as_of for p in reversed(dated) if as_of and p.as_of < as_of],
        "ratings": [
            ("off-track", OFF_TRACK_LABEL),
            *((key or "none", RATINGS[key].label) for key in RATINGS if key in held),
        ],
        "units": sorted(
            dict(key_of(line.latest) for line in lines).items(), key=lambda pair: str(pair[1]).casefold()
        ),
        "sorts": SORTS.items(),
        "presence": PRESENCE.items(),
        "moved": MOVED.items(),
    }
    return page(request, "indicators/initiatives.html", context)
