"""Removing the example takes exactly the example, on an installation that is otherwise in use."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from steerco.apps.access.models import User
from steerco.apps.initiatives.models import Entry, Initiative, StateGroup
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.initiatives.records import write_records
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.links.services import write_comment
from steerco.apps.organisation.selectors import organisation
from steerco.apps.organisation.services import configure
from steerco.apps.people.models import Person, Unit
from steerco.apps.people.services import write_people, write_units
from steerco.apps.raid.models import Action, Risk
from steerco.apps.reporting.models import Pack, PackFile
from steerco.interfaces.cli.pack import build
from steerco.kit.history import Change
from steerco.kit.journal.models import Event
from steerco.kit.journal.seals import seal_pending, verify_audit
from steerco.kit.permissions import Actor, Denied, Via
from steerco.site.demo.city import load_city
from steerco.site.demo.removal import remove_examples

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]
JOURNAL = {"journal.Event", "initiatives.Entry", "access.User", "jobs.Lease"}  # looked at one by one


def _counts() -> dict[str, int]:
    counted = {m._meta.label: m._base_manager.count() for m in apps.get_models(include_auto_created=True)}
    return {label: count for label, count in counted.items() if label not in JOURNAL}


def _own_things(operator: Actor) -> dict[str, Any]:
    """A little real portfolio with its owner."""
    configure(operator, {"name": "Real Town"})
    unit = write_units(operator, [Unit(code="REAL", name="Real unit")])[0]
    user = User.objects.create_user("real@town.example")
    person = write_people(operator, [Change({"name": "Rita Real", "user": user, "unit": unit})])[0]
    appoint(operator, create_post(operator, None, "administrator"), person)
    values = {"code": "REAL", "name": "Real project", "type": "project", "lead": person.party, "unit": unit}
    project = write_initiatives(operator, [Change(values)])[0]
    risk = write_records(operator, Risk, [Change({"title": "A real risk", "initiative": project})])[0]
    return {"user": user, "person": person, "project": project, "risk": risk}


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """Real things, counted; then the example beside them."""
    with django_db_blocker.unblock(), transaction.atomic():
        own = _own_things(Actor.operator("test"))
        own["counts"], own["entries"], own["users"] = _counts(), Entry.objects.count(), User.objects.count()
        assert load_city()
        yield own
        transaction.set_rollback(True)


def _admin() -> Actor:
    return actor_for(User.objects.get(email="real@town.example"), Via.SESSION)


@pytest.mark.django_db
def test_everything_is_as_it_was_before(loaded: dict[str, Any], operator: Actor) -> None:
    pay = Initiative.objects.get(code="NWC-PAY")
    beatrice = actor_for(User.objects.get(email="pm@example.org"), Via.SESSION)
    risk = write_records(beatrice, Risk, [Change({"title": "Found while looking", "initiative": pay})])[0]
    write_comment(beatrice, risk.entry, "What does @Jonas Weber say?")
    build(beatrice, pay, ["xlsx"], quiet=True)
    paths = [Path(settings.MEDIA_ROOT) / f.path for f in PackFile.objects.all()]
    assert [path.exists() for path in paths] == [True]
    seal_pending()
    events = Event.objects.count()

    remove_examples(_admin())

    assert _counts() == loaded["counts"]
    assert Entry.objects.exclude(state_group=StateGroup.DELETED).count() == loaded["entries"]
    emptied = Entry.objects.filter(state_group=StateGroup.DELETED)
    assert set(emptied.values_list("initiative", "owner", "restricted_by").distinct()) == {(None, None, None)}
    assert len(set(emptied.values_list("title", flat=True))) == 1
    assert User.objects.filter(is_active=True).count() == loaded["users"]
    closed = User.objects.filter(is_active=False)
    assert [u.pk for u in closed] == [beatrice.user_id]
    assert closed[0].email.startswith("removed-")
    assert not closed[0].has_usable_password()
    assert Event.objects.count() == events + 1
    assert verify_audit().is_whole
    assert organisation().name == "Real Town"
    connection.check_constraints()


@pytest.mark.django_db
def test_what_was_made_beside_it_stays(loaded: dict[str, Any], operator: Actor) -> None:
    programme = Initiative.objects.get(code="NWC-DIG")
    mine = write_initiatives(
        operator, [Change({"code": "MINE", "name": "My project", "type": "project", "parent": programme})]
    )[0]
    stream = {"code": "MINE-1", "name": "My part", "type": "workstream", "parent": mine}
    loose = {
        "code": "PAY-9",
        "name": "Loose",
        "type": "workstream",
        "parent": Initiative.objects.get(code="NWC-PAY"),
    }
    write_initiatives(operator, [Change(stream), Change(loose)])
    jonas = Person.objects.get(name="Jonas Weber")
    emily = Person.objects.get(name="Emily Carter")
    hurt = Risk.objects.filter(initiative__code="NWC-PAY")[0]
    wanted = {"title": "A real action", "initiative": loaded["project"], "owner": jonas.party, "risk": hurt}
    action = write_records(operator, Action, [Change(wanted)])[0]
    appoint(operator, create_post(operator, loaded["project"], "viewer"), emily)

    remove_examples(_admin())

    assert set(Initiative.objects.values_list("code", "parent__code")) == {
        ("REAL", None),
        ("MINE", None),
        ("MINE-1", "MINE"),
    }
    assert set(Person.objects.values_list("name", flat=True)) == {"Rita Real", "Jonas Weber", "Emily Carter"}
    action.refresh_from_db()
    assert (action.owner_id, action.risk_id) == (jonas.party_id, None)
    assert User.objects.get(email="team@example.org").is_active
    assert set(Unit.objects.values_list("code", flat=True)) == {"REAL", "DIG"}
    connection.check_constraints()


@pytest.mark.django_db
def test_who_removes_it_keeps_their_own_account(loaded: dict[str, Any]) -> None:
    ada = actor_for(User.objects.get(email="admin@example.org"), Via.SESSION)
    remove_examples(ada)
    again = actor_for(User.objects.get(email="admin@example.org"), Via.SESSION)
    assert Initiative.objects.count() == 1
    remove_examples(again)  # nothing left, and still allowed to


@pytest.mark.django_db
def test_only_who_may_configure_removes_it(loaded: dict[str, Any]) -> None:
    with pytest.raises(Denied):
        remove_examples(actor_for(User.objects.get(email="pm@example.org"), Via.SESSION))
    assert Pack.objects.count() == 0
    assert Initiative.objects.filter(example="northwind").count() == 24
