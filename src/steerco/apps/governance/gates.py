"""The decision about a gate: its paper out of what the system knows, its options, and what follows from them."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steerco.apps.deliverables.models import Deliverable
from steerco.apps.escalation.models import Escalation
from steerco.apps.governance.models import Decision
from steerco.apps.planning.gates import gate_authority, open_gate, pass_gate
from steerco.apps.planning.models import Milestone
from steerco.kit.permissions import Actor, visible_to

GO, CONDITIONS, HOLD, STOP = "go", "conditions", "hold", "stop"
PASSES = frozenset({GO, CONDITIONS})
Evidence = Callable[[Milestone], Iterable[str]]
_evidence: list[Evidence] = []


def declare_gate_evidence(found: Evidence) -> None:
    """Add lines that a gate's paper begins with. They hold what everybody who reads the initiative may read."""
    if found not in _evidence:
        _evidence.append(found)


def gate_options() -> list[dict[str, Any]]:
    """What may be decided about a gate."""
    return [
        {"key": GO, "title": _("Go")},
        {"key": CONDITIONS, "title": _("Go with conditions")},
        {"key": HOLD, "title": _("Hold")},
        {"key": STOP, "title": _("Stop")},
    ]


def waits_for_decision(row: Any) -> bool:
    """Whether a decision about this milestone may be prepared: a gate that no decision has passed."""
    if not isinstance(row, Milestone) or row.tier != Milestone.Tier.GATE or row.state == "dropped":
        return False
    return row.state == "planned" or is_undecided(row)


def is_undecided(row: Milestone) -> bool:
    """Whether a gate is noted as reached on a day on which it took a decision, and none is recorded."""
    if row.actual is None or passed_by(row) is not None:
        return False
    return gate_authority(row.initiative, row.actual) is not None


def passed_by(row: Milestone) -> Decision | None:
    """The decision that passed a gate."""
    found = Decision.objects.filter(gate=row, state="decided", verdict__in=PASSES, deleted=False)
    return found.order_by("-decided_on", "-pk").first()


def paper_of_gate(row: Milestone) -> dict[str, Any]:
    """The question, what is known for it, who decides and by when."""
    authority = gate_authority(row.initiative)
    return {
        "title": (_("May %(place)s pass %(gate)s?") % {"place": row.initiative.name, "gate": row.title})[
            :300
        ],
        "gate": row,
        "owner": row.owner or row.initiative.lead,
        "background": "\n".join(line for found in (_known, *_evidence) for line in found(row)),
        "decide_by": row.due,
        "decider": authority.parties[0] if authority and authority.parties else None,
    }


def _known(row: Milestone) -> Iterable[str]:
    if row.baseline:
        yield _("Agreed for %(day)s.") % {"day": _day(row.baseline)}
    if row.actual:
        yield _("It is noted as reached on %(day)s; no decision is recorded.") % {"day": _day(row.actual)}
    elif row.forecast and row.forecast != row.baseline:
        yield _("Expected on %(day)s.") % {"day": _day(row.forecast)}
    readers = (
        row.initiative.restricted_by_id
    )  # what fewer may read than the initiative stays out of the paper
    owed = Deliverable.objects.filter(
        initiative=row.initiative_id,
        deleted=False,
        restricted_by=readers,
        signed_off_on=None,
        state_group="open",
    )
    if (until := row.due or row.actual) is not None:
        owed = owed.filter(due_on__lte=until)
    names = [f"{one.reference} {one.title}" for one in owed.order_by("due_on", "pk")[:10]]
    if names:
        yield _("Deliverables that are due by then and not signed off: %(names)s.") % {
            "names": "; ".join(names)
        }
    live = Escalation.objects.filter(
        origin=row.initiative_id, state__in=Escalation.LIVE, entry__restricted_by=readers
    ).count()
    if live:
        yield ngettext("%(n)s escalation is open.", "%(n)s escalations are open.", live) % {"n": live}


def follow_gate(actor: Actor, row: Decision, verdict: str, day: date | None) -> None:
    """Pass the gate that was decided about; a decision that reverses another takes back what that one passed."""
    if row.reverses is not None and row.reverses.gate is not None and row.reverses.decided_on:
        open_gate(actor, row.reverses.gate, row.reverses.decided_on, row.reference)
    if row.gate is not None and verdict in PASSES and day is not None:
        pass_gate(actor, row.gate, day, row.reference)


def decisions_about(actor: Actor, row: Milestone) -> list[Decision]:
    """The decisions about a gate that the actor may read, the newest first."""
    rows = visible_to(Decision.objects.filter(gate=row, deleted=False), actor)
    return list(rows.select_related("decider").order_by("-pk"))


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
