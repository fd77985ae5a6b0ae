"""Home, search, the overview of registers, and the example data's own pages."""

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.access.models import User
from steerco.apps.initiatives.models import Initiative
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.pages.panels import render_panels
from steerco.kit.permissions import require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.register import registers
from steerco.kit.registers.views.finding import actor_of
from steerco.site.demo.people import DEMO_PEOPLE
from steerco.site.demo.removal import remove_examples
from steerco.site.search import find_everywhere


@require_GET
@guard("record.view", "the actor's own work")
def home(request: HttpRequest) -> HttpResponse:
    """My work: what the actor owes and owns, and what their role looks at first."""
    actor = actor_of(request)
    return page(request, "site/home.html", {"panels": render_panels("home", request, actor, None)})


@require_GET
@guard("record.view", "counts of the rows that the actor may read")
def registers_page(request: HttpRequest) -> HttpResponse:
    """Every register with how much is open in it."""
    actor = actor_of(request)
    found = []
    for register in registers():
        if register.is_records and register.scope_path == "initiative":
            rows = register.rows(actor).select_related(None).order_by()
            found.append((register, rows.filter(state_group="open")[:1001].count()))
    return page(request, "site/registers.html", {"found": found})


@require_GET
@guard("record.view", "the rows that the actor may read")
def search(request: HttpRequest) -> HttpResponse:
    """Everything that the words mean, in every register, as far as the actor may read it."""
    text = request.GET.get("q", "").strip()[:200]
    context = {"search_text": text, "results": find_everywhere(actor_of(request), text) if text else []}
    return page(request, "site/search.html", context)


@require_POST
@guard("person.view", "the people of the example data")
def switch(request: HttpRequest) -> HttpResponse:
    """Look at the example as another of its people. Only between them, and only while there is example data."""
    known = {p.email for p in DEMO_PEOPLE}
    email = request.POST.get("email", "")
    allowed = (
        settings.DEMO
        and Initiative.objects.exclude(example="").exists()
        and getattr(request.user, "email", "") in known
        and email in known
    )
    user = User.objects.filter(email=email, is_active=True).first() if allowed else None
    if user is None:
        raise Http404
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return HttpResponseRedirect("/")


@require_http_methods(["GET", "POST"])
@guard("organisation.configure", "the organisation")
def examples(request: HttpRequest) -> HttpResponse:
    """Remove the example data: exactly that."""
    actor = actor_of(request)
    require(actor, "organisation.configure")
    if request.method == "POST":
        remove_examples(actor)
        return redirect_to(request, "/portfolio/")
    rows = Initiative.objects.exclude(example="")
    return page(request, "site/examples.html", {"count": rows.count(), "title": _("Example data")})
