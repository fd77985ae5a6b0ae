"""Meetings on other pages: those to come at an initiative, of a body, one's own; the ways to them."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.governance.models import Body
from steerco.apps.initiatives.models import Initiative
from steerco.apps.meetings.models import Meeting
from steerco.apps.meetings.selectors import own_meetings, visible
from steerco.kit import clock
from steerco.kit.pages.panels import Button, PageState, Panel, declare_button, declare_panel
from steerco.kit.permissions import Actor

FIRST = 5


def _own(actor: Actor, subject: None, state: PageState) -> dict[str, Any] | None:
    """One's own meetings to come."""
    rows = (
        list(own_meetings(actor, clock.today()).exclude(state="cancelled")[:FIRST]) if actor.person_id else []
    )
    return {"rows": rows, "all": reverse("meetings:mine")} if rows else None


def _here(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    """Meetings to come at an initiative."""
    rows = visible(actor).filter(initiative=subject.pk, day__gte=clock.today()).exclude(state="cancelled")
    found = list(rows.order_by("day", "begins", "pk")[:FIRST])
    year = f"{reverse('meetings:year')}?{urlencode({'in': subject.code})}"
    return {"rows": found, "all": year} if found else None


def _of_body(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """Meetings of a body."""
    if not isinstance(subject, Body):
        return None
    rows = visible(actor).filter(body=subject.pk, day__gte=clock.today()).exclude(state="cancelled")
    return {
        "rows": list(rows.order_by("day", "pk")[:FIRST]),
        "all": reverse("meetings:body", args=[subject.pk]),
    }


def _page(actor: Actor, subject: Any) -> str:
    return reverse("meetings:page", args=[subject.pk]) if isinstance(subject, Meeting) else ""


def _year(actor: Actor, found: Any) -> str:
    place = f"?{urlencode({'in': found.scope.code})}" if found.scope else ""
    return f"{reverse('meetings:year')}{place}"


declare_button(Button("record", _("Agenda and minutes"), _page, main=True))
declare_button(Button("list.meeting", _("Calendar of meetings"), _year))
declare_panel(Panel("home.meetings", "home", 12, "meetings/_coming.html", _own, _("My meetings"), 12))
declare_panel(
    Panel("initiative.meetings", "initiative", 46, "meetings/_coming.html", _here, _("Meetings to come"), 6)
)
declare_panel(Panel("body.meetings", "record", 8, "meetings/_coming.html", _of_body, _("Meetings"), 12))
