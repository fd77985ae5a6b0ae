"""The list page of a register, its saved views, and the suggestions of reference fields."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from steerco.kit.fields import custom_fields
from steerco.kit.journal.unchanged import while_unchanged
from steerco.kit.pages.htmx import page, redirect_to, wants_fragment
from steerco.kit.pages.panels import buttons_at, render_panels
from steerco.kit.pages.words import words_now
from steerco.kit.permissions import Actor, can
from steerco.kit.permissions.inventory import guard
from steerco.kit.points import named_points
from steerco.kit.registers.listing import Listing, listing, whole_filters
from steerco.kit.registers.models import SavedView
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import Register
from steerco.kit.registers.scopes import find_scope
from steerco.kit.registers.views.finding import actor_of, find_register


@require_GET
@guard("record.view", "the rows that the actor may read")
def list_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The list as its address describes it; a bare address opens the actor's default view."""
    register = find_register(slug, actor_of(request))
    actor = actor_of(request)
    views = _views(register, request)
    if not request.GET and (
        mine := next((v for v in views if v.default and v.owner_id == actor.user_id), None)
    ):
        return HttpResponseRedirect(f"{register.list_url()}?{mine.query}")
    found = listing(register, actor, request.GET)
    may_create = register.allows(actor, "create", anywhere=True)
    may_edit = register.allows(actor, "edit", anywhere=True)
    context: dict[str, Any] = {
        "register": register,
        "listing": found,
        "views": views,
        "may_create": may_create,
        "may_edit": may_edit,
        "may_import": (may_create or may_edit) and can(actor, "import.run", anywhere=True),
        "query": request.GET.urlencode(),
        "page_buttons": buttons_at(f"list.{register.key}", actor, found),
        "panels": []
        if wants_fragment(request)
        else render_panels(f"list.{register.key}", request, actor, found),
    }
    if not wants_fragment(request):
        context["filter_form"] = _filter_form(request, register, found)
    return page(request, "registers/list.html", context, fragment="registers/_table.html")


def _filter_form(request: HttpRequest, register: Register, found: Listing) -> SafeString:
    """The form above the list, kept as it was made for this address and for these columns, which are not the same for
    everybody (`Register.seen_by`): it shows no row, and one place by its name.
    """
    scope = found.scope
    points = named_points(actor_of(request), scope.row if scope else None)
    shown = (register, request.GET.urlencode(), scope and (scope.code, scope.label), bool(points))
    spoken = (get_language(), get_script_prefix(), words_now(), tuple(custom_fields(register.key)))

    def make() -> SafeString:
        context = {
            "register": register,
            "listing": found,
            "points": points,
            "filters": whole_filters(register, request.GET),
        }
        return render_to_string("registers/_filter_form.html", context, request)

    return while_unchanged((), ("filter form", *shown, *spoken), make)


def _views(register: Register, request: HttpRequest) -> list[SavedView]:
    """The actor's own views and the ones that others share: with readers of the register, of places that they see."""
    actor = actor_of(request)
    own = SavedView.objects.filter(register=register.key, owner=actor.user_id)
    shared = SavedView.objects.filter(register=register.key, shared=True)
    if not register.allows(actor, "view", anywhere=True):
        shared = shared.none()
    return [
        view
        for view in (own | shared).order_by("name", "pk")
        if view.owner_id == actor.user_id or _is_seen(actor, QueryDict(view.query).get("in", ""))
    ]


def _is_seen(actor: Actor, place: str | None) -> bool:
    """Whether a view is of no place, or of one that the actor sees."""
    return not place or find_scope(actor, place) is not None


@require_POST
@guard("record.view", "own saved views")
def save_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the present list under a name."""
    register = find_register(slug, actor_of(request))
    name = request.POST.get("name", "").strip()[:80]
    query = QueryDict(request.POST.get("query", "")[:2000], mutable=True)
    for transient in ("after", "before", "view"):
        query.pop(transient, None)
    if not name:
        raise Http404
    owner = actor_of(request).user_id
    default = bool(request.POST.get("default"))
    if default:
        SavedView.objects.filter(register=register.key, owner=owner, default=True).update(default=False)
    SavedView.objects.update_or_create(
        register=register.key,
        owner_id=owner,
        name=name,
        defaults={"query": query.urlencode(), "shared": bool(request.POST.get("shared")), "default": default},
    )
    return redirect_to(request, f"{register.list_url()}?{query.urlencode()}")


@require_POST
@guard("record.view", "own saved views")
def remove_view(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Forget one of the actor's own views."""
    register = find_register(slug, actor_of(request))
    removed, _models = (
        SavedView.objects.visible_to(actor_of(request)).filter(pk=pk, register=register.key).delete()
    )
    if not removed:
        raise Http404
    return redirect_to(request, register.list_url())


@require_GET
@guard("person.view", "the rows that the actor may read")
def suggest(request: HttpRequest, key: str) -> HttpResponse:
    """Options for a reference field: what the typed text may mean. The text comes under the field's own name."""
    try:
        known = reference(key)
    except KeyError:
        raise Http404 from None
    text = str(next((v for k, v in request.GET.items() if k != "csrfmiddlewaretoken"), ""))
    rows = known.suggest(actor_of(request), text[:100])
    return render(request, "registers/_suggestions.html", {"texts": [known.text(row) for row in rows]})
