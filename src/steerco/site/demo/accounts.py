"""The people of the example city: who they are, the posts they hold, the accounts of those who can sign in."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.contrib.auth.hashers import make_password

from steerco.apps.access.models import User
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.people.models import Person, Unit
from steerco.apps.people.services import write_people
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor
from steerco.site.demo.people import DEMO_PEOPLE
from steerco.site.demo.story import City, PersonText

PASSWORD = "steerco-demo-2026"  # noqa: S105  of an example on one's own machine, printed with the addresses
DOMAIN = "example.org"


def make_people(actor: Actor, city: City, units: Mapping[str, Unit]) -> dict[str, Person]:
    """The people by their key, with accounts for DEMO_PEOPLE. Accounts that exist already stay as they are."""
    accounts = {p.name: p.email for p in DEMO_PEOPLE}
    users = _accounts(list(accounts.values()))
    known = {p.user_id: p for p in Person.objects.filter(user__in=users.values())}
    found: dict[str, Person] = {}
    changes = {}
    for key, text in city.people.items():
        user = users.get(accounts.get(text.name, ""))
        if user and user.pk in known:
            found[key] = known[user.pk]
            continue
        changes[key] = Change(
            {
                "name": text.name,
                "email": user.email if user else _address(text),
                "user": user,
                "job_title": text.title,
                "unit": units[text.unit],
                "engagement": text.engagement,
                "leaves": clock.today() + timedelta(days=text.leaves) if text.leaves is not None else None,
                "organisation": text.organisation,
            }
        )
    found |= zip(changes, write_people(actor, list(changes.values())), strict=True)
    return found


def _accounts(emails: Sequence[str]) -> dict[str, User]:
    """The accounts by address. One password for all, so it is hashed once: hashing is slow on purpose."""
    known = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    hashed = make_password(PASSWORD)
    User.objects.bulk_create([User(email=email, password=hashed) for email in emails if email not in known])
    return {user.email: user for user in User.objects.filter(email__in=emails)}


def _address(text: PersonText) -> str:
    first, *_, last = text.name.split()
    plain = str.maketrans("áíš", "ais")
    return f"{first}.{last}".lower().translate(plain) + f"@{DOMAIN}"


def give_roles(actor: Actor, people: Mapping[str, Person], rows: Mapping[str, Initiative]) -> None:
    """The posts of DEMO_PEOPLE. Somebody who kept theirs from an earlier example has them already."""
    by_name = {person.name: person for person in people.values()}
    for one in DEMO_PEOPLE:
        person = by_name[one.name]
        place = rows[one.place] if one.place else None
        if not person.holdings.filter(post__role=one.role, post__initiative=place).exists():
            appoint(actor, create_post(actor, place, one.role), person)


def give_post(actor: Actor, initiative: Initiative, role: str, person: Person) -> None:
    """One post with its holder."""
    appoint(actor, create_post(actor, initiative, role), person)
