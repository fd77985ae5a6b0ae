"""A workbook that went out comes back after both sides changed: cell by cell, nobody's value lost."""

import io

import openpyxl
import pytest
from django.http import QueryDict
from tests.apps.worlds import initiative, record

from steerco.apps.raid.models import Risk
from steerco.kit.history import Change
from steerco.kit.imports import services
from steerco.kit.imports.exporting import export_list
from steerco.kit.imports.layouts import Instructions
from steerco.kit.imports.models import ImportRun
from steerco.kit.imports.parse_tables import ID_HEADER, IDENTITY_SHEET
from steerco.kit.imports.services import Upload
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_by_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_here")]
RISKS = register_by_key("risk")


def edited(content: bytes, changes: dict[tuple[int, str], object]) -> Upload:
    """The workbook after somebody typed into it: {(row, header): value}."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    for (row, header), value in changes.items():
        sheet.cell(row, headers.index(header) + 1).value = value
    kept = io.BytesIO()
    book.save(kept)
    return Upload("risks.xlsx", kept.getvalue())


def exported(actor: Actor) -> bytes:
    return export_list(RISKS, actor, QueryDict("sort=reference"), "xlsx", everything=True).content


def checked(actor: Actor, upload: Upload) -> ImportRun:
    run = services.stage(actor, RISKS, [upload])
    services.check(actor, run)
    return run


def test_the_workbook_carries_ids_and_versions_out_of_sight(operator: Actor) -> None:
    risk = record("risk", initiative("P1"), "One")
    book = openpyxl.load_workbook(io.BytesIO(exported(operator)))
    assert book[IDENTITY_SHEET].sheet_state == "veryHidden"
    sheet = book.worksheets[0]
    last = sheet.max_column
    assert sheet.cell(1, last).value == ID_HEADER
    assert sheet.cell(2, last).value == risk.pk
    assert sheet.column_dimensions[sheet.cell(1, last).column_letter].hidden
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref


def test_only_what_was_typed_changes(operator: Actor) -> None:
    place = initiative("P1")
    first, second = record("risk", place, "One", cause="a"), record("risk", place, "Two", cause="b")
    content = exported(operator)
    # meanwhile somebody changes another field of the same risk
    RISKS.write(operator, [Change({"effect": "theirs"}, pk=first.pk)])
    run = checked(operator, edited(content, {(2, "Cause"): "mine"}))
    assert (
        run.report["counts"] | {"read": 2, "changed": 1, "unchanged": 1, "conflicts": 0}
        == run.report["counts"]
    )
    assert services.apply(operator, run, run.report["fingerprint"])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.cause, first.effect, second.cause) == ("mine", "theirs", "b")


def test_a_conflict_keeps_theirs_until_mine_is_chosen(operator: Actor) -> None:
    risk = record("risk", initiative("P1"), "One", cause="old")
    content = exported(operator)
    RISKS.write(operator, [Change({"cause": "theirs"}, pk=risk.pk)])
    run = checked(operator, edited(content, {(2, "Cause"): "mine"}))
    (conflict,) = run.report["rows"][0]["conflicts"]
    assert (conflict["base"], conflict["theirs"], conflict["mine"]) == ("old", "theirs", "mine")
    assert run.report["counts"]["changed"] == 0
    instructions = Instructions.from_json(run.mapping)
    instructions.choices[conflict["key"]] = "mine"
    services.map_run(operator, run, instructions)
    report = services.check(operator, run)
    assert report["counts"]["changed"] == 1
    services.apply(operator, run, report["fingerprint"])
    risk.refresh_from_db()
    assert risk.cause == "mine"


def test_the_same_change_on_both_sides_is_none(operator: Actor) -> None:
    risk = record("risk", initiative("P1"), "One", cause="old")
    content = exported(operator)
    RISKS.write(operator, [Change({"cause": "same"}, pk=risk.pk)])
    run = checked(operator, edited(content, {(2, "Cause"): "same"}))
    assert run.report["counts"]["conflicts"] == run.report["counts"]["changed"] == 0


def test_an_emptied_cell_empties_the_field(operator: Actor) -> None:
    risk = record("risk", initiative("P1"), "One", cause="old", exposure_days=4)
    run = checked(
        operator, edited(exported(operator), {(2, "Cause"): None, (2, "Exposure, working days"): None})
    )
    services.apply(operator, run)
    risk.refresh_from_db()
    assert (risk.cause, risk.exposure_days) == ("", None)


def test_a_copied_row_is_refused_and_one_without_id_is_new(operator: Actor) -> None:
    place = initiative("P1")
    risk = record("risk", place, "One")
    headers = {
        (3, "Risk"): "New one",
        (3, "Initiative"): "P1",
        (4, "Risk"): "Copied",
        (4, ID_HEADER): risk.pk,
    }
    run = checked(operator, edited(exported(operator), headers))
    assert run.report["counts"] | {"created": 1, "rejected": 1, "unchanged": 1} == run.report["counts"]
    services.apply(operator, run)
    assert set(Risk.objects.values_list("title", flat=True)) == {"One", "New one"}


def test_ids_of_another_installation_mean_nothing(operator: Actor, settings: object) -> None:
    record("risk", initiative("P1"), "One", cause="old")
    content = exported(operator)
    settings.SECRET_KEY = "of another installation"  # type: ignore[attr-defined]
    run = checked(operator, edited(content, {(2, "Risk"): "Renamed"}))
    assert run.report["counts"]["changed"] == 1  # found by its number, and said so
    assert any("not used" in a["text"] for a in run.report["assumptions"])
    assert any("number" in note for row in run.report["rows"] for note in row["notes"])
