"""Whoever looks after a stakeholder is asked for the next contact."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.followups.kinds import Answer, Kind, Owed, declare_kind
from steerco.apps.followups.models import FollowUp
from steerco.apps.stakeholders.models import Stakeholder
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_of

AHEAD = timedelta(days=7)


def _owed(day: date) -> Iterable[Owed]:
    rows = Stakeholder.objects.filter(
        state="active",
        deleted=False,
        owner__isnull=False,
        initiative__archived=False,
        next_contact__lte=day + AHEAD,
    )
    for entry, owner, due, lead in rows.values_list("entry", "owner", "next_contact", "initiative__lead"):
        yield Owed(entry, owner, due, creditor_id=lead if lead != owner else None)


def _answered(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    row = Stakeholder.objects.get(entry=follow_up.entry_id)
    if answer == "met":
        today = clock.today()
        values = {"last_contact": today, "next_contact": row.after(today)}
    else:
        values = {"next_contact": date.fromisoformat(follow_up.given["until"])}
    register_of("stakeholder").write(actor, [Change(values, pk=row.pk)], reason=comment)


declare_kind(
    Kind(
        "stakeholder.contact",
        gettext_lazy("Contact with a stakeholder"),
        gettext_lazy("You look after this stakeholder."),
        lambda row: _("Speak to: %(title)s") % {"title": row.entry.title},
        (
            Answer("met", gettext_lazy("Done")),
            Answer("later", gettext_lazy("Later"), "must", asks="until"),
        ),
        _answered,
        _owed,
    )
)
