"""The check, from whichever page asks for it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from steerco.kit.imports import services
from steerco.kit.imports.layouts import Instructions
from steerco.kit.imports.models import ImportRun
from steerco.kit.imports.writing import TooManyRefusals
from steerco.kit.pages.htmx import redirect_to
from steerco.kit.registers.views.finding import actor_of


def checked(request: HttpRequest, run: ImportRun, instructions: Instructions) -> HttpResponse:
    """Store what was said, check, and go to what was found."""
    actor = actor_of(request)
    try:
        services.map_run(actor, run, instructions)
        services.check(actor, run)
    except services.ImportRefused as refusal:
        messages.error(request, str(refusal))
        return redirect_to(request, reverse("imports:index"))
    except TooManyRefusals:
        messages.error(request, _("Too many rows are refused one after the other: put the file right first."))
        return redirect_to(request, reverse("imports:columns", args=[run.pk]))
    return redirect_to(request, reverse("imports:run", args=[run.pk]))
