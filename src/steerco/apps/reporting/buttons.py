"""The buttons that packs add to other pages."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.cycles.kinds import CONSOLIDATED
from steerco.kit.pages.panels import Button, declare_button
from steerco.kit.permissions import Actor, can


def _ask(actor: Actor, initiative: Any) -> str:
    if not can(actor, "pack.build", initiative):
        return ""
    return f"{reverse('reporting:ask')}?{urlencode({'in': initiative.code})}"


def _publish(actor: Actor, report: Any) -> str:
    if (
        report.kind != CONSOLIDATED
        or report.state != "frozen"
        or not can(actor, "pack.build", report.initiative)
    ):
        return ""
    return reverse("reporting:publish", args=[report.pk])


def declare() -> None:
    """Add "Build a pack" to an initiative's page, and the documents of a consolidated report to its page."""
    declare_button(Button("report", _("As documents"), _publish, main=True, posts=True))
    declare_button(Button("initiative", _("Build a pack"), _ask, main=True))
