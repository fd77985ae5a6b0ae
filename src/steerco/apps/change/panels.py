"""Change control on the page of an initiative and of a change request."""

from typing import Any

from django.db.models import F
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.change.models import ChangeRequest
from steerco.apps.change.selectors import change_register, changes_in, lines_of
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import read_from
from steerco.kit import clock
from steerco.kit.journal.unchanged import count_while_unchanged, first_while_unchanged
from steerco.kit.pages.panels import Button, PageState, Panel, declare_button, declare_panel
from steerco.kit.permissions import Actor, can

FIRST = 6
WAITING = ("pending", "emergency", "recorded")


def _waiting(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    """The changes that wait for a decision at the initiative and below."""
    register, today = change_register(), clock.today()
    place = {"in": subject.code}
    queryset = changes_in(actor, QueryDict(urlencode(place))).filter(state__in=WAITING)
    ordered = queryset.order_by(F("decide_by").asc(nulls_last=True), "-priority", "pk")
    rows = first_while_unchanged(read_from(ChangeRequest), ordered, FIRST)
    if not rows:
        return None
    return {
        "rows": [
            {
                "url": register.url(row),
                "title": register.title(row),
                "where": row.initiative if row.initiative_id != subject.pk else None,
                "row": row,
                "is_late": row.is_late(today),
            }
            for row in rows
        ],
        "count": count_while_unchanged(read_from(ChangeRequest), queryset),
        "url": f"{register.list_url()}?{urlencode(place)}",
        "effect": f"{reverse('change:effect')}?{urlencode(place)}",
    }


def _baseline(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """What an approval does to the baseline."""
    if not isinstance(subject, ChangeRequest):
        return None
    lines = list(lines_of(actor, [subject]))
    may_edit = subject.is_open_to_writers and can(actor, "record.edit", subject)
    if not lines and not may_edit:
        return None
    return {
        "lines": lines,
        "edit": reverse("change:baseline", args=[subject.pk]) if may_edit else "",
        "is_applied": any(line.applied_on for line in lines),
    }


def _effect(actor: Actor, found: Any) -> str:
    place = found.scope.code if found.scope else ""
    return f"{reverse('change:effect')}?{urlencode({'in': place})}"


declare_button(Button("list.change_request", _("Effect of approved changes"), _effect))
declare_panel(
    Panel(
        "changes.waiting",
        "initiative",
        39,
        "change/_waiting.html",
        _waiting,
        _("Changes to decide"),
        12,
        (ChangeRequest._meta.label_lower,),
    )
)
declare_panel(
    Panel(
        "change.baseline", "record", 6, "change/_baseline.html", _baseline, _("What it does to the baseline")
    )
)
