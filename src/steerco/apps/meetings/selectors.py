"""Reads of meetings: one with its agenda as a reader sees it, the year of the bodies of a place, one's own."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from steerco.apps.escalation.deciding import may_record
from steerco.apps.escalation.papers import Paper
from steerco.apps.governance.models import Body
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.initiatives.records import rows_of
from steerco.apps.meetings.agenda import digest, items_of
from steerco.apps.meetings.models import Attendee, FeedKey, Item, Meeting
from steerco.apps.organisation.selectors import organisation
from steerco.apps.people.models import Person
from steerco.exchange.icalendar import Guest, Happening
from steerco.kit import clock
from steerco.kit.permissions import Actor, Via

TOKEN = re.compile(r"(\d{1,12})-([0-9a-f]{40})")
FEED_BACK, FEED_AHEAD = timedelta(days=90), timedelta(days=550)
ANSWERS = {"yes": "ACCEPTED", "no": "DECLINED", "maybe": "TENTATIVE"}
HELD = ("held", "issued", "approved")


def visible(actor: Actor) -> QuerySet[Meeting]:
    """The meetings that the actor may read."""
    rows = Meeting.objects.filter(deleted=False).visible_to(actor)
    return rows.select_related("initiative", "owner", "body__party", "body__initiative", "chair", "entry")


def find_meeting(actor: Actor, pk: int) -> Meeting | None:
    """One of them."""
    return visible(actor).filter(pk=pk).first()


def find_body(actor: Actor, pk: int) -> Body | None:
    """A body that the actor may read."""
    return Body.objects.visible_to(actor).select_related("initiative", "party").filter(pk=pk).first()


@dataclass(frozen=True)
class Line:
    """An item of the agenda as a reader sees it: `begins` in minutes after the start."""

    item: Item
    title: str
    url: str
    begins: int
    is_beyond: bool
    verdicts: list[tuple[str, str]]
    digest: str


def agenda(actor: Actor, row: Meeting) -> list[Line]:
    """The agenda of a meeting, without what the actor may not read."""
    items = items_of(actor, row)
    about = rows_of([one.entry for one in items if one.entry])
    lines, begins = [], 0
    for one in items:
        title, url, verdicts = one.title, "", []
        if one.entry_id and one.entry_id in about:
            register, found = about[one.entry_id]
            title, url = register.title(found), register.url(found)
            if isinstance(found, Paper) and may_record(actor, found):
                verdicts = [(v.key, str(v.label)) for v in found.verdicts() if not v.back]
        ends = begins + one.minutes
        lines.append(Line(one, title, url, begins, ends > row.minutes, verdicts, digest(one.text)))
        begins = ends
    return lines


@dataclass(frozen=True)
class Quorum:
    """How many members have to be there, and how many are, or say that they come."""

    needed: int
    there: int

    @property
    def is_met(self) -> bool:
        """Whether enough of them are."""
        return self.there >= self.needed


def quorum(row: Meeting, attendees: list[Attendee]) -> Quorum | None:
    """The quorum of a meeting of a body that has one: before it by the answers, then by who was there."""
    if row.body is None or not row.body.quorum:
        return None
    members = [one for one in attendees if one.seat]
    if row.state in HELD or any(one.presence for one in members):
        there = sum(one.presence in ("present", "represented") for one in members)
    else:
        there = sum(one.reply == "yes" for one in members)
    return Quorum(row.body.quorum, there)


def attendees_of(row: Meeting) -> list[Attendee]:
    """Who is asked to come: the chair first, then the seats, then everybody else."""
    order = {"chair": 0, "secretary": 1, "member": 2}
    found = list(row.attendees.select_related("person"))
    return sorted(found, key=lambda one: (order.get(one.seat, 3), not one.required, one.pk))


@dataclass(frozen=True)
class Month:
    """The meetings of one month."""

    first: date
    meetings: list[Meeting]


def months(actor: Actor, place: Initiative | None, first: date, count: int = 12) -> list[Month]:
    """The meetings at `place` and below (None: everywhere), month by month from the month of `first` on."""
    start = first.replace(day=1)
    number = start.year * 12 + start.month - 1
    starts = [date((number + n) // 12, (number + n) % 12 + 1, 1) for n in range(count + 1)]
    rows = visible(actor).filter(day__gte=starts[0], day__lt=starts[-1])
    if place is not None:
        rows = rows.filter(initiative__above__ancestor=place.pk)
    found: dict[date, list[Meeting]] = defaultdict(list)
    for row in rows.order_by("day", "begins", "pk")[:2000]:
        found[row.day.replace(day=1)].append(row)
    return [Month(one, found[one]) for one in starts[:-1]]


def own_meetings(actor: Actor, start: date, end: date | None = None) -> QuerySet[Meeting]:
    """The meetings to which the actor is asked and which they may read, from `start` on."""
    rows = visible(actor).filter(
        pk__in=Attendee.objects.filter(person=actor.person_id or 0).values("meeting")
    )
    rows = rows.filter(day__gte=start).exclude(state="draft")
    return (rows.filter(day__lte=end) if end else rows).order_by("day", "begins", "pk")


# -- calendars ----------------------------------------------------------------------------------------------------


def happening(row: Meeting, attendees: list[Attendee], *, guests: bool = True) -> Happening:
    """A meeting as programs for calendars take it."""
    host = settings.PUBLIC_URL.split("//")[-1].split("/")[0].split(":")[0] or "localhost"
    secretary = Person.objects.filter(party=row.owner_id).first() if row.owner_id else None
    if secretary is None:
        leads = [one for role in ("secretary", "chair") for one in attendees if one.seat == role]
        secretary = next((one.person for one in leads if one.person and one.person.email), None)
    organiser = Guest(secretary.name, secretary.email) if secretary and secretary.email else None
    url = settings.PUBLIC_URL.rstrip("/") + reverse("meetings:page", args=[row.pk])
    return Happening(
        uid=f"meeting-{row.pk}@{host}",
        starts=row.starts,
        minutes=row.minutes,
        title=row.title,
        stamped=row.changed_at,
        sequence=row.version,
        text="\n".join(part for part in (row.moved, row.link, url) if part),
        place=row.place,
        link=row.link or url,
        organiser=organiser,
        guests=tuple(_guest(one) for one in attendees if one.address) if guests else (),
        cancelled=row.state == "cancelled" or row.deleted,
    )


def _guest(one: Attendee) -> Guest:
    answer = ANSWERS.get(one.reply, "NEEDS-ACTION")
    return Guest(one.shown_name, one.address, one.required, answer, one.seat == "chair")


def feed_address(key: FeedKey) -> str:
    """The path of a person's own calendar: it opens without signing in, so nothing of it stands in the database."""
    return reverse("meetings:feed", args=[f"{key.pk}-{_secret(key)}"])


def _secret(key: FeedKey) -> str:
    return salted_hmac(
        "steerco.meetings.feed", f"{key.pk}:{key.nonce}:{key.person_id}", algorithm="sha256"
    ).hexdigest()[:40]


def feed_reader(token: str) -> Actor | None:
    """Who reads the calendar at this address, with the rights of this moment; None where it opens nothing."""
    parts = TOKEN.fullmatch(token)
    key = FeedKey.objects.select_related("person__user").filter(pk=int(parts[1])).first() if parts else None
    if parts is None or key is None or not constant_time_compare(_secret(key), parts[2]):
        return None
    person = key.person
    if person.user is None or not person.user.is_active or (person.leaves and person.leaves < clock.today()):
        return None
    return actor_for(person.user, Via.LINK)


def feed_of(actor: Actor) -> list[Happening]:
    """The meetings in the actor's own calendar, without the other guests."""
    today = clock.today()
    rows = own_meetings(actor, today - FEED_BACK, today + FEED_AHEAD)
    return [happening(row, [], guests=False) for row in rows[:1000]]


def feed_key(actor: Actor) -> FeedKey | None:
    """The key of the actor's own calendar."""
    return FeedKey.objects.filter(person=actor.person_id).first() if actor.person_id else None


def language_of(one: Attendee) -> str:
    """The language in which somebody is written to."""
    user = one.person.user if one.person else None
    return str(user.language if user and user.language else organisation().language)


def reader_of(one: Attendee) -> Actor | None:
    """The actor that somebody is who was asked; None for who has no account."""
    user: Any = one.person.user if one.person else None
    return actor_for(user, Via.JOB) if user else None
