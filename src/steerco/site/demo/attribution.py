"""Where published example data comes from, on the page of each initiative that came with it."""

from typing import Any

from steerco.apps.initiatives.models import Initiative
from steerco.apps.reporting.services import attribution
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor


def _load(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    text = attribution(actor, subject)
    return {"text": text} if text else None


declare_panel(Panel("attribution", "initiative", 1000, "site/_attribution.html", _load))
