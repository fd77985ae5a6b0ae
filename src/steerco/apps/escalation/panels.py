"""What escalation adds to other pages: who decides, what was escalated to and from a level, and of one record."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.escalation.models import Acknowledgement, Escalation
from steerco.apps.escalation.proposals import CONFIRM, KIND, holds, may_take_back
from steerco.apps.escalation.recording import may_record
from steerco.apps.escalation.reminders import recorded_in_words
from steerco.apps.escalation.selectors import Line, lines, mine, received, sent, visible
from steerco.apps.followups.models import FollowUp
from steerco.apps.initiatives.models import Entry, Initiative, Record
from steerco.apps.initiatives.states import StateGroup
from steerco.kit.pages.panels import Button, PageState, Panel, ShownButton, declare_button, declare_panel
from steerco.kit.permissions import Actor, can

SHOWN = 6
INITIATIVE = "initiative"  # as the register of its entry is called
OPEN = (StateGroup.OPEN, StateGroup.PENDING)


NextStep = Callable[[Actor, Escalation, Record | Initiative], ShownButton | None]
_next_steps: list[NextStep] = []


def declare_next_step(step: NextStep) -> None:
    """Offer what follows from an escalation, beside it on the record's or initiative's page; None: not offered."""
    _next_steps.append(step)


def with_steps(actor: Actor, found: Iterable[Line]) -> list[Line]:
    """`found`, where an initiative itself was escalated with what may follow: its page has no trail as records have."""
    return [
        replace(line, steps=_steps(actor, line.row, line.row.entry.as_initiative))
        if line.row.entry.register == INITIATIVE
        else line
        for line in found
    ]


def _steps(actor: Actor, row: Escalation, subject: Record | Initiative) -> tuple[ShownButton, ...]:
    return tuple(step for ask in _next_steps if (step := ask(actor, row, subject)))


def _authority(actor: Actor, initiative: Any) -> str:
    return reverse("escalation:authority", args=[initiative.code])


def _of_record(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """The trail of a record's escalations with what the reader may do; a way to escalate it."""
    if not isinstance(subject, Record):
        return None
    return _trail(actor, subject)


def _of_initiative(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    """What was escalated to this level and from it, and of the initiative itself."""
    live = {"state__in": Escalation.LIVE}
    to, by = received(actor, subject).filter(**live), sent(actor, subject).filter(**live)
    to_rows, by_rows = list(to[: SHOWN + 1]), list(by[: SHOWN + 1])
    if not to_rows and not by_rows:
        return None
    url = reverse("escalation:list")
    sides = (
        (_("Escalated to us"), to_rows, "to"),
        (_("Escalated by us"), by_rows, "by"),
    )
    return {
        "sides": [
            (
                label,
                with_steps(actor, lines(actor, rows[:SHOWN])),
                f"{url}?{urlencode({'in': subject.code, 'side': side})}",
            )
            for label, rows, side in sides
        ]
    }


def _trail(actor: Actor, subject: Record) -> dict[str, Any] | None:
    entry, register = (
        Entry.objects.select_related("initiative").get(pk=subject.entry_id),
        subject.register_key,
    )
    rows = list(visible(actor).filter(entry=entry))
    may_escalate = (
        entry.state_group in OPEN
        and can(actor, "record.edit", entry)
        and all(row.state != Escalation.State.PROPOSED for row in rows)
    )
    is_issue = register == "issue"
    known = Acknowledgement.objects.select_related("by").filter(entry=entry).first() if is_issue else None
    may_acknowledge = (
        is_issue
        and entry.state_group in OPEN
        and known is None
        and (entry.owner_id in actor.parties or can(actor, "record.edit", entry))
    )
    if not rows and not may_escalate and not may_acknowledge and known is None:
        return None
    own = FollowUp.objects.filter(
        kind__in=(KIND, CONFIRM), entry=entry, state=FollowUp.State.OPEN, debtor__in=actor.parties
    ).first()
    return {
        "entry": entry,
        "trail": [
            {
                "line": line,
                "follow_up": own if own and own.data.get("escalation") == line.row.pk else None,
                "steps": _steps(actor, line.row, subject),
                "recorded": recorded_in_words(_as_recorded(line.row)) if line.row.recorded else None,
                "record_at": (
                    reverse("escalation:record", args=[line.row.pk]) if may_record(actor, line.row) else ""
                ),
                "may_withdraw": may_take_back(actor, line.row),
                "may_end": line.row.state == Escalation.State.ACCEPTED and holds(actor, line.row),
            }
            for line in lines(actor, rows)
        ],
        "scored": register == "risk",
        "five": range(1, 6),
        "may_escalate": may_escalate,
        "may_acknowledge": may_acknowledge,
        "known": known,
    }


def _as_recorded(row: Escalation) -> dict[str, str]:
    day = row.decided_on.isoformat() if row.decided_on else ""
    return {"answer": row.recorded, "day": day, "source": row.source, "comment": row.comment}


def _mine(actor: Actor, subject: None, state: PageState) -> dict[str, Any] | None:
    asked = {
        "receiver__in": actor.parties,
        "state": Escalation.State.PROPOSED,
    }  # stands under what I am asked
    rows = list(mine(actor).exclude(**asked).order_by("due", "pk")[:SHOWN])
    if not rows:
        return None
    return {"found": lines(actor, rows), "url": f"{reverse('escalation:list')}?side=mine"}


declare_button(Button("initiative", _("Who decides"), _authority))
declare_panel(
    Panel("record.escalations", "record", 40, "escalation/_trail.html", _of_record, _("Escalation"))
)
declare_panel(
    Panel("escalations", "initiative", 30, "escalation/_sides.html", _of_initiative, _("Escalations"), 12)
)
declare_panel(Panel("home.escalations", "home", 16, "escalation/_mine.html", _mine, _("Escalations"), 12))
