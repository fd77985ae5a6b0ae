"""Answering a suggested lesson in one click, and the lessons that fit what somebody is typing."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.records import rows_of
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.raid.lesson_panels import PART, lessons_here
from steerco.apps.raid.models import Risk
from steerco.apps.raid.reuse import NOT_HERE, UNDO, USEFUL, answer_lesson
from steerco.apps.raid.suggesting import CATEGORY_OF, About, at_place, suggestions
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to, wants_fragment
from steerco.kit.permissions import Actor, Denied
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.inputs import ReferenceField
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import register_of
from steerco.kit.registers.views.finding import actor_of

LONGEST = 4000  # characters of a text that are compared
DONE = {
    USEFUL: gettext_lazy("Useful here: the lesson is linked."),
    NOT_HERE: gettext_lazy("It is not suggested here any more."),
    UNDO: gettext_lazy("Taken back."),
}


@require_POST
@guard("record.edit", "the entry, and a lesson that the actor may read")
@answered_once
def answer_page(request: HttpRequest, pk: int, entry_pk: int, answer: str) -> HttpResponse:
    """Say in one click that a lesson is useful at an entry, or not for there, or take that back."""
    actor = actor_of(request)
    lesson = register_of("lesson").find(actor, pk)
    entries = Entry.objects.visible_to(actor).exclude(state_group=StateGroup.DELETED)
    entry = entries.select_related("initiative").filter(pk=entry_pk).first()
    if lesson is None or entry is None or answer not in DONE or entry.pk == lesson.entry_id:
        raise Http404
    answer_lesson(actor, lesson, entry, answer)
    found = rows_of([entry]).get(entry.pk)
    if found is None:
        raise Http404
    register, row = found
    if wants_fragment(request):
        return page(request, PART, {**(lessons_here(actor, row) or {}), "said": DONE[answer]}, fragment=PART)
    messages.success(request, DONE[answer])
    return redirect_to(request, f"{register.url(row)}#lessons-here")


@require_POST
@guard("record.create", "anywhere; the lessons that the actor may read")
def typed_lessons(request: HttpRequest) -> HttpResponse:
    """The lessons that fit a risk or an initiative as far as it is typed. It writes nothing."""
    actor = actor_of(request)
    typed = request.POST
    key = typed.get("lessons_for", "risk")
    if key not in ("risk", "initiative"):
        raise Http404
    register = register_of(key)
    if not register.allows(actor, "create", anywhere=True):
        raise Denied(register.actions["create"])
    names = ("title", "cause", "effect") if key == "risk" else ("name", "summary")
    text = " ".join(typed.get(name, "")[:LONGEST] for name in names)
    found = suggestions(actor, _about(actor, key, text, typed)) if text.strip() else []
    context = {"found": found, "asked": bool(text.strip())}
    status = 200 if any(name in typed for name in names) else 422  # the page of the form sends its fields
    part = "raid/_lessons_found.html"
    return page(request, part, context, fragment=part, status=status)


def _about(actor: Actor, key: str, text: str, typed: Any) -> About:
    """What lessons are compared with: what is typed, and what is named in the other fields as far as it is right."""
    if key == "risk":
        category = typed.get("category", "")
        known = CATEGORY_OF.get(Risk.Category(category), "") if category in Risk.Category.values else ""
        owner = _named(actor, "party", typed.get("owner", ""))
        place = _named(actor, "initiative", typed.get("initiative", ""))
        return at_place(actor, About(text, known), None, place, owner.pk if owner else None)
    kinds = {kind: kind for kind in Initiative.Type.values}
    place = Initiative(
        type=kinds.get(typed.get("type", ""), Initiative.Type.PROJECT),
        category=typed.get("category", "")[:120],
    )
    named = (_named(actor, "party", typed.get(name, "")) for name in ("lead", "sponsor"))
    return About(text, place=place, parties=frozenset(party.pk for party in named if party is not None))


def _named(actor: Actor, key: str, text: str) -> Any:
    """The row that a field names; None for none and for what names nothing yet."""
    field = ReferenceField(reference(key), actor, required=False)
    try:
        return field.clean(text[:400])
    except ValidationError:
        return None
