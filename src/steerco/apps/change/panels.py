"""Change control on the page of an initiative and of a change request."""

from typing import Any

from django.db.models import F
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.change.models import ChangeRequest
from steerco.apps.change.selectors import changes_in, lines_of
from steerco.apps.change.touching import changes_of, touched_by
from steerco.apps.deliverables.models import Requirement
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import read_from
from steerco.apps.links.references import address, label
from steerco.kit import clock
from steerco.kit.journal.unchanged import count_while_unchanged, first_while_unchanged
from steerco.kit.pages.panels import Button, PageState, Panel, declare_button, declare_panel
from steerco.kit.permissions import Actor, can
from steerco.kit.registers.inputs import ReferenceField
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import register_of

FIRST = 6
WAITING = ("pending", "emergency", "recorded")


def _waiting(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    """The changes that wait for a decision at the initiative and below."""
    register, today = register_of("change_request"), clock.today()
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


def _requirements(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """The requirements that a request touches, with the field that names one more."""
    if not isinstance(subject, ChangeRequest):
        return None
    touches = touched_by(actor, subject)
    may_edit = subject.is_open_to_writers and can(actor, "record.edit", subject)
    if not touches and not may_edit:
        return None
    return {
        "touches": [(row, f"{label(row.target)} {row.target.title}", address(row.target)) for row in touches],
        "url": reverse("change:requirements", args=[subject.pk]) if may_edit else "",
        "suggest": ReferenceField(reference("requirement"), actor).widget.attrs,
    }


def _changes(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """The requests that touch a requirement."""
    found = changes_of(actor, subject) if isinstance(subject, Requirement) else []
    register = register_of("change_request")
    return {"rows": [(row, register.url(row), register.title(row)) for row in found]} if found else None


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
        "change.requirements",
        "record",
        5,
        "change/_requirements.html",
        _requirements,
        _("Requirements it touches"),
    )
)
declare_panel(
    Panel(
        "requirement.changes",
        "record",
        33,
        "change/_changes.html",
        _changes,
        _("Change requests that touch it"),
    )
)
declare_panel(
    Panel(
        "change.baseline", "record", 6, "change/_baseline.html", _baseline, _("What it does to the baseline")
    )
)
