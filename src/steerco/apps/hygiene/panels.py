"""What pages show of register hygiene: an initiative's score, the office's queue, one's own figure."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steerco.apps.hygiene.selectors import (
    last_look,
    list_url,
    own_score,
    rule_counts,
    score,
    unanswered,
    what_is_read,
)
from steerco.apps.initiatives.models import Initiative, Record
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.initiatives.work import office_places
from steerco.kit.pages.panels import Button, PageState, Panel, declare_button, declare_panel
from steerco.kit.permissions import Actor, can

PLACES = 4


def _of_initiative(actor: Actor, initiative: Initiative, state: PageState) -> dict[str, Any] | None:
    counts = rule_counts(actor, initiative)
    found = score(actor, initiative)
    if not found.looked:
        return None
    return {"counts": counts, "score": found, "url": list_url(initiative)}


def _queue(actor: Actor, subject: None, state: PageState) -> dict[str, Any] | None:
    queue = []
    for place in office_places(actor)[:PLACES]:
        counts, late = rule_counts(actor, place), unanswered(actor, place).order_by().count()
        if counts or late:
            queue.append((place, counts, late))
    return {"queue": queue} if queue else None


def _own(actor: Actor, subject: None, state: PageState) -> dict[str, Any] | None:
    found = own_score(actor)
    return {"score": found} if found else None


def _confirm(actor: Actor, row: Any) -> str:
    """For whoever may change a record that is open: its owner does."""
    if (
        not isinstance(row, Record)
        or row.state_group != StateGroup.OPEN
        or not can(actor, "record.edit", row)
    ):
        return ""
    return reverse("hygiene:confirm", args=[row.entry_id])


declare_button(Button("record", _("Confirm still right"), _confirm, posts=True))
declare_panel(
    Panel(
        "hygiene",
        "initiative",
        75,
        "hygiene/_initiative.html",
        _of_initiative,
        _("Register hygiene"),
        6,
        reads=what_is_read,
        stamp=last_look,
    )
)
declare_panel(Panel("home.queue", "home", 34, "hygiene/_queue.html", _queue, _("To put in order"), 12))
declare_panel(Panel("home.own_hygiene", "home", 60, "hygiene/_own.html", _own, _("My records"), 6))
