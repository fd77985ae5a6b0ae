"""The agenda pulls in what waits; minutes record decisions, actions and what is deferred."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from tests.apps.worlds import OPERATOR, actor, record

from steerco.apps.escalation.ladder import Step
from steerco.apps.escalation.proposals import Proposal, propose
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import answer
from steerco.apps.governance.models import Decision
from steerco.apps.governance.services import write_decisions
from steerco.apps.initiatives.services import restrict
from steerco.apps.meetings.agenda import (
    add_action,
    add_item,
    build,
    decide,
    defer,
    digest,
    move_item,
    note_item,
    remove_item,
    save_texts,
)
from steerco.apps.meetings.documents import paper_of
from steerco.apps.meetings.models import Item, Meeting
from steerco.apps.meetings.selectors import agenda
from steerco.apps.meetings.services import set_standing, write_meetings
from steerco.kit import clock
from steerco.kit.history import Change, Conflict, Invalid
from steerco.kit.journal.outbox import send_due
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db


def asked(board: Any, title: str = "Buy the hub?") -> Decision:
    """A decision that waits for the board."""
    options = [{"key": "o1", "title": "Buy"}, {"key": "o2", "title": "Wait"}]
    start = {"initiative": board.place, "title": title, "options": options, "recommendation": "Buy"}
    row = write_decisions(OPERATOR, [Change({**start, "decider": board.body.party})])[0]
    for state in ("prepared", "asked"):
        write_decisions(OPERATOR, [Change({"state": state, "decide_by": date(2026, 12, 4)}, pk=row.pk)])
    return Decision.objects.get(pk=row.pk)


def held(board: Any, **values: Any) -> Meeting:
    """A meeting of the board that takes place today."""
    row = board.meeting(day=clock.today(), papers_by=clock.today(), **values)
    return write_meetings(OPERATOR, [Change({"state": "held"}, pk=row.pk)])[0]


def titles(board: Any, row: Meeting, who: Any = None) -> list[str]:
    return [line.title for line in agenda(actor(who) if who else OPERATOR, row)]


@pytest.mark.both_databases
def test_the_agenda_is_built_from_what_waits_and_only_once(board) -> None:
    set_standing(OPERATOR, board.body, "Welcome\n\nRisks | 15")
    asked(board)
    issue = record("issue", board.place, "No supplier", due_on=date(2026, 12, 1))
    step = Step(board.place.pk, board.body.party_id)
    propose(OPERATOR, [Proposal(issue.entry_id, board.place.pk, step, reason="Beyond the project")])
    row = board.meeting()
    assert build(OPERATOR, row) == 4
    assert titles(board, row) == ["Welcome", "Risks", "D-1 Buy the hub?", "I-1 No supplier"]
    assert build(OPERATOR, row) == 0
    lines = agenda(OPERATOR, row)
    assert [line.begins for line in lines] == [0, 5, 20, 30]
    assert [key for key, _label in lines[2].verdicts] == ["o1", "o2", "other", "defer"]


def test_readers_see_only_items_that_they_may_read(board) -> None:
    decision = asked(board, "Zzyzx secret")
    row = board.meeting()
    build(OPERATOR, row)
    assert titles(board, row, board.rosa) == ["D-1 Zzyzx secret"]
    restrict(OPERATOR, decision, [board.clara.party_id])
    assert titles(board, row, board.rosa) == []
    assert titles(board, row, board.clara) == ["D-1 Zzyzx secret"]
    assert paper_of(None, row).startswith(b"%PDF")
    item = row.items.get()
    with pytest.raises(Invalid, match="not on the agenda"):
        remove_item(actor(board.olaf), row, item.pk)


def test_items_are_ordered_by_hand_and_marked_beyond_the_length(board) -> None:
    row = board.meeting(minutes=30)
    for title in ("One", "Two", "Three"):
        add_item(OPERATOR, row, title, 12, "Olaf")
    move_item(OPERATOR, row, row.items.get(title="Three").pk, -1)
    move_item(OPERATOR, row, row.items.get(title="One").pk, -1)
    assert titles(board, row) == ["One", "Three", "Two"]
    assert [line.is_beyond for line in agenda(OPERATOR, row)] == [False, False, True]
    remove_item(OPERATOR, row, row.items.get(title="One").pk)
    assert titles(board, row) == ["Three", "Two"]
    for title, minutes in (("", 5), ("Long", 481)):
        with pytest.raises(Invalid):
            add_item(OPERATOR, row, title, minutes, "")
    with pytest.raises(Denied):
        add_item(actor(board.rosa), row, "Mine", 5, "")


def test_a_decision_of_the_meeting_counts_once_the_chair_confirms_it(board) -> None:
    decision = asked(board)
    row = held(board)
    build(OPERATOR, row)
    decide(actor(board.olaf), row, row.items.get().pk, "o1", "Cheapest in five years.")
    decision.refresh_from_db()
    assert (decision.state, decision.decided_on, decision.forum) == ("recorded", row.day, "Payments board")
    assert decision.source == f"{row.reference} Board, {row.day.isoformat()}"
    assert row.items.get().outcome == "recorded"
    [question] = FollowUp.objects.filter(entry=decision.entry_id, state="open")
    answer(actor(board.clara), question, "right", "")
    decision.refresh_from_db()
    assert decision.state == "decided"
    with pytest.raises(Invalid):
        decide(OPERATOR, row, row.items.get().pk, "o1", "")


def test_minutes_are_issued_and_approved_at_the_next_meeting_with_its_actions(board) -> None:
    row = held(board)
    item = add_item(OPERATOR, row, "Supplier", 10, "")
    assert save_texts(OPERATOR, row, {item.pk: ("Two offers are late.", digest(""))}) == 1
    with pytest.raises(Conflict):
        save_texts(OPERATOR, row, {item.pk: ("Written over.", digest(""))})
    due = clock.today() + timedelta(days=7)
    action = add_action(OPERATOR, row, item.pk, "Call the supplier", board.olaf.party, due, board.place)
    assert (action.owner, action.due_on, action.source[:4]) == (board.olaf.party, due, f"{row.reference}"[:4])
    defer(OPERATOR, row, add_item(OPERATOR, row, "Parking", 10, "Mina").pk)
    write_meetings(OPERATOR, [Change({"state": "issued"}, pk=row.pk)])
    mail.outbox.clear()
    send_due()
    letters = [one for one in mail.outbox if one.subject.startswith("Minutes: Board")]
    assert {one.to[0] for one in letters} == {"clara@example.org", "sam@example.org", "mina@example.org"}
    assert bytes(letters[0].attachments[0][1]).startswith(b"%PDF")
    row = Meeting.objects.get(pk=row.pk)
    with pytest.raises(Invalid, match="until they are sent out"):
        save_texts(OPERATOR, row, {item.pk: ("Later.", digest("Two offers are late."))})
    later = board.meeting(title="Board again")
    build(OPERATOR, later)
    found = {one.kind: one for one in later.items.all()}
    assert set(found) == {"topic", "minutes", "action"}
    assert (found["topic"].title, found["topic"].carried) == ("Parking", 1)
    write_meetings(OPERATOR, [Change({"state": "called"}, pk=later.pk)])
    later.refresh_from_db()
    note_item(OPERATOR, later, found["minutes"].pk)
    assert Meeting.objects.get(pk=row.pk).state == "approved"
    assert Item.objects.filter(meeting=None).count() == 0


def test_standing_items_are_read_line_by_line(board) -> None:
    for lines in ("Risks | many", "| 5", "Risks | 0"):
        with pytest.raises(Invalid):
            set_standing(OPERATOR, board.body, f"Welcome\n{lines}")
    assert board.body.standing_items.count() == 0
    with pytest.raises(Denied):
        set_standing(actor(board.rosa), board.body, "Welcome")
