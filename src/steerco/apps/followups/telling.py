"""How follow-ups read in a mail: to whoever owes them, and to whom their lateness is told."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from steerco.apps.followups.chasing import LATE
from steerco.apps.followups.kinds import Kind, kind_of
from steerco.apps.followups.links import address_for, may_see
from steerco.apps.followups.models import FollowUp, LadderStep
from steerco.apps.followups.services import OWED, holders
from steerco.apps.followups.standing_in import supervisor_of
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.records import address_of
from steerco.apps.notices.lines import Line, declare_notice
from steerco.apps.notices.models import Notice
from steerco.kit import clock
from steerco.kit.permissions import Actor, Via

AS = {
    LadderStep.Action.DEPUTY: "deputy",
    LadderStep.Action.LEAD: "lead",
    LadderStep.Action.SPONSOR: "sponsor",
    LadderStep.Action.CREDITOR: "creditor",
}


def _open(notice: Notice) -> FollowUp | None:
    rows = FollowUp.objects.select_related("entry__initiative", "debtor")
    return rows.filter(pk=notice.data["follow_up"], state=FollowUp.State.OPEN).first()


def when(follow_up: FollowUp) -> str:
    """When it is due, in words; "" without a date."""
    if follow_up.due is None:
        return ""
    day = date_format(follow_up.due, "SHORT_DATE_FORMAT")
    late = (clock.today() - follow_up.due).days
    if late > 0:
        return _("due %(day)s, %(late)s days ago") % {"day": day, "late": late}
    return _("due today") if late == 0 else _("due %(day)s") % {"day": day}


def _said(follow_up: FollowUp) -> str:
    place = follow_up.entry.initiative.name if follow_up.entry.initiative else ""
    return " · ".join(part for part in (follow_up.question, place, when(follow_up)) if part)


def _say_owed(notice: Notice, reader: Actor | None) -> Line | None:
    follow_up = _open(notice)
    if follow_up is None:
        return None
    day = clock.today()
    present, kind = holders(follow_up.debtor_id, day), kind_of(follow_up)
    if notice.person not in present:
        instead = None if present else supervisor_of(follow_up, day)
        stands_in = instead is not None and notice.person in holders(instead, day)
        return _instead(follow_up, reader) if stands_in and reader else None
    actor = reader or Actor(None, "", via=Via.LINK, parties=frozenset({notice.person.party_id}))
    if not may_see(actor, follow_up.entry):
        return None
    address = address_for(follow_up, notice.person)
    return Line(
        section=_("You are asked"),
        text=_said(follow_up),
        reason=_why(notice, kind),
        url=address,
        answers=tuple((str(a.label), f"{address}?answer={a.key}") for a in kind.permitted(follow_up)),
    )


def _instead(follow_up: FollowUp, reader: Actor) -> Line | None:
    """For whoever stands in: they sign in to answer or hand it on."""
    if not Entry.objects.visible_to(reader).filter(pk=follow_up.entry_id).exists():
        return None
    return Line(
        section=_("You are asked"),
        text=_said(follow_up),
        reason=_("Nobody answers for %(debtor)s; you stand in.") % {"debtor": follow_up.debtor.name},
        url=reverse("followups:page", args=[follow_up.pk]),
    )


def _why(notice: Notice, kind: Kind) -> str:
    """Why it stands in the mail: by the kind's own reason, unless somebody did something."""
    if "by" in notice.data:
        return _("%(who)s waits for it and reminds you.") % {"who": notice.data["by"]}
    if "time" in notice.data:
        return _("You were given more time.") if notice.data["time"] == "give" else _("The date stays.")
    return str(kind.reason)


def _say_late(notice: Notice, reader: Actor | None) -> Line | None:
    follow_up = _open(notice)
    if (
        follow_up is None
        or reader is None
        or not Entry.objects.visible_to(reader).filter(pk=follow_up.entry_id)
    ):
        return None
    reasons = {
        "deputy": _("You are a deputy of %(debtor)s."),
        "lead": _("You lead the initiative; %(debtor)s owes it."),
        "sponsor": _("You sponsor the initiative; %(debtor)s owes it."),
        "creditor": _("You wait for it; %(debtor)s owes it."),
    }
    reason = reasons[AS.get(notice.data.get("as", ""), "sponsor")] % {"debtor": follow_up.debtor.name}
    url = address_of(follow_up.entry)
    return Line(section=_("Late with others"), text=_said(follow_up), reason=reason, url=url)


declare_notice(OWED, _say_owed)
declare_notice(LATE, _say_late)
