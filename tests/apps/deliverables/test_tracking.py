"""The tracker, the quality register and its actions, requirements with their evidence, checklists."""

from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from tests.apps.deliverables.conftest import MONDAY
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, record

from steerco.apps.deliverables.checklists import lines_for
from steerco.apps.deliverables.models import Deliverable, ObligationTemplate, QualityReview, Requirement
from steerco.apps.deliverables.selectors import coverage, tracker
from steerco.apps.deliverables.services import take_checklist, write_templates
from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.services import restrict, write_initiatives
from steerco.apps.links.models import Relation
from steerco.apps.links.services import Upload, attach_files, relate
from steerco.kit.history import Change
from steerco.kit.permissions import Denied
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db
HERE = QueryDict("in=P1")


def write(key: str, row: Any, **values: Any) -> None:
    register = register_by_key(key)
    assert register is not None
    register.write(OPERATOR, [Change(values, pk=row.pk)])


def entry(row: Any) -> Entry:
    return Entry.objects.get(pk=row.entry_id)


def day(number: int) -> date:
    return date(2026, 12, number)


def signed(place: Any, title: str, **values: Any) -> Deliverable:
    row = record("deliverable", place.project, title, **values)
    write("deliverable", row, state="ready", delivered_on=MONDAY.date())
    write("deliverable", row, state="signed_off", signed_off_on=MONDAY.date())
    return Deliverable.objects.get(pk=row.pk)


def test_progress_counts_ours_by_weight_without_what_is_descoped(place: Any) -> None:
    write("deliverable", place.row, weight=2)
    signed(place, "Signed", weight=5)
    ready = record("deliverable", place.project, "Delivered", weight=3)
    write("deliverable", ready, state="ready", delivered_on=MONDAY.date())
    gone = record("deliverable", place.project, "Descoped", weight=90)
    write("deliverable", gone, state="descoped")
    record("deliverable", place.project, "Theirs", weight=90, direction="in")
    found = tracker(OPERATOR, HERE)
    progress = found.progress
    assert (progress.count, progress.delivered, progress.signed_off) == (3, 2, 1)
    assert (progress.delivered_percent, progress.signed_off_percent) == (80, 50)
    assert [one.row.title for one in found.incoming] == ["Theirs"]
    assert "Descoped" not in [one.row.title for one in found.outgoing]


def test_the_next_date_follows_the_steps(place: Any) -> None:
    dates = {"delivery_baseline": day(1), "delivery_forecast": day(4), "sign_off_forecast": day(11)}
    write("deliverable", place.row, **dates)

    def due() -> tuple[Any, Any]:
        row = Deliverable.objects.get(pk=place.row.pk)
        return row.due_on, entry(row).due

    assert due() == (day(4), day(4))
    write("deliverable", place.row, state="ready", delivered_on=MONDAY.date())
    assert due() == (day(11), day(11))
    write("deliverable", place.row, state="rejected")
    assert due() == (day(4), day(4))
    assert Deliverable.objects.get(pk=place.row.pk).delivered_on is None
    write("deliverable", place.row, state="ready", delivered_on=MONDAY.date())
    write("deliverable", place.row, state="signed_off", signed_off_on=MONDAY.date())
    assert due() == (None, None)


def test_what_comes_before_is_named_and_marked_when_it_comes_too_late(place: Any) -> None:
    write("deliverable", place.row, delivery_forecast=day(4))
    before = record("deliverable", place.project, "Bank interface", delivery_forecast=day(9))
    hidden = record("deliverable", place.project, "Secret", delivery_forecast=day(9))
    for row in (before, hidden):
        relate(OPERATOR, entry(row), place.entry, Relation.Kind.BLOCKS)
    restrict(OPERATOR, hidden, [place.user.party_id])
    found = tracker(actor(place.manager), HERE)
    [one] = [one for one in found.outgoing if one.row.pk == place.row.pk]
    assert [(wait.title, wait.is_too_late) for wait in one.waits] == [("Bank interface", True)]
    write("deliverable", before, delivery_forecast=day(2))
    [one] = [one for one in tracker(actor(place.manager), HERE).outgoing if one.row.pk == place.row.pk]
    assert [wait.is_too_late for wait in one.waits] == [False]


def test_the_pages_show_it(place: Any) -> None:
    write("deliverable", place.row, delivery_baseline=date(2026, 10, 1), delivery_forecast=date(2026, 11, 20))
    client = browser(place.manager)
    shown = client.get("/registers/deliverables/tracker/?in=P1").content.decode()
    assert "Design of the hub" in shown
    assert "sc-rag-red" in shown
    assert "after the baseline" in shown
    page = client.get("/portfolio/P1/").content.decode()
    assert "Deliverable tracker" in page
    listed = client.get("/registers/deliverables/?cols=title,rating").content.decode()
    assert "sc-rag-red" in listed
    assert client.get("/registers/deliverables/tracker/?in=NOWHERE").status_code == 200


def test_a_finding_becomes_an_action_that_names_where_it_comes_from(place: Any) -> None:
    review = record("quality", place.project, "Meets the standard", deliverable=place.row)
    write("quality", review, state="failed", done_on=MONDAY.date(), findings="Two fields are missing")
    client = browser(place.manager)
    page = client.get(f"/registers/quality-reviews/{review.pk}/").content.decode()
    assert f"/registers/quality-reviews/{review.pk}/action/" in page
    url = f"/registers/quality-reviews/{review.pk}/action/"
    assert client.post(url, {"title": ""}).status_code == 422
    sent = {"title": "Add the two fields", "owner": "Anton Author", "due_on": "2026-12-04"}
    assert client.post(url, sent).status_code == 303
    register = register_by_key("action")
    assert register is not None
    action = register.model._default_manager.get()
    assert (action.source, action.description, action.owner) == (
        "P1/Q-1",
        "Two fields are missing",
        place.author.party,
    )
    relation = Relation.objects.get()
    assert (relation.source_id, relation.target_id, relation.kind) == (
        review.entry_id,
        action.entry_id,
        "causes",
    )
    assert QualityReview.objects.get().state == "failed"


def test_coverage_follows_requirement_deliverable_and_acceptance(place: Any) -> None:
    paid = record("requirement", place.project, "Residents pay online")
    refunds = record("requirement", place.project, "Refunds reach them")
    loose = record("requirement", place.project, "Receipts by mail")
    waived = record("requirement", place.project, "Cheques")
    duty = record("requirement", place.project, "Data protection", kind="administrative", due_on=day(1))
    write("requirement", waived, state="waived", waived_because="Rejected by the board")
    relate(OPERATOR, entry(signed(place, "Payment page")), entry(paid), Relation.Kind.FULFILS)
    relate(OPERATOR, place.entry, entry(refunds), Relation.Kind.FULFILS)
    found = coverage(OPERATOR, HERE)
    assert (found.count, found.traced_percent, found.accepted_percent, found.verified_percent) == (
        4,
        66,
        33,
        0,
    )
    assert [one.row.title for one in found.missing] == [
        "Data protection",
        "Refunds reach them",
        "Receipts by mail",
    ]
    attach_files(OPERATOR, entry(duty), [Upload("statement.txt", [b"Checked."])])
    write("requirement", loose, evidence="Test 12")
    write("requirement", paid, state="verified", verified_by=place.user.party, verified_on=MONDAY.date())
    found = coverage(OPERATOR, HERE)
    assert (found.verified_percent, [one.row.title for one in found.missing]) == (25, ["Refunds reach them"])
    page = browser(place.manager).get("/registers/requirements/coverage/?in=P1").content.decode()
    assert "Payment page" in page
    assert "66 %" in page


def test_a_hidden_deliverable_covers_nothing_for_whoever_may_not_see_it(place: Any) -> None:
    need = record("requirement", place.project, "Residents pay online")
    row = signed(place, "Secret page")
    relate(OPERATOR, entry(row), entry(need), Relation.Kind.FULFILS)
    restrict(OPERATOR, row, [place.user.party_id])
    assert coverage(actor(place.manager), HERE).traced_percent == 0
    assert coverage(actor(place.user), HERE).traced_percent == 100


def test_a_new_project_takes_the_shipped_checklist_once(place: Any) -> None:
    write_initiatives(
        OPERATOR, [Change({"planned_start": day(1), "planned_end": day(31)}, pk=place.project.pk)]
    )
    client = browser(place.manager)
    assert "/registers/requirements/checklist/P1/" in client.get("/portfolio/P1/").content.decode()
    url = "/registers/requirements/checklist/P1/"
    keys = [line.key for line in lines_for(Initiative.objects.get(code="P1"))]
    assert "security" in keys
    assert "gate" not in keys  # for major projects
    assert client.post(url, {"line": ["mandate", "tests", "nonsense"]}).status_code == 303
    rows = {row.title: row for row in Requirement.objects.all()}
    assert set(rows) == {"Mandate and sponsor are named", "Acceptance tests are passed"}
    assert rows["Mandate and sponsor are named"].due_on == day(1)
    assert rows["Acceptance tests are passed"].due_on == day(11)
    client.post(url, {"line": ["mandate", "tests"]})
    assert Requirement.objects.count() == 2
    with pytest.raises(Denied):
        take_checklist(actor(person("Rita Reader", "viewer", place.project)), place.project, ["mandate"])


def test_the_organisations_own_lines_replace_the_shipped_ones(place: Any) -> None:
    office = person("Olga Office", "administrator")
    lines: list[dict[str, Any]] = [
        {"checklist": "IT", "title": "Security concept", "kind": "technical", "for_type": "project"},
        {"checklist": "IT", "title": "Only for major ones", "for_profile": "major"},
        {"checklist": "IT", "title": "Only for buildings", "for_category": "Construction"},
    ]
    write_templates(actor(office), [Change(values) for values in lines])
    assert [line.title for line in lines_for(place.project)] == ["Security concept"]
    assert lines_for(initiative("W1", place.project, type="workstream")) == []
    with pytest.raises(Denied):
        write_templates(actor(place.manager), [Change({"checklist": "X", "title": "Y"})])
    assert ObligationTemplate.objects.count() == 3
