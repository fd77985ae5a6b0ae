"""What owners are asked: whether what was not touched for long is still right, by rule or by the office."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.followups.kinds import Answer, Kind, Owed, declare_kind
from steerco.apps.followups.models import FollowUp
from steerco.apps.hygiene.looking import ASK, said, the_look
from steerco.apps.hygiene.models import Finding
from steerco.apps.hygiene.rules import CONFIRMED
from steerco.apps.hygiene.services import asked_by, confirm_by_debt
from steerco.kit.permissions import Actor

RIGHT = "hygiene.right"
SOON = timedelta(days=14)  # what is due by then is asked for because of its date
STILL = Answer("right", gettext_lazy("Still right"))


def _owed(day: date) -> Iterable[Owed]:
    """Stale entries of owners who are asked nothing else about them: one question about one thing is enough."""
    if not the_look().asks_owners:
        return
    asked = FollowUp.objects.filter(state=FollowUp.State.OPEN).exclude(kind=RIGHT)
    rows = Finding.objects.filter(rule__in=CONFIRMED, entry__owner__isnull=False)
    rows = rows.exclude(entry__in=asked.values("entry")).exclude(entry__due__lte=day + SOON)
    rows = rows.order_by("entry", "found_on")
    seen: set[int] = set()
    for entry, owner, found_on in rows.values_list("entry", "entry__owner", "found_on"):
        if entry not in seen:
            seen.add(entry)
            yield Owed(entry, owner, asked_by(found_on))


def _question(row: FollowUp) -> str:
    return _("Is this still right? %(title)s") % {"title": row.entry.title}


def _asked(row: FollowUp) -> str:
    why = ", ".join(said(row.data.get("rules", ())))
    parts = [_("Please put in order: %(title)s") % {"title": row.entry.title}]
    parts += [f"({why})"] if why else []
    return " ".join([*parts, row.data.get("words", "")]).strip()


def _answer(actor: Actor, row: FollowUp, answer: str, comment: str) -> None:
    if answer == "right":
        confirm_by_debt(actor, row.entry_id)


declare_kind(
    Kind(
        RIGHT,
        gettext_lazy("Still right?"),
        gettext_lazy("You own it, and nobody has touched it for long."),
        _question,
        (STILL,),
        _answer,
        _owed,
    )
)
declare_kind(
    Kind(
        ASK,
        gettext_lazy("Put in order"),
        gettext_lazy("You own it, and the office asks."),
        _asked,
        (
            STILL,
            Answer("done", gettext_lazy("I have put it in order")),
            Answer("not_mine", gettext_lazy("Not mine"), "must"),
        ),
        _answer,
    )
)
