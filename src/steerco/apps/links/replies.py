"""A mail that comes back becomes a comment: of the person it was sent to, about the entry it was about, once."""

import hashlib
from datetime import timedelta
from enum import StrEnum

from django.db import transaction

from steerco.apps.followups.links import actor_without_account, may_see
from steerco.apps.followups.models import FollowUp
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.links.models import Reply
from steerco.apps.links.services import may_comment, write_comment
from steerco.apps.notices.replies import Addressed, addressed
from steerco.apps.people.models import Person
from steerco.exchange.mails import Letter, Unreadable, read_letter
from steerco.kit import clock
from steerco.kit.permissions import Actor, Via

MOST_AN_HOUR = 30  # comments of one person by mail: more is a loop, not a person


class Outcome(StrEnum):
    """What became of a mail."""

    ADDED = "added"
    AGAIN = "taken before"
    AUTOMATIC = "sent by a machine"
    UNKNOWN = "not addressed to anything here"
    NOT_THEIRS = "not sent from the address that it was made for"
    HIDDEN = "about something that they may not comment on now"
    EMPTY = "nothing but quotes"
    TOO_MANY = "too many in an hour"
    UNREADABLE = "not readable"


def take_reply(raw: bytes) -> Outcome:
    """Take one mail; what became of it. Whatever is not a person's own answer to us changes nothing."""
    try:
        letter = read_letter(raw)
    except Unreadable:
        return Outcome.UNREADABLE
    if letter.is_automatic:
        return Outcome.AUTOMATIC
    found = next((known for address in letter.recipients if (known := addressed(address))), None)
    if found is None:
        return Outcome.UNKNOWN
    if letter.sender not in _addresses(found.person):
        return Outcome.NOT_THEIRS
    return _add(letter, found, hashlib.sha256((letter.message_id or "").encode() or raw).hexdigest())


def _addresses(person: Person) -> set[str]:
    return {person.email.lower(), *({person.user.email.lower()} if person.user else set())}


def _add(letter: Letter, found: Addressed, digest: str) -> Outcome:
    if not letter.text:
        return Outcome.EMPTY
    actor = _actor(found.person)
    entry = _entry(actor, found)
    if entry is None:
        return Outcome.HIDDEN
    since = clock.now() - timedelta(hours=1)
    if Reply.objects.filter(person=found.person, at__gte=since).count() >= MOST_AN_HOUR:
        return Outcome.TOO_MANY
    with transaction.atomic():
        _reply, made = Reply.objects.get_or_create(
            digest=digest, defaults={"person": found.person, "entry": entry, "at": clock.now()}
        )
        if not made:
            return Outcome.AGAIN
        write_comment(actor.acting_for(None, "mail"), entry, letter.text, by_debt=True)
    return Outcome.ADDED


def _actor(person: Person) -> Actor:
    """The actor that the person is now; without an account, somebody who holds their parties and nothing more."""
    if person.user is not None:
        return actor_for(person.user, Via.LINK)
    return actor_without_account(person)


def _entry(actor: Actor, found: Addressed) -> Entry | None:
    """The entry, if the person may comment on it now: by right, as its owner, or because they are asked about it."""
    entry = Entry.objects.exclude(state_group=StateGroup.DELETED).filter(pk=found.entry_id).first()
    if entry is None or not may_see(actor, entry):
        return None
    asked = FollowUp.objects.filter(entry=entry, state=FollowUp.State.OPEN, debtor__in=actor.parties)
    return entry if may_comment(actor, entry) or asked.exists() else None
