"""How the attitude of a stakeholder went, on their page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from steerco.apps.stakeholders.models import Stakeholder
from steerco.apps.stakeholders.selectors import attitude_over_time
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor


def _attitudes(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    if not isinstance(subject, Stakeholder):
        return None
    turns = attitude_over_time(actor, subject)
    return {"turns": turns} if turns else None


declare_panel(
    Panel(
        "record.attitude",
        "record",
        20,
        "stakeholders/_attitudes.html",
        _attitudes,
        _("Attitude over time"),
        12,
    )
)
