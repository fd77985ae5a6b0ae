"""Lessons on the pages where they help, beside the forms where they come too late otherwise, and where each is used."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.records import addresses_of
from steerco.apps.links.references import label
from steerco.apps.planning.models import Milestone
from steerco.apps.raid.models import Lesson, LessonUse, Risk
from steerco.apps.raid.reuse import QUARTERS, quarters, uses_of
from steerco.apps.raid.suggesting import advice
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor, can
from steerco.kit.registers.listing import Listing, in_every_state
from steerco.kit.registers.register import register_of

PART = "raid/_lessons.html"


def lessons_here(actor: Actor, subject: Any) -> dict[str, Any] | None:
    """What is suggested, used and refused at a record or an initiative, with what the reader may answer."""
    found = advice(actor, subject)
    if found is None:
        return None
    register, entry = register_of("lesson"), Entry.objects.get(pk=subject.entry_id)

    def line(lesson: Lesson, reasons: list[str], use: LessonUse | None = None) -> dict[str, Any]:
        return {
            "title": register.title(lesson),
            "url": register.url(lesson),
            "from": lesson.initiative.name,
            "do": lesson.recommendation or lesson.event,
            "reasons": reasons,
            "reused": getattr(lesson, "reused", 0),
            "use": use,
            "answers": {
                answer.replace("-", "_"): reverse("raid:answer_lesson", args=[lesson.pk, entry.pk, answer])
                for answer in ("useful", "not-here", "undo")
            },
        }

    return {
        "suggested": [line(one.lesson, one.reasons) for one in found.suggested],
        "used": [line(use.lesson, [], use) for use in found.used],
        "dismissed": [line(use.lesson, [], use) for use in found.dismissed],
        "may_answer": can(actor, "record.edit", entry),
    }


def _at_record(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    return lessons_here(actor, subject) if isinstance(subject, Risk | Milestone) else None


def _at_initiative(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    return lessons_here(actor, subject)


def _typed(register: str) -> Any:
    def load(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
        return {"url": reverse("raid:typed_lessons"), "register": register}

    return load


def _uses(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """Where a lesson is used."""
    if not isinstance(subject, Lesson):
        return None
    uses = uses_of(actor, subject)
    urls = addresses_of([use.entry for use in uses])
    return {
        "count": len(uses),
        "uses": [
            {
                "use": use,
                "url": urls.get(use.entry_id, ""),
                "title": f"{label(use.entry)} {use.entry.title}",
            }
            for use in uses
        ],
    }


def _quarters(actor: Actor, found: Listing, state: PageState) -> dict[str, Any] | None:
    """How many of the lessons that were suggested are used, for the lessons that the list is of."""
    query = state.query.copy()
    for name in tuple(query):
        if name != "in":
            del query[name]
    lessons, _scope = in_every_state(register_of("lesson"), actor, query)
    rows = quarters(actor, lessons.order_by())
    return {"quarters": rows[:QUARTERS]} if rows else None


declare_panel(Panel("record.lessons", "record", 8, PART, _at_record, _("Lessons that may help"), 12))
declare_panel(
    Panel("initiative.lessons", "initiative", 46, PART, _at_initiative, _("Lessons that may help"), 12)
)
for key in ("risk", "initiative"):
    declare_panel(
        Panel(
            f"form.{key}.lessons",
            f"form.{key}",
            10,
            "raid/_lessons_typed.html",
            _typed(key),
            _("Lessons that may help"),
        )
    )
declare_panel(Panel("lesson.uses", "record", 8, "raid/_lesson_uses.html", _uses, _("Where it is used"), 12))
declare_panel(
    Panel(
        "list.lesson.quarters",
        "list.lesson",
        10,
        "raid/_lesson_quarters.html",
        _quarters,
        _("Lessons reused"),
        12,
    )
)
