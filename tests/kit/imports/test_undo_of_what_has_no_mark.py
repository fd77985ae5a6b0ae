"""Undo of people, units and initiatives: taken away again, all of it, unless something hangs on one of them."""

import pytest
from django.utils import timezone
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, posted, record
from tests.kit.imports.files import upload

from steerco.apps.initiatives.models import Ancestry, Entry, Initiative
from steerco.apps.initiatives.posts import appoint, create_post
from steerco.apps.initiatives.services import restrict
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.links.services import watch, write_comment
from steerco.apps.people.models import Party, Person, Unit
from steerco.apps.people.services import write_people
from steerco.kit.history import Change
from steerco.kit.history.versions import as_at
from steerco.kit.imports import services
from steerco.kit.imports.models import ImportRun
from steerco.kit.imports.undoing import Held, undo
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_by_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_here")]
PEOPLE = ("Name", "E-mail address", "Unit")
UNITS = ("Code", "Name", "Part of")
TREE = ("Code", "Name", "Type", "Part of")
HARBOUR = (
    ("PRG", "Coast", "Programme", ""),
    ("P-1", "Harbour", "Project", "PRG"),
    ("W-1", "Quay", "Workstream", "P-1"),
)


def imported(who: Actor, key: str, headers: tuple[str, ...], *rows: tuple[str, ...]) -> ImportRun:
    run = services.stage(who, register_by_key(key), [upload(headers, rows)])
    report = services.check(who, run)
    assert services.apply(who, run, report["fingerprint"]), report
    return run


def test_people_and_their_parties_go_and_the_history_keeps_them(operator: Actor) -> None:
    old = write_people(OPERATOR, [Change({"name": "Grace Hopper", "email": "grace@example.org"})])[0]
    run = imported(
        operator,
        "person",
        PEOPLE,
        ("Ada Lovelace", "ada@example.org", ""),
        ("Grace B. Hopper", "grace@example.org", ""),
    )
    ada = Person.objects.get(name="Ada Lovelace")
    between = timezone.now()
    result = undo(operator, run)
    assert (result.deleted, result.restored, result.kept) == (1, 1, [])
    assert list(Person.objects.values_list("name", flat=True)) == ["Grace Hopper"]
    assert list(Party.objects.values_list("name", flat=True)) == ["Grace Hopper"]
    old.refresh_from_db()
    event = Event.objects.get(kind="person.removed")
    assert (event.object_id, event.changes["name"], event.reason) == (
        ada.pk,
        ["Ada Lovelace", None],
        "Import undone",
    )
    assert as_at(Person, between).filter(id=ada.pk).exists()
    assert not as_at(Person, timezone.now()).filter(id=ada.pk).exists()


def test_units_go_from_the_leaves_up(operator: Actor) -> None:
    run = imported(
        operator, "unit", UNITS, ("B", "Bridges", "T"), ("T", "Transport", ""), ("S", "Spans", "B")
    )
    assert undo(operator, run).deleted == 3
    assert not Unit.objects.exists()


def test_a_tree_goes_and_its_entries_stay_for_the_journal(operator: Actor) -> None:
    run = imported(operator, "initiative", TREE, *HARBOUR)
    entries = set(Initiative.objects.values_list("entry", flat=True))
    assert undo(operator, run).deleted == 3
    assert not Initiative.objects.exists()
    assert not Ancestry.objects.exists()
    assert set(Entry.objects.filter(pk__in=entries).values_list("state_group", flat=True)) == {
        StateGroup.DELETED
    }
    assert Event.objects.filter(kind="initiative.removed", entry__in=entries).count() == 3
    again = imported(operator, "initiative", TREE, *HARBOUR)  # the codes are free again
    assert len(again.outcome["created"]) == 3


def test_what_was_moved_below_a_new_one_goes_back_first(operator: Actor) -> None:
    old = initiative("OLD", name="Old quay", type="project")
    run = imported(
        operator, "initiative", TREE, ("PRG", "Coast", "Programme", ""), ("OLD", "Old quay", "Project", "PRG")
    )
    result = undo(operator, run)
    assert (result.deleted, result.restored) == (1, 1)
    old.refresh_from_db()
    assert old.parent is None
    assert not Initiative.objects.filter(code="PRG").exists()


def test_whatever_hangs_on_one_of_them_is_named_and_nothing_is_undone(operator: Actor) -> None:
    run = imported(operator, "initiative", TREE, *HARBOUR)
    tree = {row.code: row for row in Initiative.objects.all()}
    record("risk", tree["P-1"], "Flood")
    initiative("X", tree["W-1"], name="Added by hand", type="workstream")
    write_comment(operator, tree["PRG"].entry, "Well done")
    with pytest.raises(Held) as refused:
        undo(operator, run)
    said = {kept.title: kept.reason for kept in refused.value.held}
    assert set(said) == {"Coast", "Harbour", "Quay"}
    assert "comments" in said["Coast"]
    assert "Flood" in said["Harbour"]
    assert "Added by hand" in said["Quay"]
    run.refresh_from_db()
    assert run.state == ImportRun.State.APPLIED
    assert Initiative.objects.count() == 4
    assert not Event.objects.filter(kind="initiative.removed").exists()


@pytest.mark.parametrize("what", ["owner", "post", "once", "change"])
def test_a_person_is_held_by_what_names_them_now_or_in_the_past(operator: Actor, what: str) -> None:
    place = initiative("P1")
    run = imported(operator, "person", PEOPLE, ("Ada Lovelace", "ada@example.org", ""))
    ada = Person.objects.get(name="Ada Lovelace")
    match what:
        case "owner":
            record("risk", place, "Flood", owner=ada.party)
        case "once":
            risk = record("risk", place, "Flood", owner=ada.party)
            register_by_key("risk").write(operator, [Change({"owner": None}, pk=risk.pk)])
        case "post":
            appoint(operator, create_post(operator, place, "project_manager"), ada)
        case "change":
            write_people(operator, [Change({"phone": "1"}, pk=ada.pk)])
    with pytest.raises(Held) as refused:
        undo(operator, run)
    (kept,) = refused.value.held
    assert kept.title == "Ada Lovelace"
    named = {"owner": "Flood", "once": "history", "post": "posts", "change": "changed it since"}[what]
    assert named in kept.reason
    assert Person.objects.filter(pk=ada.pk).exists()


def test_what_the_actor_may_not_see_is_not_named(operator: Actor) -> None:
    run = imported(operator, "unit", UNITS, ("T", "Transport", ""))
    place = initiative("SECRET", name="Secret place", unit=Unit.objects.get())
    from_office = actor(person("Office One", "pmo_administrator"))
    restrict(operator, place, [person("Reader One").party_id])
    run.owner_id = from_office.user_id
    run.save(update_fields=["owner"])
    with pytest.raises(Held) as refused:
        undo(from_office, run)
    (kept,) = refused.value.held
    assert "Secret" not in kept.reason
    assert "not see" in kept.reason


def test_somebody_watching_holds_nothing(operator: Actor) -> None:
    run = imported(operator, "initiative", TREE, HARBOUR[0])
    watch(actor(person("Office One", "pmo_administrator")), Initiative.objects.get().entry, True)
    assert undo(operator, run).deleted == 1


def test_the_page_says_what_holds(operator: Actor) -> None:
    office = person("Office One", "pmo_administrator")
    who = actor(office)
    run = imported(who, "unit", UNITS, ("T", "Transport", ""))
    person("Ada Lovelace")
    write_people(
        operator, [Change({"unit": Unit.objects.get()}, pk=Person.objects.get(name="Ada Lovelace").pk)]
    )
    text = posted(browser(office), f"/imports/runs/{run.pk}/undo/", {})
    assert "Nothing was undone" in text
    assert "Transport" in text
    assert "Ada Lovelace" in text
    assert Unit.objects.exists()
