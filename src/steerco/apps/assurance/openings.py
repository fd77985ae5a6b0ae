"""What follows from a finding: an action of the initiative; and what reviews say for the decision about a gate."""

from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from steerco.apps.assurance.models import Finding, Review
from steerco.apps.assurance.states import SAID
from steerco.apps.governance.gates import declare_gate_evidence
from steerco.apps.links.openings import Opening, declare_opening
from steerco.apps.planning.models import Milestone


def _offered(row: Finding) -> bool:
    """What few may read is not copied into an action that many read."""
    return row.state in ("open", "agreed") and row.restricted_by_id == row.initiative.restricted_by_id


def _start(row: Finding) -> dict[str, Any]:
    return {
        "title": row.title,
        "description": row.description,
        "owner": row.owner,
        "due_on": row.due_on,
        "source": row.reference,
    }


def _for_gate(row: Milestone) -> Iterable[str]:
    """The newest independent rating, and how much of what was found is still open."""
    place, readers = row.initiative_id, row.initiative.restricted_by_id
    reviews = Review.objects.filter(initiative=place, restricted_by=readers, deleted=False, state__in=SAID)
    last = reviews.exclude(confidence="").exclude(issued_on=None).order_by("issued_on", "pk").last()
    if last is not None and last.issued_on is not None:
        said = {
            "what": last.get_kind_display(),
            "day": date_format(last.issued_on, "SHORT_DATE_FORMAT"),
            "confidence": last.get_confidence_display(),
        }
        yield gettext("Last review (%(what)s, %(day)s): %(confidence)s.") % said
    found = Finding.objects.filter(initiative=place, restricted_by=readers, deleted=False, state_group="open")
    if count := found.count():
        yield ngettext("%(n)s finding is open.", "%(n)s findings are open.", count) % {"n": count}


declare_gate_evidence(_for_gate)
declare_opening(Opening("finding-action", "review_finding", "action", _("Add an action"), _offered, _start))
