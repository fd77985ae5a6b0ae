"""Search finds the same rows in the same order on both databases, and only what its reader may see."""

import pytest
from django.db.models import Model
from django.http import QueryDict
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, record

from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import (
    keep_former_names,
    remove_initiatives,
    restrict,
    write_initiatives,
)
from steerco.apps.people.models import Person
from steerco.apps.people.services import remove_people, write_people
from steerco.apps.raid.models import Risk
from steerco.apps.raid.registers import IssueRegister, RiskRegister
from steerco.kit.history import Change, Invalid
from steerco.kit.permissions import Actor, Via
from steerco.kit.registers.listing import listing
from steerco.kit.registers.register import Register, register_by_key
from steerco.kit.search.models import NUMBER_BITS, Text, number_of
from steerco.site.search import find_everywhere

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


NOBODY = Actor(user_id=None, label="", via=Via.SESSION)


def indexed(model: type[Model]) -> set[int]:
    """The ids of the rows of a model that the index knows."""
    ids = Text.objects.values_list("pk", flat=True)
    return {pk >> NUMBER_BITS for pk in ids if pk & (2**NUMBER_BITS - 1) == number_of(model)}


def titles(text: str, *, reader: Actor = OPERATOR, register: Register | None = None) -> list[str]:
    """The titles of the rows in the list searched by `text`."""
    query = QueryDict(mutable=True)
    query.update({"q": text, "group": "all"})
    shown = listing(register or RiskRegister(), reader, query)
    return [str(row.row) for row in shown.rows]


def test_every_word_begins_a_word_of_some_column_in_whatever_case_and_accent() -> None:
    place = initiative("P1")
    record("risk", place, "Insolvency of the Müller GmbH", cause="The steel price", effect="Late bridge")
    record("risk", place, "Insolvenz der Mueller AG", response_text="Zweite Straße")
    record("risk", place, "Ferry strike", cause="Steelworkers' pay")
    assert titles("insolv") == ["Insolvency of the Müller GmbH", "Insolvenz der Mueller AG"]
    assert titles("MÜLL") == titles("muell") == ["Insolvency of the Müller GmbH", "Insolvenz der Mueller AG"]
    assert titles("mull") == ["Insolvency of the Müller GmbH"]
    assert titles("steel bridge") == ["Insolvency of the Müller GmbH"]
    assert titles("steel") == ["Ferry strike", "Insolvency of the Müller GmbH"]
    assert titles("strasse zwei") == ["Insolvenz der Mueller AG"]
    assert titles("olvency") == []
    assert titles("steel nowhere") == []
    assert titles("'):* & \" OR") == []
    assert titles("…") == []
    assert len(titles("  ")) == 3


def test_a_number_names_its_record_exactly() -> None:
    place = initiative("P1")
    for number in range(1, 13):
        record("risk", place, f"Cause {'abcdefghijkl'[number - 1]}")
    record("risk", place, "The year 1200")
    assert titles("R-1") == ["Cause a"]
    assert titles("r1") == ["Cause a"]
    assert titles("1") == ["Cause a", "The year 1200"]
    assert titles("12") == ["Cause l", "The year 1200"]
    assert titles("I-1") == []


def test_equal_hits_stand_in_the_order_of_the_list() -> None:
    place = initiative("P1")
    for title, score in (("Crane b", 2), ("Crane A", 2), ("Crane ä", 2), ("Crane c", 5), ("Crane d", None)):
        record("risk", place, title, current_probability=score, current_impact=score)
    assert titles("crane") == ["Crane c", "Crane A", "Crane ä", "Crane b", "Crane d"]
    [found] = find_everywhere(OPERATOR, "crane")
    assert [hit[0] for hit in found.hits] == [f"R-{n} {t}" for n, t in (
        (4, "Crane c"), (2, "Crane A"), (3, "Crane ä"), (1, "Crane b"), (5, "Crane d"),
    )]  # fmt: skip


def test_the_search_page_shows_the_first_ten_of_each_register_and_says_that_there_are_more() -> None:
    place = initiative("P1", name="Harbour tunnel")
    for number in range(11):
        record("risk", place, f"Tunnel {number:02}")
    record("issue", place, "Tunnel flooded")
    found = {one.register.key: one for one in find_everywhere(OPERATOR, "tunnel")}
    assert set(found) == {"initiative", "risk", "issue"}
    assert (len(found["risk"].hits), found["risk"].more) == (10, True)
    assert found["issue"].hits == [("I-1 Tunnel flooded", found["issue"].hits[0][1], "Harbour tunnel")]
    assert not found["issue"].more


def test_what_a_reader_may_not_see_is_not_found_and_counts_nowhere() -> None:
    open_place, closed = initiative("OPEN"), initiative("SHUT")
    manager = person("Mia Manager", "project_manager", open_place)
    outsider = person("Otto Outsider", staff=False)
    record("risk", open_place, "Canary in the open")
    record("risk", closed, "Canary behind the wall")
    named = record("risk", open_place, "Canary for others")
    restrict(OPERATOR, closed, [outsider.party_id])
    restrict(OPERATOR, named, [outsider.party_id])
    assert titles("canary", reader=actor(manager)) == ["Canary in the open"]
    assert [len(one.hits) for one in find_everywhere(actor(manager), "canary")] == [1]
    assert find_everywhere(actor(manager), "wall") == []
    assert find_everywhere(NOBODY, "canary") == []
    page = browser(manager).get("/registers/risks/?q=canary").content.decode()
    assert "Canary in the open" in page
    assert "wall" not in page


def test_a_change_a_deletion_and_a_removal_are_seen_at_once() -> None:
    place = initiative("P1")
    row = record("risk", place, "Old words", cause="Kept")
    RiskRegister().write(OPERATOR, [Change({"title": "New words"}, pk=row.pk)])
    assert titles("old") == []
    assert titles("new kept") == ["New words"]
    RiskRegister().delete(OPERATOR, [row.pk])
    assert titles("new") == []
    RiskRegister().delete(OPERATOR, [row.pk], restore=True)
    assert titles("new") == ["New words"]
    [someone] = write_people(OPERATOR, [Change({"name": "Gone Soon"})])
    assert indexed(Person) == {someone.pk}
    remove_people(OPERATOR, [someone])
    assert indexed(Person) == set()


def test_a_moved_record_is_found_by_its_new_number() -> None:
    one, two = initiative("P1"), initiative("P2")
    record("risk", two, "First there")
    row = record("risk", one, "Wanderer")
    RiskRegister().write(OPERATOR, [Change({"initiative": two}, pk=row.pk)])
    assert titles("R-2") == ["Wanderer"]
    assert titles("R-1") == ["First there"]


def test_an_initiative_is_found_by_its_former_names_too() -> None:
    place = initiative("P1", name="High Speed Rail")
    write_initiatives(OPERATOR, [Change({"name": "Northern Line"}, pk=place.pk)])
    register = register_by_key("initiative")
    assert titles("speed northern", register=register) == ["Northern Line"]
    keep_former_names({place.pk}, set())
    assert titles("speed", register=register) == []
    remove_initiatives(OPERATOR, [Initiative.objects.get(pk=place.pk)])
    assert indexed(Initiative) == set()


def test_a_write_that_is_taken_back_leaves_no_words() -> None:
    place = initiative("P1")
    row = record("risk", place, "Steel")
    with pytest.raises(Invalid):
        RiskRegister().write(
            OPERATOR,
            [Change({"title": "Iron"}, pk=row.pk), Change({"initiative": place, "title": "x" * 999})],
        )
    assert titles("iron") == []
    assert titles("steel") == ["Steel"]
    assert indexed(Risk) == {row.pk}


def test_registers_search_their_own_columns_only() -> None:
    place = initiative("P1")
    record("issue", place, "Crack", options="Demolish the pier")
    assert titles("demolish", register=IssueRegister()) == []
    assert titles("crack", register=IssueRegister()) == ["Crack"]
