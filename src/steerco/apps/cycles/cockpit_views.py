"""What the office does from the page of a cycle."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from steerco.apps.cycles.models import Cycle
from steerco.apps.cycles.views import cycle_or_404
from steerco.apps.cycles.watching import asked_in
from steerco.apps.cycles.watching import remind as remind_of
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import redirect_to
from steerco.kit.permissions import Denied, can
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.views.finding import actor_of


@require_POST
@guard("record.view", "reports that the actor waits for, or of initiatives that they lead or prepare")
@answered_once
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind whoever has not reported, or (`report`) one of them; nobody twice a day."""
    actor = actor_of(request)
    cycle: Cycle = cycle_or_404(request, pk)
    rows = asked_in(actor, [cycle])
    wanted = request.POST.get("report", "")
    if wanted:
        rows = [row for row in rows if str(row.pk) == wanted]
        if not rows:
            raise Http404
    counts = remind_of(actor, rows)
    n = counts["reminded"]
    if not (n or counts["before"]) and (
        counts["not_mine"] or not can(actor, "record.edit", cycle.initiative)
    ):
        raise Denied("record.edit")
    said = ngettext(
        "%(n)s is reminded with the next mail.", "%(n)s are reminded with their next mail.", n
    ) % {"n": n}
    if counts["before"]:
        m = counts["before"]
        said += " " + ngettext(
            "%(m)s was reminded today already.", "%(m)s were reminded today already.", m
        ) % {"m": m}
    messages.success(request, said if n or counts["before"] else _("Nobody is left to be reminded."))
    return redirect_to(request, reverse("cycles:cycle", args=[pk]))
