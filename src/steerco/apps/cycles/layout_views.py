"""The page on which the form of a calendar's reports is set."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from steerco.apps.cycles.kinds import KINDS, LONGEST, PARTS
from steerco.apps.cycles.layouts import MOST_QUESTIONS, TYPES, is_five, plain, read_layout
from steerco.apps.cycles.models import Cadence
from steerco.apps.cycles.services import SET, write_cadences
from steerco.apps.indicators.dimensions import dimension_label
from steerco.kit.history import Change, Conflict, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.register import register_of
from steerco.kit.registers.views.finding import actor_of

SPARE = 2  # empty questions shown below those that are asked


@require_http_methods(["GET", "POST"])
@guard("cadence.set", "the initiative of the calendar")
@answered_once
def layout_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose and order the parts and ratings of a calendar's reports, and ask questions of its own."""
    actor = actor_of(request)
    cadence = Cadence.objects.visible_to(actor).select_related("initiative").filter(pk=pk).first()
    if cadence is None:
        raise Http404
    require(actor, SET, cadence.initiative)
    kind = KINDS[cadence.kind]
    back = f"{register_of('cadence').list_url()}{cadence.pk}/"
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            layout = {} if "reset" in request.POST else read_layout(request.POST, kind)
            version = request.POST.get("version", "")
            seen = int(version) if version.isdecimal() and len(version) < 9 else None
            write_cadences(actor, [Change({"layout": layout}, pk=cadence.pk, version=seen)])
            messages.success(request, _("The form is set. It counts for every report that is still written."))
            return redirect_to(request, back)
        except Invalid as refusal:
            errors = refusal.errors[0]
        except Conflict:
            errors = {"": [_("Somebody else has changed it meanwhile: look at it again.")]}
    context = {
        "cadence": cadence,
        "kind": kind,
        "back": back,
        **_shown(request.POST if errors else None, cadence, errors),
        "types": TYPES,
        "longest": LONGEST,
        "problem": errors.get("", [""])[0],
    }
    return page(request, "cycles/layout.html", context, status=422 if errors else 200)


def _shown(post: Any, cadence: Cadence, errors: dict[str, list[str]]) -> dict[str, Any]:
    """The rows of the page: what is stored, or what was typed where it was refused."""
    kind = KINDS[cadence.kind]
    layout = cadence.layout or plain(kind)
    places: dict[str, tuple[Any, dict[str, Any]]] = {
        one["key"]: (place, one) for place, one in enumerate(layout["parts"], start=1)
    }
    parts = []
    for key in kind.parts:
        place, one = places.get(key, ("", {}))
        row = {"key": key, "label": PARTS[key].label, "place": place, "need": one.get("required", False)}
        row["longest"] = one.get("longest") or ""
        if post is not None:
            row |= {"place": post.get(f"part-{key}", ""), "need": f"need-{key}" in post}
            row["longest"] = post.get(f"longest-{key}", "")
        row["errors"] = [*errors.get(f"part-{key}", ()), *errors.get(f"longest-{key}", ())]
        parts.append(row)
    parts.sort(key=lambda row: int(row["place"]) if str(row["place"]).isdecimal() else 100)
    rated = []
    for key in kind.dimensions[1:]:
        at = layout["dimensions"].index(key) + 1 if key in layout["dimensions"] else ""
        at = post.get(f"rate-{key}", "") if post is not None else at
        rated.append(
            {"key": key, "label": dimension_label(key), "place": at, "errors": errors.get(f"rate-{key}", [])}
        )
    five = "five" in post if post is not None else is_five(layout)
    return {"parts": parts, "rated": rated, "five": five, "questions": _questions(post, layout, errors)}


def _questions(post: Any, layout: dict[str, Any], errors: dict[str, list[str]]) -> list[dict[str, Any]]:
    stored = layout["questions"]
    shown = MOST_QUESTIONS if post is not None else min(MOST_QUESTIONS, len(stored) + SPARE)
    found = []
    for number in range(1, shown + 1):
        one = stored[number - 1] if number <= len(stored) else {}
        row = {**one, "number": number, "choices": "\n".join(one.get("choices", ()))}
        if post is not None:
            row |= {
                name: post.get(f"ask-{number}-{name}", "")
                for name in ("key", "label", "type", "help", "choices")
            }
            row["required"] = f"ask-{number}-required" in post
            if not row["label"] and number > len(stored) + SPARE:
                continue
        row["errors"] = errors.get(f"ask-{number}-label", [])
        found.append(row)
    return found
