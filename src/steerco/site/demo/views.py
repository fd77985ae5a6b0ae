"""The addresses of the first steps."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from steerco.kit.pages.htmx import redirect_to
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.views.finding import actor_of
from steerco.site.demo.checklist import dismiss, open_red_project


@require_POST
@guard("initiative.view", "the red project of the example")
def open_step(request: HttpRequest) -> HttpResponse:
    """Go to the red project; that is the first step."""
    project = open_red_project(actor_of(request))
    if project is None:
        raise Http404
    return redirect_to(request, reverse("initiatives:page", args=[project.code]))


@require_POST
@guard("record.view", "the actor's own first steps")
def dismiss_steps(request: HttpRequest) -> HttpResponse:
    """Hide the first steps from their user."""
    dismiss(actor_of(request))
    return redirect_to(request, reverse("site:home"))
