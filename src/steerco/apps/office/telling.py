"""What the asker is told, in their mail of the day: that it came in, what the office answered, that it is done."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from steerco.apps.followups.links import may_see
from steerco.apps.followups.services import holders
from steerco.apps.links.models import Comment
from steerco.apps.links.prose import as_plain
from steerco.apps.notices.lines import Line, declare_notice
from steerco.apps.notices.models import Notice
from steerco.apps.notices.services import Telling, tell
from steerco.apps.office.models import SupportRequest
from steerco.kit import clock
from steerco.kit.permissions import Actor, Via

TOLD = "request.told"
RECEIVED, ANSWERED, MOVED = "received", "answered", "moved"


def tell_asker(actor: Actor, row: SupportRequest, what: str, detail: str = "") -> None:
    """Note, in the transaction of the write, that whoever asked is told of it; nobody is told of their own doing."""
    if row.asked_by_id is None:
        return
    data = {"request": row.pk, "what": what, "detail": detail}
    tell(
        [
            Telling(
                person.pk,
                TOLD,
                f"{row.pk}:{row.version}:{what}:{detail}"[:120],
                row.entry_id,
                data,
                urgent=what == RECEIVED,
            )
            for person in holders(row.asked_by_id, clock.today())
            if person.pk != actor.person_id or what == RECEIVED
        ]
    )


def _say(notice: Notice, reader: Actor | None) -> Line | None:
    rows = SupportRequest.objects.filter(pk=notice.data["request"], deleted=False).select_related("entry")
    row = rows.first()
    if row is None or row.asked_by_id is None or notice.person not in holders(row.asked_by_id, clock.today()):
        return None
    actor = reader or Actor(None, "", via=Via.LINK, parties=frozenset({notice.person.party_id}))
    if not may_see(actor, row.entry):
        return None
    text = _words(row, notice.data)
    url = reverse("office:own", args=[row.pk]) if reader else ""
    return Line(_("What you asked for"), text, _("You asked for it."), url) if text else None


def _words(row: SupportRequest, data: dict[str, Any]) -> str:
    """What is said of the request; "" for what is no longer so."""
    values = {"title": row.title, "reference": row.reference, "state": row.states.by_key[row.state].label}
    if data["what"] == RECEIVED:
        return _("The office has received “%(title)s” (%(reference)s).") % values
    if data["what"] == ANSWERED:
        comment = Comment.objects.filter(pk=int(data["detail"]), deleted=False).first()
        said = {"who": comment.author_label, "text": as_plain(comment.text, {})[:500]} if comment else {}
        return _("“%(title)s”: %(who)s writes: %(text)s") % {**values, **said} if said else ""
    if data["detail"] != row.state:
        return ""
    more = {"waiting": row.question, "done": row.outcome, "declined": row.outcome}.get(row.state, "")
    said_state = _("“%(title)s” is now: %(state)s.") % values
    return f"{said_state} {more[:500]}".strip()


declare_notice(TOLD, _say)
