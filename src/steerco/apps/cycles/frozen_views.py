"""Pages of what is frozen, or about to be: two reports compared, a correction, a lock that moves."""

import json
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.cycles.comparing import (
    Pair,
    earlier_editions,
    edition_with,
    editions_at,
    nearest,
    title_of,
)
from steerco.apps.cycles.corrections import correct, corrected, may_correct
from steerco.apps.cycles.differences import difference
from steerco.apps.cycles.drafts import Typed
from steerco.apps.cycles.layouts import kind_then
from steerco.apps.cycles.models import FrozenReport, Report
from steerco.apps.cycles.showing import QuestionField, rating_choices, shown_content
from steerco.apps.cycles.silence import silence_between
from steerco.apps.cycles.turning import move_cycle
from steerco.apps.cycles.views import about, cycle_or_404, report_or_404
from steerco.apps.cycles.wording import period_of
from steerco.apps.initiatives.models import Initiative
from steerco.kit.history import Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import Actor, Denied, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import ReferenceField
from steerco.kit.registers.references import reference
from steerco.kit.registers.views.finding import actor_of

LONGEST_NAME = 300  # of an initiative as it is typed


def _frozen(report: Report) -> FrozenReport:
    found = report.frozen.order_by("number").last()
    if found is None:
        raise Http404
    return found


def _edition(report: Report, number: str) -> FrozenReport:
    """The edition with that number, the last one without. Raises Http404."""
    if not number:
        return _frozen(report)
    found = next((one for one in report.frozen.all() if str(one.number) == number), None)
    if found is None:
        raise Http404
    return found


@require_GET
@guard("record.view", "both reports")
def compare_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A frozen report beside another one: an earlier one of its kind first, else any that may be read."""
    actor, given = actor_of(request), request.GET
    report = report_or_404(request, pk)
    own = _edition(report, given.get("edition", ""))
    place, problem = _place(actor, given.get("of", ""))
    others = editions_at(actor, place) if place else earlier_editions(actor, report)
    others = [one for one in others if one.pk != own.pk]
    if wanted := given.get("with", ""):
        other = edition_with(actor, wanted)
        if other is None or other.pk == own.pk:
            raise Http404
        if other not in others:  # named by its address: the list is that of its initiative
            place = other.report.initiative
            others = [other, *(one for one in editions_at(actor, place) if one.pk not in (own.pk, other.pk))]
    else:
        other = nearest(own, others) if place else next(iter(others), None)
    context = {
        **about(report),
        "edition": given.get("edition", ""),
        "place": place,
        "of": reference("initiative").text(place) if place else given.get("of", "")[:LONGEST_NAME],
        "problem": problem,
        "other": other,
        "others": [(one.pk, title_of(one, report)) for one in others],
        **(_compared(Pair.of(own, other)) if other and not problem else {}),
    }
    return page(request, "cycles/compare.html", context, status=422 if problem else 200)


def _place(actor: Actor, named: str) -> tuple[Initiative | None, str]:
    """The initiative whose reports are to be chosen from, or what is wrong with its name."""
    try:
        return ReferenceField(reference("initiative"), actor, required=False, max_length=LONGEST_NAME).clean(
            named
        ), ""
    except ValidationError as refusal:
        return None, " ".join(refusal.messages)


def _compared(pair: Pair) -> dict[str, Any]:
    """What the page shows of two editions."""
    before, after = json.loads(pair.before.content), json.loads(pair.after.content)
    silence = silence_between(before, after) if pair.is_alike else None
    names = dict(zip(("before", "after"), pair.names, strict=True))
    heads = {"before": _("Before"), "after": _("Now")} if pair.is_alike else names
    sides = [(heads["before"], pair.before), (heads["after"], pair.after)]
    return {
        "pair": pair,
        "sides": [(head, one, period_of(one.report)) for head, one in sides],
        "names": names,
        "heads": heads,
        "found": difference(before, after, is_alike=pair.is_alike, silence=silence),
    }


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
