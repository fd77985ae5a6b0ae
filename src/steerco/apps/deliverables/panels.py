"""What deliverables, sign-offs and requirements add to the pages of records and initiatives."""

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.deliverables.checklists import lines_for
from steerco.apps.deliverables.models import Deliverable, QualityReview, Requirement
from steerco.apps.deliverables.selectors import (
    NOT_COUNTED,
    coverage,
    judged,
    progress_of,
    rounds_of,
    tracked,
)
from steerco.apps.deliverables.signing import is_signable
from steerco.apps.deliverables.words import pill
from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.states import StateGroup
from steerco.kit.pages.panels import Button, PageState, Panel, declare_button, declare_panel
from steerco.kit.permissions import Actor, can, visible_to
from steerco.kit.registers.register import register_of

NEXT = 8
MISSING = 6


def _place(subject: Initiative) -> QueryDict:
    return QueryDict(urlencode({"in": subject.code}))


def _deliverables(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    rows, _scope = tracked(actor, _place(subject))
    counted = rows.exclude(state__in=NOT_COUNTED)
    first = list(counted.filter(state_group=StateGroup.OPEN)[:NEXT])
    progress = progress_of(rows)
    if not first and not progress.count:
        return None
    here = register_of("deliverable")
    return {
        "progress": progress,
        "rows": [
            {
                "row": row,
                "url": here.url(row),
                "title": here.title(row),
                "where": row.initiative if row.initiative_id != subject.pk else None,
                "pill": pill(judged(row)),
                "state": row.states.by_key[row.state].label,
                "is_incoming": row.direction == Deliverable.Direction.IN,
            }
            for row in first
        ],
        "url": f"{reverse('deliverables:tracker')}?{urlencode({'in': subject.code})}",
    }


def _requirements(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    found = coverage(actor, _place(subject))
    offers = can(actor, "record.create", subject) and not found.count and bool(lines_for(subject))
    if not found.count and not offers:
        return None
    return {
        "found": found,
        "missing": found.missing[:MISSING],
        "url": f"{reverse('deliverables:coverage')}?{urlencode({'in': subject.code})}",
        "checklist": reverse("deliverables:checklist", args=[subject.code]) if offers else "",
    }


def _sign_off(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """The rounds of a record or initiative, and the way to the next one."""
    entry_id = getattr(subject, "entry_id", None)
    entry = Entry.objects.filter(pk=entry_id).select_related("initiative").first() if entry_id else None
    if entry is None or entry.state_group == StateGroup.DELETED:
        return None
    views = rounds_of(entry)
    may_move = can(actor, "record.transition", entry)
    under_way = any(view.round.is_open for view in views)
    offers = may_move and not under_way and is_signable(entry, subject)
    if not views and not (offers and entry.register != "initiative"):
        return None
    return {
        "entry": entry,
        "views": views,
        "ask": reverse("deliverables:ask", args=[entry.pk]) if offers else "",
        "may_move": may_move,
        "person_id": actor.person_id,
    }


def _reviews(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """The reviews of a deliverable."""
    if not isinstance(subject, Deliverable):
        return None
    rows = visible_to(QualityReview.objects.filter(deliverable=subject, deleted=False), actor)
    here = register_of("quality")
    found = [
        (row, here.url(row), here.title(row), row.states.by_key[row.state])
        for row in rows.select_related("initiative", "reviewer").order_by("planned_on", "pk")
    ]
    return {"found": found} if found else None


def _findings(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """The way from a finding to an action."""
    if not isinstance(subject, QualityReview) or not subject.findings or subject.deleted:
        return None
    if not can(actor, "record.edit", subject) or not can(actor, "record.create", subject.initiative):
        return None
    return {"url": reverse("deliverables:action", args=[subject.pk])}


def _ask_for_scope(actor: Actor, initiative: Initiative) -> str:
    entry = Entry.objects.filter(pk=initiative.entry_id).first()
    if entry is None or not can(actor, "record.transition", entry):
        return ""
    return reverse("deliverables:ask", args=[entry.pk])


def _checklist(actor: Actor, initiative: Initiative) -> str:
    if not can(actor, "record.create", initiative):
        return ""
    known = Requirement.objects.filter(initiative=initiative, deleted=False).exists()
    return reverse("deliverables:checklist", args=[initiative.code]) if known else ""


declare_panel(
    Panel(
        "deliverables.next",
        "initiative",
        44,
        "deliverables/_next.html",
        _deliverables,
        _("Deliverables"),
        6,
    )
)
declare_panel(
    Panel(
        "requirements.coverage",
        "initiative",
        45,
        "deliverables/_coverage.html",
        _requirements,
        _("Requirements and obligations"),
        6,
    )
)
for place, rank in (("record", 30), ("initiative", 70)):
    declare_panel(
        Panel(f"{place}.signoff", place, rank, "deliverables/_rounds.html", _sign_off, _("Sign-off"), 12)
    )
declare_panel(
    Panel("deliverable.reviews", "record", 31, "deliverables/_reviews.html", _reviews, _("Quality"), 12)
)
declare_panel(
    Panel("quality.findings", "record", 32, "deliverables/_findings.html", _findings, _("Findings"), 12)
)
declare_button(Button("initiative", _("Ask for sign-off…"), _ask_for_scope))
declare_button(Button("initiative", _("Obligations…"), _checklist))
