"""Writes iCalendar text: lines of at most 75 octets, times in UTC, who is asked to come and who has answered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

LONGEST_LINE = 75  # octets, without the line break (RFC 5545, 3.1)
PRODUCT = "-//Steerco//Meetings//EN"


class Method(StrEnum):
    """What the receiver is to do with it: put it in the calendar, take it out, or only show it."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is invited. `answer`: "NEEDS-ACTION", "ACCEPTED", "DECLINED" or "TENTATIVE"."""

    name: str
    email: str
    required: bool = True
    answer: str = "NEEDS-ACTION"
    chairs: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """A meeting. `uid` stays the same for its whole life; `sequence` grows with each change that people must see."""

    uid: str
    starts: datetime
    minutes: int
    title: str
    stamped: datetime
    sequence: int = 0
    text: str = ""
    place: str = ""
    link: str = ""
    organiser: Guest | None = None
    guests: tuple[Guest, ...] = ()
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """Meetings, and what they are sent for. `name` is shown by programs that subscribe to it."""

    happenings: tuple[Happening, ...] = field(default=())
    method: Method = Method.PUBLISH
    name: str = ""


def write(calendar: Calendar) -> str:
    """The text of a calendar, its lines ended by CRLF. Raises ValueError for a time without a zone."""
    return "".join(f"{part}\r\n" for line in _lines(calendar) for part in _folded(line))


def _lines(calendar: Calendar) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:{PRODUCT}"
    yield "CALSCALE:GREGORIAN"
    yield f"METHOD:{calendar.method}"
    if calendar.name:
        yield f"X-WR-CALNAME:{_text(calendar.name)}"
    for happening in calendar.happenings:
        yield from _happening(happening, calendar.method)
    yield "END:VCALENDAR"


def _happening(one: Happening, method: Method) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(one.uid)}"
    yield f"DTSTAMP:{_moment(one.stamped)}"
    yield f"DTSTART:{_moment(one.starts)}"
    yield f"DTEND:{_moment(one.starts + timedelta(minutes=one.minutes))}"
    yield f"SEQUENCE:{one.sequence}"
    yield f"SUMMARY:{_text(one.title)}"
    for name, value in (("DESCRIPTION", one.text), ("LOCATION", one.place)):
        if value:
            yield f"{name}:{_text(value)}"
    if one.link:
        yield f"URL:{_address(one.link)}"
    if one.organiser is not None:
        yield f"ORGANIZER;CN={_parameter(one.organiser.name)}:mailto:{_address(one.organiser.email)}"
    for guest in one.guests:
        yield _attendee(guest)
    gone = one.cancelled or method == Method.CANCEL
    yield f"STATUS:{'CANCELLED' if gone else 'CONFIRMED'}"
    yield f"TRANSP:{'TRANSPARENT' if gone else 'OPAQUE'}"
    yield "END:VEVENT"


def _attendee(guest: Guest) -> str:
    role = "CHAIR" if guest.chairs else "REQ-PARTICIPANT" if guest.required else "OPT-PARTICIPANT"
    asks = "TRUE" if guest.answer == "NEEDS-ACTION" else "FALSE"
    parts = (f"CN={_parameter(guest.name)}", f"ROLE={role}", f"PARTSTAT={guest.answer}", f"RSVP={asks}")
    return f"ATTENDEE;CUTYPE=INDIVIDUAL;{';'.join(parts)}:mailto:{_address(guest.email)}"


def _moment(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """A TEXT value (3.3.11): backslash, semicolon, comma and line breaks are escaped, other control signs left out."""
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(sign for sign in plain if sign in "\n\t" or (ord(sign) >= 32 and ord(sign) != 127))
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("\n", "\\n")


def _parameter(value: str) -> str:
    """A quoted parameter value (3.2): it holds neither quotation marks nor control signs."""
    kept = "".join("'" if sign == '"' else sign for sign in value if ord(sign) >= 32 and ord(sign) != 127)
    return f'"{kept}"'


def _address(value: str) -> str:
    """An address: nothing in it can begin another line."""
    return "".join(sign for sign in value.strip() if ord(sign) > 32 and ord(sign) != 127)


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, each after the first led by a space; no character is split."""
    part, size = "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > LONGEST_LINE:
            yield part
            part, size = " ", 1
        part += sign
        size += width
    yield part
