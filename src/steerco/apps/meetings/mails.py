"""Invitations, cancellations and issued minutes by mail, with what their reader may see when they are sent."""

from dataclasses import replace

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from steerco.apps.meetings.documents import paper_name, paper_of
from steerco.apps.meetings.models import Attendee, Meeting
from steerco.apps.meetings.selectors import attendees_of, happening, language_of, reader_of
from steerco.apps.meetings.services import INVITATION, MINUTES, UNINVITED
from steerco.apps.notices.mail import headers
from steerco.apps.people.models import Person
from steerco.exchange.icalendar import Calendar, Guest, Method, write
from steerco.kit.journal import outbox
from steerco.kit.journal.models import OutboxMessage
from steerco.kit.permissions import visible_to


def _attendee(message: OutboxMessage) -> Attendee | None:
    """Who is written to, if they are still asked at that address and may know of the meeting."""
    rows = Attendee.objects.select_related("person__user", "meeting__body", "meeting__initiative")
    one = rows.filter(pk=int(message.object_key)).first()
    if one is None or one.address != message.recipient:
        return None
    return _who_may_know(one)


def _who_may_know(one: Attendee) -> Attendee | None:
    if one.meeting.restricted_by_id is None:
        return one  # being asked tells them of it
    reader = reader_of(one)
    if reader is None or not visible_to(Meeting.objects.filter(pk=one.meeting_id), reader).exists():
        return None
    return one


def _invitation(message: OutboxMessage) -> outbox.Mail | None:
    one = _attendee(message)
    if one is None:
        return None
    row, is_cancelled = one.meeting, bool(message.payload.get("cancel"))
    if not is_cancelled and (row.state != "called" or row.deleted):
        return None
    with translation.override(language_of(one)):
        said = _("Cancelled: %(title)s, %(when)s") if is_cancelled else _("Invitation: %(title)s, %(when)s")
        subject = said % {"title": row.title, "when": when(row)}
        lines = [row.title, when(row), row.place, row.link]
        if row.moved:
            lines.append(_("Why: %(reason)s") % {"reason": row.moved})
        if row.papers_by and not is_cancelled:
            day = date_format(row.papers_by, "SHORT_DATE_FORMAT")
            lines.append(_("Papers are needed by %(day)s.") % {"day": day})
        lines += ["", settings.PUBLIC_URL.rstrip("/") + reverse("meetings:page", args=[row.pk])]
        method = Method.CANCEL if is_cancelled else Method.REQUEST
        content = write(Calendar((happening(row, attendees_of(row)),), method)).encode()
        attached = ("invite.ics", content, f"text/calendar; method={method}")
        text = "\n".join(line for number, line in enumerate(lines) if line or number > 3) + "\n"
        return outbox.Mail(_one_line(subject), text, headers=headers(), attachments=(attached,))


def _uninvited(message: OutboxMessage) -> outbox.Mail | None:
    """That somebody who was invited is no longer asked; it takes the meeting out of their calendar."""
    meetings = Meeting.objects.select_related("body", "initiative")
    row = meetings.filter(pk=message.payload["meeting"], deleted=False, state="called").first()
    if row is None or any(other.address == message.recipient for other in attendees_of(row)):
        return None  # asked again meanwhile, or everybody is told already
    person = Person.objects.select_related("user").filter(pk=message.payload["person"]).first()
    left = Attendee(meeting=row, person=person, name=message.payload["name"], email=message.recipient)
    one = _who_may_know(left)
    if one is None or one.address != message.recipient:
        return None
    with translation.override(language_of(one)):
        subject = _("You are no longer asked to come: %(title)s, %(when)s") % {
            "title": row.title,
            "when": when(row),
        }
        lines = (row.title, when(row), _("You need not come. The meeting itself takes place."))
        entry = replace(happening(row, attendees_of(row)), guests=(Guest(one.shown_name, one.address),))
        content = write(Calendar((entry,), Method.CANCEL)).encode()
        attached = ("invite.ics", content, f"text/calendar; method={Method.CANCEL}")
        return outbox.Mail(
            _one_line(subject), "\n".join(lines) + "\n", headers=headers(), attachments=(attached,)
        )


def _minutes(message: OutboxMessage) -> outbox.Mail | None:
    one = _attendee(message)
    if one is None or one.meeting.state not in ("issued", "approved") or one.meeting.deleted:
        return None
    row = one.meeting
    with translation.override(language_of(one)):
        subject = _("Minutes: %(title)s, %(when)s") % {"title": row.title, "when": when(row)}
        url = settings.PUBLIC_URL.rstrip("/") + reverse("meetings:page", args=[row.pk])
        text = _("The minutes are attached. They are approved at the next meeting.")
        attached = (paper_name(row), paper_of(reader_of(one), row), "application/pdf")
        return outbox.Mail(
            _one_line(subject), f"{text}\n\n{url}\n", headers=headers(), attachments=(attached,)
        )


def when(row: Meeting) -> str:
    """The day and time of a meeting in the reader's language."""
    return f"{date_format(row.day, 'DATE_FORMAT')}, {row.begins}"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]


outbox.use_render(INVITATION, _invitation)
outbox.use_render(UNINVITED, _uninvited)
outbox.use_render(MINUTES, _minutes)
