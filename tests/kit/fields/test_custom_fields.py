"""Fields that an organisation adds: values are typed, wrong ones are refused with a sentence."""

import pytest
from django.core.exceptions import ValidationError
from tests.apps.worlds import OPERATOR, browser, initiative, person, record

from steerco.apps.organisation.services import define_field
from steerco.kit.fields import clean_custom, sort_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def fields() -> None:
    for key, kind, more in (
        ("town", "text", {"required": True}),
        ("people", "number", {}),
        ("seen", "date", {}),
        ("colour", "choice", {"choices": ["blue", "green"]}),
    ):
        define_field(OPERATOR, "risk", {"key": key, "label": key.title(), "kind": kind, **more})


@pytest.mark.usefixtures("fields")
def test_values_are_checked_by_their_definition() -> None:
    good = {"town": "Ulm", "people": "12.5", "seen": "2026-11-22", "colour": "blue"}
    assert clean_custom("risk", good) == good
    for bad in ({"people": "many"}, {"seen": "soon"}, {"colour": "red"}, {"unknown": 1}, {"people": "NaN"}):
        with pytest.raises(ValidationError):
            clean_custom("risk", {**good, **bad})
    with pytest.raises(ValidationError):
        clean_custom("risk", {})


@pytest.mark.usefixtures("fields")
def test_an_own_field_is_in_the_form_the_page_and_the_history() -> None:
    place = initiative("PLACE")
    row = record("risk", place, "A risk", custom={"town": "Ulm"})
    client = browser(person("Wanda Writer", "project_manager", place))
    url = f"/registers/risks/{row.pk}/"
    assert "Ulm" in client.get(url).content.decode()
    form = {
        "title": "A risk",
        "initiative": "PLACE",
        "state": "open",
        "direction": "threat",
        "version": row.version,
    }
    assert (
        client.post(f"{url}edit/", {**form, "custom.town": "Bonn", "custom.people": "4"}).status_code == 303
    )
    row.refresh_from_db()
    assert row.custom == {"town": "Bonn", "people": "4"}
    assert client.post(f"{url}edit/", {**form, "version": 2, "custom.town": ""}).status_code == 422


def test_names_sort_alike_on_every_database() -> None:
    names = ["Zug 10", "Zug 9", "ärger", "Arger", "Öl", "oben", "ß-Weg", "Ssweg"]
    assert sorted(names, key=sort_key) == [
        "ärger",
        "Arger",
        "oben",
        "Öl",
        "ß-Weg",
        "Ssweg",
        "Zug 9",
        "Zug 10",
    ]
