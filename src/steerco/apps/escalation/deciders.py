"""The kinds of paper, and who may decide one: who wrote it, who may be asked, who may answer.

Who may decide is what `authority` says; this turns it into what is asked of a paper.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from steerco.apps.access.roles import ROLES, roles_giving
from steerco.apps.escalation.authority import DECIDE, Authority, authority_for
from steerco.apps.escalation.papers import Paper, Verdict
from steerco.apps.followups.links import may_see
from steerco.apps.followups.services import holders
from steerco.apps.initiatives.models import Ancestry, Holding, Initiative
from steerco.apps.initiatives.posts import seats_of
from steerco.apps.people.models import Party, Person
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Via

AGREE, RECORD, CONFIRM = "paper.agree", "paper.record", "paper.confirm"
CONCLUDE = "paper.conclude"  # what only a decision does: no role gives it
WRITTEN = frozenset({"title", "options", "recommendation"})  # who wrote one of these wrote the paper


def _nothing(actor: Actor, row: Any, verdict: Verdict, values: dict[str, Any]) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class PaperKind:
    """A register of papers. `follow(actor, row, verdict, values)`: what a verdict does besides being kept, in its
    transaction; returns further values to write into the paper. `written`: fields whose author wrote the paper.
    `take` is the key of the kind of follow-up by which somebody is asked to decide.
    """

    model: type[Paper]
    take: str
    follow: Callable[[Actor, Any, Verdict, dict[str, Any]], dict[str, Any]] = _nothing
    written: frozenset[str] = WRITTEN


_kinds: dict[str, PaperKind] = {}


def declare_paper(kind: PaperKind) -> None:
    """Add a kind of paper."""
    _kinds[kind.model.register_key] = kind


def kinds_of(row: Paper) -> tuple[str, ...]:
    """The kinds of follow-up that ask about a paper."""
    return _kinds[row.register_key].take, AGREE, RECORD, CONFIRM


def paper_at(entry_id: int, register: str) -> Any:
    """The paper of an entry, to be read. Raises LookupError for an entry that is no paper."""
    model = _kinds[register].model
    return model._default_manager.select_related("initiative", "decider").get(entry=entry_id)


def paper_of(entry_id: int, register: str) -> Any:
    """The paper of an entry, locked for what is done to it. Raises LookupError for an entry that is no paper."""
    _kinds[register].model._default_manager.select_for_update().filter(entry=entry_id).values_list(
        "pk"
    ).first()
    return paper_at(entry_id, register)


def kind_of_paper(row: Paper) -> PaperKind:
    """The kind of a paper."""
    return _kinds[row.register_key]


# -- who ----------------------------------------------------------------------------------------------------------


def authority_on(row: Paper) -> Authority:
    """Who may decide the paper, by the largest amount and delay that are at stake."""
    return authority_for(row.right_about, row.initiative, row.stake_money, row.currency, row.stake_days)


def writers(row: Paper) -> frozenset[int]:
    """The ids of the people who wrote the paper: who entered it, and who wrote its question or its options."""
    written = _kinds[row.register_key].written
    events = Event.objects.filter(model=row._meta.label_lower, object_id=row.pk, actor_user_id__isnull=False)
    users = {
        user for user, changes in events.values_list("actor_user_id", "changes") if written & set(changes)
    }
    return frozenset(Person.objects.filter(user__in=users).values_list("pk", flat=True))


def may_be_asked(party: Party, authority: Authority, initiative: Initiative) -> bool:
    """Whether `party` may be named as the decider.

    Where the register of decision rights speaks, only whom it names. Else also who is next above, a body at the
    initiative or above it, and whoever holds a post with the right to decide at the level that the case needs. Office
    posts never, unless a right names them.
    """
    if holds_one_of(party, authority.parties):
        return True
    if authority.registered:
        return False
    if holds_one_of(party, authority.above):
        return True
    if party.kind == Party.Kind.BODY:
        seats = seats_of([party.pk])[party.pk].values()
        around = set(_at_or_above(initiative)) | {None}
        return any(seat.initiative_id in around for seat in seats)
    deciding = {role for role in roles_giving(DECIDE) if not ROLES[role].office}
    held = Holding.objects.filter(Holding.in_force(), post__role__in=deciding)
    own = held.filter(post__party=party) | held.filter(person__party=party)
    if own.filter(post__initiative=None).exists():
        return True
    level = _at_or_above(authority.place) if authority.place else []
    named = Initiative.objects.filter(pk__in=level)
    return (
        own.filter(post__initiative__in=level).exists()
        or named.filter(sponsor=party).exists()
        or named.filter(lead=party).exists()
    )


def holds_one_of(party: Party, parties: Sequence[Party]) -> bool:
    """Whether `party` is one of these, or a person who holds one of these posts now. A body is not its chair."""
    if party in parties:
        return True
    posts = [p.pk for p in parties if p.kind == Party.Kind.POST] if party.kind == Party.Kind.PERSON else []
    held = Holding.objects.filter(Holding.in_force(), person__party=party, post__party__in=posts)
    return bool(posts) and held.exists()


def _at_or_above(place: Initiative) -> list[int]:
    return list(Ancestry.objects.filter(descendant=place).values_list("ancestor", flat=True))


def default_decider(row: Paper) -> Party | None:
    """The first of those who may decide; None where nobody may."""
    parties = authority_on(row).parties
    return parties[0] if parties else None


def require_asked(row: Paper, party: Party) -> None:
    """That an answer comes from whoever was asked, or was handed on to somebody who may decide. Raises Invalid."""
    asked = {row.decider_id, row.second_id}
    seats = seats_of([row.decider_id])[row.decider_id].values() if row.decider_id else ()
    asked |= {seat.party_id for seat in seats}
    if party.pk not in asked and not may_be_asked(party, authority_on(row), row.initiative):
        words = {"who": party.name, "authority": authority_on(row).in_words}
        raise wrong("answer", _("%(who)s may not decide this. %(authority)s") % words)


def require_reader(row: Paper, debtor: Party) -> None:
    """Nobody is asked about what they may not read."""
    reader = Actor(None, "", via=Via.LINK, parties=frozenset({debtor.pk}))
    if not may_see(reader, row.entry) and not (row.decider_id and _reads_as_body(row)):
        raise wrong("decider", _("%(who)s may not read this paper: it is restricted.") % {"who": debtor.name})


def _reads_as_body(row: Paper) -> bool:
    return may_see(Actor(None, "", via=Via.LINK, parties=frozenset({row.decider_id or 0})), row.entry)


def needs_second(row: Paper, decider: Party, authority: Authority) -> bool:
    """Whether two people have to agree when `decider` decides."""
    grants = [g for g in authority.grants if holds_one_of(decider, [g.party])]
    return all(g.four_eyes for g in grants) if grants else authority.four_eyes


def require_other_eyes(row: Paper, decider: Party, authority: Authority) -> None:
    """Nobody decides alone on a paper that they wrote, and a second pair of eyes is somebody's."""
    people = {person.pk for person in holders(decider.pk, clock.today())}
    seconds = {person.pk for person in holders(row.second_id, clock.today())} if row.second_id else set()
    if needs_second(row, decider, authority):
        if len(people | seconds) < 2:
            raise wrong("second", _("Two people have to agree: name the second pair of eyes."))
    elif people and people <= writers(row) and not seconds - people:
        raise wrong(
            "decider",
            _("%(who)s wrote this paper: name somebody else, or a second pair of eyes.")
            % {"who": decider.name},
        )
    if row.second_id and row.second and not may_be_asked(row.second, authority, row.initiative):
        raise wrong(
            "second",
            _("%(who)s may not decide this. %(authority)s")
            % {"who": row.second.name, "authority": authority.in_words},
        )


def wrong(name: str, text: str) -> Invalid:
    """One refusal of one field."""
    return Invalid({0: {name: [text]}})
