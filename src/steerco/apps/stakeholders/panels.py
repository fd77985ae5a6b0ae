"""How the attitude of a stakeholder went, and who is behind a distribution list, on their pages."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from steerco.apps.stakeholders.models import DistributionList, Stakeholder
from steerco.apps.stakeholders.receivers import recipients_of
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


def _receivers(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    return {"found": recipients_of(subject)} if isinstance(subject, DistributionList) else None


declare_panel(
    Panel(
        "record.receivers",
        "record",
        21,
        "stakeholders/_receivers.html",
        _receivers,
        _("Who gets it today"),
        12,
    )
)
