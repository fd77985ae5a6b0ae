"""The feed of what happened: grouped by day and entry, only what its reader may see, page by page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, record

from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import restrict
from steerco.apps.links import activity
from steerco.apps.links.activity import Wanted, feed
from steerco.apps.links.services import watch, write_comment
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.registers.register import register_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def place() -> Initiative:
    return initiative("TRAM", name="Tram")


@pytest.fixture
def lead(place: Initiative) -> Person:
    return person("Lena Lead", "project_manager", place, staff=False)


def told(reader: Any, **wanted: Any) -> list[tuple[str, dict[str, list[str]]]]:
    """(title, words by name) of everything, the newest first."""
    found = feed(reader, Wanted(**wanted))
    return [
        (one.entry.title, {deed.who: deed.words for deed in one.deeds.values()})
        for _day, happenings in found.days
        for one in happenings
    ]


def test_what_happened_to_an_entry_on_a_day_stands_once(place: Any, lead: Person) -> None:
    with clock.at(MONDAY):
        risk = record("risk", place, "Steel price")
        register_of("risk").write(actor(lead), [Change({"cause": "one"}, pk=risk.pk)])
        register_of("risk").write(actor(lead), [Change({"cause": "two"}, pk=risk.pk)])
        write_comment(actor(lead), risk.entry, "It rises.")
    with clock.at(MONDAY + timedelta(days=1)):
        register_of("risk").write(
            actor(lead), [Change({"state": "treating", "response": "reduce"}, pk=risk.pk)]
        )
    found = told(actor(lead), register="risk")
    assert found[0] == ("Steel price", {"Lena Lead": ["→ being treated"]})
    assert found[1][1]["Lena Lead"] == ["changed", "commented"]
    assert "added" in str(found[1][1])
    assert len(found) == 2


def test_nobody_reads_of_what_they_may_not_see(place: Any, lead: Person) -> None:
    record("risk", place, "Open")
    secret = record("risk", place, "Secret")
    restrict(OPERATOR, secret, [person("Sam Secret").party_id])
    record("risk", initiative("BUS"), "Elsewhere")
    titles = {title for title, _deeds in told(actor(lead), register="risk")}
    assert titles == {"Open"}
    page = browser(lead).get("/entries/activity/?register=risk").content.decode()
    assert "Open" in page
    assert "Secret" not in page


def test_a_change_of_what_few_may_read_is_not_told(place: Any, lead: Person) -> None:
    with clock.at(MONDAY):
        row = record("stakeholder", place, "Harbour traders")
    with clock.at(MONDAY + timedelta(days=1)):
        register = register_of("stakeholder")
        name = next(iter(register.confidential))
        value = register.all_columns()[name].model_field.flatchoices[0][0]
        register.write(OPERATOR, [Change({name: value}, pk=row.pk)])
    assert [len(deeds) for title, deeds in told(actor(lead), register="stakeholder")] == [1]


def test_a_page_that_tells_nothing_leads_on_and_names_no_hidden_place(
    place: Any, lead: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = person("Olaf Owner", staff=False)
    secret = initiative("SECRET", name="Hidden merger")
    record("risk", secret, "Mine", owner=owner.party)
    restrict(OPERATOR, secret, [person("Sam Secret").party_id])
    page = browser(owner).get("/entries/activity/").content.decode()
    assert "Hidden merger" not in page
    row = record("stakeholder", place, "Harbour traders")
    register = register_of("stakeholder")
    name = next(iter(register.confidential))
    for value, _label in register.all_columns()[name].model_field.flatchoices[:2]:
        register.write(OPERATOR, [Change({name: value}, pk=row.pk)])
    monkeypatch.setattr(activity, "EVENTS", 1)
    page = browser(lead).get("/entries/activity/?register=stakeholder").content.decode()
    assert "Nothing happened yet" not in page
    assert "Older" in page


def test_a_file_of_a_hundred_rows_does_not_drown_the_others(place: Any, lead: Person) -> None:
    record("risk", place, "By hand")
    rows = [Change({"initiative": place, "title": f"Row {number}"}) for number in range(5)]
    register_of("risk").write(OPERATOR, rows, batch="import 1")
    assert [title for title, _deeds in told(actor(lead), register="risk")] == ["By hand"]


def test_it_is_narrowed_to_a_place_and_to_what_one_follows(place: Any, lead: Person) -> None:
    other = initiative("BUS")
    office = person("Olga Office", "pmo_manager")
    mine = record("risk", other, "Watched")
    record("risk", place, "Not watched")
    watch(actor(office), mine.entry, True)
    assert {title for title, _ in told(actor(office), place=other, register="risk")} == {"Watched"}
    assert {title for title, _ in told(actor(office), followed=True, register="risk")} == {"Watched"}


def test_it_goes_on_page_by_page_with_the_same_number_of_statements(
    place: Any, lead: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        record("risk", place, f"Risk {number}")
    reader = actor(lead)
    feed(reader, Wanted(register="risk"))
    with CaptureQueriesContext(connection) as few:
        feed(reader, Wanted(register="risk"))
    for number in range(3, 9):
        record("risk", place, f"Risk {number}")
    monkeypatch.setattr(activity, "EVENTS", 5)
    with CaptureQueriesContext(connection) as many:
        first = feed(reader, Wanted(register="risk"))
    assert len(many) <= len(few)
    second = feed(reader, Wanted(register="risk", before=first.older))
    titles = [one.entry.title for page in (first, second) for _day, found in page.days for one in found]
    assert titles == [f"Risk {number}" for number in range(8, -1, -1)]
    assert second.older == 0


@pytest.mark.parametrize(
    "query", ["?before=x", "?before=99999999999999999999", "?register=nonsense", "?in=NOWHERE"]
)
def test_a_strange_address_is_answered(lead: Person, query: str) -> None:
    assert browser(lead).get(f"/entries/activity/{query}").status_code == 200
