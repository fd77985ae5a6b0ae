"""The four first steps on the home page of an installation with example data.

What is done is read off the journal: the user's own events since they came. Nothing is stored beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.indicators.models import Snapshot
from steerco.apps.initiatives.models import Initiative
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor, can
from steerco.site.demo.city import EXAMPLE

OPENED, DISMISSED = "checklist.opened", "checklist.dismissed"


@dataclass(frozen=True)
class Step:
    """A step: what it is, where it is done, whether by a link or a form, and whether it is done."""

    label: str | Promise
    hint: str | Promise
    url: str
    done: bool
    posts: bool = False


def red_project(actor: Actor) -> Initiative | None:
    """The project of the example city whose newest report that `actor` may read is red; None without any."""
    snapshots = Snapshot.objects.visible_to(actor).filter(current=True, initiative__example=EXAMPLE)
    newest = snapshots.order_by("-as_of").first()
    if newest is None:
        return None
    red = snapshots.filter(as_of=newest.as_of, rating="red").select_related("initiative")
    first = red.order_by("initiative__priority", "pk").first()
    return first.initiative if first else None


def steps(actor: Actor) -> list[Step]:
    """The steps that `actor` may take; none without the example or once they were dismissed."""
    project = red_project(actor)
    kinds = _kinds_of(actor)
    if project is None or DISMISSED in kinds:
        return []
    portfolio = Initiative.objects.visible_to(actor).filter(example=EXAMPLE, parent=None).first()
    here = urlencode({"in": project.code})
    found = [
        Step(
            _("Open the red project"),
            _("See what was declared, what the figures say, and why."),
            reverse("site:checklist-open"),
            OPENED in kinds,
            posts=True,
        )
    ]
    if can(actor, "record.edit", project):
        risks, milestones = (reverse("registers:list", args=[slug]) for slug in ("risks", "milestones"))
        found += [
            Step(
                _("Change a risk"),
                _("Click a score, then find your change in the risk's history."),
                f"{risks}?{here}",
                "risk.changed" in kinds,
            ),
            Step(
                _("Move a milestone"),
                _("Change a forecast and see it against the baseline."),
                f"{milestones}?{here}",
                "milestone.changed" in kinds,
            ),
        ]
    place = next((p for p in (portfolio, project) if p and can(actor, "pack.build", p)), None)
    if place is not None:
        ask = f"{reverse('reporting:ask')}?{urlencode({'in': place.code})}"
        hint = _("A minute later there is a PowerPoint file with charts that can be edited.")
        found.append(Step(_("Build the board pack and download it"), hint, ask, "pack.built" in kinds))
    return found


def _kinds_of(actor: Actor) -> set[str]:
    """The kinds of the actor's own events that count; a milestone counts once its forecast was moved."""
    own = Event.objects.filter(actor_user=actor.user_id)
    kinds = own.filter(kind__in=(OPENED, DISMISSED, "risk.changed", "pack.built"))
    found = set(kinds.order_by().values_list("kind", flat=True).distinct())
    if own.filter(kind="milestone.changed", changes__has_key="forecast").exists():
        found.add("milestone.changed")
    return found


def open_red_project(actor: Actor) -> Initiative | None:
    """The red project, noted as opened the first time."""
    project = red_project(actor)
    if project is not None:
        _note_once(actor, OPENED, project.entry_id)
    return project


def dismiss(actor: Actor) -> None:
    """Do not show the steps to this user any more."""
    _note_once(actor, DISMISSED)


def _note_once(actor: Actor, kind: str, entry: int | None = None) -> None:
    with transaction.atomic():
        if not Event.objects.filter(actor_user=actor.user_id, kind=kind).exists():
            event = Event(kind=kind, entry_id=entry, model="access.user", object_id=actor.user_id)
            append_events(actor, [event])


def _load(actor: Actor, subject: None, state: PageState) -> dict[str, Any] | None:
    found = steps(actor)
    return {"steps": found, "done": _done(found)} if found else None


def _done(found: Iterable[Step]) -> int:
    return sum(step.done for step in found)


declare_panel(Panel("home.checklist", "home", 1, "site/_checklist.html", _load, _("First steps"), 12))
