"""A report that is written through the link of a mail, by somebody without an account; and shutting that link."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from steerco.apps.cycles.kinds import CONSOLIDATED
from steerco.apps.cycles.models import Report
from steerco.apps.cycles.services import WRITE, may_write
from steerco.apps.followups.links import actor_of_link, link_at
from steerco.apps.followups.models import AnswerLink
from steerco.apps.followups.services import close_links
from steerco.kit import clock
from steerco.kit.permissions import Actor, require


@dataclass(frozen=True)
class Guest:
    """Who came through a link, and the one report that it was made for."""

    link: AnswerLink
    actor: Actor
    report: Report


def guest_at(token: str) -> Guest | None:
    """Who the link at this address is for, while it opens and its report is still to be written; changes nothing.

    A consolidated report tells of others and is never written by a guest.
    """
    link = link_at(token)
    if link is None or link.follow_up.kind != WRITE:
        return None
    rows = Report.objects.select_related("initiative__unit", "initiative__lead", "owner", "reviewer")
    report = (
        rows.select_related("cycle__cadence").filter(entry=link.follow_up.entry_id, deleted=False).first()
    )
    if report is None or report.kind == CONSOLIDATED:
        return None
    actor = actor_of_link(link)
    return Guest(link, actor, report) if may_write(actor, report) else None


@dataclass(frozen=True)
class OpenLink:
    """A link that opens a report: for whom, and until when."""

    name: str
    until: datetime


def open_links(report: Report) -> list[OpenLink]:
    """The links of mails through which people without an account may write this report now."""
    rows = _open(report).filter(person__user=None).select_related("person")
    return [OpenLink(link.person.name, link.expires_at) for link in rows.order_by("pk")]


def shut_links(actor: Actor, report: Report) -> int:
    """Shut every link that opens this report; returns how many. The next reminder brings a new one. Raises Denied."""
    require(actor, "record.edit", report)
    return close_links(actor, _open(report))


def _open(report: Report) -> QuerySet[AnswerLink]:
    rows = AnswerLink.objects.filter(follow_up__entry=report.entry_id, follow_up__kind=WRITE)
    return rows.filter(used_at=None, revoked_at=None, expires_at__gt=clock.now())
