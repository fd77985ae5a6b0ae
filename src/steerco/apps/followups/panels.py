"""What the home page shows of work: what I owe and own, done in place, and what I wait for."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from steerco.apps.followups.selectors import SHOWN, awaited_by, items, work_of
from steerco.apps.initiatives.work import own_tallies
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor


def _work(actor: Actor, subject: None, state: PageState) -> dict[str, Any] | None:
    by_rank, everything = state.query.get("order") == "rank", "all" in state.query
    work = work_of(actor, by_rank=by_rank, everything=everything)
    if not work.items:
        return None
    return {"work": work, "tallies": own_tallies(actor), "by_rank": by_rank}


def _awaited(actor: Actor, subject: None, state: PageState) -> dict[str, Any] | None:
    found = items(awaited_by(actor)[:SHOWN])
    return {"items": found} if found else None


declare_panel(Panel("home.work", "home", 5, "followups/_work.html", _work, _("What I owe"), 12))
declare_panel(Panel("home.awaited", "home", 15, "followups/_awaited.html", _awaited, _("I wait for"), 12))
