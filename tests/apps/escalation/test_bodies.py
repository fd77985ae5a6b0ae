"""A body is asked through its secretary: what was decided is recorded, and counts once the chair has confirmed it."""

from datetime import timedelta
from typing import Any

import pytest
from tests.apps.escalation.trees import Tree
from tests.apps.worlds import OPERATOR, actor, browser, person, posted, record

from steerco.apps.escalation.ladder import Step
from steerco.apps.escalation.models import Acknowledgement, Escalation
from steerco.apps.escalation.proposals import Proposal, propose, withdraw_escalation
from steerco.apps.escalation.recording import record_answer
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer
from steerco.apps.governance.services import write_bodies
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.posts import appoint, seats_of
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db


class Board:
    """The programme's board with its people, and an issue of the project that is escalated to it."""

    def __init__(self, tree: Tree, *seats: str) -> None:
        body = write_bodies(OPERATOR, [Change({"name": "Programme board", "initiative": tree.programme})])[0]
        self.party = body.party
        self.seats = seats_of([body.party_id])[body.party_id]
        self.people = {role: person(f"{role.title()} Person") for role in seats}
        for role, who in self.people.items():
            appoint(OPERATOR, self.seats[role], who)
        self.issue = record("issue", tree.project, "Crane blocked")
        step = Step(tree.programme.pk, self.party.pk)
        entry = Entry.objects.get(pk=self.issue.entry_id)
        propose(actor(tree.lead), [Proposal(entry.pk, tree.project.pk, step, reason="No permit.")])

    @property
    def row(self) -> Escalation:
        return Escalation.objects.get()


@pytest.fixture
def board(tree: Tree) -> Board:
    return Board(tree, "chair", "secretary", "member")


def question(kind: str) -> FollowUp:
    return FollowUp.objects.get(kind=f"escalation.{kind}", state=FollowUp.State.OPEN)


def recorded(board: Board, who: str = "secretary", key: str = "accept", **values: Any) -> None:
    start = {"decided_on": clock.today(), "source": "Minutes, item 4"}
    record_answer(actor(board.people[who]), board.row, key, **{**start, **values})


def test_the_secretary_records_and_it_counts_once_the_chair_confirms(tree: Tree, board: Board) -> None:
    asked = question("record")
    assert asked.debtor_id == board.seats["secretary"].party_id
    assert not FollowUp.objects.filter(kind="escalation.answer").exists()
    with pytest.raises(Invalid):
        answer(actor(board.people["secretary"]), asked, "accept")
    recorded(board)
    row = board.row
    assert (row.state, row.recorded, row.source) == ("proposed", "accept", "Minutes, item 4")
    assert row.recorded_by == board.people["secretary"]
    assert not Acknowledgement.objects.exists()
    assert FollowUp.objects.get(pk=asked.pk).state == FollowUp.State.SETTLED
    confirm = question("confirm")
    assert confirm.debtor_id == board.seats["chair"].party_id
    shown = browser(tree.lead).get(f"/registers/issues/{board.issue.pk}/").content.decode()
    assert "recorded, to be confirmed" in shown
    assert "Minutes, item 4" in shown
    with pytest.raises(Denied):
        answer(actor(board.people["secretary"]), confirm, "right")
    answer(actor(board.people["chair"]), confirm, "right")
    row = board.row
    assert (row.state, row.recorded, row.answered_by) == ("accepted", "", board.people["chair"])
    assert row.source == "Minutes, item 4"
    assert Acknowledgement.objects.filter(entry=board.issue.entry_id).exists()
    shown = browser(tree.lead).get(f"/registers/issues/{board.issue.pk}/").content.decode()
    assert "recorded, to be confirmed" not in shown
    assert "Secretary Person" in shown


def test_what_the_chair_says_was_not_so_is_asked_again_and_its_story_is_kept(board: Board) -> None:
    recorded(board, key="return", comment="Not ours")
    with pytest.raises(Invalid, match="why"):
        answer(actor(board.people["chair"]), question("confirm"), "wrong")
    answer(actor(board.people["chair"]), question("confirm"), "wrong", "We postponed it")
    row = board.row
    assert (row.state, row.recorded, row.source, row.decided_on) == ("proposed", "", "", None)
    assert question("record").debtor_id == board.seats["secretary"].party_id
    story = Event.objects.filter(model="escalation.escalation").order_by("sequence")
    assert list(story.values_list("kind", "reason"))[1:] == [
        ("escalation.recorded", "Not ours"),
        ("escalation.not_so", "We postponed it"),
    ]
    assert story[1].changes["source"] == [None, "Minutes, item 4"]
    recorded(board, key="decide", comment="Use the other crane", source="Minutes, item 7")
    answer(actor(board.people["chair"]), question("confirm"), "right")
    assert (board.row.state, board.row.comment) == ("decided", "Use the other crane")


def test_what_is_taken_back_is_no_longer_asked_of_anybody(tree: Tree, board: Board) -> None:
    recorded(board)
    withdraw_escalation(actor(tree.lead), board.row, "It is solved")
    assert board.row.state == "withdrawn"
    assert not FollowUp.objects.filter(state=FollowUp.State.OPEN).exists()
    assert Event.objects.filter(kind="escalation.recorded").exists()


@pytest.mark.parametrize(
    ("key", "values", "field"),
    [
        ("accept", {"source": " "}, "source"),
        ("accept", {"decided_on": None}, "decided_on"),
        ("accept", {"decided_on": clock.today() + timedelta(days=2)}, "decided_on"),
        ("return", {}, "comment"),
        ("nonsense", {}, "answer"),
    ],
)
def test_a_record_names_day_and_source(board: Board, key: str, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        recorded(board, key=key, **values)
    assert list(refused.value.errors[0]) == [field]
    assert board.row.recorded == ""


def test_who_may_record(tree: Tree, board: Board) -> None:
    for who in (board.people["member"], tree.lead):
        with pytest.raises(Denied):
            record_answer(actor(who), board.row, "accept", decided_on=clock.today(), source="Minutes")
    record_answer(actor(tree.office), board.row, "accept", decided_on=clock.today(), source="Minutes")
    with pytest.raises(Denied):  # once
        recorded(board)


def test_what_the_chair_records_counts_at_once(board: Board) -> None:
    recorded(board, who="chair")
    assert (board.row.state, board.row.answered_by) == ("accepted", board.people["chair"])
    assert not FollowUp.objects.filter(state=FollowUp.State.OPEN).exists()


def test_nobody_confirms_what_they_recorded(tree: Tree, board: Board) -> None:
    recorded(board)
    appoint(OPERATOR, board.seats["chair"], board.people["secretary"])
    with pytest.raises(Invalid, match="somebody else"):
        answer(actor(board.people["secretary"]), question("confirm"), "right")


def test_without_a_secretary_the_body_is_asked_and_its_chair_answers(tree: Tree) -> None:
    board = Board(tree, "chair", "member")
    asked = question("answer")
    assert asked.debtor == board.party
    answer(actor(board.people["chair"]), asked, "accept")
    assert board.row.state == "accepted"


def test_a_secretary_who_comes_later_does_not_answer_for_the_chair(tree: Tree) -> None:
    board = Board(tree, "chair")
    late = person("Sven Secretary")
    appoint(OPERATOR, board.seats["secretary"], late)
    with pytest.raises(Invalid, match="record what it decided"):
        answer(actor(late), question("answer"), "accept")
    assert board.row.state == "proposed"


def test_the_pages_lead_there_and_say_what_is_wrong(tree: Tree, board: Board) -> None:
    asked, address = question("record"), f"/escalations/{board.row.pk}/record/"
    client = browser(board.people["secretary"])
    assert address in client.get(f"/me/follow-ups/{asked.pk}/").content.decode()
    assert "Programme board" in client.get(address).content.decode()
    day = clock.today().isoformat()
    refused = client.post(address, {"answer": "return", "decided_on": day, "source": "Minutes"})
    assert refused.status_code == 422
    assert "Say why in a sentence." in refused.content.decode()
    sent = {"answer": "accept", "decided_on": day, "source": "Minutes, item 4"}
    assert "It counts once it is confirmed." in posted(client, address, sent)
    assert client.get(address).status_code in (403, 404)
    assert browser(tree.lead).get(address).status_code in (403, 404)
    chair = browser(board.people["chair"])
    shown = chair.get(f"/me/follow-ups/{question('confirm').pk}/").content.decode()
    assert "Minutes, item 4" in shown
    assert "Yes, so it was decided" in shown
