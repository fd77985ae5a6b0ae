"""Posts and who holds them."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from steerco.apps.access.roles import ROLES, SEATS
from steerco.apps.initiatives.models import Holding, Initiative, Post
from steerco.apps.people.models import Party, Person
from steerco.apps.people.services import make_parties
from steerco.kit import clock
from steerco.kit.history import Write, save
from steerco.kit.permissions import Actor, require

# What the office keeps out of but gives with the posts that it fills; nobody gives it to themselves (`appoint`).
GIVEN_WITHOUT_HOLDING = frozenset({"stakeholder.attitude"})


def create_post(
    actor: Actor, initiative: Initiative | None, role: str, title: str = "", body: Party | None = None
) -> Post:
    """A new, vacant post. `initiative` None: for the whole organisation; `body`: as a seat of it. Raises Denied,
    Invalid."""
    require(actor, "initiative.appoint", initiative)
    title = title or str(ROLES[role].label)
    name = f"{title}, {initiative.name}" if initiative else title
    with transaction.atomic():
        party = make_parties(Party.Kind.POST, [name])[0]
        post = Post(party=party, initiative=initiative, role=role, title=title, body=body)
        save(actor, [Write(post)], kind="post.created")
    return post


def create_seats(actor: Actor, initiative: Initiative | None, body: Party) -> list[Post]:
    """The seats of a body: chair, secretary, member, all vacant. Raises Denied."""
    return [
        create_post(actor, initiative, role, f"{ROLES[role].label}: {body.name}"[:120], body)
        for role in SEATS
    ]


def seats_of(bodies: Sequence[int]) -> dict[int, dict[str, Post]]:
    """The seats of bodies (ids of their parties) by role. One query."""
    found: dict[int, dict[str, Post]] = {pk: {} for pk in bodies}
    for post in Post.objects.filter(body__in=bodies).order_by("-pk"):
        if post.body_id:
            found[post.body_id][post.role] = post
    return found


def appoint(
    actor: Actor,
    post: Post,
    person: Person,
    *,
    kind: str = Holding.Kind.HOLDER,
    starts: date | None = None,
    ends: date | None = None,
) -> Holding:
    """Make `person` hold `post`, from–to. Takes effect on the person's next request. Raises Denied, Invalid."""
    require(actor, "initiative.appoint", post.initiative)
    require_not_above_own(actor, post)
    if (
        person.pk == actor.person_id
    ):  # what the office may give others, such as deciding, nobody gives themselves
        for action in sorted(ROLES[post.role].actions):
            require(actor, action, post.initiative)
    holding = Holding(post=post, person=person, kind=kind, starts=starts, ends=ends)
    save(actor, [Write(holding)], kind="post.filled")
    return holding


def end_holding(actor: Actor, holding: Holding, on: date | None = None) -> None:
    """End a holding on a date (the last day; default: yesterday, so that it ends now). Raises Denied."""
    require(actor, "initiative.appoint", holding.post.initiative)
    last = on or date.fromordinal(clock.today().toordinal() - 1)
    if holding.starts and holding.starts > last:
        holding.starts = last
    holding.ends = last
    save(actor, [Write(holding, fields=frozenset({"starts", "ends"}))], kind="post.left")


def require_not_above_own(actor: Actor, post: Post) -> None:
    """Nobody gives a right that they do not hold there themselves. Raises Denied."""
    for action in sorted(ROLES[post.role].actions - GIVEN_WITHOUT_HOLDING):
        if action.split(".")[0] != "record" or action == "record.restrict":
            require(actor, action, post.initiative)
