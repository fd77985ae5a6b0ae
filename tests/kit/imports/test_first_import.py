"""A risk log as an office has it: columns recognised, cells read, wrong ones named, imported whole, found again."""

import pytest
from tests.apps.worlds import initiative, person, record
from tests.kit.imports.files import RAID_HEADERS, RAID_ROWS, upload

from steerco.apps.initiatives.models import Initiative
from steerco.apps.raid.models import Risk
from steerco.kit.imports import services
from steerco.kit.imports.models import ImportRun
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(operator: Actor) -> ImportRun:
    initiative("P1")
    person("Ada Lovelace")
    return services.stage(operator, register_by_key("risk"), [upload(RAID_HEADERS, RAID_ROWS)], place="P1")


def test_columns_are_suggested_by_words_and_content(run: ImportRun) -> None:
    layout = run.mapping["layouts"][0]
    assert dict(zip(layout["headers"], layout["columns"], strict=True)) == {
        "ID": "reference",
        "Author": "description",
        "Date Identified": "raised_on",
        "Description": "title",
        "Category": "category",
        "Proximity": "proximity",
        "Probability": "current_probability",
        "Impact": "current_impact",
        "Exposure": "score",  # small whole numbers are no money
        "RAG Status": "rating",
        "Escalation": "description",
        "Status": "state",
        "Mitigation in Place": "response_text",
        "Mitigation Date": "",
        "Short Mitigation Brief": "response_text",
        "Target Date": "next_review",
        "Owner": "owner",
    }


def test_a_check_names_every_cell_and_writes_nothing(run: ImportRun, operator: Actor) -> None:
    events = Event.objects.count()
    report = services.check(operator, run)
    assert Risk.objects.count() == 0
    assert Event.objects.count() == events
    assert {k: report["counts"][k] for k in ("read", "created", "rejected")} == {
        "read": 3,
        "created": 2,
        "rejected": 1,
    }
    wrong = next(row for row in report["rows"] if row["kind"] == "rejected")
    assert {p["cell"] for p in wrong["problems"]} == {"C4", "G4", "Q4"}
    assert all(p["message"] and p["advice"] for p in wrong["problems"])
    assert [u["header"] for u in report["unmapped"]] == ["Mitigation Date"]
    second = next(row for row in report["rows"] if row["row"] == 3)
    assert "score: the file says “9” (I3), computed is “6”." in second["notes"]


def test_applied_in_one_batch_and_found_again(run: ImportRun, operator: Actor) -> None:
    report = services.check(operator, run)
    assert services.apply(operator, run, report["fingerprint"])
    supplier = Risk.objects.get(title="Supplier fails")
    assert (supplier.current_probability, supplier.current_impact, supplier.score) == (4, 4, 16)
    assert supplier.response_text == "Mitigation in Place: Yes\nShort Mitigation Brief: Second source"
    assert supplier.owner is not None
    assert Event.objects.filter(batch=run.batch, kind="risk.created").count() == 2
    again = services.stage(operator, register_by_key("risk"), [upload(RAID_HEADERS, RAID_ROWS)], place="P1")
    counts = services.check(operator, again)["counts"]
    assert (counts["created"], counts["changed"], counts["unchanged"]) == (0, 0, 2)


def test_a_run_is_applied_once(run: ImportRun, operator: Actor) -> None:
    report = services.check(operator, run)
    services.apply(operator, run, report["fingerprint"])
    run.state = ImportRun.State.STAGED  # as a second browser still has it
    with pytest.raises(services.ImportRefused):
        services.apply(operator, run, report["fingerprint"])
    assert Risk.objects.count() == 2


def test_what_was_agreed_to_is_what_happens(run: ImportRun, operator: Actor) -> None:
    report = services.check(operator, run)
    record("risk", Initiative.objects.get(code="P1"), "Supplier fails")
    assert not services.apply(operator, run, report["fingerprint"])
    run.refresh_from_db()
    assert run.state == ImportRun.State.STAGED
    assert run.report["counts"]["changed"] == 1
    assert Risk.objects.count() == 1


def test_what_has_no_field_is_kept_in_the_description_behind_its_header(operator: Actor) -> None:
    initiative("P1")
    headers = ["Risk", "Escalation", "Probability", "Impact"]
    risk = register_by_key("risk")
    run = services.stage(
        operator, risk, [upload(headers, [["Ice on the road", "Board", "4", "2"]])], place="P1"
    )
    report = services.check(operator, run)
    assert services.apply(operator, run, report["fingerprint"])
    assert Risk.objects.get().description == "Escalation: Board"
