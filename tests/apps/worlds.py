"""What tests of the apps are made of: initiatives, records, people with posts, signed-in browsers."""

from datetime import date
from typing import Any

from django.test import Client

from steerco.apps.access.models import User
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.people.models import Person
from steerco.apps.people.services import write_people
from steerco.kit.history import Change
from steerco.kit.permissions import Actor, Via
from steerco.kit.registers.register import register_by_key

OPERATOR = Actor.operator("test")
# What a record of a register cannot be without, besides its place and its title.
NEEDED: dict[str, dict[str, Any]] = {
    "contingency": {"type": "set_aside", "days": 3},
    "appetite": {"category": "legal", "score": 8},
    "tolerance": {"area": "time", "days": 5},
    "decision_right": {"subject": "change"},
    "review_question": {"area": "case"},
    "cadence": {"anchor": date(2026, 11, 27)},
    "checklist": {"rank": 1, "checklist": "Start"},
    "meeting": {"day": date(2026, 1, 15), "begins": "10:00", "minutes": 60},
    "deliverable": {"weight": 1},
    "distribution_list": {"members": "Ann Ash <ann@supplier.example>"},
    "decision": {"state": "draft", "silence_verdict": "", "silence_clause": ""},
    "change_request": {"state": "draft", "silence_verdict": "", "silence_clause": ""},
}


def initiative(code: str, parent: Initiative | None = None, **values: Any) -> Initiative:
    """A new initiative."""
    start = {"code": code, "name": f"{code.title()} initiative", "parent": parent, **values}
    return write_initiatives(OPERATOR, [Change(start)])[0]


def record(key: str, where: Initiative, title: str, **values: Any) -> Any:
    """A new record in a register."""
    register = register_by_key(key)
    assert register is not None
    needed = NEEDED.get(key, {}) if not values.keys() & NEEDED.get(key, {}).keys() else {}
    return register.write(OPERATOR, [Change({"initiative": where, "title": title, **needed, **values})])[0]


def person(name: str, role: str = "", where: Initiative | None = None, *, staff: bool = True) -> Person:
    """A person with an account and, with `role`, a post on `where` (None: the whole organisation)."""
    email = f"{name.split()[0].lower()}@example.org"
    user = User.objects.create_user(email, "correct horse battery")
    engagement = Person.Engagement.STAFF if staff else Person.Engagement.EXTERNAL
    values = {"name": name, "email": email, "user": user, "engagement": engagement}
    row = write_people(OPERATOR, [Change(values)])[0]
    if role:
        appoint(OPERATOR, create_post(OPERATOR, where, role), row)
    return row


def actor(who: Person) -> Actor:
    """The actor that the person is now."""
    assert who.user is not None
    return actor_for(who.user, Via.SESSION)


def browser(who: Person) -> Client:
    """A browser in which the person is signed in."""
    assert who.user is not None
    client = Client()
    client.force_login(who.user)
    return client


def posted(client: Client, url: str, data: dict[str, Any]) -> str:
    """Post a form; the page that it leads to."""
    answer = client.post(url, data)
    assert answer.status_code == 303, answer.status_code
    return client.get(answer["Location"]).content.decode()
