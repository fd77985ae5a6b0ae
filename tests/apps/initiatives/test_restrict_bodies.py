"""What is restricted to a body, all of it reads."""

import pytest
from tests.apps.worlds import OPERATOR, browser, initiative, person

from steerco.apps.initiatives.posts import appoint, create_seats
from steerco.apps.initiatives.services import restrict
from steerco.apps.people.models import Party
from steerco.apps.people.services import make_parties

pytestmark = pytest.mark.django_db


def test_every_member_reads_what_is_restricted_to_the_body() -> None:
    place = initiative("SECRET")
    body = make_parties(Party.Kind.BODY, ["Programme board"])[0]
    seats = create_seats(OPERATOR, place, body)
    people = [person(f"{seat.role.title()} Person") for seat in seats]
    other = person("Otto Other", "viewer", place)
    for seat, who in zip(seats, people, strict=True):
        appoint(OPERATOR, seat, who)
    restrict(OPERATOR, place, [body.pk])
    assert [browser(who).get("/portfolio/SECRET/").status_code for who in people] == [200, 200, 200]
    assert browser(other).get("/portfolio/SECRET/").status_code == 404
