"""A project with a board of three, and its meeting."""

from dataclasses import dataclass
from datetime import date

import pytest
from tests.apps.worlds import OPERATOR, initiative, person

from steerco.apps.governance.models import Body
from steerco.apps.governance.services import write_bodies
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.posts import appoint, seats_of
from steerco.apps.meetings.models import Meeting
from steerco.apps.meetings.services import write_meetings
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.history import Change


@dataclass
class Board:
    """Clara chairs, Sam keeps the minutes, Mina is a member; Olaf runs the project, Rosa only reads it."""

    place: Initiative
    body: Body
    clara: Person
    sam: Person
    mina: Person
    olaf: Person
    rosa: Person

    def meeting(self, **values: object) -> Meeting:
        """A meeting of the board in a week."""
        start = {"initiative": self.place, "body": self.body, "title": "Board", "day": date(2026, 12, 3)}
        return write_meetings(OPERATOR, [Change({**start, **values})])[0]


@pytest.fixture
def board():
    """The board, on a Monday."""
    with clock.at(clock.now().replace(year=2026, month=11, day=30, hour=9)):
        place = initiative("PAY")
        body = write_bodies(OPERATOR, [Change({"name": "Payments board", "initiative": place, "quorum": 2})])[
            0
        ]
        people = {}
        for role, name in (
            ("chair", "Clara Chair"),
            ("secretary", "Sam Secretary"),
            ("member", "Mina Member"),
        ):
            people[role] = person(name)
            appoint(OPERATOR, seats_of([body.party_id])[body.party_id][role], people[role])
        olaf = person("Olaf Lead", "project_manager", place)
        rosa = person("Rosa Reader", "viewer", place)
        yield Board(place, body, people["chair"], people["secretary"], people["member"], olaf, rosa)
