"""The button that leads from a calendar to the form of its reports."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steerco.apps.cycles.models import Cadence
from steerco.apps.cycles.services import SET
from steerco.kit.pages.panels import Button, declare_button
from steerco.kit.permissions import Actor, can


def _form(actor: Actor, row: Any) -> str:
    if not isinstance(row, Cadence) or not can(actor, SET, row.initiative):
        return ""
    return reverse("cycles:layout", args=[row.pk])


declare_button(Button("record", _("Form of the reports"), _form, main=True))
