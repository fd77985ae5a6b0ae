"""What somebody still has: records, posts, initiatives, what they owe and await, doors from mails, shared lists."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from steerco.apps.followups.models import AnswerLink, FollowUp
from steerco.apps.initiatives.models import Entry, Holding, Initiative
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.initiatives.work import work_registers
from steerco.apps.people.leaving import SOON
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.saved import shared_views_of

ALIVE = (StateGroup.OPEN, StateGroup.PENDING)


@dataclass
class Belongings:
    """What one person has in one initiative (None: outside of all)."""

    initiative: Initiative | None
    records: dict[str, int] = field(default_factory=dict)  # by register
    posts: list[Holding] = field(default_factory=list)
    leads: bool = False
    sponsors: bool = False
    owes: int = 0
    awaits: int = 0

    @property
    def count(self) -> int:
        """How many things."""
        runs = int(self.leads) + int(self.sponsors)
        return sum(self.records.values()) + len(self.posts) + runs + self.owes + self.awaits


@dataclass(frozen=True)
class Leaver:
    """Somebody who leaves or left, with how much is still theirs."""

    person: Person
    records: int
    posts: int
    owes: int

    @property
    def has_left(self) -> bool:
        """Whether they are gone."""
        return self.person.leaves is not None and self.person.leaves < clock.today()

    @property
    def count(self) -> int:
        """How many things."""
        return self.records + self.posts + self.owes


def owned_by(actor: Actor, person: Person) -> QuerySet[Entry]:
    """The records that are open and the person's, as far as the actor sees them."""
    keys = [register.key for register in work_registers()]
    rows = Entry.objects.visible_to(actor).filter(owner=person.party_id, register__in=keys)
    return rows.filter(state_group__in=ALIVE)


def held_by(person: Person) -> QuerySet[Holding]:
    """The posts that the person holds now or will."""
    rows = Holding.objects.filter(person=person).filter(Q(ends=None) | Q(ends__gte=clock.today()))
    return rows.select_related("post__initiative")


def belongings(actor: Actor, person: Person) -> list[Belongings]:
    """What the person has, by initiative in the order of names, as far as the actor sees it."""
    found: dict[int | None, Belongings] = {}
    seen = Initiative.objects.visible_to(actor)
    places: dict[int | None, Initiative | None] = {None: None}

    def at(pk: int | None) -> Belongings:
        return found.setdefault(pk, Belongings(places.get(pk)))

    records = owned_by(actor, person).order_by().values_list("initiative", "register").annotate(n=Count("pk"))
    owed = _follow_ups(actor, "debtor", person)
    awaited = _follow_ups(actor, "creditor", person)
    posts = list(held_by(person))
    runs = list(seen.filter(Q(lead=person.party_id) | Q(sponsor=person.party_id)))
    ids = {pk for pk, _key, _n in records} | set(owed) | set(awaited) | {h.post.initiative_id for h in posts}
    places |= seen.in_bulk([pk for pk in ids | {row.pk for row in runs} if pk])
    for pk, key, n in records:
        at(pk).records[key] = n
    for holding in posts:
        if holding.post.initiative_id in places:
            at(holding.post.initiative_id).posts.append(holding)
    for row in runs:
        at(row.pk).leads = row.lead_id == person.party_id
        at(row.pk).sponsors = row.sponsor_id == person.party_id
    for counts, name in ((owed, "owes"), (awaited, "awaits")):
        for pk, n in counts.items():
            setattr(at(pk), name, n)
    return sorted(
        found.values(), key=lambda b: (b.initiative is None, (b.initiative and b.initiative.sort_name) or "")
    )


def _follow_ups(actor: Actor, role: str, person: Person) -> dict[int | None, int]:
    rows = visible_to(FollowUp.objects.filter(state=FollowUp.State.OPEN, **{role: person.party_id}), actor)
    return dict(rows.order_by().values_list("entry__initiative").annotate(n=Count("pk")))


def open_doors(person: Person) -> int:
    """How many doors from mails are open for the person."""
    rows = AnswerLink.objects.filter(person=person, used_at=None, revoked_at=None)
    return rows.filter(expires_at__gt=clock.now()).count()


def shared_views(person: Person) -> int:
    """How many lists the person shares with everybody."""
    return shared_views_of(person.user_id).count() if person.user_id else 0


def leavers(actor: Actor) -> list[Leaver]:
    """Those who left or leave within two months and still have something, who leaves first first."""
    people = Person.objects.visible_to(actor).filter(leaves__isnull=False, leaves__lte=clock.today() + SOON)
    people = people.order_by("leaves", "party__sort_name", "pk")
    by_party = {person.party_id: person for person in people}
    keys = [register.key for register in work_registers()]
    owned = Entry.objects.visible_to(actor).filter(
        owner__in=by_party, register__in=keys, state_group__in=ALIVE
    )
    records = dict(owned.order_by().values_list("owner").annotate(n=Count("pk")))
    owed_rows = visible_to(FollowUp.objects.filter(state=FollowUp.State.OPEN, debtor__in=by_party), actor)
    owed = dict(owed_rows.order_by().values_list("debtor").annotate(n=Count("pk")))
    posts: dict[int, int] = defaultdict(int)
    held = Holding.objects.visible_to(actor).filter(person__in=by_party.values())
    for party in held.filter(Q(ends=None) | Q(ends__gte=clock.today())).values_list(
        "person__party", flat=True
    ):
        posts[party] += 1
    found = [Leaver(p, records.get(pk, 0), posts.get(pk, 0), owed.get(pk, 0)) for pk, p in by_party.items()]
    return [leaver for leaver in found if leaver.count]


def still_has(actor: Actor) -> Q:
    """The condition on people that they have something of what `leavers` counts."""
    keys = [register.key for register in work_registers()]
    owned = Entry.objects.visible_to(actor).filter(
        owner=OuterRef("party"), register__in=keys, state_group__in=ALIVE
    )
    owed = visible_to(FollowUp.objects.filter(state=FollowUp.State.OPEN, debtor=OuterRef("party")), actor)
    held = Holding.objects.visible_to(actor).filter(person=OuterRef("pk"))
    held = held.filter(Q(ends=None) | Q(ends__gte=clock.today()))
    return Q(Exists(owned.order_by())) | Q(Exists(owed.order_by())) | Q(Exists(held.order_by()))
