"""Programs that call in the names of people of a small organisation."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient
from tests.interfaces.api.world import Calls, World

from steerco.apps.access.models import Token, User
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.initiatives.services import restrict, write_initiatives
from steerco.apps.people.services import change_units, write_people
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor

ROLES = {"manager": "pmo_manager", "viewer": "viewer", "member": "team_member"}


@pytest.fixture
def world(db: None, operator: Actor) -> World:
    """The small organisation."""
    cache.clear()
    with clock.at(clock.now() - timedelta(days=30)):
        change_units(operator, [Change({"code": "EST", "name": "Estates"})])
        portfolio = write_initiatives(
            operator, [Change({"code": "PF", "name": "City", "type": Initiative.Type.PORTFOLIO})]
        )[0]
        project, hidden = write_initiatives(
            operator,
            [
                Change({"code": "P1", "name": "New bridge", "parent": portfolio}),
                Change({"code": "P2", "name": "Secret tower", "parent": portfolio}),
            ],
        )
        made = World(operator, portfolio, project, hidden)
        for name in ("manager", "viewer", "member", "rita", "outsider"):
            user = User.objects.create_user(f"{name}@example.org")
            engagement = "external" if name == "outsider" else "staff"
            person = {"name": name.title(), "email": user.email, "user": user, "engagement": engagement}
            made.people[name] = write_people(operator, [Change(person)])[0]
        appoint(operator, create_post(operator, None, ROLES["manager"], "PMO"), made.people["manager"])
        appoint(operator, create_post(operator, None, ROLES["viewer"], "Reader"), made.people["viewer"])
        appoint(operator, create_post(operator, project, ROLES["member"], "Team"), made.people["member"])
        restrict(operator, hidden, [made.people["rita"].party_id])
        hidden.refresh_from_db()
    return made


class JsonClient(APIClient):
    """Says JSON, as programs do."""

    default_format = "json"


@pytest.fixture
def calling(world: World) -> Calls:
    """A client with a token of the named person, limited to `scopes` when given."""

    def make(name: str, scopes: list[str] | None = None) -> APIClient:
        user = world.people[name].user
        assert user is not None
        now = clock.now()
        _token, secret = Token.issue(user, "test", now, now + timedelta(days=1), scopes)
        client = JsonClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return make


@pytest.fixture
def manager(calling: Calls) -> APIClient:
    """The office, which may write everywhere that it may read."""
    return calling("manager")
