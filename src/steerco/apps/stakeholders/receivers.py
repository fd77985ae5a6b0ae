"""Who gets what is sent to a distribution list on a day: the people who stand behind its lines then."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from steerco.apps.initiatives.models import Holding
from steerco.apps.people.models import Party, Person
from steerco.apps.stakeholders.members import Meant, read_members
from steerco.apps.stakeholders.models import DistributionList
from steerco.kit import clock
from steerco.kit.permissions import Actor


@dataclass(frozen=True)
class Recipient:
    """Somebody who gets it: a person here, or an outside address (`person` is None). `via`: by which line."""

    name: str
    email: str
    person: Person | None
    via: str


@dataclass
class Recipients:
    """Who gets it, each address once; whose line stands for nobody now; who has no address."""

    found: list[Recipient] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)


def recipients_of(row: DistributionList, day: date | None = None) -> Recipients:
    """The present people of a list. Three statements, however long it is."""
    return recipients_by(read_members(row.members, row.meant), day)


def recipients_by(meant: Iterable[Meant], day: date | None = None) -> Recipients:
    """The people whom lines mean on a day: a person, everybody who holds a post or sits in a body."""
    lines, found, seen = list(meant), Recipients(), set()
    people = _people({line.party_id for line in lines if line.party_id}, day or clock.today())
    for line in lines:
        if line.party_id is None:
            found_here = [Recipient(line.name, line.email.lower(), None, line.line)]
        else:
            found_here = [
                Recipient(p.name, p.email.lower(), p, line.line) for p in people.get(line.party_id, ())
            ]
            if not found_here:
                found.gone.append(line.line)
        for one in found_here:
            if not one.email:
                found.unreachable.append(one.name)
            elif one.email not in seen:
                seen.add(one.email)
                found.found.append(one)
    return found


def _people(parties: set[int], day: date) -> dict[int, list[Person]]:
    """Who stands behind each party on `day`, those who left apart."""
    found: dict[int, dict[int, Person]] = {}
    for person in Person.objects.filter(party__in=parties).exclude(leaves__lt=day).select_related("user"):
        found.setdefault(person.party_id, {})[person.pk] = person
    held = Holding.objects.filter(Holding.in_force(day), kind__in=("holder", "proxy"))
    held = held.exclude(person__leaves__lt=day).select_related("person__user", "post")
    bodies = Party.objects.filter(pk__in=parties, kind=Party.Kind.BODY).values("pk")
    for party, rows in (
        ("party_id", held.filter(post__party__in=parties)),
        ("body_id", held.filter(post__body__in=bodies)),
    ):
        for row in rows.order_by("person__party__sort_name", "pk"):
            found.setdefault(getattr(row.post, party), {})[row.person.pk] = row.person
    return {party: list(people.values()) for party, people in found.items()}


def lists_for(actor: Actor) -> list[DistributionList]:
    """The lists in use that the actor may read."""
    rows = DistributionList.objects.visible_to(actor).filter(deleted=False, state="used")
    return list(rows.select_related("initiative").order_by("sort_title", "pk"))
