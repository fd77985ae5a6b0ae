"""The buttons that lead from the list of stakeholders to their map and to the engagement plan."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.kit.pages.panels import Button, declare_button
from steerco.kit.permissions import Actor


def _beside(name: str) -> Callable[[Actor, Any], str]:
    def address(actor: Actor, listing: Any) -> str:
        place = f"?{urlencode({'in': listing.scope.code})}" if listing.scope else ""
        return f"{reverse(name)}{place}"

    return address


declare_button(Button("list.stakeholder", _("Power and interest"), _beside("stakeholders:map")))
declare_button(Button("list.stakeholder", _("Engagement plan"), _beside("stakeholders:plan")))
