"""What moved since last time, and the way to bring the next revision of a plan, on the page of an initiative."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Initiative
from steerco.apps.links.activity import declare_deeds
from steerco.apps.planning.registers import MilestoneRegister
from steerco.apps.planning.selectors import moved_since_last_time, plans_of
from steerco.apps.planning.wording import KINDS
from steerco.kit.pages.panels import Button, PageState, Panel, declare_button, declare_panel
from steerco.kit.permissions import Actor, can

SHOWN = 10


def _moved(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    """What the newest revision of each plan moved; None where no plan was brought."""
    plans = []
    for revision in plans_of(actor, subject):
        rows = moved_since_last_time(actor, revision)
        shown = [
            {
                "row": row,
                "label": KINDS[row.kind],
                "url": reverse("registers:record", args=[MilestoneRegister.slug, row.pk]) if row.pk else "",
            }
            for row in rows[:SHOWN]
        ]
        url = reverse("planning:revision", args=[subject.code, revision.pk])
        plans.append({"revision": revision, "url": url, "rows": shown, "more": max(len(rows) - SHOWN, 0)})
    return {"plans": plans} if plans else None


def _bring(actor: Actor, initiative: Any) -> str:
    return reverse("planning:plans", args=[initiative.code]) if can(actor, "import.run", initiative) else ""


def _bring_to_the_list(actor: Actor, listing: Any) -> str:
    """From the milestones of one initiative: a plan is looked for where its milestones are."""
    row = listing.scope.row if listing.scope else None
    return _bring(actor, row) if isinstance(row, Initiative) else ""


declare_panel(
    Panel(
        "plans.moved",
        "initiative",
        44,
        "planning/_moved.html",
        _moved,
        _("What moved since the last plan"),
        12,
    )
)
declare_button(Button("initiative", _("Bring a plan"), _bring))
declare_button(Button("list.milestone", _("Bring a plan"), _bring_to_the_list))
declare_deeds({"plan.taken": _("took over the plan")})
