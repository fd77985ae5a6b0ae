"""A town with an office, somebody who asks, a category with a promise, and a clock that stands on a Monday morning."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.apps.worlds import OPERATOR, initiative, person

from steerco.apps.initiatives.models import Post
from steerco.apps.office.services import write_categories
from steerco.apps.people.models import Unit
from steerco.apps.people.services import write_people, write_units
from steerco.kit import clock
from steerco.kit.history import Change

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def town(db: None) -> Any:
    class Town:
        city = initiative("CITY", type="portfolio")
        pay = initiative("PAY", city)
        grace = person("Grace Lim", "pmo_administrator")
        miriam = person("Miriam Vogel", "pmo_manager")
        omar = person("Omar Asker", "viewer", pay)
        post = Post.objects.select_related("party").get(role="pmo_administrator")
        unit = write_units(OPERATOR, [Unit(code="W", name="Works")])[0]
        access, other = write_categories(
            OPERATOR,
            [
                Change({"name": "Access", "party": post.party, "answer_hours": 4, "done_days": 2}),
                Change({"name": "Other"}),
            ],
        )

    write_people(OPERATOR, [Change({"unit": Town.unit}, pk=Town.omar.pk)])
    Town.omar.refresh_from_db()
    return Town
