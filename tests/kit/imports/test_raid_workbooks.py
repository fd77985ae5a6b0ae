"""RAID workbooks that offices have are read as a person would read them, and every row of theirs arrives."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.apps.worlds import initiative, person
from tests.kit.imports.raid_workbooks import (
    BOOKS,
    assumptions_and_dependencies,
    issues_and_actions,
    long_texts,
)
from tests.kit.imports.risk_workbooks import abbreviations, kevs_template, percentages, three_steps
from tests.kit.imports.workbooks import Book, Sheet

from steerco.apps.raid.models import Assumption, Dependency, Issue, Risk
from steerco.kit.imports import services
from steerco.kit.imports.layouts import Instructions, Options
from steerco.kit.imports.models import ImportRun
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_by_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_here", "town")]
SHEETS = [(make, number) for make in BOOKS for number in range(len(make().sheets))]
IDS = [f"{make.__name__}-{make().sheets[number].register}" for make, number in SHEETS]


@pytest.fixture
def town() -> None:
    initiative("P1")
    initiative("P2")
    person("Ada Lovelace")


def staged(operator: Actor, book: Book, register: str) -> ImportRun:
    upload = services.Upload(book.name, book.content())
    found = register_by_key(register)
    assert found is not None
    return services.stage(operator, found, [upload], place="P1")


def suggested(run: ImportRun, sheet: Sheet) -> dict[str, str]:
    """What was suggested for each header of a sheet."""
    tables = [table for file in run.files.all() for table in file.tables if table["sheet"] == sheet.name]
    assert len(tables) == 1
    for layout in run.mapping["layouts"]:
        if layout["headers"] == tables[0]["headers"]:
            return {h: c for h, c in zip(layout["headers"], layout["columns"], strict=True) if h}
    raise LookupError(sheet.name)


def imported(operator: Actor, book: Book, register: str) -> dict[str, Any]:
    """Check and import, as suggested."""
    run = staged(operator, book, register)
    report = services.check(operator, run)
    assert services.apply(operator, run, report["fingerprint"])
    return report


@pytest.mark.parametrize(("make", "number"), SHEETS, ids=IDS)
def test_every_column_is_suggested_as_a_person_would_say(
    make: Callable[[], Book], number: int, operator: Actor
) -> None:
    book = make()
    sheet = book.sheets[number]
    assert suggested(staged(operator, book, sheet.register), sheet) == sheet.columns


@pytest.mark.parametrize(("make", "number"), SHEETS, ids=IDS)
def test_every_record_and_nothing_else_is_imported(
    make: Callable[[], Book], number: int, operator: Actor
) -> None:
    book = make()
    sheet = book.sheets[number]
    report = imported(operator, book, sheet.register)
    assert [row["problems"] for row in report["rows"] if row["problems"]] == []
    register = register_by_key(sheet.register)
    assert register is not None
    rows = register.model._default_manager.order_by("pk")
    titles = [title if len(title) <= 300 else title[:100] for title in sheet.titles]
    assert [row.title if len(row.title) < 250 else row.title[:100] for row in rows] == titles
    again = services.check(operator, staged(operator, book, sheet.register))
    assert (again["counts"]["created"], again["counts"]["changed"]) == (0, 0)


def test_typed_scores_stand_beside_the_computed_ones(operator: Actor) -> None:
    report = imported(operator, kevs_template(), "risk")
    notes = {row["title"]: row["notes"] for row in report["rows"]}
    assert "score: the file says “9” (I5), computed is “8”." in notes["Steel prices rise before the order"]
    assert "score: the file says “16” (I6), computed is “15”." in notes["The only surveyor leaves"]
    assert not [note for note in notes["Permit is late"] if note.startswith("score")]
    kept = ImportRun.objects.get().report  # the run keeps what was typed
    assert "says “9”" in str(kept["rows"])
    assert [a["text"] for a in report["assumptions"] if "blank" in a["text"]] == [
        "26 rows are blank forms; left out."
    ]
    steel = Risk.objects.get(title__startswith="Steel")
    assert (steel.score, steel.category, steel.proximity, steel.state) == (8, "commercial", "quarter", "open")


def test_percent_and_a_scale_to_ten_are_read_on_ours_and_it_is_said(operator: Actor) -> None:
    report = imported(operator, percentages(), "risk")
    read = list(Risk.objects.order_by("pk").values_list("current_probability", "current_impact"))
    assert read == [(4, 4), (2, 2), (5, 5)]  # 60 % lies in 50-70, 15 % in 10-30, 90 % above 70
    said = " ".join(a["text"] for a in report["assumptions"])
    assert "10 → 5" in said
    assert "75 % → 5" in said
    assert Risk.objects.order_by("pk").values_list("exposure", "currency")[0] == (25_000_000, "USD")


def test_three_steps_keep_their_words(operator: Actor) -> None:
    imported(operator, three_steps(), "risk")
    read = list(Risk.objects.order_by("pk").values_list("current_probability", "current_impact", "state"))
    assert read == [(4, 3, "open"), (3, 4, "closed"), (2, 2, "open")]


def test_letters_are_steps(operator: Actor) -> None:
    imported(operator, abbreviations(), "risk")
    read = Risk.objects.order_by("pk").values_list("current_probability", "current_impact", "direction")
    assert list(read) == [(4, 5, "threat"), (2, 3, "opportunity"), (1, 2, "threat")]


def test_the_first_priority_is_the_highest_where_the_header_says_so(operator: Actor) -> None:
    imported(operator, long_texts(), "issue")
    first, second = Issue.objects.order_by("pk")
    assert (first.priority, second.priority) == (4, 1)
    assert len(first.title) <= 300
    assert first.title.endswith(" …")
    assert first.description.startswith("The contractor of the northern approach")
    assert len(first.description) > 300


def test_a_p_is_a_priority_from_the_top(operator: Actor) -> None:
    imported(operator, issues_and_actions(), "issue")
    assert list(Issue.objects.order_by("pk").values_list("priority", flat=True)) == [3, 4, 1]


def test_merged_cells_and_words_of_validation(operator: Actor) -> None:
    book = assumptions_and_dependencies()
    imported(operator, book, "assumption")
    read = list(Assumption.objects.order_by("pk").values_list("category", "result"))
    assert read == [("financial", "holds"), ("financial", "false"), ("legal", "unknown")]
    imported(operator, book, "dependency")
    road = Dependency.objects.get(title__startswith="Road")
    assert (road.giver and road.giver.code, road.slack) == ("P2", -13)


def test_a_person_may_say_how_a_column_counts(operator: Actor) -> None:
    run = staged(operator, three_steps(), "risk")
    instructions = Instructions.from_json(run.mapping)
    instructions.layouts[0].steps["current_probability"] = "5-"
    instructions.options = Options(partial=True)
    services.map_run(operator, run, instructions)
    services.apply(operator, run)
    read = Risk.objects.order_by("pk").values_list("current_probability", flat=True)
    assert list(read) == [3, 4, 5]
