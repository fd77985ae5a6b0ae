"""One click from what a level below asks for to its decision paper."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steerco.apps.cycles.asking import asks_in, prepare_paper
from steerco.apps.cycles.consolidation import told_of
from steerco.apps.cycles.services import content_of
from steerco.apps.cycles.views import report_or_404
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import redirect_to
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.register import register_of
from steerco.kit.registers.views.finding import actor_of


@require_POST
@guard("record.create", "where it is asked, by who writes or may change the report of the level above")
@answered_once
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Make what the report `entry` below asks for a decision paper, and go to it; to the one that there is."""
    actor = actor_of(request)
    above = report_or_404(request, pk)
    text = request.POST.get("entry", "")
    entry = int(text) if text.isdecimal() and len(text) < 16 else 0
    asked = asks_in(actor, above, {entry} & told_of(actor, above, content_of(above))).get(entry)
    if asked is None:
        raise Http404
    try:
        row = prepare_paper(actor, above, asked)
    except Invalid as refusal:
        messages.error(request, next(iter(refusal.errors[0].values()))[0])
        return redirect_to(request, reverse("cycles:report", args=[pk]))
    if asked.paper is None:
        messages.success(
            request, _("A decision paper: add the options and a recommendation, then ask for it.")
        )
    return redirect_to(request, register_of("decision").url(row))
