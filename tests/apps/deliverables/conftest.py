"""A project with a sponsor without an account, a user, an author and a deliverable with a file."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from tests.apps.worlds import OPERATOR, initiative, person, record

from steerco.apps.initiatives.models import Entry
from steerco.apps.links.services import Upload, attach_files
from steerco.apps.people.models import Person
from steerco.apps.people.services import write_people
from steerco.kit import clock
from steerco.kit.history import Change

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def guest(name: str) -> Person:
    """Somebody outside, with an address and without an account."""
    email = f"{name.split()[0].lower()}@supplier.example"
    values = {"name": name, "email": email, "engagement": "external"}
    return write_people(OPERATOR, [Change(values)])[0]


@pytest.fixture
def place() -> Any:
    """The people of a project and its deliverable."""
    sponsor = guest("Sara Sponsor")
    project = initiative("P1", name="Payments", sponsor=sponsor.party)
    manager = person("Mona Manager", "project_manager", project)
    author = person("Anton Author", "team_member", project)
    user = person("Ulla User", "sponsor", project)
    row = record(
        "deliverable",
        project,
        "Design of the hub",
        owner=manager.party,
        author=author.party,
        approver=sponsor.party,
        revision="1.0",
        acceptance_criteria="All seven services are described.",
    )
    entry = Entry.objects.select_related("initiative").get(pk=row.entry_id)
    attach_files(OPERATOR, entry, [Upload("design.txt", [b"The design."])])
    return SimpleNamespace(
        project=project, sponsor=sponsor, manager=manager, author=author, user=user, row=row, entry=entry
    )
