"""Planning, calling, moving, holding: who is told what, and what is refused."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from tests.apps.worlds import OPERATOR, actor, person

from steerco.apps.initiatives.services import restrict
from steerco.apps.meetings.models import Attendee, Meeting
from steerco.apps.meetings.selectors import attendees_of, months, own_meetings, quorum
from steerco.apps.meetings.services import (
    add_guest,
    mark_presence,
    plan_series,
    remove_guest,
    reply,
    write_meetings,
)
from steerco.apps.organisation.services import configure
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.journal.outbox import send_due
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db


def to(row: Meeting, state: str, **values: Any) -> Meeting:
    return write_meetings(OPERATOR, [Change({"state": state, **values}, pk=row.pk)])[0]


def sent() -> dict[str, Any]:
    """The mails that are due, by who gets them."""
    mail.outbox.clear()
    send_due()
    return {one.to[0]: one for one in mail.outbox}


def calendar(letter: Any) -> str:
    return str(letter.attachments[0][1]).replace("\r\n ", "")


@pytest.mark.both_databases
def test_the_seats_of_the_body_are_asked_and_lead(board) -> None:
    row = board.meeting()
    assert [(one.shown_name, one.seat) for one in attendees_of(row)] == [
        ("Clara Chair", "chair"),
        ("Sam Secretary", "secretary"),
        ("Mina Member", "member"),
    ]
    assert (row.chair.name, row.owner.name) == (
        "Chair of a body: Payments board, Pay initiative",
        "Secretary of a body: Payments board, Pay initiative",
    )
    assert row.papers_by == date(2026, 11, 26)


def test_who_is_invited_gets_an_entry_for_the_calendar_and_every_change_of_it(board) -> None:
    row = board.meeting(place="Room 3")
    assert sent() == {}  # a planned meeting is nobody's yet
    guest = add_guest(OPERATOR, row, "Gus Guest", "gus@supplier.example", required=False)
    row = to(row, "called")
    first = sent()
    assert set(first) == {"clara@example.org", "sam@example.org", "mina@example.org", guest.email}
    letter = first["gus@supplier.example"]
    assert letter.subject == "Invitation: Board, 3 Dec 2026, 10:00"
    assert letter.attachments[0][2] == "text/calendar; method=REQUEST"
    assert "text/calendar" in letter.message().as_string()
    text = calendar(letter)
    assert "METHOD:REQUEST" in text
    assert "LOCATION:Room 3" in text
    assert "ROLE=OPT-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:gus@supplier.example" in text
    assert 'ORGANIZER;CN="Sam Secretary":mailto:sam@example.org' in text
    assert sent() == {}
    with pytest.raises(Invalid, match="say why"):
        write_meetings(OPERATOR, [Change({"day": date(2026, 12, 4)}, pk=row.pk)])
    moved = {"day": date(2026, 12, 4), "moved": "The chair is ill."}
    write_meetings(OPERATOR, [Change(moved, pk=row.pk)])
    second = calendar(sent()["gus@supplier.example"])
    assert f"UID:meeting-{row.pk}@" in second
    assert "DTSTART:20261204T" in second
    assert _sequence(second) > _sequence(text)
    to(row, "cancelled", moved="Nothing to decide.")
    third = calendar(sent()["clara@example.org"])
    assert "METHOD:CANCEL" in third
    assert _sequence(third) > _sequence(second)


def test_who_is_taken_off_the_list_is_told_once_and_loses_the_entry(board) -> None:
    row = to(board.meeting(), "called")
    guests = [
        add_guest(OPERATOR, row, name, f"{name[:3].lower()}@supplier.example") for name in ("Gus", "Ida")
    ]
    assert {"gus@supplier.example", "ida@supplier.example"} <= set(sent())
    for one in guests:
        remove_guest(OPERATOR, row, one.pk)
    add_guest(OPERATOR, row, "Ida", "ida@supplier.example")  # asked again before anything was sent
    letters = sent()
    assert letters["gus@supplier.example"].subject.startswith("You are no longer asked to come: Board")
    text = calendar(letters["gus@supplier.example"])
    assert "METHOD:CANCEL" in text
    assert text.count("ATTENDEE") == 1
    assert "METHOD:REQUEST" in calendar(letters["ida@supplier.example"])
    assert set(letters) == {"gus@supplier.example", "ida@supplier.example"}


def test_who_was_never_invited_is_not_told_either(board) -> None:
    row = board.meeting()
    remove_guest(OPERATOR, row, add_guest(OPERATOR, row, "Gus", "gus@supplier.example").pk)
    assert sent() == {}


def _sequence(text: str) -> int:
    [line] = [line for line in text.split("\r\n") if line.startswith("SEQUENCE:")]
    return int(line.removeprefix("SEQUENCE:"))


def test_a_restricted_meeting_is_told_to_its_readers_only(board) -> None:
    row = board.meeting()
    add_guest(OPERATOR, row, "Gus Guest", "gus@supplier.example")
    restrict(OPERATOR, row, [board.clara.party_id])
    to(Meeting.objects.get(pk=row.pk), "called")
    assert set(sent()) <= {"clara@example.org", "sam@example.org"}  # Sam's seat owns it


def test_what_is_refused(board) -> None:
    row = board.meeting()
    for wrong, said in (
        ({"begins": "25:00"}, "09:30"),
        ({"papers_by": date(2026, 12, 9)}, "before the meeting"),
        ({"state": "held"}, "not come yet"),
        ({"state": "approved"}, "cannot go"),
    ):
        with pytest.raises(Invalid, match=said):
            write_meetings(OPERATOR, [Change(wrong, pk=row.pk)])
    with pytest.raises(Denied):
        write_meetings(actor(board.rosa), [Change({"place": "Here"}, pk=row.pk)])
    with pytest.raises(Denied):
        add_guest(actor(board.rosa), row, "Olaf Lead", "")
    for name, email in (("Nobody", ""), ("Nobody", "not an address"), ("Clara Chair", "")):
        with pytest.raises(Invalid):
            add_guest(OPERATOR, row, name, email)
    assert row.attendees.count() == 3


def test_one_answers_for_oneself_and_the_quorum_is_counted(board) -> None:
    row = to(board.meeting(), "called")
    reply(actor(board.mina), row, "yes")
    assert quorum(row, attendees_of(row)).there == 1
    with pytest.raises(Denied):
        reply(actor(board.rosa), row, "yes")
    with pytest.raises(Invalid):
        reply(actor(board.mina), row, "perhaps")
    by_name = {one.shown_name: one.pk for one in attendees_of(row)}
    mark_presence(OPERATOR, row, {by_name["Clara Chair"]: "present", by_name["Sam Secretary"]: "represented"})
    found = quorum(row, attendees_of(row))
    assert (found.there, found.needed, found.is_met) == (2, 2, True)
    with pytest.raises(Invalid):
        mark_presence(OPERATOR, row, {by_name["Clara Chair"]: "asleep"})
    remove_guest(OPERATOR, row, by_name["Mina Member"])
    assert Attendee.objects.filter(meeting=row).count() == 2


def test_a_series_keeps_its_weekday_and_leaves_days_off(board) -> None:
    configure(OPERATOR, {"own_days_off": "2027-01-04"})
    values = {"begins": "14:00", "minutes": 90}
    first, until = date(2026, 12, 7), date(2027, 2, 28)
    rows = plan_series(OPERATOR, board.body, "month", first, until, values, "first Monday")
    assert [(row.day, row.moved) for row in rows] == [
        (date(2026, 12, 7), ""),
        (date(2027, 1, 1), "Its day is a day off."),
        (date(2027, 2, 1), ""),
    ]
    assert {(row.begins, row.series, row.title) for row in rows} == {
        ("14:00", "first Monday", "Payments board")
    }
    again = plan_series(OPERATOR, board.body, "month", first, until, values, "first Monday")
    assert again == []
    with pytest.raises(Invalid):
        plan_series(OPERATOR, board.body, "week", first, date(2030, 1, 1), values, "")
    with pytest.raises(Denied):
        plan_series(actor(board.rosa), board.body, "week", first, until, values, "")


def test_the_year_shows_what_its_reader_may_read(board) -> None:
    row = board.meeting()
    stranger = person("Stan Stranger", staff=False)
    found = months(actor(board.rosa), board.place, date(2026, 12, 9))
    assert (found[0].first, [one.pk for one in found[0].meetings]) == (date(2026, 12, 1), [row.pk])
    assert len(found) == 12
    assert not any(month.meetings for month in months(actor(stranger), None, date(2026, 12, 1)))


def test_ones_own_meetings_are_those_one_is_called_to(board) -> None:
    row = board.meeting()
    assert not own_meetings(actor(board.olaf), clock.today()).exists()
    add_guest(OPERATOR, row, "Olaf Lead", "")
    to(row, "called")
    assert [one.pk for one in own_meetings(actor(board.olaf), clock.today())] == [row.pk]
    assert not own_meetings(actor(board.olaf), clock.today() + timedelta(days=30)).exists()
    assert isinstance(row.starts, datetime)
