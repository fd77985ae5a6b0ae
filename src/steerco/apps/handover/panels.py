"""Where leavers are flagged: on their own page, and in the office's view of people."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from steerco.apps.handover.models import Part
from steerco.apps.handover.selectors import belongings, leavers, open_doors, still_has
from steerco.apps.people.leaving import SOON, declare_having
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor, can


def _of_person(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    if not isinstance(subject, Person) or not can(actor, "person.edit"):
        return None
    groups = belongings(actor, subject)
    parts = Part.objects.visible_to(actor).filter(person=subject).select_related("initiative", "successor")
    leaves = subject.leaves is not None and subject.leaves <= clock.today() + SOON
    return {
        "person": subject,
        "count": sum(group.count for group in groups),
        "doors": open_doors(subject),
        "parts": parts.order_by("-pk")[:20],
        "leaves": leaves,
    }


def _at_home(actor: Actor, subject: None, state: PageState) -> dict[str, Any] | None:
    found = leavers(actor) if can(actor, "person.edit") else []
    return {"leavers": found[:8], "count": len(found)} if found else None


declare_panel(Panel("handover", "record", 40, "handover/_person.html", _of_person, _("Belongings"), 12))
declare_panel(Panel("home.leavers", "home", 36, "handover/_leavers.html", _at_home, _("Leaving"), 6))
declare_having(still_has)
