"""The seven published years as an example."""

import pytest
from django.test import Client

from steerco.apps.access.models import User
from steerco.apps.indicators.models import Snapshot
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.people.services import write_people
from steerco.apps.reporting.services import attribution
from steerco.interfaces.cli.refusal import Refused
from steerco.kit.history import Change
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor
from steerco.site.demo.accounts import give_post
from steerco.site.demo.command import load
from steerco.site.demo.published import load_published
from steerco.site.demo.removal import remove_examples

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_the_seven_years_are_there_once_with_their_source_and_go_again(operator: Actor) -> None:
    assert load_published()
    events = Event.objects.count()
    assert not load_published()
    assert Event.objects.count() == events
    years = {day.year for day in Snapshot.objects.values_list("as_of", flat=True)}
    assert years == set(range(2013, 2020))
    assert Snapshot.objects.count() > 1000
    assert set(Initiative.objects.values_list("example", flat=True)) == {"gmpp"}
    portfolio = Initiative.objects.get(code="GMPP")
    assert "Open Government Licence v3.0" in attribution(operator, portfolio)
    user = User.objects.create_user("reader@example.org")
    person = write_people(operator, [Change({"name": "A Reader", "user": user})])[0]
    give_post(operator, portfolio, "viewer", person)
    client = Client()
    client.force_login(user)
    assert b"Open Government Licence v3.0" in client.get("/portfolio/GMPP/").content
    remove_examples(operator)
    assert (Initiative.objects.count(), Snapshot.objects.count()) == (0, 0)
    assert person.pk == type(person).objects.get().pk


def test_an_installation_in_use_is_left_alone(operator: Actor) -> None:
    write_initiatives(operator, [Change({"code": "REAL", "name": "Real", "type": "project"})])
    with pytest.raises(Refused, match="in use"):
        load(print)
    assert Initiative.objects.count() == 1
