"""A review from its plan to its closing: who may write it, what is frozen, what is owed and who checks it."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from tests.apps.assurance.world import Reviewed, again
from tests.apps.worlds import OPERATOR, actor, browser, person, posted, record

from steerco.apps.assurance.models import Finding, IssuedReview, Review, Working
from steerco.apps.assurance.services import (
    set_team,
    take_shipped,
    write_findings,
    write_questions,
    write_reviews,
)
from steerco.apps.assurance.working import Typed, begin, save_working
from steerco.apps.followups.chasing import chase
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer
from steerco.apps.initiatives.services import restrict
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Reviewed:
    return Reviewed()


def asked(kind: str) -> FollowUp:
    chase()
    return FollowUp.objects.get(kind=kind, state=FollowUp.State.OPEN)


def test_nobody_reviews_what_they_lead_or_sponsor(world: Reviewed) -> None:
    for party in (world.manager.party, world.sponsor.party):
        with pytest.raises(Invalid, match="nobody reviews their own work"):
            world.plan(owner=party)
    row = world.plan()
    with pytest.raises(Invalid, match="Mara Manager leads or sponsors"):
        set_team(actor(world.office), row, [world.manager.party])
    assert world.plan(kind="self", owner=world.manager.party).owner == world.manager.party


def test_only_who_plans_reviews_plans_one_and_only_its_reviewers_write_it(world: Reviewed) -> None:
    change = Change({"initiative": world.place, "title": "Mine"})
    with pytest.raises(Denied):
        write_reviews(actor(world.manager), [change])
    row = world.plan()
    for who in (world.manager, world.office):
        with pytest.raises(Denied):
            begin(actor(who), row)
    with pytest.raises(Denied):
        write_reviews(actor(world.manager), [Change({"state": "cancelled"}, pk=row.pk)])


def test_a_member_of_the_team_writes_it_too(world: Reviewed) -> None:
    row, helper = world.plan(), person("Hugo Helper", "viewer", world.place)
    set_team(actor(world.office), row, [helper.party])
    begin(actor(helper), row)
    assert again(row).state == "running"


def test_a_review_keeps_its_questions_as_they_were(world: Reviewed) -> None:
    take_shipped(actor(world.office))
    row = world.begun()
    before = Working.objects.get(review=row).questions
    question = before[0]
    pk = int(question["key"].removeprefix("own-"))
    write_questions(actor(world.office), [Change({"title": "Something else?"}, pk=pk)])
    assert Working.objects.get(review=row).questions == before
    later = world.begun(title="Later")
    assert Working.objects.get(review=later).questions[0]["title"] == "Something else?"
    assert take_shipped(actor(world.office)) == 0


def test_evidence_is_taken_from_everyday_work_when_it_is_accepted(world: Reviewed) -> None:
    with clock.at(clock.now() - timedelta(days=90)):
        record("risk", world.place, "Old")
    record("risk", world.place, "New")
    row = world.begun()
    page = browser(world.reviewer).get(f"/assurance/reviews/{row.pk}/").content.decode()
    assert "1 of 2 open risks were looked at in the last 30 days." in page
    issued = world.issued(row=row, **{"auto-risks": "1", "refs-risks": "r-2"})
    content = json.loads(issued.issued.content)
    risks = next(one for one in content["questions"] if one["key"] == "risks")
    assert (risks["auto"]["n"], risks["auto"]["of"], risks["auto"]["result"]) == (1, 2, "not")
    assert [ref["title"] for ref in risks["refs"]] == ["New"]


def test_evidence_that_not_everybody_reads_is_refused(world: Reviewed) -> None:
    hidden = record("risk", world.place, "Hidden")
    restrict(OPERATOR, hidden, [world.reviewer.party_id])
    row = world.begun()
    working = Working.objects.get(review=row)
    form = world.answers(row, **{"refs-risks": f"{hidden.reference}, R-99, nonsense"})
    with pytest.raises(Invalid) as refused:
        Typed.of(actor(world.reviewer), form, row, working)
    assert refused.value.errors[0]["refs-risks"] == [
        "Not found here, or not read by everybody: R-1, R-99, NONSENSE."
    ]


def test_nothing_is_sent_that_lacks_something(world: Reviewed) -> None:
    row = world.begun()
    url = f"/assurance/reviews/{row.pk}/"
    client = browser(world.reviewer)
    form = {**world.answers(row), "f0-owner": "", "value-plan": "", "take": "send"}
    refused = client.post(url, form)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "Say who deals with it." in text
    assert "Say whether it is met." in text
    assert "Agree a plan with the suppliers" in text  # what was typed is kept
    for nonsense in ({}, {"take": "dance"}, {"take": "save"}, {"take": "send", "confidence": "blue"}):
        assert client.post(url, nonsense).status_code == 422
    assert client.post(url, {**form, "f0-due": "soon", "take": "save"}).status_code == 422
    assert again(row).state == "running"


def test_the_facts_are_checked_before_it_is_issued_and_then_nothing_changes_it(world: Reviewed) -> None:
    row = world.sent(world.begun())
    client = browser(world.reviewer)
    refused = client.post(f"/assurance/reviews/{row.pk}/", {"take": "issue"})
    assert refused.status_code == 422
    follow_up = asked("review.facts")
    assert follow_up.debtor == world.manager.party
    shown = browser(world.manager).get(reverse("followups:page", args=[follow_up.pk]))
    assert shown.status_code == 200
    assert "The plan is thin." in shown.content.decode()
    answer(actor(world.manager), follow_up, "wrong", "Two dates, not three.")
    posted(client, f"/assurance/reviews/{row.pk}/", {"take": "issue"})
    issued = IssuedReview.objects.get(review=row)
    assert issued.digest == hashlib.sha256(issued.content.encode()).hexdigest()
    assert json.loads(issued.content)["facts"]["comment"] == "Two dates, not three."
    with pytest.raises(TypeError):
        issued.save()
    for values in ({"title": "Better"}, {"state": "cancelled"}):
        with pytest.raises((Invalid, Denied)):
            write_reviews(actor(world.office), [Change(values, pk=row.pk)])
    finding = Finding.objects.get()
    with pytest.raises(Invalid, match="stays as it is"):
        write_findings(actor(world.manager), [Change({"severity": "recommended"}, pk=finding.pk)])
    with pytest.raises(Denied):
        later = clock.today() + timedelta(days=300)
        write_findings(actor(world.manager), [Change({"due_on": later}, pk=finding.pk)])


def test_who_does_not_answer_does_not_hold_it_up(world: Reviewed) -> None:
    row = world.sent(world.begun())
    with clock.at(clock.now() + timedelta(days=9)):
        posted(browser(world.reviewer), f"/assurance/reviews/{row.pk}/", {"take": "issue"})
    assert again(row).state == "issued"


def test_a_finding_is_agreed_done_checked_and_closes_its_review(world: Reviewed) -> None:
    row = world.issued()
    finding = Finding.objects.get(review=row)
    assert (finding.area, finding.state) == ("planning", "open")
    answer(actor(world.manager), asked("finding.open"), "agree")
    with clock.at(clock.now() + timedelta(days=29)):
        answer(actor(world.manager), asked("finding.due"), "done", "Signed plan of 3 March.")
        with pytest.raises((Invalid, Denied)):
            write_findings(actor(world.manager), [Change({"state": "closed"}, pk=finding.pk)])
        check = asked("finding.check")
        assert check.debtor == world.reviewer.party
        answer(actor(world.reviewer), check, "not_yet", "Unsigned.")
        answer(actor(world.manager), asked("finding.due"), "done", "Signed now.")
        answer(actor(world.reviewer), asked("finding.check"), "close")
    finding.refresh_from_db()
    assert (finding.state, finding.checked_by, finding.closure_evidence) == (
        "closed",
        "Rita Reviewer",
        "Signed now.",
    )
    assert again(row).state == "closed"
    write_findings(actor(world.office), [Change({"state": "agreed"}, pk=finding.pk)])
    finding.refresh_from_db()
    assert (finding.reopened, finding.checked_by, again(row).state) == (1, "", "issued")


def test_nobody_closes_a_finding_about_their_own_work(world: Reviewed) -> None:
    row = record(
        "review_finding",
        world.place,
        "From outside",
        owner=world.office.party,
        source="External audit",
        state="agreed",
    )
    done = Change({"state": "done", "closure_evidence": "See file."}, pk=row.pk)
    write_findings(actor(world.office), [done])
    with pytest.raises(Invalid, match="Somebody else checks this"):
        write_findings(actor(world.office), [Change({"state": "closed"}, pk=row.pk)])


def test_what_is_contested_goes_to_somebody_who_decides(world: Reviewed) -> None:
    row = world.issued()
    first = asked("finding.open")
    with pytest.raises(Invalid):
        answer(actor(world.manager), first, "contest", "")
    answer(actor(world.manager), first, "contest", "The supplier has signed.")
    appeal = asked("finding.appeal")
    assert world.office.party_id in _holders(appeal)
    answer(actor(world.office), appeal, "withdraw", "Seen the contract.")
    finding = Finding.objects.get(review=row)
    assert finding.state == "withdrawn"
    assert "Seen the contract." in finding.verdict
    assert again(row).state == "closed"


def _holders(row: FollowUp) -> set[int]:
    found = Person.objects.filter(holdings__post__party=row.debtor_id)
    return {person.party_id for person in found}


def test_nothing_is_contested_where_nobody_decides(world: Reviewed) -> None:
    Person.objects.filter(pk=world.office.pk).update(leaves=clock.today() - timedelta(days=1))
    row = record("review_finding", world.place, "From outside", owner=world.manager.party)
    contest = Change({"state": "contested", "objection": "No."}, pk=row.pk)
    with pytest.raises(Invalid, match="Name who decides"):
        write_findings(actor(world.manager), [contest])


def test_the_findings_of_a_restricted_review_are_read_by_whoever_reads_it(world: Reviewed) -> None:
    row = world.issued(row=world.begun())
    finding = Finding.objects.get(review=row)
    readers = [world.reviewer.party_id]
    restrict(OPERATOR, row, readers)
    stranger = person("Vera Viewer", "viewer", world.place)
    for path in (f"/assurance/reviews/{row.pk}/", f"/registers/review-findings/{finding.pk}/"):
        assert browser(stranger).get(path).status_code == 404
    assert browser(stranger).get(f"/assurance/reviews/{row.pk}/report.pdf").status_code == 404
    assert "Agree a plan" not in browser(stranger).get("/assurance/").content.decode()
    other = world.begun(title="Second")
    restrict(OPERATOR, other, readers)
    world.issued(row=again(other), **{"f0-title": "Second finding"})
    second = Finding.objects.get(title="Second finding")
    assert browser(stranger).get(f"/registers/review-findings/{second.pk}/").status_code == 404
    restrict(OPERATOR, again(row), [])
    assert browser(stranger).get(f"/registers/review-findings/{finding.pk}/").status_code == 200


def test_a_draft_is_not_shown_to_others(world: Reviewed) -> None:
    row = world.begun()
    who = actor(world.reviewer)
    save_working(who, row, Typed.of(who, world.answers(row), row, Working.objects.get(review=row)))
    for other in (world.manager, world.sponsor, person("Vera Viewer", "viewer", world.place)):
        page = browser(other).get(f"/assurance/reviews/{row.pk}/").content.decode()
        assert "The plan is thin." not in page
        assert "It is being written." in page
        assert browser(other).post(f"/assurance/reviews/{row.pk}/", {"take": "send"}).status_code in (
            403,
            422,
        )
    stranger = browser(person("Otto Outside", staff=False))
    assert stranger.get(f"/assurance/reviews/{row.pk}/").status_code == 404


def test_what_two_of_a_team_write_is_not_lost(world: Reviewed) -> None:
    row = world.begun()
    helper = person("Hugo Helper", "viewer", world.place)
    set_team(actor(world.office), row, [helper.party])
    seen = Working.objects.get(review=row).changed_at.isoformat()
    url = f"/assurance/reviews/{row.pk}/"
    with clock.at(clock.now() + timedelta(minutes=1)):
        posted(browser(helper), url, {**world.answers(row), "take": "save", "seen": seen})
    late = browser(world.reviewer).post(
        url, {**world.answers(row, reasons="Mine"), "take": "save", "seen": seen}
    )
    assert late.status_code == 422
    assert Working.objects.get(review=row).content["reasons"] == "The plan is thin."


def test_the_report_is_a_pdf_and_a_word_document(world: Reviewed) -> None:
    row = world.issued()
    client = browser(world.manager)
    pdf = client.get(f"/assurance/reviews/{row.pk}/report.pdf")
    assert pdf.content.startswith(b"%PDF-")
    with translation.override("en"):
        word = client.get(f"/assurance/reviews/{row.pk}/report.docx")
    assert word.content.startswith(b"PK")
    assert client.get(f"/assurance/reviews/{row.pk}/report.exe").status_code == 404
    assert client.get(f"/assurance/reviews/{world.plan(title='Next').pk}/report.pdf").status_code == 404


def test_deleting_an_issued_review_is_refused(world: Reviewed) -> None:
    row = world.issued()
    office = browser(world.office)
    assert office.post(f"/registers/reviews/{row.pk}/delete/").status_code == 303
    assert "An issued review stays as it is." in office.get(f"/registers/reviews/{row.pk}/").content.decode()
    assert not Review.objects.get(pk=row.pk).deleted
