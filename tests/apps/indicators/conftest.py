"""A portfolio, people with and without rights on it, and files to import."""

from collections.abc import Callable
from datetime import date

import pytest
from tests.apps.indicators.files import Load, reading_from

from steerco.apps.access.models import User
from steerco.apps.indicators.imports import ImportReport, import_portfolio
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.people.models import Person
from steerco.apps.people.services import write_people
from steerco.kit.history import Change
from steerco.kit.permissions import Actor, Via


@pytest.fixture
def portfolio(operator: Actor) -> Initiative:
    change = Change({"code": "PF", "name": "Portfolio", "type": Initiative.Type.PORTFOLIO})
    return write_initiatives(operator, [change])[0]


@pytest.fixture
def load(operator: Actor, portfolio: Initiative) -> Load:
    """Import a text as a file of a date, as the operator unless told otherwise."""

    def run(
        text: str, as_of: date | None = None, *, actor: Actor = operator, dry_run: bool = False
    ) -> ImportReport:
        reading = reading_from(text, as_of)
        return import_portfolio(actor, [reading], portfolio=portfolio, file_name="file.csv", dry_run=dry_run)

    return run


@pytest.fixture
def somebody(operator: Actor) -> Callable[..., Actor]:
    """Make a signed-in person with a role on an initiative; "" for none. `staff` reads what is not restricted."""

    def make(name: str, role: str = "", on: Initiative | None = None, *, staff: bool = True) -> Actor:
        user = User.objects.create_user(email=f"{name}@example.org", password=None)
        engagement = Person.Engagement.STAFF if staff else Person.Engagement.EXTERNAL
        person = write_people(operator, [Change({"name": name, "user": user, "engagement": engagement})])[0]
        if role:
            appoint(operator, create_post(operator, on, role), person)
        return actor_for(user, Via.SESSION)

    return make
