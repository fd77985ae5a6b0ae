"""The people and posts behind accounts, for the pages of `access`."""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import QuerySet

from steerco.apps.access.models import User
from steerco.apps.initiatives.models import Holding
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.people.models import Person
from steerco.apps.people.services import write_people
from steerco.kit.fields import sort_key
from steerco.kit.history import Change
from steerco.kit.permissions import Actor


class PeopleOfAccounts:
    """Implements `access.accounts.AccountPeople`."""

    def names(self, user_ids: Iterable[int]) -> Mapping[int, str]:
        """Names by user."""
        return dict(Person.objects.filter(user__in=list(user_ids)).values_list("user", "name"))

    def posts(self, user_ids: Iterable[int]) -> Mapping[int, Sequence[str]]:
        """What each user holds at present: "Sponsor, Northwind City"."""
        held: dict[int, list[str]] = {}
        rows = Holding.objects.filter(Holding.in_force(), person__user__in=list(user_ids))
        for holding in rows.select_related("post__initiative", "person").order_by("pk"):
            place = holding.post.initiative
            words = f"{holding.post.title}, {place.name}" if place else holding.post.title
            held.setdefault(holding.person.user_id or 0, []).append(words)
        return held

    def matching(self, text: str) -> QuerySet[User]:
        """The users whose person has `text` in the name."""
        return User.objects.filter(person__party__sort_name__contains=sort_key(text))

    def settle(self, actor: Actor, user: User, name: str, role: str) -> None:
        """The account of the person with its address, else of a new one. Raises Denied, Invalid."""
        known = Person.objects.filter(email__iexact=user.email, user=None).first()
        if known is not None:
            change = Change({"user": user}, pk=known.pk)
        else:
            change = Change({"name": name, "email": user.email, "user": user})
        person = write_people(actor, [change])[0]
        if role:
            appoint(actor, create_post(actor, None, role), person)
