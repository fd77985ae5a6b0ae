"""Escalation on the pages: by hand, both ends, the answer, the score, the rules."""

from typing import Any

import pytest
from tests.apps.escalation.trees import Tree
from tests.apps.worlds import OPERATOR, actor, browser, person, posted, record

from steerco.apps.escalation.evaluation import evaluate
from steerco.apps.escalation.models import Acknowledgement, Escalation
from steerco.apps.escalation.rules import write_rule
from steerco.apps.escalation.selectors import response_times
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer
from steerco.apps.reporting.content import pack_content
from steerco.kit.journal.models import Event

pytestmark = pytest.mark.django_db


def page(who: Any, url: str) -> str:
    found = browser(who).get(url)
    assert found.status_code == 200, url
    return found.content.decode()


def risk(tree: Tree, **values: Any) -> Any:
    start = {"current_probability": 4, "current_impact": 4, **values}
    return record("risk", tree.project, "Supplier fails", **start)


def test_a_record_is_escalated_by_hand_and_both_ends_see_it(tree: Tree) -> None:
    row = record("issue", tree.project, "Crane blocked")
    url, escalate_url = f"/registers/issues/{row.pk}/", f"/entries/{row.entry_id}/escalate/"
    assert "Escalate…" in page(tree.lead, url)
    form = page(tree.lead, escalate_url)
    for name in ("Petra Programme", "Dora Director", "Saul Sponsor"):
        assert name in form
    assert "Paula Lead ·" not in form
    assert "Saul Sponsor · sponsor of Proj initiative" in form
    assert "Carl Chief · portfolio Port initiative" in form
    assert form.count("Sponsor, ") == 0  # the posts of those who are offered by name
    lead = browser(tree.lead)
    to = f"{tree.programme.pk}-{tree.programme_manager.party_id}"
    assert lead.post(escalate_url, {"to": to, "reason": " "}).status_code == 422
    assert lead.post(escalate_url, {"to": "1-1", "reason": "x"}).status_code == 422
    assert "The permit is missing." in posted(
        lead, escalate_url, {"to": to, "reason": "The permit is missing."}
    )
    assert lead.post(escalate_url, {"to": to, "reason": "Again."}).status_code == 422
    for who, home in ((tree.lead, "/"), (tree.programme_manager, "/")):
        assert "Crane blocked" in page(who, home)
    assert "Crane blocked" in page(tree.programme_manager, "/portfolio/PROG/")
    assert "Crane blocked" in page(tree.programme_manager, "/escalations/?in=PROG&side=to")
    assert "Crane blocked" in page(tree.lead, "/escalations/?in=PROJ&side=by")
    assert "Crane blocked" not in page(tree.lead, "/escalations/?in=PROJ&side=to")
    assert Event.objects.filter(kind="escalation.proposed", entry_id=row.entry_id).count() == 1


def test_the_receiver_answers_scores_and_gives_back(tree: Tree) -> None:
    row = risk(tree)
    evaluate()
    made = Escalation.objects.get()
    receiver = browser(tree.programme_manager)
    follow_up = FollowUp.objects.get(kind="escalation.answer")
    assert "Its score is 16." in page(tree.programme_manager, f"/me/follow-ups/{follow_up.pk}/")
    assert receiver.post(f"/me/follow-ups/{follow_up.pk}/", {"answer": "return"}).status_code == 422
    assert receiver.post(f"/me/follow-ups/{follow_up.pk}/", {"answer": "accept"}).status_code == 303
    text = page(tree.lead, f"/registers/risks/{row.pk}/")
    assert "4 × 4 = 16" in text
    assert "Score at this level" not in text
    text = posted(receiver, f"/escalations/{made.pk}/score/", {"probability": "2", "impact": "3"})
    assert "2 × 3 = 6" in text
    for nonsense in ({"probability": "9", "impact": "3"}, {"probability": "x", "impact": ""}):
        assert "From 1 to 5." in posted(receiver, f"/escalations/{made.pk}/score/", nonsense)
    assert browser(tree.lead).post(f"/escalations/{made.pk}/give-back/", {"reason": "x"}).status_code == 403
    assert "taken back down" in posted(receiver, f"/escalations/{made.pk}/give-back/", {"reason": "Yours."})


def test_a_proposal_is_withdrawn_by_who_may(tree: Tree) -> None:
    risk(tree)
    evaluate()
    made = Escalation.objects.get()
    assert browser(tree.sponsor).post(f"/escalations/{made.pk}/withdraw/").status_code == 403
    assert "withdrawn" in posted(browser(tree.lead), f"/escalations/{made.pk}/withdraw/", {})
    assert FollowUp.objects.get().state == FollowUp.State.WITHDRAWN


def test_an_issue_is_acknowledged_by_its_owner_once(tree: Tree) -> None:
    owner = person("Otto Owner")
    row = record("issue", tree.project, "Server down", severity=4, owner=owner.party)
    url = f"/entries/{row.entry_id}/acknowledge/"
    assert browser(tree.sponsor).post(url).status_code == 403
    assert "Acknowledged: Otto Owner" in posted(browser(owner), url, {}).replace("\n", "")
    browser(tree.lead).post(url)
    assert Acknowledgement.objects.get().by == owner


@pytest.mark.both_databases
def test_the_rules_are_read_tried_and_changed_by_who_configures(tree: Tree) -> None:
    risk(tree)
    record("issue", tree.project, "Old", due_on="2020-01-01")
    assert browser(tree.director).get("/admin/escalation-rules/").status_code == 403
    text = page(tree.office, "/admin/escalation-rules/?try=1")
    assert "A threat has a score of 15 or more" in text
    assert "<strong>1</strong> Risk" in text
    assert "<strong>1</strong> Issue" in text
    assert "Petra Programme" in text
    assert not Escalation.objects.exists()
    office = browser(tree.office)
    form = {"threshold": "20", "to": "next", "answer_days": "3", "again_days": "10", "active": "on"}
    changed = posted(office, "/admin/escalation-rules/risk.score/", form)
    assert "A threat has a score of 20 or more" in changed
    assert office.post("/admin/escalation-rules/risk.score/", {**form, "to": "setter"}).status_code == 422
    assert office.post("/admin/escalation-rules/risk.score/", {**form, "threshold": "x"}).status_code == 422
    assert office.get("/admin/escalation-rules/nonsense/").status_code == 404
    added = posted(office, "/admin/escalation-rules/new/", {**form, "measure": "overdue.milestone"})
    assert "Milestone: overdue by 20 working days or more" in added
    assert "<strong>1</strong> Risk" not in page(tree.office, "/admin/escalation-rules/?try=1")


def test_response_times_are_shown_for_groups_and_to_oneself(tree: Tree) -> None:
    people = [person(f"P{number} Programme", "programme_manager", tree.programme) for number in range(5)]
    write_rule(OPERATOR, "risk.impact", {"active": False})
    for number, who in enumerate(people):
        risk(tree)
        evaluate()
        follow_up = FollowUp.objects.get(kind="escalation.answer", state="open")
        FollowUp.objects.filter(pk=follow_up.pk).update(debtor=who.party)
        follow_up.refresh_from_db()
        answer(actor(who), follow_up, "return", "Yours.")
        [found] = response_times(actor(tree.director))
        assert found.answered == number + 1
        assert (found.median_days is None) == (number < 4)
    assert "Myself" in page(people[0], "/escalations/")
    assert "Myself" not in page(tree.lead, "/escalations/")


def test_what_waits_for_the_level_stands_in_its_pack(tree: Tree) -> None:
    risk(tree)
    evaluate()
    found = pack_content(actor(tree.programme_manager), tree.programme).decisions
    assert [(d.question, d.recommendation, d.decider, d.project) for d in found] == [
        ("Supplier fails", "Its score is 16.", "Petra Programme", tree.project.name)
    ]
    assert pack_content(actor(tree.lead), tree.project).decisions == ()
