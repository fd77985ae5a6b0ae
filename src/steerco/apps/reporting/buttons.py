"""The buttons that packs add to other pages."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.reporting.publishing import may_publish
from steerco.apps.reporting.unread import may_look
from steerco.kit.pages.panels import Button, declare_button
from steerco.kit.permissions import Actor, can


def _ask(actor: Actor, initiative: Any) -> str:
    if not can(actor, "pack.build", initiative):
        return ""
    return f"{reverse('reporting:ask')}?{urlencode({'in': initiative.code})}"


def _publish(actor: Actor, report: Any) -> str:
    if report.state != "frozen" or not can(actor, "pack.build", report.initiative):
        return ""
    return reverse("reporting:publish", args=[report.pk])


def _publication(actor: Actor, report: Any) -> str:
    return reverse("reporting:publication", args=[report.pk]) if may_publish(actor, report) else ""


def _unread(actor: Actor, report: Any) -> str:
    return reverse("reporting:unread") if may_look(actor) else ""


def declare() -> None:
    """Add "Build a pack" to an initiative's page, publication and documents to the page of a frozen report."""
    declare_button(Button("report", _("Publication"), _publication, main=True))
    declare_button(Button("cycle", _("Publication"), _publication))
    declare_button(Button("cycle", _("What nobody opens"), _unread))
    declare_button(Button("report", _("As documents"), _publish, posts=True))
    declare_button(Button("initiative", _("Build a pack"), _ask, main=True))
