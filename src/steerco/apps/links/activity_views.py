"""The page of what happened lately."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from steerco.apps.links.activity import Wanted, feed
from steerco.kit.pages.htmx import page
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.register import registers
from steerco.kit.registers.scopes import find_scope
from steerco.kit.registers.views.finding import actor_of


@require_GET
@guard("record.view", "the entries that the actor may read")
def activity_page(request: HttpRequest) -> HttpResponse:
    """What happened, the newest first: `in` a place, of a `register`, only what is `followed`, `before` an event."""
    actor, query = actor_of(request), request.GET
    scope = find_scope(actor, query.get("in", ""))
    known = [(r.key, r.label_plural) for r in registers() if r.is_records or r.key == "initiative"]
    asked, before = query.get("register", ""), query.get("before", "")
    wanted = Wanted(
        place=scope.row if scope else None,
        register=asked if asked in dict(known) else "",
        followed=bool(query.get("followed")),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else 0,
    )
    found = feed(actor, wanted)
    older = query.copy()
    older["before"] = str(found.older)
    context = {
        "feed": found,
        "wanted": wanted,
        "place": wanted.place,
        "registers": sorted(known, key=lambda one: str(one[1]).casefold()),
        "older_query": older.urlencode(),
    }
    return page(request, "links/activity.html", context)
