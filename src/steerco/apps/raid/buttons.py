"""The buttons that lead from the lists of risks, dependencies and obstacles to their pages."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.kit.pages.panels import Button, declare_button
from steerco.kit.permissions import Actor


def _beside(name: str) -> Any:
    """The address `name` at the place that the list is looked at from."""

    def address(actor: Actor, listing: Any) -> str:
        place = f"?{urlencode({'in': listing.scope.code})}" if listing.scope else ""
        return f"{reverse(name)}{place}"

    return address


declare_button(Button("list.risk", _("As a matrix"), _beside("raid:matrix")))
declare_button(Button("list.risk", _("Over all initiatives"), _beside("raid:enterprise")))
declare_button(Button("list.dependency", _("As a network"), _beside("raid:network")))
declare_button(Button("list.obstacle", _("As a board"), _beside("raid:board")))
