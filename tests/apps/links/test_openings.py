"""What follows from a record is a new one, linked, and the old one ends with its reason: all or nothing, and once."""

from typing import Any

import pytest
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, posted, record

from steerco.apps.initiatives.services import restrict
from steerco.apps.links.models import Relation
from steerco.apps.links.openings import Opening, declare_opening
from steerco.apps.raid.models import Assumption, Issue, Risk
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Any:
    class Town:
        pay = initiative("PAY")
        petra = person("Petra Manager", "project_manager", pay)
        vera = person("Vera Viewer", "viewer", pay)

    return Town


def address(row: Any, key: str) -> str:
    return f"/entries/{row.entry_id}/open/{key}/"


ISSUE = {"type": "problem", "priority": "4", "severity": "4", "state": "open", "initiative": "PAY"}


def test_a_risk_that_happens_opens_an_issue_and_is_closed_as_occurred(town: Any) -> None:
    row = record(
        "risk",
        town.pay,
        "The supplier fails",
        owner=town.petra.party,
        cause="Cash",
        effect="No interface",
        current_probability=3,
        current_impact=5,
    )
    client = browser(town.petra)
    page = client.get(f"/registers/risks/{row.pk}/").content.decode()
    assert address(row, "risk-issue") in page
    form = client.get(address(row, "risk-issue")).content.decode()
    for text in ("The supplier fails", "Cash", "No interface", "Petra Manager", "it happened"):
        assert text in form
    text = posted(client, address(row, "risk-issue"), {**ISSUE, "title": "The supplier has failed"})
    assert "The supplier has failed" in text
    assert "R-1" in text  # the relation
    issue = Issue.objects.get()
    row.refresh_from_db()
    assert (row.state, row.closing) == ("closed", "occurred")
    assert Relation.objects.get().kind == "causes"
    assert Relation.objects.get().target_id == issue.entry_id
    assert address(row, "risk-issue") not in client.get(f"/registers/risks/{row.pk}/").content.decode()
    assert client.post(address(row, "risk-issue"), {**ISSUE, "title": "Again"}).status_code == 404
    assert Issue.objects.count() == 1


def test_a_risk_that_was_closed_as_occurred_still_opens_its_issue(town: Any) -> None:
    row = record("risk", town.pay, "It rained", state="closed", closing="occurred")
    calm = record("risk", town.pay, "It snowed", state="closed", closing="expired")
    client = browser(town.petra)
    assert client.get(address(calm, "risk-issue")).status_code == 404
    version = row.version
    posted(client, address(row, "risk-issue"), {**ISSUE, "title": "It rained"})
    row.refresh_from_db()
    assert row.version == version


def test_a_false_assumption_opens_a_risk(town: Any) -> None:
    row = record("assumption", town.pay, "Rates stay", impact_if_false="Dearer", category="financial")
    client = browser(town.petra)
    assert "Dearer" in client.get(address(row, "assumption-risk")).content.decode()
    form = {"title": "Rates rise", "direction": "threat", "state": "open", "initiative": "PAY"}
    posted(client, address(row, "assumption-risk"), form)
    row.refresh_from_db()
    assert (row.state, row.result, row.validated_on) == ("closed", "false", clock.today())
    assert Risk.objects.get().title == "Rates rise"
    assert record("assumption", town.pay, "Holds", state="closed", result="holds")
    holding = Assumption.objects.get(title="Holds")
    assert client.get(address(holding, "assumption-risk")).status_code == 404


def test_what_the_form_refuses_writes_nothing(town: Any) -> None:
    row = record("risk", town.pay, "It may rain")
    client = browser(town.petra)
    answer = client.post(address(row, "risk-issue"), {**ISSUE, "title": ""})
    assert answer.status_code == 422
    row.refresh_from_db()
    assert (row.state, Issue.objects.count(), Relation.objects.count()) == ("open", 0, 0)


def test_what_the_old_record_refuses_takes_the_new_one_back(town: Any) -> None:
    def ends(row: Any) -> dict[str, Any]:
        return {"state": "nowhere"}

    declare_opening(
        Opening(
            "test-refused", "risk", "issue", "Refused", lambda row: row.title == "Stuck", lambda row: {}, ends
        )
    )
    row = record("risk", town.pay, "Stuck")
    answer = browser(town.petra).post(address(row, "test-refused"), {**ISSUE, "title": "Not this"})
    assert answer.status_code == 422
    assert (Issue.objects.count(), Relation.objects.count()) == (0, 0)


def test_a_reader_is_offered_nothing_and_a_stranger_finds_nothing(town: Any) -> None:
    row = record("risk", town.pay, "It may rain")
    reader = browser(town.vera)
    assert address(row, "risk-issue") not in reader.get(f"/registers/risks/{row.pk}/").content.decode()
    assert reader.post(address(row, "risk-issue"), {**ISSUE, "title": "No"}).status_code == 404
    restrict(OPERATOR, row, [person("Rita Restricted").party_id])
    assert browser(town.petra).get(address(row, "risk-issue")).status_code == 404
    assert Issue.objects.count() == 0


def test_a_deleted_issue_may_be_opened_again(town: Any) -> None:
    row = record("risk", town.pay, "It may rain")
    client = browser(town.petra)
    posted(client, address(row, "risk-issue"), {**ISSUE, "title": "It rains"})
    register = register_by_key("issue")
    assert register is not None
    register.delete(actor(town.petra), [Issue.objects.get().pk])
    posted(client, address(row, "risk-issue"), {**ISSUE, "title": "It rains"})
    assert Issue.objects.filter(deleted=False).count() == 1


def test_it_may_be_opened_at_another_place_where_the_actor_may_add(town: Any) -> None:
    other = initiative("BUS")
    row = record("risk", town.pay, "It may rain")
    answer = browser(town.petra).post(
        address(row, "risk-issue"), {**ISSUE, "title": "It rains", "initiative": "BUS"}
    )
    assert answer.status_code == 403
    register = register_by_key("risk")
    assert register is not None
    assert register.write(OPERATOR, [Change({"title": "Untouched"}, pk=row.pk)])[0].state == "open"
    everywhere = browser(person("Omar Office", "pmo_analyst"))
    posted(everywhere, address(row, "risk-issue"), {**ISSUE, "title": "It rains", "initiative": "BUS"})
    assert Issue.objects.get().initiative == other
