"""The address that a mail is answered at: signed, for one person and one entry, for some weeks.

It stands in no table; it is derived from the installation's secret and the person's address. Letters of the local part
may change their case on the way, so it is written in small ones.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from steerco.apps.people.models import Person
from steerco.kit import clock

LIFETIME = timedelta(days=60)
FIRST_DAY = date(2020, 1, 1)
TOKEN = re.compile(r"(\d{1,12})-(\d{1,12})-(\d{1,6})-([0-9a-f]{24})")


@dataclass(frozen=True)
class Addressed:
    """Who may answer at an address, and about what."""

    person: Person
    entry_id: int


def reply_address(person: Person, entry_id: int | None) -> str:
    """Where `person` answers about an entry; "" where this installation takes no mail."""
    local, _at, host = settings.MAIL_REPLY_TO.partition("@")
    if not host or entry_id is None or not person.email:
        return ""
    until = (clock.today() + LIFETIME - FIRST_DAY).days
    return f"{local}+{person.pk}-{entry_id}-{until}-{_mac(person, entry_id, until)}@{host}"


def addressed(address: str) -> Addressed | None:
    """Whom the address was made for; None for one that was not made here, has expired, or is of somebody who left."""
    local, _at, host = settings.MAIL_REPLY_TO.lower().partition("@")
    typed, _at, typed_host = address.lower().rpartition("@")
    name, _plus, token = typed.partition("+")
    parts = TOKEN.fullmatch(token)
    if not host or typed_host != host or name != local or parts is None:
        return None
    person = Person.objects.select_related("user", "party").filter(pk=int(parts[1])).first()
    entry_id, until = int(parts[2]), int(parts[3])
    if person is None or not constant_time_compare(_mac(person, entry_id, until), parts[4]):
        return None
    gone = person.leaves is not None and person.leaves < clock.today()
    return None if gone or FIRST_DAY + timedelta(days=until) < clock.today() else Addressed(person, entry_id)


def _mac(person: Person, entry_id: int, until: int) -> str:
    value = f"{person.pk}:{person.email.lower()}:{entry_id}:{until}"
    return salted_hmac("steerco.notices.reply", value, algorithm="sha256").hexdigest()[:24]
