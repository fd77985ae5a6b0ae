"""iCalendar by the rules of RFC 5545 and RFC 5546."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.exchange.icalendar import Calendar, Guest, Happening, Method, write

BOARD = Happening(
    uid="meeting-7@pmo.example",
    starts=datetime(2026, 7, 6, 10, 0, tzinfo=ZoneInfo("Europe/Berlin")),
    minutes=90,
    title="Steering board, July; with guests",
    stamped=datetime(2026, 6, 1, 8, 0, tzinfo=UTC),
    sequence=3,
    text="First line\nSecond \\ line",
    place="Town hall, room 3",
    link="https://meet.example/a b\r\nX-EVIL:1",
    organiser=Guest("Grace Ito", "grace@example.org"),
    guests=(
        Guest('Ada "the chair" Okonkwo', "ada@example.org", chairs=True, answer="ACCEPTED"),
        Guest("Ben", "ben@example.org", required=False),
    ),
)


def unfolded(text: str) -> list[str]:
    """The content lines, as a reader puts them together (3.1)."""
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def test_a_meeting_as_the_rules_have_it() -> None:
    lines = unfolded(write(Calendar((BOARD,), Method.REQUEST)))
    assert lines[:5] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Steerco//Meetings//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
    ]
    assert lines[-2:] == ["END:VEVENT", "END:VCALENDAR"]
    assert "DTSTART:20260706T080000Z" in lines  # 10:00 in Berlin's summer
    assert "DTEND:20260706T093000Z" in lines
    assert "SEQUENCE:3" in lines
    assert "SUMMARY:Steering board\\, July\\; with guests" in lines
    assert "DESCRIPTION:First line\\nSecond \\\\ line" in lines
    assert 'ORGANIZER;CN="Grace Ito":mailto:grace@example.org' in lines
    chair, guest = [line for line in lines if line.startswith("ATTENDEE")]
    assert chair.endswith(":mailto:ada@example.org")
    assert "CN=\"Ada 'the chair' Okonkwo\";ROLE=CHAIR;PARTSTAT=ACCEPTED;RSVP=FALSE" in chair
    assert "ROLE=OPT-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE" in guest


def test_no_value_begins_a_line_of_its_own() -> None:
    lines = unfolded(write(Calendar((BOARD,))))
    assert not [line for line in lines if line.startswith("X-EVIL")]
    evil = replace(BOARD, title="A\r\nEND:VEVENT", organiser=Guest("B\r\nX-EVIL:1", "c\r\nX-EVIL:1@d"))
    lines = unfolded(write(Calendar((evil,))))
    assert lines.count("END:VEVENT") == 1
    assert not [line for line in lines if line.startswith("X-EVIL")]


def test_a_cancelled_one_says_so() -> None:
    lines = unfolded(write(Calendar((BOARD,), Method.CANCEL)))
    assert "METHOD:CANCEL" in lines
    assert "STATUS:CANCELLED" in lines
    assert "STATUS:CONFIRMED" in unfolded(write(Calendar((BOARD,), Method.REQUEST)))
    assert "STATUS:CANCELLED" in unfolded(write(Calendar((replace(BOARD, cancelled=True),))))


def test_a_time_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        write(Calendar((replace(BOARD, starts=datetime(2026, 7, 6, 10)),)))


@given(st.text(max_size=200))
def test_lines_are_short_and_come_back_whole(title: str) -> None:
    text = write(Calendar((replace(BOARD, title=title),), name="Meine Besprechungen"))
    parts = text.split("\r\n")
    assert all(len(part.encode()) <= 75 for part in parts)
    assert "\n" not in text.replace("\r\n", "")
    [line] = [line for line in unfolded(text) if line.startswith("SUMMARY:")]
    plain = title.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(s for s in plain if s in "\n\t" or (ord(s) >= 32 and ord(s) != 127))
    back = line.removeprefix("SUMMARY:").replace("\\\\", "\0").replace("\\n", "\n")
    assert back.replace("\\;", ";").replace("\\,", ",").replace("\0", "\\") == plain
