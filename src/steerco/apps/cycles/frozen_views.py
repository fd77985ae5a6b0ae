"""Pages of what is frozen, or about to be: two reports compared, a correction, a lock that moves."""

import json
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.cycles.corrections import correct, corrected, may_correct
from steerco.apps.cycles.differences import difference
from steerco.apps.cycles.drafts import Typed
from steerco.apps.cycles.layouts import kind_then
from steerco.apps.cycles.models import FrozenReport, Report
from steerco.apps.cycles.selectors import editions_of
from steerco.apps.cycles.showing import QuestionField, rating_choices, shown_content
from steerco.apps.cycles.turning import move_cycle
from steerco.apps.cycles.views import about, cycle_or_404, report_or_404
from steerco.apps.cycles.wording import period_of
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Denied, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.views.finding import actor_of


def _frozen(report: Report) -> FrozenReport:
    found = report.frozen.order_by("number").last()
    if found is None:
        raise Http404
    return found


@require_GET
@guard("record.view", "both reports")
def compare_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A frozen report beside another one of the same initiative: an earlier edition or period, any that may be read."""
    report = report_or_404(request, pk)
    newer = _frozen(report)
    others = [one for one in editions_of(actor_of(request), report) if one.pk != newer.pk]
    wanted = request.GET.get("with", "")
    older = next((one for one in others if not wanted or str(one.pk) == wanted), None)
    if wanted and older is None:
        raise Http404
    context = {
        **about(report),
        "newer": newer,
        "older": older,
        "others": [(one, period_of(one.report)) for one in others],
        "found": difference(json.loads(older.content), json.loads(newer.content)) if older else None,
    }
    return page(request, "cycles/compare.html", context)


@require_http_methods(["GET", "POST"])
@guard("record.decide", "the frozen report, or one's own")
@answered_once
def correct_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what was wrong, and freeze a newer edition."""
    actor = actor_of(request)
    report = report_or_404(request, pk)
    if not may_correct(actor, report):
        raise Denied("record.decide")
    errors: dict[str, list[str]] = {}
    content = was = json.loads(_frozen(report).content)
    if request.method == "POST":
        try:
            typed = Typed.of(request.POST, report, kind_then(report.what, content))
            content = corrected(content, typed)  # shown again if it is refused
            correct(actor, report, typed, request.POST.get("what", "")[:500])
        except Invalid as refusal:
            errors = refusal.errors[0]
        else:
            messages.success(request, _("Corrected. Whoever it was reported to is told."))
            return redirect_to(request, reverse("cycles:report", args=[pk]))
    said = {one["key"]: one["value"] for one in content.get("questions", ())}
    context: dict[str, Any] = {
        **about(report),
        "shown": shown_content(content, every_part=True),
        "choices": rating_choices(
            (one[name] for one in was["ratings"] for name in ("value", "before")), five=report.what.five
        ),
        "questions": [
            QuestionField(one, said.get(one.key, ""), "") for one in kind_then(report.what, content).questions
        ],
        "what": request.POST.get("what", ""),
        "errors": errors,
    }
    return page(request, "cycles/correct.html", context, status=422 if errors else 200)


@require_POST
@guard("cadence.set", "the initiative of the cycle")
@answered_once
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock a cycle at another time, with the reason."""
    actor = actor_of(request)
    cycle = cycle_or_404(request, pk)
    require(actor, "cadence.set", cycle.initiative)
    try:
        moment = timezone.make_aware(datetime.fromisoformat(request.POST.get("lock_at", "")))
        move_cycle(actor, cycle, moment, request.POST.get("reason", ""))
    except ValueError:
        messages.error(request, _("Say when it is to be locked."))
    except Invalid as refusal:
        messages.error(request, next(iter(refusal.errors[0].values()))[0])
    else:
        messages.success(request, _("Moved. Whoever still reports has until then."))
    return redirect_to(request, reverse("cycles:cycle", args=[pk]))
