"""The generated organisation is what the services would have written, and the same for the same seed."""

from typing import Any

import pytest
from benchmarks.generate import READERS, World, record
from django.db.models import F, Model

from steerco.apps.access.models import User
from steerco.apps.initiatives.models import Ancestry, Entry, Initiative
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.people.models import Person
from steerco.apps.raid.models import Risk
from steerco.apps.raid.registers import RiskRegister
from steerco.kit import clock
from steerco.kit.history import Change, version_model
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Via

OWN = {
    "id",
    "version_id",
    "entry_id",
    "party_id",
    "object_id",
    "sequence",
    "since",
    "until",
    "number",
    "code",
}
TIMES = {"created_at", "changed_at", "at"}


def told(row: Model, without: set[str]) -> dict[str, Any]:
    """Every column of a row but those that differ for each row."""
    names = [f.attname for f in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name not in OWN | TIMES | without}


@pytest.fixture
def world() -> World:
    found = World(initiatives=60, people=20, risks=80, seed=7)
    found.fill(lambda line: None)
    return found


@pytest.mark.django_db
def test_a_generated_risk_is_what_the_service_writes(operator: Actor) -> None:
    place = write_initiatives(operator, [Change({"code": "P", "name": "Place"})])[0]
    values = {"title": "Zu spät", "current_probability": 3, "current_impact": 4, "state": "treating"}
    with clock.at(clock.now()):
        written = RiskRegister().write(operator, [Change({"initiative": place, **values})])[0]
        record([Risk(initiative=place, **values)], "risk.created")
    made = Risk.objects.exclude(pk=written.pk).get()
    written.refresh_from_db()
    assert made.number == written.number + 1
    pairs: list[tuple[Model, Model]] = [(written, made)]
    pairs += [(Entry.objects.get(pk=written.entry_id), Entry.objects.get(pk=made.entry_id))]
    versions = version_model(Risk)._default_manager
    pairs += [(versions.get(id=written.pk), versions.get(id=made.pk))]
    events = Event.objects.filter(model="raid.risk")
    pairs += [(events.get(object_id=written.pk), events.get(object_id=made.pk))]
    for theirs, ours in pairs:
        assert told(ours, {"actor_label"}) == told(theirs, {"actor_label"})


@pytest.mark.django_db
def test_the_tree_entries_and_versions_hang_together(world: World) -> None:
    assert Initiative.objects.count() == 60
    assert Risk.objects.count() == 80
    for row in Initiative.objects.select_related("entry"):
        above = list(
            Ancestry.objects.filter(descendant=row).order_by("depth").values_list("ancestor", flat=True)
        )
        assert above == [row.pk, *(a for a in above[1:])]
        assert (row.parent_id or None) == (above[1] if len(above) > 1 else None)
        assert row.entry.initiative_id == row.pk
        assert row.entry.restricted_by_id == row.restricted_by_id
    for model in (Initiative, Risk, Person):
        current = version_model(model)._default_manager.filter(until=None)
        assert current.count() == model._default_manager.count()
        assert set(current.values_list("id", "version")) == set(
            model._default_manager.values_list("pk", "version")
        )
    assert not Risk.objects.exclude(entry__title=F("title")).exists()
    assert Risk.objects.filter(version=2).exists()
    assert Initiative.objects.exclude(restricted_by=None).exists()


@pytest.mark.django_db
def test_the_four_readers_see_what_they_are_for(world: World) -> None:
    seen = {}
    for name in READERS:
        actor = actor_for(User.objects.get(email=f"{name}@large.example"), Via.SESSION)
        seen[name] = Initiative.objects.visible_to(actor).count()
    assert seen["all"] > seen["portfolio"] > seen["project"] > seen["none"] == 0


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_organisation() -> None:
    def told_again() -> list[tuple[Any, ...]]:
        world = World(initiatives=30, people=8, risks=10, seed=3)
        names = [world.sentences(2) for _ in range(3)]
        return [(name, world.day(-5, 5), world.random.random()) for name in names]

    assert told_again() == told_again()
