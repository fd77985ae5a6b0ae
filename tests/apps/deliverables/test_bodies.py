"""A body signs off in a room: its secretary records it, its chair confirms it, and only then it counts."""

from typing import Any

import pytest
from tests.apps.worlds import OPERATOR, actor, person

from steerco.apps.deliverables.models import Approval, Deliverable, SignOffRound
from steerco.apps.deliverables.signing import Terms, open_round, withdraw_round
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer
from steerco.apps.governance.services import write_bodies
from steerco.apps.initiatives.posts import appoint, seats_of
from steerco.kit.history import Change, Invalid

pytestmark = pytest.mark.django_db


class Board:
    """A body with a chair and a secretary, asked to sign off the deliverable of a place."""

    def __init__(self, place: Any) -> None:
        body = write_bodies(OPERATOR, [Change({"name": "Board", "initiative": place.row.initiative})])[0]
        self.chair, self.secretary = person("Cara Chair"), person("Sven Secretary")
        self.seats = seats_of([body.party_id])[body.party_id]
        appoint(OPERATOR, self.seats["chair"], self.chair)
        appoint(OPERATOR, self.seats["secretary"], self.secretary)
        self.party = body.party
        self.round = open_round(actor(place.manager), place.entry, Terms([body.party], revision="1.0"))


@pytest.fixture
def board(place: Any) -> Board:
    return Board(place)


def asked(kind: str) -> FollowUp:
    return FollowUp.objects.get(kind=kind, state="open")


def recorded(board: Board, key: str = "approve", comment: str = "Minutes of 3 March, item 4") -> None:
    answer(actor(board.secretary), asked("signoff"), key, comment)


def state(place: Any) -> str:
    return str(Deliverable.objects.get(pk=place.row.pk).state)


def test_what_the_secretary_records_waits_for_the_chair(place: Any, board: Board) -> None:
    before = state(place)
    recorded(board)
    assert (state(place), SignOffRound.objects.get().is_open) == (before, True)
    confirm = asked("signoff.confirm")
    assert confirm.debtor_id == board.seats["chair"].party_id
    assert "Minutes of 3 March, item 4" in confirm.question
    answer(actor(board.chair), confirm, "right")
    assert state(place) == "signed_off"
    approval = Approval.objects.get()
    assert approval.person_label == "Cara Chair"
    assert approval.comment == "Minutes of 3 March, item 4 (recorded by Sven Secretary)"


def test_it_says_where_it_is_written(place: Any, board: Board) -> None:
    with pytest.raises(Invalid, match="where it is written"):
        recorded(board, comment=" ")
    assert asked("signoff").debtor_id == board.party.pk


def test_what_the_chair_answers_counts_at_once(place: Any, board: Board) -> None:
    answer(actor(board.chair), asked("signoff"), "approve")
    assert state(place) == "signed_off"
    assert not FollowUp.objects.filter(kind="signoff.confirm").exists()


def test_not_so_asks_the_body_again(place: Any, board: Board) -> None:
    recorded(board)
    answer(actor(board.chair), asked("signoff.confirm"), "wrong", "We put it off.")
    assert asked("signoff").debtor_id == board.party.pk
    recorded(board, "return", "Minutes of 10 March")
    answer(actor(board.chair), asked("signoff.confirm"), "right")
    assert SignOffRound.objects.get().state == "returned"


def test_nobody_confirms_what_they_recorded(place: Any, board: Board) -> None:
    recorded(board)
    appoint(OPERATOR, board.seats["chair"], board.secretary)
    with pytest.raises(Invalid, match="somebody else"):
        answer(actor(board.secretary), asked("signoff.confirm"), "right")


def test_a_withdrawn_round_is_confirmed_by_nobody(place: Any, board: Board) -> None:
    recorded(board)
    withdraw_round(actor(place.manager), SignOffRound.objects.get(), "Too early")
    assert not FollowUp.objects.filter(kind="signoff.confirm", state="open").exists()
