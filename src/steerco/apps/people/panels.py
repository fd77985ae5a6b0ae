"""What the page of a unit says of those that followed it and that it follows."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steerco.apps.people.models import Unit, UnitSuccession
from steerco.apps.people.selectors import successions_of
from steerco.kit.pages.panels import Button, PageState, Panel, declare_button, declare_panel
from steerco.kit.permissions import Actor, can
from steerco.kit.registers.register import register_of


def _of_unit(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    if not isinstance(subject, Unit):
        return None
    after = successions_of(subject)
    before = list(
        UnitSuccession.objects.filter(successor=subject).select_related("unit").order_by("on", "pk")
    )
    if not after and not before:
        return None
    url = register_of("unit").url
    return {
        "after": [(row, row.successor, url(row.successor)) for row in after],
        "before": [(row, row.unit, url(row.unit)) for row in before],
    }


def _succeed(actor: Actor, subject: Any) -> str:
    may = isinstance(subject, Unit) and can(actor, "person.edit")
    return reverse("people:succeed", args=[subject.pk]) if may else ""


declare_button(Button("record", _("Successors…"), _succeed))
declare_panel(
    Panel("units.succession", "record", 20, "people/_succession.html", _of_unit, _("Re-organisation"), 12)
)
