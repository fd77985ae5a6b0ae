"""Undo: back to what it was, row by row, and never over something newer."""

import pytest
from tests.apps.worlds import actor, initiative, person, record
from tests.kit.imports.files import upload

from steerco.apps.raid.models import Risk
from steerco.kit.history import Change
from steerco.kit.imports import services
from steerco.kit.imports.models import ImportRun
from steerco.kit.imports.undoing import undo
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied
from steerco.kit.registers.register import register_by_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_here")]
RISKS = register_by_key("risk")
HEADERS = ("Title", "Status", "Owner", "Cause", "Probability", "Impact")


def imported(operator: Actor, *rows: tuple[str, ...]) -> ImportRun:
    run = services.stage(operator, RISKS, [upload(HEADERS, rows)], place="P1")
    report = services.check(operator, run)
    assert services.apply(operator, run, report["fingerprint"]), report
    return run


def test_created_rows_are_deleted_and_changed_ones_restored(operator: Actor) -> None:
    place = initiative("P1")
    person("Ada Lovelace")
    old = record(
        "risk",
        place,
        "Old",
        cause="before",
        state="open",
        current_probability=2,
        current_impact=2,
        response="reduce",
    )
    run = imported(
        operator,
        ("Old", "being treated", "Ada Lovelace", "after", "5", "5"),
        ("New", "open", "", "x", "1", "1"),
    )
    old.refresh_from_db()
    assert (old.cause, old.score, old.state) == ("after", 25, "treating")
    result = undo(operator, run)
    assert (result.restored, result.deleted, result.kept) == (1, 1, [])
    old.refresh_from_db()
    assert (old.cause, old.score, old.owner, old.state) == ("before", 4, None, "open")
    assert RISKS.rows(operator).count() == 1
    assert Risk.objects.get(title="New").deleted
    assert Event.objects.filter(kind="risk.undone", object_id=old.pk).exists()
    assert run.state == ImportRun.State.UNDONE
    with pytest.raises(services.ImportRefused):
        undo(operator, run)


def test_what_somebody_touched_since_stays(operator: Actor) -> None:
    place = initiative("P1")
    old = record("risk", place, "Old", cause="before")
    run = imported(operator, ("Old", "", "", "after", "", ""), ("New", "open", "", "x", "", ""))
    new = Risk.objects.get(title="New")
    RISKS.write(operator, [Change({"effect": "later"}, pk=old.pk), Change({"effect": "later"}, pk=new.pk)])
    result = undo(operator, run)
    assert (result.restored, result.deleted) == (0, 0)
    assert {(kept.pk, kept.reason) for kept in result.kept} == {
        (old.pk, "Somebody changed it since."),
        (new.pk, "Somebody changed it since."),
    }
    old.refresh_from_db()
    assert (old.cause, old.effect) == ("after", "later")


def test_a_state_goes_back_even_where_no_transition_leads(operator: Actor) -> None:
    place = initiative("P1")
    old = record("risk", place, "Old", state="draft")
    run = imported(operator, ("Old", "open", "", "", "", ""))
    assert undo(operator, run).restored == 1
    old.refresh_from_db()
    assert old.state == "draft"


def test_others_need_the_right_to_undo(operator: Actor) -> None:
    place = initiative("P1")
    run = imported(operator, ("New", "open", "", "x", "", ""))
    with pytest.raises(Denied):
        undo(actor(person("Manager One", "project_manager", place)), run)
    assert undo(actor(person("Office One", "pmo_analyst")), run).deleted == 1
    assert RISKS.rows(operator).filter(title="New").count() == 0
