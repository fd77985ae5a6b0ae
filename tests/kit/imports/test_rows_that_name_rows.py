"""Rows that name other rows of the same files: made in the order in which they need each other, or refused by name."""

import pytest
from tests.apps.worlds import actor, initiative, person
from tests.kit.imports.files import upload

from steerco.apps.initiatives.models import Ancestry, Initiative
from steerco.apps.people.models import Unit
from steerco.kit.imports import services
from steerco.kit.imports.layouts import Instructions, Options
from steerco.kit.imports.models import ImportRun
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_by_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_here")]
TREE = register_by_key("initiative")
HEADERS = ("Code", "Name", "Type", "Part of")


def staged(who: Actor, *rows: tuple[str, ...], key: str = "initiative", headers: tuple[str, ...] = HEADERS):
    return services.stage(who, register_by_key(key), [upload(headers, rows)])


def row_of(run: ImportRun, number: int) -> dict:
    return next(row for row in run.report["rows"] if row["row"] == number)


def imported(who: Actor, *rows: tuple[str, ...], **where) -> ImportRun:
    run = staged(who, *rows, **where)
    report = services.check(who, run)
    assert services.apply(who, run, report["fingerprint"]), report
    return run


def test_a_parent_above_or_below_is_made_first_whether_named_by_code_or_name(operator: Actor) -> None:
    run = staged(
        operator,
        ("W-1", "Quay wall", "Workstream", "Harbour renewal"),
        ("P-1", "Harbour renewal", "Project", "PRG"),
        ("PRG", "Coast", "Programme", ""),
        ("W-2", "Dredging", "Workstream", "P-1 · Harbour renewal"),
    )
    report = services.check(operator, run)
    assert Initiative.objects.count() == 0
    assert report["counts"]["created"] == 4, report
    shown = {
        row["row"]: c["after"] for row in report["rows"] for c in row["changes"] if c["column"] == "parent"
    }
    assert shown == {
        2: "Harbour renewal: will be created by row 3",
        3: "PRG: will be created by row 4",
        5: "P-1 · Harbour renewal: will be created by row 3",
    }
    assert services.apply(operator, run, report["fingerprint"])
    tree = dict(Initiative.objects.values_list("code", "parent__code"))
    assert tree == {"PRG": None, "P-1": "PRG", "W-1": "P-1", "W-2": "P-1"}
    assert Ancestry.objects.filter(ancestor__code="PRG").count() == 4
    again = staged(operator, ("W-1", "Quay wall", "Workstream", "Harbour renewal"))
    assert services.check(operator, again)["counts"]["unchanged"] == 1


def test_units_build_their_tree_too(operator: Actor) -> None:
    rows = (("B", "Bridges", "Transport"), ("T", "Transport", ""))
    imported(operator, *rows, key="unit", headers=("Code", "Name", "Part of"))
    assert Unit.objects.get(code="B").parent.code == "T"


def test_a_circle_is_an_error_in_each_of_its_cells_and_takes_those_below_with_it(operator: Actor) -> None:
    run = staged(
        operator,
        ("A", "Alpha", "Project", "Beta"),
        ("B", "Beta", "Project", "A"),
        ("C", "Gamma", "Workstream", "A"),
        ("D", "Delta", "Project", "D"),
        ("E", "Epsilon", "Project", ""),
    )
    counts = services.check(operator, run)["counts"]
    assert (counts["created"], counts["rejected"]) == (1, 4)
    first, second, below, own = (row_of(run, n)["problems"] for n in (2, 3, 4, 5))
    assert [p["cell"] for p in (*first, *second, *below, *own)] == ["D2", "D3", "D4", "D5"]
    assert "2 → 3 → 2" in first[0]["message"]
    assert "3 → 2 → 3" in second[0]["message"]
    assert "row 2" in below[0]["message"]
    assert "itself" in own[0]["message"]
    assert all(p["advice"] for p in (*first, *second, *below, *own))


def test_what_stands_here_is_taken_before_what_the_file_makes_and_it_is_said(operator: Actor) -> None:
    old = initiative("OLD", name="Harbour", type="programme")
    run = imported(operator, ("HARBOUR", "Coast", "Programme", ""), ("P-1", "Quay", "Project", "Harbour"))
    assert Initiative.objects.filter(code="HARBOUR").exclude(pk=old.pk).exists()
    assert Initiative.objects.get(code="P-1").parent == old
    (note,) = row_of(run, 3)["notes"]
    assert "OLD · Harbour" in note
    assert "row 2" in note


def test_two_rows_of_one_name_are_no_answer(operator: Actor) -> None:
    run = staged(
        operator,
        ("A", "Harbour", "Programme", ""),
        ("B", "Harbour", "Programme", ""),
        ("C", "Quay", "Project", "Harbour"),
    )
    assert services.check(operator, run)["counts"]["created"] == 2
    (problem,) = row_of(run, 4)["problems"]
    assert problem["cell"] == "D4"
    assert "row 2, row 3" in problem["message"]


def test_a_renamed_row_is_known_by_its_new_name(operator: Actor) -> None:
    old = initiative("PRG", name="Coast", type="programme")
    imported(
        operator, ("PRG", "Coast and harbour", "Programme", ""), ("P", "Quay", "Project", "Coast and harbour")
    )
    old.refresh_from_db()
    assert old.name == "Coast and harbour"
    assert Initiative.objects.get(code="P").parent == old


def test_a_stored_one_can_move_below_a_new_one(operator: Actor) -> None:
    initiative("P", name="Quay")
    imported(operator, ("P", "Quay", "Project", "PRG"), ("PRG", "Coast", "Programme", ""))
    assert Initiative.objects.get(code="P").parent.code == "PRG"


def test_a_refused_parent_takes_its_children_with_it(operator: Actor) -> None:
    run = staged(
        operator,
        ("PRG", "Coast", "Nonsense", ""),
        ("P", "Quay", "Project", "PRG"),
        ("W", "Wall", "Workstream", "P"),
        ("X", "Other", "Project", ""),
    )
    counts = services.check(operator, run)["counts"]
    assert (counts["created"], counts["rejected"]) == (1, 3)
    assert "row 2" in row_of(run, 3)["problems"][0]["message"]
    assert "row 3" in row_of(run, 4)["problems"][0]["message"]


def test_a_parent_that_the_tree_refuses_takes_its_children_with_it(operator: Actor) -> None:
    run = staged(
        operator,
        ("W", "Wall", "Workstream", ""),  # a workstream hangs below something
        ("V", "Part of wall", "Workstream", "W"),
        ("X", "Other", "Project", ""),
    )
    counts = services.check(operator, run)["counts"]
    assert (counts["created"], counts["rejected"]) == (1, 2)
    assert "row 2" in row_of(run, 3)["problems"][0]["message"]


def test_without_the_cell_where_that_is_asked_for(operator: Actor) -> None:
    run = staged(operator, ("A", "Alpha", "Project", "B"), ("B", "Beta", "Project", "A"))
    mapping = Instructions.from_json(run.mapping)
    mapping.options = Options(partial=True)
    services.map_run(operator, run, mapping)
    report = services.check(operator, run)
    assert (report["counts"]["created"], report["counts"]["problems"]) == (2, 2)
    assert services.apply(operator, run, report["fingerprint"])
    assert set(Initiative.objects.values_list("parent", flat=True)) == {None}


def test_rights_hold_at_every_step(operator: Actor) -> None:
    mine, other = initiative("MINE", type="programme"), initiative("OTHER", type="programme")
    manager = actor(person("Manager One", "programme_manager", mine))
    run = staged(
        manager,
        ("P", "Quay", "Project", "MINE"),
        ("W", "Wall", "Workstream", "P"),
        ("Q", "Elsewhere", "Project", "OTHER"),
        ("V", "Below elsewhere", "Workstream", "Q"),
    )
    report = services.check(manager, run)
    assert {row["row"]: row["kind"] for row in report["rows"]} == {
        2: "created", 3: "created", 4: "rejected", 5: "rejected",
    }  # fmt: skip
    assert services.apply(manager, run, report["fingerprint"])
    assert Initiative.objects.get(code="W").parent.parent == mine
    assert not other.children.exists()


def test_several_files_of_one_run_name_each_other(operator: Actor) -> None:
    files = [
        upload(HEADERS, (("P", "Quay", "Project", "PRG"),), "projects.csv"),
        upload(HEADERS, (("PRG", "Coast", "Programme", ""),), "programmes.csv"),
    ]
    run = services.stage(operator, TREE, files)
    report = services.check(operator, run)
    (change,) = [c for row in report["rows"] for c in row["changes"] if c["column"] == "parent"]
    assert change["after"] == "PRG: will be created by row 2 (programmes.csv)"
    assert services.apply(operator, run, report["fingerprint"])
    assert Initiative.objects.get(code="P").parent.code == "PRG"
