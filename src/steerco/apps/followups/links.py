"""Doors from a mail to one follow-up: for one person, for some weeks, until it is answered or revoked.

The address is derived from the link's row and the installation's secret, so that neither the database nor a log of
mails alone opens anything. A wrong, used, expired or revoked address answers like one that never was.
"""

import re
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from steerco.apps.followups.models import AnswerLink, FollowUp, new_nonce
from steerco.apps.followups.standing_in import has_left
from steerco.apps.initiatives.models import Entry, Holding, Restriction
from steerco.apps.initiatives.policy import SPEAK
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.permissions import Actor, Via

LIFETIME = timedelta(days=30)
TOKEN = re.compile(r"(\d{1,12})-([0-9a-f]{40})")


def address_for(follow_up: FollowUp, person: Person) -> str:
    """The path at which `person` answers `follow_up` without signing in.

    A second call gives the same one and lets it live on; one that was shut stays shut, and another takes its place.
    """
    now = clock.now()
    with transaction.atomic():
        link, made = AnswerLink.objects.get_or_create(
            follow_up=follow_up, person=person, defaults={"created_at": now, "expires_at": now + LIFETIME}
        )
        if not made and follow_up.state == FollowUp.State.OPEN:
            if link.revoked_at or link.used_at:
                link.nonce, link.created_at, link.revoked_at, link.used_at = new_nonce(), now, None, None
            link.expires_at = max(link.expires_at, now + LIFETIME)
            link.save()
    return reverse("followups:link", args=[_token(link)])


def _token(link: AnswerLink) -> str:
    value = f"{link.pk}:{link.nonce}:{link.follow_up_id}:{link.person_id}"
    return f"{link.pk}-{salted_hmac('steerco.followups.link', value, algorithm='sha256').hexdigest()[:40]}"


def link_at(token: str) -> AnswerLink | None:
    """The link with this address, if it opens: not used, revoked or expired, its person still owing and seeing it."""
    parts = TOKEN.fullmatch(token)
    if parts is None:
        return None
    rows = AnswerLink.objects.select_related("follow_up__entry__initiative", "person__party")
    link = rows.filter(pk=int(parts[1])).first()
    if link is None or not constant_time_compare(_token(link), token):
        return None
    return link if may_open(link) else None


def may_open(link: AnswerLink) -> bool:
    """Whether the link opens: not used, revoked or expired, its person still owing and seeing it."""
    if link.used_at or link.revoked_at or link.expires_at <= clock.now() or has_left(link.person):
        return False
    follow_up, actor = link.follow_up, actor_of_link(link)
    is_owed = follow_up.state == FollowUp.State.OPEN and follow_up.debtor_id in actor.parties
    return is_owed and may_see(actor, follow_up.entry)


def actor_of_link(link: AnswerLink) -> Actor:
    """Somebody who came through a link: no account and no rights but to answer what they owe."""
    return actor_without_account(link.person)


def actor_without_account(person: Person) -> Actor:
    """The parties that the person holds today, and no rights."""
    parties = {person.party_id}
    if person.leaves is None or person.leaves >= clock.today():
        held = Holding.objects.filter(Holding.in_force(), person=person)
        parties |= set(held.values_list("post__party", flat=True))
        seats = held.filter(post__body__isnull=False, post__role__in=sorted(SPEAK))
        parties |= set(seats.values_list("post__body", flat=True))
    return Actor(
        user_id=None, label=person.name, via=Via.LINK, parties=frozenset(parties), person_id=person.pk
    )


def may_see(actor: Actor, entry: Entry) -> bool:
    """Whether a restriction lets one of the actor's parties know of `entry`."""
    if entry.restricted_by_id is None or entry.owner_id in actor.parties:
        return True
    return Restriction.objects.filter(entry=entry.restricted_by_id, party__in=actor.parties).exists()
