"""Who answers where nobody does: for a leaver the manager at once, for a vacant post the sponsor after two days."""

from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from steerco.apps.followups.models import FollowUp
from steerco.apps.initiatives.models import Holding
from steerco.apps.notices.models import WORKING_DAYS
from steerco.apps.notices.working_time import add_working_days, working_days_between
from steerco.apps.people.models import Party, Person
from steerco.kit import clock
from steerco.kit.permissions import Actor, visible_to

VACANT_AFTER = 2  # working days after which what a vacant post owes falls to the sponsor


def supervisor_of(follow_up: FollowUp, day: date) -> int | None:
    """The party that stands in on `day` for a debtor whom nobody holds: of the initiative the manager, for somebody
    who left, or the sponsor, for a post that has been vacant since it was asked; None: nobody (yet)."""
    initiative = follow_up.entry.initiative
    if initiative is None:
        return None
    if follow_up.debtor.kind == Party.Kind.PERSON:
        found = initiative.lead_id or initiative.sponsor_id
        return initiative.sponsor_id if found == follow_up.debtor_id else found
    asked = timezone.localdate(follow_up.asked_at)
    return initiative.sponsor_id if working_days_between(asked, day) >= VACANT_AFTER else None


def stood_in_for(actor: Actor) -> Q:
    """The follow-ups for whose debtors the actor stands in today."""
    day = clock.today()
    lead, sponsor = "entry__initiative__lead", "entry__initiative__sponsor"
    parties = actor.parties
    left = Q(debtor__person__leaves__lt=day) & (
        Q(**{f"{lead}__in": parties}) | Q(**{lead: None, f"{sponsor}__in": parties})
    )
    held = Holding.objects.filter(Holding.in_force(day)).exclude(person__leaves__lt=day)
    vacant = Q(debtor__kind=Party.Kind.POST, asked_at__date__lt=_vacant_since(day)) & ~Q(
        debtor__in=held.values("post__party")
    )
    rows = visible_to(FollowUp.objects.filter(state=FollowUp.State.OPEN), actor).exclude(debtor__in=parties)
    found = rows.filter(left | (vacant & Q(**{f"{sponsor}__in": parties})))
    return Q(pk__in=list(found.values_list("pk", flat=True)))


def _vacant_since(day: date) -> date:
    """What was asked before this day has been waiting for VACANT_AFTER working days on `day`."""
    while str(day.isoweekday()) not in WORKING_DAYS:
        day -= timedelta(days=1)
    return add_working_days(day, 1 - VACANT_AFTER)


def has_left(person: Person) -> bool:
    """Whether somebody does not work here any more."""
    return person.leaves is not None and person.leaves < clock.today()
