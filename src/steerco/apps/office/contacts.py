"""Whom the people of an initiative ask: what is named for it or nearest above; where nobody is, the office."""

from dataclasses import dataclass

from steerco.apps.followups.services import holders
from steerco.apps.initiatives.models import Initiative, Post
from steerco.apps.office.models import Contact
from steerco.apps.office.settings import office_settings
from steerco.apps.people.models import Party, Person
from steerco.kit import clock
from steerco.kit.history import Write, save
from steerco.kit.permissions import Actor, require


@dataclass(frozen=True)
class Named:
    """Who is asked: the people, and the post that they hold ("" for a person). Nobody: the office as such.

    `is_own`: named for the initiative itself. `is_vacant`: somebody is named, and nobody holds that post now.
    """

    people: list[Person]
    post: str = ""
    is_own: bool = False
    is_vacant: bool = False


def contact_of(initiative: Initiative) -> Named:
    """Whom one asks about `initiative`. A post above is told by its title alone, which names no hidden place."""
    rows = Contact.objects.filter(
        initiative__below__descendant=initiative, party__isnull=False
    ).select_related("party")
    found = rows.order_by("initiative__below__depth", "pk").first()
    if found is not None and found.party is not None:
        named = _named(found.party)
        if named.people:
            return Named(named.people, named.post, found.initiative_id == initiative.pk)
    office = office_settings().party
    answering = _named(office) if office else Named([])
    return Named(answering.people, answering.post, is_vacant=found is not None)


def _named(party: Party) -> Named:
    post = Post.objects.filter(party=party).first() if party.kind == Party.Kind.POST else None
    title = post.title if post else party.name if party.kind == Party.Kind.BODY else ""
    return Named(holders(party.pk, clock.today()), title)


def set_contact(actor: Actor, initiative: Initiative, party: Party | None) -> Contact:
    """Name whom the people of `initiative` ask; None: whoever is named above. Raises Denied, Invalid."""
    require(actor, "initiative.edit", initiative)
    row = Contact.objects.filter(initiative=initiative).first()
    if row is None:
        row = Contact(initiative=initiative, party=party)
        save(actor, [Write(row)], kind="contact.named")
    else:
        row.party = party
        save(actor, [Write(row, fields=frozenset({"party"}))], kind="contact.named")
    return row


def party_named(initiative: Initiative) -> Party | None:
    """The party that is named for the initiative itself."""
    row = Contact.objects.filter(initiative=initiative).select_related("party").first()
    return row.party if row else None
