"""Between whoever waits and whoever owes: a reminder by hand, and more time on request."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.followups.kinds import Answer, Kind, declare_kind, kind_of
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import Ask, ask, note, owes, tellings, wrong
from steerco.apps.initiatives.policy import leads
from steerco.apps.notices.services import tell
from steerco.kit import clock
from steerco.kit.permissions import Actor, Denied, can

MORE_TIME = "followup.time"


def may_nudge(actor: Actor, follow_up: FollowUp) -> bool:
    """Whether the actor waits for it, or leads or prepares the initiative that it is about."""
    if follow_up.creditor_id in actor.parties or leads(actor, follow_up.entry.initiative_id):
        return True
    return can(actor, "initiative.edit", follow_up.entry.initiative)


def nudge(actor: Actor, follow_up: FollowUp) -> bool:
    """Remind whoever owes it, at most once a day however many wait; returns whether this was the reminder.

    It reaches them with their daily mail. Raises Denied for somebody who does not wait for it.
    """
    if not may_nudge(actor, follow_up):
        raise Denied("record.view")
    today = clock.today()
    with transaction.atomic():
        open_now = FollowUp.objects.filter(pk=follow_up.pk, state=FollowUp.State.OPEN)
        if not open_now.filter(Q(nudged_on=None) | Q(nudged_on__lt=today)).update(nudged_on=today):
            return False
        note(actor, [follow_up], "followup.nudged")
        tell(tellings(follow_up, f"nudge:{today}", by=actor.label[:120]))
    return True


def may_ask_for_time(follow_up: FollowUp) -> bool:
    """Whether somebody can give more time: a record's own date is moved by the answers of its kind instead."""
    return bool(follow_up.creditor_id and follow_up.due and kind_of(follow_up).source is None)


def ask_for_time(actor: Actor, follow_up: FollowUp, until: date, reason: str) -> FollowUp:
    """Ask whoever waits for `follow_up` to take it on `until` instead. Raises Denied, Invalid."""
    if not owes(actor, follow_up):
        raise Denied("record.transition")
    if not may_ask_for_time(follow_up) or follow_up.due is None or follow_up.creditor_id is None:
        raise wrong("until", _("Nobody can give more time for this."))
    if until <= max(follow_up.due, clock.today()):
        raise wrong("until", _("That is no more time than there is."))
    if not reason.strip():
        raise wrong("reason", _("Say why in a sentence."))
    asked = Ask(
        key=f"{MORE_TIME}:{follow_up.pk}:{until}",
        kind=MORE_TIME,
        entry_id=follow_up.entry_id,
        debtor_id=follow_up.creditor_id,
        creditor_id=follow_up.debtor_id,
        due=max(follow_up.due, clock.today()),
        data={"follow_up": follow_up.pk, "until": until.isoformat(), "reason": reason.strip()[:300]},
    )
    made = ask(actor, [asked])
    if not made:
        raise wrong("until", _("This has been asked already."))
    return made[0]


def _question(row: FollowUp) -> str:
    wanted = FollowUp.objects.get(pk=row.data["follow_up"])
    values = {
        "question": wanted.question,
        "day": date_format(date.fromisoformat(row.data["until"]), "SHORT_DATE_FORMAT"),
        "reason": row.data["reason"],
    }
    return _("More time, until %(day)s, for: %(question)s (%(reason)s)") % values


def _apply(actor: Actor, row: FollowUp, answer: str, comment: str) -> None:
    wanted = FollowUp.objects.select_for_update().get(pk=row.data["follow_up"])
    if wanted.state != FollowUp.State.OPEN:
        return
    if answer == "give":
        before, wanted.due = wanted.due, date.fromisoformat(row.data["until"])
        wanted.save(update_fields=["due"])
        note(actor, [wanted], "followup.moved", {"due": [str(before), str(wanted.due)]})
    tell(tellings(wanted, f"time:{row.pk}", time=answer))


declare_kind(
    Kind(
        MORE_TIME,
        gettext_lazy("More time"),
        gettext_lazy("You wait for it."),
        _question,
        (Answer("give", gettext_lazy("Give the time")), Answer("keep", gettext_lazy("Keep the date"))),
        _apply,
    )
)
