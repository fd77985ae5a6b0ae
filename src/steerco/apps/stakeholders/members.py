"""The lines of a distribution list: who is meant by each. A line is somebody here by name or address, or an outside
address with its name: "Ann Ash <ann@supplier.example>"."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from steerco.apps.people.models import Party, Person
from steerco.kit.fields import sort_key

MOST = 500  # lines of a list
OUTSIDE = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>\s]+)>")


@dataclass(frozen=True)
class Meant:
    """What a line means: a party here, or an outside address."""

    line: str
    party_id: int | None = None
    name: str = ""
    email: str = ""


def lines_of(text: str) -> list[str]:
    """The lines of a text, each once, without what is empty."""
    return list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))


def read_members(text: str, known: Mapping[str, int | None]) -> list[Meant]:
    """What each line means; `known` keeps what a line meant before. Raises ValidationError that names each line."""
    lines = lines_of(text)
    if len(lines) > MOST:
        raise ValidationError(_("Take at most %(n)s lines.") % {"n": MOST})
    parties = _parties(line for line in lines if line not in known)
    found, problems = [], []
    for number, line in enumerate(lines, 1):
        try:
            found.append(_meant(line, known, parties))
        except ValidationError as error:
            problems += [_("Line %(n)s: %(why)s") % {"n": number, "why": why} for why in error.messages]
    if problems:
        raise ValidationError(problems)
    return found


def _parties(lines: Iterable[str]) -> dict[str, set[int]]:
    """The parties by name and by address. Two statements."""
    wanted = list(lines)
    keys = {sort_key(line) for line in wanted}
    addresses = {_address(line) for line in wanted} - {""}
    found: dict[str, set[int]] = {}
    for pk, key in Party.objects.filter(sort_name__in=keys, active=True).values_list("pk", "sort_name"):
        found.setdefault(key, set()).add(pk)
    if addresses:
        people = Person.objects.exclude(email="").values_list("party", "email")
        for party, email in people:
            if email.lower() in addresses:
                found.setdefault(email.lower(), set()).add(party)
    return found


def _address(line: str) -> str:
    outside = OUTSIDE.fullmatch(line)
    if outside:
        return outside["email"].lower()
    return line.lower() if "@" in line else ""


def _meant(line: str, known: Mapping[str, int | None], parties: Mapping[str, set[int]]) -> Meant:
    address = _address(line)
    if address:
        validate_email(address)
        outside = OUTSIDE.fullmatch(line)
        name = outside["name"].strip().strip('"') if outside else ""
        if not name and address not in parties:
            raise ValidationError(
                _("Write “Name <%(address)s>” for somebody outside.") % {"address": address}
            )
    if known.get(line):
        return Meant(line, known[line])
    here = parties.get(address or sort_key(line), set())
    if len(here) > 1:
        raise ValidationError(
            _("“%(name)s” is the name of more than one: write the e-mail address.") % {"name": line}
        )
    if here:
        return Meant(line, next(iter(here)))
    if not address:
        raise ValidationError(
            _("Nobody here is called “%(name)s”. Somebody outside: “Ann Ash <ann@example.org>”.")
            % {"name": line}
        )
    return Meant(line, None, name, address)
