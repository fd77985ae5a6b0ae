"""Registers on plain models: people, units, initiatives."""

import pytest
from tests.apps.worlds import browser, initiative, person

from steerco.apps.initiatives.models import Initiative
from steerco.apps.people.models import Party, Person, Unit

pytestmark = pytest.mark.django_db


def test_a_person_is_added_in_the_address_book_and_found_as_an_owner() -> None:
    office = browser(person("Olga Office", "pmo_administrator"))
    form = {"name": "Nils Neu", "engagement": "contractor", "leaves": "2027-03-31", "job_title": "Planner"}
    assert office.post("/registers/people/new/", form).status_code == 303
    made = Person.objects.get(name="Nils Neu")
    assert made.party.name == "Nils Neu"
    assert made.engagement == "contractor"
    assert "Nils Neu" in office.get("/registers/suggest/party/?owner=nils").content.decode()
    assert (
        office.post(
            f"/registers/people/{made.pk}/edit/", {**form, "name": "Nils Alt", "version": 1}
        ).status_code
        == 303
    )
    assert Party.objects.get(pk=made.party_id).name == "Nils Alt"


def test_a_unit_and_an_initiative_are_added_by_form() -> None:
    office = browser(person("Olga Office", "pmo_manager"))
    assert office.post("/registers/units/new/", {"name": "Works", "code": "W"}).status_code == 303
    assert Unit.objects.get(code="W").sort_name == "works"
    form = {
        "name": "Bridge",
        "code": "BR",
        "type": "project",
        "profile": "light",
        "status": "proposed",
        "unit": "Works",
    }
    assert office.post("/registers/initiatives/new/", form).status_code == 303
    row = Initiative.objects.get(code="BR")
    assert (row.unit.name if row.unit else "") == "Works"
    assert office.get("/portfolio/BR/").status_code == 200


def test_a_wrong_form_says_what_and_keeps_what_was_typed() -> None:
    office = browser(person("Olga Office", "pmo_manager"))
    initiative("BR")
    answer = office.post(
        "/registers/initiatives/new/", {"name": "Second", "code": "BR", "unit": "Nowhere", "type": "project"}
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Nowhere" in text
    assert 'value="Second"' in text
    assert Initiative.objects.count() == 1
