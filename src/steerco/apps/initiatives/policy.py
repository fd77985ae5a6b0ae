"""Who sees and may do what: the scope protocol of `kit.permissions` on the tree.

Rights come from posts: a post's role gives actions on its initiative and all below it, or on the whole organisation.
Members of staff read everything that is not restricted (a setting). A restriction, on an initiative with all below
it or on one entry, leaves only the people named: the nearest restriction decides. Being named on a record (its
owner, or a reader of its restriction) shows that record.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from steerco.apps.access.models import User
from steerco.apps.access.roles import ROLES, roles_giving
from steerco.apps.initiatives.models import Ancestry, Entry, Holding, Initiative, Restriction
from steerco.apps.organisation.selectors import organisation
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.once import once_per_request
from steerco.kit.permissions import Access, Actor, Via

M = TypeVar("M", bound=Model)

# Reach of up to so many ids is written into the statement: both databases then answer "named, or inside" out of two
# indexes, or stop early in the order of the list. Measured for a portfolio of 500 initiatives among 100,000 risks,
# first page: PostgreSQL 8 ms against 177 ms with a union of subqueries, SQLite 21 ms against 44 ms.
FEW = 2000


SPEAK = frozenset({"chair", "secretary"})  # who is asked what a body is asked; its members read what it reads


@dataclass
class Standing:
    """What an actor holds now: (role, initiative id or None for the organisation) pairs, and what follows."""

    roles: list[tuple[str, int | None]] = field(default_factory=list)
    is_staff: bool = False
    reads_all: bool = False
    restrictions: frozenset[int] = frozenset()  # restricting entries that name a party of the actor
    named: frozenset[int] = frozenset()  # restricted entries that the actor owns

    def places(self, action: str) -> frozenset[int | None]:
        """Where the roles give `action`; None in it means everywhere."""
        giving = roles_giving(action)
        return frozenset(place for role, place in self.roles if role in giving)


def actor_for(user: User, via: Via, *, request_id: str = "", scopes: list[str] | None = None) -> Actor:
    """The actor that a signed-in user is at this moment."""
    person = Person.objects.filter(user=user).select_related("party").first()
    parties: set[int] = set()
    standing = Standing()
    if person and user.is_active and (person.leaves is None or person.leaves >= clock.today()):
        held = Holding.objects.filter(Holding.in_force(), person=person).values_list(
            "post__party_id", "post__role", "post__initiative_id", "post__body_id"
        )
        rows = list(held)
        bodies = {body for *_, body in rows if body}
        speaking = {body for _, role, _, body in rows if body and role in SPEAK}
        parties = {person.party_id, *(party for party, *_ in rows), *speaking}
        standing.roles = [(role, place) for _, role, place, _ in rows]
        standing.is_staff = person.engagement != Person.Engagement.EXTERNAL
        standing.reads_all = (standing.is_staff and organisation().staff_read_all) or None in standing.places(
            "record.view"
        )
        standing.restrictions = frozenset(
            Restriction.objects.filter(party__in=parties | bodies).values_list("entry", flat=True)
        )
        standing.named = frozenset(
            Entry.objects.filter(owner__in=parties, restricted_by__isnull=False).values_list("pk", flat=True)
        )
    return Actor(
        user_id=user.pk if user.is_active else None,
        label=person.name if person else user.email,
        via=via,
        parties=frozenset(parties),
        person_id=person.pk if person else None,
        request_id=request_id,
        scopes=frozenset(scopes) if scopes is not None else None,
        cache={"standing": standing},
    )


def standing_of(actor: Actor) -> Standing:
    """What `actor` holds; nothing for an actor that was not made from a user."""
    standing = actor.cache.get("standing")
    return standing if isinstance(standing, Standing) else Standing()


class InitiativePolicy:
    """The policy. See the module's docstring."""

    def filter(self, queryset: QuerySet[M], actor: Actor, access: Access) -> QuerySet[M]:
        """The rows that `actor` may read."""
        if access.rule == "internal":
            raise LookupError(f"{queryset.model.__name__} is reached through its parent only")
        if actor.trusted:
            return queryset
        if not actor.is_authenticated or (
            actor.scopes is not None and access.view not in actor.scopes | {""}
        ):
            return queryset.none()
        standing = standing_of(actor)
        match access.rule:
            case "own":
                return queryset.filter(**{access.owner: actor.user_id})
            case "staff":
                return queryset if standing.is_staff or standing.roles else self._met(queryset, actor)
            case "office":
                return queryset if None in standing.places(access.view) else queryset.none()
            case _:
                return self._scoped(queryset, standing, actor, access)

    def _met(self, queryset: QuerySet[M], actor: Actor) -> QuerySet[M]:
        """An outsider knows of people and parties only themselves."""
        model = queryset.model.__name__
        if model == "Person":
            return queryset.filter(pk=actor.person_id)
        if model == "Party":
            return queryset.filter(pk__in=actor.parties)
        return queryset.none()

    def _scoped(self, queryset: QuerySet[M], standing: Standing, actor: Actor, access: Access) -> QuerySet[M]:
        places = standing.places(access.view)
        # That staff read everything says nothing of what needs more than reading.
        reads_all = standing.reads_all and access.view in ROLES["viewer"].actions | {""}
        everywhere = reads_all or None in places
        covered = Q()
        if access.restricted_by:
            covered = Q(**{f"{access.restricted_by}__isnull": True})
            if standing.restrictions:
                covered |= Q(**{f"{access.restricted_by}__in": standing.restrictions})
        if everywhere:
            if access.entry and standing.named:
                covered |= Q(**{f"{access.entry}__in": standing.named})
            return queryset.filter(covered)
        below = _below(frozenset(p for p in places if p is not None))
        inside = Q(**{f"{access.scope}__in": below})
        if not access.entry:
            return queryset.filter(inside & covered)
        named = _named(actor.parties, standing.restrictions)
        if isinstance(below, list) and isinstance(named, list):
            return queryset.filter(Q(**{f"{access.entry}__in": named}) | (inside & covered))
        # Many ids stay subqueries, as a union of entry ids: an OR of subqueries reads the whole table.
        reach = queryset.model._default_manager.filter(inside & covered).order_by().values(access.entry)
        entries = _named_entries(actor.parties, standing.restrictions).values("pk").union(reach)
        return queryset.filter(**{f"{access.entry}__in": entries})

    def allows(self, actor: Actor, action: str, target: Any) -> bool:
        """Whether a role of `actor` gives `action` at `target` and no restriction keeps the actor out."""
        standing = standing_of(actor)
        places = standing.places(action)
        initiative_id, restricted_by, entry_id = _reach(target)
        if restricted_by is not None and not (
            restricted_by in standing.restrictions or entry_id in standing.named
        ):
            return False
        if None in places:
            return True
        if initiative_id is None:
            return False
        if action in {"initiative.view", "record.view"} and standing.reads_all:
            return True
        if (
            action in {"record.edit", "record.transition"}
            and getattr(target, "owner_id", None) in actor.parties
        ):
            return True
        return bool(places) and not places.isdisjoint(ancestors_of(actor, initiative_id))

    def allows_anywhere(self, actor: Actor, action: str) -> bool:
        """Whether any role gives `action`."""
        standing = standing_of(actor)
        return bool(standing.places(action)) or (standing.reads_all and action in ROLES["viewer"].actions)

    def reach(self, actor: Actor) -> Hashable:
        """Posts, restrictions that let the actor in, restricted entries of their own; of who does not read
        everything, also whom they are: being named shows a record. What is below a place stands in the database.
        """
        standing = standing_of(actor)
        return (
            actor.is_authenticated,
            frozenset(standing.roles),
            standing.is_staff,
            standing.reads_all,
            standing.restrictions,
            standing.named,
            None if standing.reads_all else (actor.user_id, actor.parties),
        )

    def read_ahead(self, actor: Actor, targets: Sequence[Any]) -> None:
        """The ancestors of every target's initiative, in one query; none are asked of who holds posts everywhere."""
        if all(place is None for _role, place in standing_of(actor).roles):
            return
        known: dict[int, frozenset[int]] = actor.cache.setdefault("ancestors", {})
        wanted = {_reach(target)[0] for target in targets} - known.keys() - {None}
        above: dict[int, set[int]] = {pk: set() for pk in wanted if pk is not None}
        pairs = Ancestry.objects.filter(descendant__in=above).values_list("descendant", "ancestor")
        for descendant, ancestor in pairs:
            above[descendant].add(ancestor)
        known |= {pk: frozenset(ancestors) for pk, ancestors in above.items()}


@once_per_request
def _below(places: frozenset[int]) -> list[int] | QuerySet[Ancestry, Any]:
    """The ids of `places` and of everything below them; as a subquery where there are many."""
    rows = Ancestry.objects.filter(ancestor__in=places).values_list("descendant", flat=True)
    ids = list(rows[: FEW + 1]) if places else []
    return ids if len(ids) <= FEW else rows


@once_per_request
def _named(parties: frozenset[int], restrictions: frozenset[int]) -> list[int] | None:
    """The ids of the entries that name one of `parties`; None where there are many."""
    ids = list(_named_entries(parties, restrictions).values_list("pk", flat=True)[: FEW + 1])
    return ids if len(ids) <= FEW else None


def _named_entries(parties: frozenset[int], restrictions: frozenset[int]) -> QuerySet[Entry]:
    """Owned by one of `parties`, or under a restriction that lets them read."""
    owned = Q(owner__in=parties)
    rows = (
        Entry.objects.filter(owned | Q(restricted_by__in=restrictions))
        if restrictions
        else Entry.objects.filter(owned)
    )
    return rows.order_by()


def _reach(target: Any) -> tuple[int | None, int | None, int | None]:
    """(initiative id, restricting entry id, own entry id) of an initiative, a record or an entry; None: nothing."""
    if target is None:
        return None, None, None
    if isinstance(target, Initiative):
        return target.pk, target.restricted_by_id, target.entry_id
    if isinstance(target, Entry):
        return target.initiative_id, target.restricted_by_id, target.pk
    initiative = getattr(target, "initiative", None)
    restricted_by = getattr(target, "restricted_by_id", None)
    if restricted_by is None and initiative is not None:
        restricted_by = initiative.restricted_by_id
    return getattr(target, "initiative_id", None), restricted_by, getattr(target, "entry_id", None)


def led_places(actor: Actor) -> frozenset[int]:
    """The initiatives that the actor leads: by a post that decides there, or named as the one who runs it."""
    places = standing_of(actor).places("record.decide")
    named = Initiative.objects.filter(lead__in=actor.parties).values_list("pk", flat=True)
    return frozenset(place for place in places if place is not None) | frozenset(named)


def leads(actor: Actor, initiative_id: int | None) -> bool:
    """Whether the actor leads the initiative or one above it."""
    return initiative_id is not None and not led_places(actor).isdisjoint(ancestors_of(actor, initiative_id))


def ancestors_of(actor: Actor, initiative_id: int) -> frozenset[int]:
    """The initiative and all above it; read once per actor."""
    known: dict[int, frozenset[int]] = actor.cache.setdefault("ancestors", {})
    if initiative_id not in known:
        above = Ancestry.objects.filter(descendant=initiative_id).values_list("ancestor", flat=True)
        known[initiative_id] = frozenset(above)
    return known[initiative_id]


def know_parent(actor: Actor, initiative: Initiative) -> None:
    """Take what is above an initiative's parent from what is known of the initiative: asking of the level above
    needs no query of its own."""
    known: dict[int, frozenset[int]] = actor.cache.setdefault("ancestors", {})
    if initiative.parent_id is not None and initiative.pk in known:
        known.setdefault(initiative.parent_id, known[initiative.pk] - {initiative.pk})
