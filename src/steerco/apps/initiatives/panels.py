"""An initiative's own panels, and what the home page shows of all registers: my work, and the office's."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.registers import INITIATIVES
from steerco.apps.initiatives.work import office_places, office_work, work_models
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor
from steerco.kit.registers.masking import mask
from steerco.kit.registers.recordpage import history, sections

PLACES = 4
CHILDREN = 25
EVENTS = 20


def _below(actor: Actor, initiative: Initiative, state: PageState) -> dict[str, Any] | None:
    below = Initiative.objects.visible_to(actor).filter(parent=initiative)
    children = list(below.select_related("lead")[: CHILDREN + 1])
    count = below.count() if len(children) > CHILDREN else 0
    return {"children": mask(INITIATIVES, actor, children[:CHILDREN]), "count": count} if children else None


def _facts(actor: Actor, initiative: Initiative, state: PageState) -> dict[str, Any]:
    return {"sections": sections(INITIATIVES, initiative)}


def _history(actor: Actor, initiative: Initiative, state: PageState) -> dict[str, Any]:
    return {"events": history(INITIATIVES, actor, initiative)[:EVENTS]}


def _office(actor: Actor, subject: None, state: PageState) -> dict[str, Any] | None:
    places = office_places(actor)[:PLACES]
    return {"places": [(place, office_work(actor, place)) for place in places]} if places else None


TREE = (Initiative._meta.label_lower,)
declare_panel(Panel("below", "initiative", 60, "initiatives/_below.html", _below, _("Below"), 6, TREE))
declare_panel(Panel("facts", "initiative", 61, "initiatives/_facts.html", _facts, _("Facts"), 6, TREE))
declare_panel(Panel("history", "initiative", 90, "registers/_history.html", _history, _("History"), 12, TREE))
declare_panel(
    Panel(
        "home.office", "home", 35, "initiatives/_office.html", _office, _("In my care"), 12, reads=work_models
    )
)
