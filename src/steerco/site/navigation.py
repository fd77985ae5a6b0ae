"""The one menu, and what every page needs."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

import steerco
from steerco.apps.initiatives.models import Initiative
from steerco.apps.organisation.selectors import organisation
from steerco.apps.reporting.unread import may_look
from steerco.kit.journal.unchanged import while_unchanged
from steerco.kit.once import once_per_request
from steerco.kit.permissions import Actor, can
from steerco.kit.registers.register import registers
from steerco.site.demo.people import DEMO_PEOPLE


@dataclass
class Item:
    """An entry of the menu."""

    label: str
    url: str
    keys: str = ""
    active: bool = False
    children: list["Item"] = field(default_factory=list)


def menu(request: HttpRequest) -> list[Item]:
    """The menu for whoever asks, with the present place marked."""
    actor = request.actor  # type: ignore[attr-defined]

    def lists(menu_key: str) -> list[Item]:
        return [Item(str(r.label_plural), r.list_url()) for r in registers() if r.menu == menu_key]

    items = [
        Item(_("My work"), reverse("site:home"), "h", children=_own(actor)),
        Item(_("Portfolio"), reverse("initiatives:tree"), "p", children=lists("portfolio")),
        Item(
            _("Registers"),
            reverse("site:registers"),
            "r",
            children=[
                *lists("registers"),
                Item(_("Calendar of meetings"), reverse("meetings:year")),
                Item(_("Early warnings"), reverse("foresight:list")),
                Item(_("Escalations"), reverse("escalation:list")),
                Item(_("Enterprise risk"), reverse("raid:enterprise")),
                Item(_("Dependency network"), reverse("raid:network")),
                Item(_("Plan of reviews"), reverse("assurance:plan")),
                Item(_("Ways of working"), reverse("assurance:compliance")),
            ],
        ),
        Item(_("Planning"), reverse("registers:list", args=["milestones"]), "l", children=lists("planning")),
        Item(_("Money"), reverse("finance:overview"), "m", children=_money(actor)),
        Item(
            _("People"),
            reverse("registers:list", args=["people"]),
            "e",
            children=lists("people") + _leaving(actor),
        ),
        Item(
            _("Reporting"),
            reverse("cycles:overview"),
            "k",
            children=[
                *lists("reporting"),
                Item(_("Packs"), reverse("reporting:packs")),
                *_unread(actor),
                *_commissions(actor),
            ],
        ),
    ]
    administration = _administration(actor)
    if administration:
        items.append(Item(_("Admin"), administration[0].url, "a", children=administration))
    _mark(items, request.path)
    return items


def _own(actor: Actor) -> list[Item]:
    """The pages beside my work: for those who decide or prepare somewhere, and what anybody asks of the office."""
    pages = (
        ("record.decide", _("My team"), "followups:team"),
        ("initiative.edit", _("Requests to the office"), "office:queue"),
        ("initiative.edit", _("Register hygiene"), "hygiene:list"),
    )
    items = [Item(label, reverse(name)) for action, label, name in pages if can(actor, action, anywhere=True)]
    items.append(Item(pgettext("feed", "What happened"), reverse("links:activity")))
    if actor.parties:
        items += [
            Item(_("Ask the office"), reverse("office:ask")),
            Item(_("What I asked for"), reverse("office:mine")),
        ]
    return items


def _money(actor: Actor) -> list[Item]:
    if not can(actor, "snapshot.import", anywhere=True):
        return []
    return [Item(_("Money from a file"), reverse("finance:upload"))]


def _commissions(actor: Actor) -> list[Item]:
    if not can(actor, "commission.ask", anywhere=True):
        return []
    return [Item(_("Commissions"), reverse("commissions:overview"))]


def _unread(actor: Actor) -> list[Item]:
    return [Item(_("What nobody opens"), reverse("reporting:unread"))] if may_look(actor) else []


def _leaving(actor: Actor) -> list[Item]:
    return [Item(_("Leaving"), reverse("handover:leaving"))] if can(actor, "person.edit") else []


def _administration(actor: Actor) -> list[Item]:
    """The pages of administration that the actor may open."""
    pages = (
        ("organisation.configure", _("Organisation"), "organisation:settings"),
        ("organisation.configure", _("Words"), "organisation:words"),
        ("organisation.configure", _("Own fields"), "organisation:fields"),
        ("organisation.configure", _("Risk scales"), "organisation:scales"),
        ("organisation.configure", _("Escalation rules"), "escalation:rules"),
        ("organisation.configure", _("Office"), "office:settings"),
        ("user.edit", _("Users"), "access:users"),
        ("user.edit", _("Roles"), "access:roles"),
        ("audit.read", _("Audit trail"), "audit:journal"),
    )
    return [Item(label, reverse(name)) for action, label, name in pages if can(actor, action)]


def _mark(items: list[Item], path: str) -> None:
    for item in items:
        within = [child for child in item.children if path.startswith(child.url)]
        for child in sorted(within, key=lambda one: -len(one.url))[:1]:
            child.active = True
        own = path == item.url if item.url == "/" else path.startswith(item.url)
        item.active = own or any(child.active for child in item.children)


def context(request: HttpRequest) -> dict[str, Any]:
    """The template context of every page: made once for a page and all its panels."""
    return _context(request)


@once_per_request
def _context(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    settings_row = organisation()
    if actor is None or not actor.is_authenticated:
        return {"actor": actor, "organisation_name": settings_row.name, "version": steerco.__version__}
    marked = Initiative.objects.exclude(example="")
    examples = while_unchanged((Initiative._meta.label_lower,), "examples", marked.exists)
    return {
        "actor": actor,
        "menu": menu(request),
        "organisation_name": settings_row.name,
        "palette": getattr(request.user, "palette", "") or settings_row.palette,
        "version": steerco.__version__,
        "example_data": examples,
        "may_configure": can(actor, "organisation.configure"),
        "demo_people": DEMO_PEOPLE if examples and _is_demo_person(request) else [],
    }


def _is_demo_person(request: HttpRequest) -> bool:
    email = getattr(request.user, "email", "")
    return any(p.email == email for p in DEMO_PEOPLE)
