"""The ladder: workstream, project, programme, portfolio, with who receives what at each rung."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from steerco.apps.escalation.models import DecisionRight
from steerco.apps.initiatives.models import Ancestry, Initiative, Post
from steerco.apps.people.models import Party
from steerco.kit import clock


@dataclass(frozen=True)
class Place:
    """A level: who runs it and who sponsors it, as party ids."""

    pk: int
    parent: int | None
    lead: int | None
    sponsors: tuple[int, ...] = ()


@dataclass(frozen=True)
class Step:
    """Where something goes: the level, and the party there that is asked."""

    to: int
    receiver: int


class Ladder:
    """The levels, whatever anybody may see, and the boards by level (None: the organisation's)."""

    def __init__(self, places: Iterable[Place], boards: dict[int | None, tuple[int, ...]]) -> None:
        self.places = {place.pk: place for place in places}
        self.boards = boards

    @classmethod
    def load(cls, initiative: Initiative | None = None, day: date | None = None) -> "Ladder":
        """The whole tree, or what stands above one initiative, itself included. Three queries."""
        rows, posts = Initiative.objects.all(), Post.objects.filter(role="sponsor", initiative__isnull=False)
        rights = DecisionRight.objects.filter(
            DecisionRight.in_force(day or clock.today()), party__kind=Party.Kind.BODY
        )
        if initiative is not None:
            chain = Ancestry.objects.filter(descendant=initiative).values("ancestor")
            rows, posts = rows.filter(pk__in=chain), posts.filter(initiative__in=chain)
            rights = rights.filter(Q(initiative__in=chain) | Q(initiative=None))
        sponsors: dict[int, list[int]] = {}
        found = list(rows.order_by().values_list("pk", "parent", "lead", "sponsor"))
        for pk, _parent, _lead, sponsor in found:
            sponsors[pk] = [sponsor] if sponsor else []
        for pk, party in posts.order_by("pk").values_list("initiative", "party"):
            if pk is not None:
                sponsors.setdefault(pk, []).append(party)
        boards: dict[int | None, list[int]] = {}
        for where, party in rights.order_by("pk").values_list("initiative", "party"):
            boards.setdefault(where, []).append(party)
        places = [
            Place(pk, parent, lead, tuple(dict.fromkeys(sponsors[pk])))
            for pk, parent, lead, _sponsor in found
        ]
        return cls(places, {pk: tuple(dict.fromkeys(parties)) for pk, parties in boards.items()})

    def chain(self, pk: int) -> list[Place]:
        """The level and everything above it, nearest first."""
        found = []
        place = self.places.get(pk)
        while place is not None:
            found.append(place)
            place = self.places.get(place.parent) if place.parent is not None else None
        return found

    def depth(self, pk: int) -> int:
        """How many levels stand above; 0 at the top."""
        return len(self.chain(pk)) - 1

    def top(self, pk: int) -> int:
        """The level at the top."""
        return self.chain(pk)[-1].pk

    def leads(self, pk: int) -> tuple[int, ...]:
        """Who runs it; without anybody, who runs the nearest level above."""
        return next(((place.lead,) for place in self.chain(pk) if place.lead), ())

    def sponsors(self, pk: int) -> tuple[int, ...]:
        """Its sponsors; without any, those of the nearest level above."""
        return next((place.sponsors for place in self.chain(pk) if place.sponsors), ())

    def board(self, pk: int) -> tuple[int, ...]:
        """The bodies with a decision right at the nearest level; without any, the sponsors of the levels above."""
        above = [place.pk for place in self.chain(pk)]
        for level in (*above, None):
            if self.boards.get(level):
                return self.boards[level]
        higher = next((place.sponsors for place in self.chain(pk)[1:] if place.sponsors), ())
        return higher or self.sponsors(pk)

    def level_of(self, party: int, origin: int, where: int) -> int:
        """At which level above `origin` a party stands that set something on `where`: the nearest that it runs or
        sponsors, else the one above `where`."""
        for place in self.chain(origin)[1:]:
            if party == place.lead or party in place.sponsors:
                return place.pk
        found = self.places.get(where)
        return found.parent if found and found.parent else where

    def next_step(self, pk: int, avoid: Collection[int] = ()) -> Step | None:
        """The next rung above a level: whoever runs it, else its sponsor; at the top the sponsor. None: it ends here.

        Parties in `avoid` are passed over: nobody escalates to themselves, or twice to the same.
        """
        for place in self.chain(pk)[1:]:
            for party in ((place.lead,) if place.lead else ()) + place.sponsors:
                if party not in avoid:
                    return Step(place.pk, party)
        chain = self.chain(pk)
        last = chain[-1] if chain else None
        rest = [party for party in last.sponsors if party not in avoid] if last else []
        return Step(last.pk, rest[0]) if last and rest else None

    def steps(self, pk: int, avoid: Collection[int] = ()) -> list[Step]:
        """Every rung above a level that somebody may be asked at: its sponsor, those who run and sponsor the levels
        above, the board."""
        chain = self.chain(pk)
        found = [
            Step(place.pk, party)
            for place in chain[1:]
            for party in ((place.lead,) if place.lead else ()) + place.sponsors[:1]
        ]
        if chain:
            own = [Step(chain[0].parent or pk, party) for party in self.sponsors(pk)[:1]]
            found = [*found[:1], *own, *found[1:]]
            found += [Step(self.level_of(party, pk, chain[-1].pk), party) for party in self.board(pk)]
        first: dict[int, Step] = {}
        for step in found:
            if step.receiver not in avoid:
                first.setdefault(step.receiver, step)
        return list(first.values())
