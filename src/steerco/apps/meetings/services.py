"""Writes of meetings: planning, calling, moving, holding; who comes; a series; the key of one's own calendar."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.followups.services import holders
from steerco.apps.governance.models import Body
from steerco.apps.initiatives.posts import seats_of
from steerco.apps.initiatives.records import write_records
from steerco.apps.meetings.models import Attendee, FeedKey, Meeting, StandingItem
from steerco.apps.organisation.selectors import work_week
from steerco.apps.people.models import Person
from steerco.engine.calendar import MeetingRhythm, meeting_days, shifted
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.journal import outbox
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied, require

INVITATION, MINUTES, UNINVITED = "meetings.invitation", "meetings.minutes", "meetings.uninvited"
SEEN = ("title", "day", "begins", "minutes", "place", "link")  # what stands in people's calendars
PAPERS_BEFORE = -5  # working days before the meeting
MOST_IN_A_SERIES = 60
MOST_GUESTS = 200


def write_meetings(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[Meeting]:
    """Plan and change meetings. Raises Denied, Invalid (by position), Conflict; all or nothing.

    A new one of a body gets its members, its chair and its secretary. Who was invited is told of what
    changes: of another day or time only with the reason.
    """
    with transaction.atomic():
        stored = Meeting.objects.in_bulk([c.pk for c in changes if c.pk])
        for index, change in enumerate(changes):
            _check(stored.get(change.pk) if change.pk else None, change, index)
        rows = write_records(actor, Meeting, changes, reason=reason, batch=batch)
        for change, row in zip(changes, rows, strict=True):
            before = stored.get(change.pk) if change.pk else None
            if before is None:
                invite_members(row)
            _tell(before, row)
    return rows


def _check(before: Meeting | None, change: Change, index: int) -> None:
    values = change.values
    if before is None:
        _take_from_body(values)
        return
    if values.get("state") == "held" and values.get("day", before.day) > clock.today():
        raise Invalid({index: {"day": [_("The day of the meeting has not come yet.")]}})
    is_moved = any(name in values and values[name] != getattr(before, name) for name in ("day", "begins"))
    if is_moved and before.state == "called" and values.get("moved", before.moved) in ("", before.moved):
        raise Invalid({index: {"moved": [_("People were invited: say why it is moved.")]}})
    if is_moved and not before.is_ahead:
        raise Invalid({index: {"day": [_("It is over: its day stays.")]}})


def _take_from_body(values: dict[str, Any]) -> None:
    """Chair, secretary and the day for papers of a new meeting of a body."""
    body, day = values.get("body"), values.get("day")
    if body is None:
        return
    seats = seats_of([body.party_id])[body.party_id]
    for name, role in (("chair", "chair"), ("owner", "secretary")):
        if not values.get(name) and role in seats:
            values[name] = seats[role].party
    if day and not values.get("papers_by"):
        values["papers_by"] = shifted(day, PAPERS_BEFORE, work_week())


def invite_members(row: Meeting) -> None:
    """Those who sit in the body on the day of the meeting, and whoever leads it, become attendees."""
    found: dict[int, str] = {}
    if row.body:
        for role, post in seats_of([row.body.party_id])[row.body.party_id].items():
            found |= {person.pk: role for person in holders(post.party_id, row.day) if person.pk not in found}
    for role, party in (("chair", row.chair_id), ("secretary", row.owner_id)):
        if party:
            found |= {p.pk: role for p in holders(party, row.day) if p.pk not in found}
    known = set(row.attendees.exclude(person=None).values_list("person", flat=True))
    Attendee.objects.bulk_create(
        Attendee(meeting=row, person_id=pk, seat=role) for pk, role in found.items() if pk not in known
    )


def _tell(before: Meeting | None, row: Meeting) -> None:
    was, now = before.state if before else "draft", row.state
    if now == "called" and (was != "called" or _is_seen_otherwise(before, row)):
        send_invitations(row, list(row.attendees.all()))
    elif was == "called" and (now == "cancelled" or row.deleted):
        send_invitations(row, list(row.attendees.all()), cancel=True)
    elif now == "issued" and was == "held":
        for one in row.attendees.select_related("person"):
            if one.address:
                outbox.put(one.address, MINUTES, str(one.pk), period=str(row.version))


def _is_seen_otherwise(before: Meeting | None, row: Meeting) -> bool:
    return before is None or any(getattr(before, name) != getattr(row, name) for name in SEEN)


def send_invitations(row: Meeting, attendees: Sequence[Attendee], *, cancel: bool = False) -> None:
    """Ask the outbox for an invitation, a changed one or a cancellation to everybody with an address."""
    for one in attendees:
        if one.address:
            payload = {"cancel": cancel}
            outbox.put(
                one.address, INVITATION, str(one.pk), period=f"{row.version}:{cancel}", payload=payload
            )


def add_guest(actor: Actor, row: Meeting, name: str, email: str, *, required: bool = True) -> Attendee:
    """Ask somebody else to come: a known person by name or address, else a guest. Raises Denied, Invalid."""
    require(actor, "record.edit", row)
    _require_ahead(row)
    name, email = name.strip()[:200], email.strip()
    person = _person_called(actor, name, email)
    if person is None and not (name and email):
        raise Invalid({0: {"name": [_("Nobody here is called that: give an e-mail address too.")]}})
    if person is None:
        try:
            validate_email(email)
        except ValidationError:
            raise Invalid({0: {"email": [_("This is no e-mail address.")]}}) from None
    if row.attendees.count() >= MOST_GUESTS:
        raise Invalid({0: {"name": [_("At most %(n)s people.") % {"n": MOST_GUESTS}]}})
    same = row.attendees.filter(person=person) if person else row.attendees.filter(email__iexact=email)
    if same.exists():
        raise Invalid({0: {"name": [_("They are on the list already.")]}})
    with transaction.atomic():
        one = Attendee.objects.create(
            meeting=row,
            person=person,
            name="" if person else name,
            email="" if person else email,
            required=required,
        )
        note(actor, row, "meeting.invited", {"attendee": [None, one.shown_name]})
        if row.state == "called":
            send_invitations(row, [one])
    return one


def _person_called(actor: Actor, name: str, email: str) -> Person | None:
    known = Person.objects.visible_to(actor)
    if email:
        return known.filter(email__iexact=email).first()
    found = list(known.filter(name__iexact=name)[:2]) if name else []
    return found[0] if len(found) == 1 else None


def remove_guest(actor: Actor, row: Meeting, pk: int) -> None:
    """Take somebody off the list; who was invited is told that they are not needed. Raises Denied, Invalid."""
    require(actor, "record.edit", row)
    _require_ahead(row)
    one = row.attendees.filter(pk=pk).first()
    if one is None:
        raise Invalid({0: {"name": [_("They are not on the list.")]}})
    with transaction.atomic():
        note(actor, row, "meeting.uninvited", {"attendee": [one.shown_name, None]})
        if row.state == "called" and one.address:
            payload = {"meeting": row.pk, "person": one.person_id, "name": one.name}
            outbox.put(one.address, UNINVITED, str(one.pk), payload=payload)
        one.delete()


def reply(actor: Actor, row: Meeting, answer: str) -> None:
    """Say for oneself whether one comes. Raises Denied for who is not asked, Invalid."""
    one = row.attendees.filter(person=actor.person_id).first() if actor.person_id else None
    if one is None:
        raise Denied("record.view")
    if answer not in {"yes", "no", "maybe"}:
        raise Invalid({0: {"reply": [_("Choose one of the answers.")]}})
    _require_ahead(row)
    with transaction.atomic():
        note(actor, row, "meeting.replied", {one.shown_name: [one.reply, answer]})
        one.reply = answer
        one.save(update_fields=["reply"])


def mark_presence(actor: Actor, row: Meeting, presence: Mapping[int, str]) -> None:
    """Who was there, by attendee. Raises Denied, Invalid."""
    require(actor, "record.edit", row)
    if row.state not in ("called", "held"):
        raise Invalid({0: {"presence": [_("The minutes are sent out: who was there stays.")]}})
    allowed, changes, written = set(Attendee.Presence.values), {}, []
    for one in row.attendees.select_related("person"):
        said = presence.get(one.pk, one.presence)
        if said not in allowed:
            raise Invalid({0: {"presence": [_("Choose one of the answers.")]}})
        if said != one.presence:
            changes[one.shown_name] = [one.presence, said]
            one.presence = said
            written.append(one)
    if written:
        with transaction.atomic():
            Attendee.objects.bulk_update(written, ["presence"])
            note(actor, row, "meeting.presence", changes)


def _require_ahead(row: Meeting) -> None:
    if not row.is_ahead:
        raise Invalid({0: {"": [_("The meeting is over or cancelled.")]}})


def plan_series(
    actor: Actor, body: Body, rhythm: str, first: date, until: date, values: Mapping[str, Any], words: str
) -> list[Meeting]:
    """Plan the meetings of a body from `first` to `until`: weekly, fortnightly, or each month or quarter on the weekday
    of its month that `first` is ("first Monday"). Raises Denied, Invalid."""
    if until < first:
        raise Invalid({0: {"until": [_("It cannot end before it begins.")]}})
    return plan_days(actor, body, meeting_days(MeetingRhythm(rhythm), first, until), values, words)


def plan_days(
    actor: Actor, body: Body, days: Sequence[date], values: Mapping[str, Any], words: str
) -> list[Meeting]:
    """Plan the meetings of a body on these days. One that would fall on a day off is planned for the working day
    before, and says so. Days on which the body meets already are left alone. Raises Denied, Invalid.
    """
    if body.initiative is None:
        raise Invalid({0: {"body": [_("Name the initiative of the body first: its meetings stand there.")]}})
    require(actor, "record.create", body.initiative)
    if len(days) > MOST_IN_A_SERIES:
        raise Invalid({0: {"until": [_("At most %(n)s meetings at once.") % {"n": MOST_IN_A_SERIES}]}})
    taken = set(body.meetings.filter(deleted=False).values_list("day", flat=True))
    week, changes = work_week(), []
    for day in days:
        planned = day if day.weekday() > 4 and day not in week.holidays else shifted(day, 0, week)
        if planned in taken:
            continue
        moved = "" if planned == day else _("Its day is a day off.")
        start = {
            "initiative": body.initiative,
            "body": body,
            "title": body.name,
            "day": planned,
            "moved": moved,
        }
        changes.append(Change({**start, "series": words, **values}))
    return write_meetings(actor, changes)


def set_standing(actor: Actor, body: Body, lines: str) -> None:
    """What is on the agenda each time: one a line, with its minutes behind a bar ("Risks | 10"). Raises Denied,
    Invalid."""
    require(actor, "initiative.appoint", body.initiative)
    rows = []
    for rank, line in enumerate(filter(None, map(str.strip, lines.splitlines()))):
        title, _bar, minutes = line.partition("|")
        number = minutes.strip() or "5"
        if not title.strip() or not number.isdecimal() or not 0 < int(number[:5]) <= 480:
            text = _("“%(line)s”: write the item, then a bar and its minutes, as “Risks | 10”.")
            raise Invalid({0: {"lines": [text % {"line": line[:80]}]}})
        rows.append(StandingItem(body=body, rank=rank, title=title.strip()[:200], minutes=int(number)))
    with transaction.atomic():
        before = list(body.standing_items.values_list("title", flat=True))
        body.standing_items.all().delete()
        StandingItem.objects.bulk_create(rows[:50])
        changes: dict[str, Any] = {"standing_items": [before, [row.title for row in rows[:50]]]}
        event = Event(kind="body.agenda", model=Body._meta.label_lower, object_id=body.pk, changes=changes)
        append_events(actor, [event])


def new_feed(actor: Actor) -> FeedKey:
    """A new address for the actor's own calendar; the old one opens nothing any more. Raises Denied."""
    if actor.person_id is None:
        raise Denied("person.view")
    values = {"nonce": secrets.token_hex(20), "created_at": clock.now()}
    with transaction.atomic():
        row, _made = FeedKey.objects.update_or_create(person_id=actor.person_id, defaults=values)
        append_events(
            actor, [Event(kind="meetings.feed_made", model="meetings.feedkey", object_id=row.pk, changes={})]
        )
    return row


def close_feed(actor: Actor) -> None:
    """Take the address of the actor's own calendar back."""
    row = FeedKey.objects.filter(person=actor.person_id).first() if actor.person_id else None
    if row is not None:
        with transaction.atomic():
            event = Event(kind="meetings.feed_closed", model="meetings.feedkey", object_id=row.pk, changes={})
            append_events(actor, [event])
            row.delete()


def note(actor: Actor, row: Meeting, kind: str, changes: dict[str, Any]) -> None:
    """An event in the history of a meeting."""
    event = Event(
        kind=kind, entry_id=row.entry_id, model=Meeting._meta.label_lower, object_id=row.pk, changes=changes
    )
    append_events(actor, [event])
