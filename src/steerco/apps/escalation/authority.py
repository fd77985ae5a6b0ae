"""Who may decide: the nearest decision right that covers a case; without any, the tolerances and the posts.

Permissions follow the register: what it says is what `require_decider` enforces. By default office posts prepare and
record; they decide only where a right names them. Nobody decides alone on a paper that they wrote.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steerco.apps.escalation.ladder import Ladder
from steerco.apps.escalation.models import DecisionRight, Tolerance
from steerco.apps.escalation.tolerances import (
    BOARD_PERCENT,
    DEFAULT_DAYS,
    DEFAULT_PERCENT,
    amount_in_words,
    term_in_words,
    tolerances_of,
)
from steerco.apps.indicators.selectors import whole_life_costs
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import ancestors
from steerco.apps.people.models import Party
from steerco.kit import clock
from steerco.kit.permissions import Actor, Denied, can
from steerco.kit.registers.columns import money_text

Subject = DecisionRight.Subject
Area = Tolerance.Area
DECIDE = "record.decide"


@dataclass(frozen=True)
class Case:
    """What is to be decided: minor units of `currency`, working days, per cent of the whole-life cost.

    `percent` is found from the last report where it is not given.
    """

    money: int | None = None
    currency: str = ""
    days: int | None = None
    percent: Decimal | None = None
    gate: bool = False


@dataclass(frozen=True)
class Grant:
    """One party who may decide, and whether a second pair of eyes is needed; `right` None: by default."""

    party: Party
    four_eyes: bool = False
    right: DecisionRight | None = None


@dataclass(frozen=True)
class Authority:
    """Who may decide a case, why, and who is next.

    `grants`: the parties, the narrowest right first. `because`: the right or tolerance that says so, in the reader's
    language. `above`: the parties at the next level up; nobody where there is none. `place`: without a registered
    right, where the action `record.decide` gives it too (None: on the whole organisation). `registered`: whether the
    decision-rights register says so.
    """

    grants: tuple[Grant, ...]
    because: str
    above: tuple[Party, ...] = ()
    place: Initiative | None = None
    registered: bool = False

    @property
    def parties(self) -> tuple[Party, ...]:
        """Who may decide."""
        return tuple(dict.fromkeys(grant.party for grant in self.grants))

    @property
    def four_eyes(self) -> bool:
        """Whether two people have to agree, whoever of the parties decides."""
        return bool(self.grants) and all(grant.four_eyes for grant in self.grants)

    @property
    def is_binding(self) -> bool:
        """Whether the register says so and does not call it advice; a case above every limit is nobody's."""
        return self.registered and not (self.grants and all(g.right and g.right.advice for g in self.grants))

    @property
    def in_words(self) -> str:
        """The parties and the reason, as a sentence."""
        names = _(" or ").join(party.name for party in self.parties) or _("nobody")
        eyes = _(", with a second pair of eyes") if self.four_eyes else ""
        return _("It is for %(who)s to decide%(eyes)s. %(because)s") % {
            "who": names,
            "eyes": eyes,
            "because": self.because,
        }


@dataclass(frozen=True)
class Ruling:
    """That the actor may decide; not `complete`: somebody else has to agree before it counts.

    `body`: the right is that of a body. It decides in a room; what the actor enters is recorded, and counts once the
    body's chair confirms it.
    """

    authority: Authority
    complete: bool
    right: DecisionRight | None = None
    body: Party | None = None


class MayNotDecide(Denied):
    """The actor may not decide this; `reason` says why in the reader's language."""

    def __init__(self, reason: str) -> None:
        super().__init__(DECIDE)
        self.reason = reason


def authority_for(
    subject: str,
    initiative: Initiative,
    money: int | None = None,
    currency: str = "",
    days: int | None = None,
    *,
    percent: Decimal | None = None,
    gate: bool = False,
    day: date | None = None,
) -> Authority:
    """Who may decide about `subject` (DecisionRight.Subject) on `initiative`, for a case of that size, on `day`.

    The nearest level whose rights cover the case decides. Where the register has no right about the subject: within
    tolerance the manager, beyond it the level that set the tolerance, else the sponsor or the board (reference data
    2.8). An amount in another currency than a limit is not covered by it.
    """
    case = Case(money, currency, days, percent, gate or subject == Subject.GATE)
    levels = _rights_by_level(subject, initiative, day or clock.today())
    if not levels:
        return _by_default(subject, initiative, case, day or clock.today())
    found: list[list[DecisionRight]] = []
    for rights in levels:
        covering = sorted((r for r in rights if covers(r, case)), key=_narrowness)
        if covering:
            found.append(covering)
    if not found:
        return Authority(
            (), _("The case is above every limit in the register of decision rights."), (), None, True
        )
    chosen = found[0]
    chosen_ids = {right.party_id for right in chosen}
    above = [r.party for level in found[1:] for r in level if r.party_id not in chosen_ids]
    grants = tuple(Grant(right.party, right.four_eyes, right) for right in chosen)
    return Authority(grants, right_in_words(chosen[0]), tuple(dict.fromkeys(above)), None, True)


def covers(right: DecisionRight, case: Case) -> bool:
    """Whether the case is within the right's limits."""
    if case.money is not None and right.money is not None:
        if case.currency and case.currency != right.currency:
            return False
        if abs(case.money) > right.money:
            return False
    return case.days is None or right.days is None or case.days <= right.days


def _narrowness(right: DecisionRight) -> tuple[float, float, int]:
    money = float("inf") if right.money is None else right.money
    return money, float("inf") if right.days is None else right.days, right.pk


def _rights_by_level(subject: str, initiative: Initiative, day: date) -> list[list[DecisionRight]]:
    """The rights in force about `subject`, the nearest level first, the organisation's last."""
    here = Q(initiative__below__descendant=initiative) | Q(initiative=None)
    rows = DecisionRight.objects.filter(DecisionRight.in_force(day), here, subject=subject)
    by_level: dict[int | None, list[DecisionRight]] = {}
    for row in rows.select_related("party", "initiative").order_by("pk"):
        by_level.setdefault(row.initiative_id, []).append(row)
    order = [initiative.pk, *(a.pk for a in reversed(ancestors(initiative))), None] if by_level else []
    return [by_level[pk] for pk in order if pk in by_level]


def parties(ids: Sequence[int]) -> list[Party]:
    """The parties with those ids, in their order."""
    found = Party.objects.in_bulk(list(ids))
    return [found[pk] for pk in ids if pk in found]


@dataclass
class _Excess:
    """What of a case is beyond a tolerance, or beyond what holds without one."""

    broken: list[Tolerance] = field(default_factory=list)
    to_sponsor: list[str] = field(default_factory=list)
    to_board: list[str] = field(default_factory=list)


def _excess(initiative: Initiative, case: Case, day: date) -> _Excess:
    found, held = _Excess(), tolerances_of(initiative, day)
    if case.gate:
        found.to_board.append(_("a gate"))
    if case.days is not None and case.days > 0:
        time = held.get(Area.TIME)
        if time is not None and time.days is not None:
            if case.days > time.days:
                found.broken.append(time)
        elif case.days > DEFAULT_DAYS:
            found.to_sponsor.append(_("more than %(days)s working days") % {"days": DEFAULT_DAYS})
    if case.money or case.percent:
        _money_excess(initiative, case, held.get(Area.COST), found)
    return found


def _money_excess(initiative: Initiative, case: Case, cost: Tolerance | None, found: _Excess) -> None:
    percent = case.percent
    if percent is None and case.money is not None:
        base, currency = whole_life_costs([initiative.pk]).get(initiative.pk, (None, ""))
        if base and (not case.currency or currency == case.currency):
            percent = Decimal(abs(case.money) * 100) / base
    if cost is not None:
        if cost.money is not None and case.money is not None:
            if (case.currency and case.currency != cost.currency) or abs(case.money) > cost.money:
                found.broken.append(cost)
        elif cost.percent is not None and (percent is None or percent > cost.percent):
            found.broken.append(cost)
    elif percent is None:
        found.to_sponsor.append(_("an amount, and no whole-life cost is known to compare it with"))
    elif percent > BOARD_PERCENT:
        found.to_board.append(_("more than %(percent)s %% of the cost") % {"percent": BOARD_PERCENT})
    elif percent > DEFAULT_PERCENT:
        found.to_sponsor.append(_("more than %(percent)s %% of the cost") % {"percent": DEFAULT_PERCENT})


def _by_default(subject: str, initiative: Initiative, case: Case, day: date) -> Authority:
    """Without a registered right: the manager, the level that set the tolerance, the sponsor or the board."""
    excess = _excess(initiative, case, day)
    ladder = Ladder.load(initiative, day)
    above = list(reversed(ancestors(initiative)))
    parent, top = (above[0] if above else None), (above[-1] if above else None)
    board, sponsors = parties(ladder.board(initiative.pk)), parties(ladder.sponsors(initiative.pk))
    if excess.to_board:
        because = _("It is %(what)s: the board decides.") % {"what": excess.to_board[0]}
        return _default_authority(board, because, (), top)
    if excess.broken:
        tolerance = excess.broken[0]
        set_by = [tolerance.set_by] if tolerance.set_by else parties(ladder.sponsors(tolerance.initiative_id))
        because = _("It is beyond the tolerance of %(amount)s: the level that set it decides.") % {
            "amount": amount_in_words(tolerance)
        }
        return _default_authority(set_by, because, board, tolerance.initiative.parent)
    if excess.to_sponsor:
        because = _("It is %(what)s and nobody set a tolerance: the sponsor decides.") % {
            "what": excess.to_sponsor[0]
        }
        return _default_authority(sponsors, because, board, parent)
    if subject in {Subject.EXCEPTION, Subject.CUSTOM}:
        return _default_authority(
            sponsors, _("No decision right is registered: the sponsor decides."), board, parent
        )
    because = _("It is within tolerance and no decision right is registered: the manager decides.")
    return _default_authority(parties(ladder.leads(initiative.pk)), because, sponsors, initiative)


def _default_authority(
    deciders: Sequence[Party], because: str, above: Sequence[Party], place: Initiative | None
) -> Authority:
    further = tuple(party for party in above if party not in deciders)
    return Authority(tuple(Grant(party) for party in deciders), because, further, place)


def holding_grant(actor: Actor, authority: Authority) -> Grant | None:
    """The grant that the actor holds: their own before a body's, one alone before one with four eyes."""
    held = [grant for grant in authority.grants if grant.party.pk in actor.parties]
    return min(held, key=lambda grant: (grant.party.kind == Party.Kind.BODY, grant.four_eyes), default=None)


def require_decider(
    actor: Actor,
    subject: str,
    initiative: Initiative,
    *,
    author: int | None = None,
    earlier: Collection[int] = (),
    money: int | None = None,
    currency: str = "",
    days: int | None = None,
    percent: Decimal | None = None,
    gate: bool = False,
) -> Ruling:
    """That `actor` may decide about `subject` on `initiative`, or MayNotDecide with the reason in words.

    `author`: the id of the person who wrote the paper. `earlier`: the ids of the people who have agreed to the same
    decision already. The ruling is not complete while a second pair of eyes is needed. A trusted actor (a rule, or
    somebody whose debt is the right) passes the limits, never the rule about one's own paper.
    """
    authority = authority_for(subject, initiative, money, currency, days, percent=percent, gate=gate)
    grant = holding_grant(actor, authority)
    if actor.scopes is not None and DECIDE not in actor.scopes:
        raise MayNotDecide(_("This access may not decide."))
    by_post = not authority.registered and can(actor, DECIDE, authority.place)
    if grant is None and not actor.trusted and not by_post:
        raise MayNotDecide(authority.in_words)
    if grant is not None and grant.party.kind == Party.Kind.BODY:
        return Ruling(authority, False, grant.right, grant.party)
    four_eyes = grant.four_eyes if grant else authority.four_eyes
    if actor.person_id is not None and actor.person_id in earlier:
        raise MayNotDecide(_("You have agreed already: somebody else has to agree as well."))
    if author is not None and author == actor.person_id and not four_eyes:
        raise MayNotDecide(_("You wrote this paper: somebody else has to decide it."))
    agreed = {*earlier, actor.person_id} - {None}
    needed = 2 if four_eyes and actor.person_id is not None else 1
    return Ruling(authority, len(agreed) >= needed or actor.person_id is None, grant.right if grant else None)


def may_decide(actor: Actor, subject: str, initiative: Initiative, **case: Any) -> bool:
    """Whether `require_decider` lets the actor pass: for showing a button."""
    try:
        require_decider(actor, subject, initiative, **case)
    except MayNotDecide:
        return False
    return True


def may_grant(actor: Actor, right: DecisionRight) -> bool:
    """Whether the actor may give this right: everything where they set rights in the whole organisation, else no more
    than what the register lets them decide at the level above."""
    parent = right.initiative.parent if right.initiative else None
    if can(actor, "authority.set") or parent is None:
        return True
    levels = _rights_by_level(right.subject, parent, clock.today())
    held = [r for level in levels for r in level if r.party_id in actor.parties]
    return not levels or any(_is_within(right, r) for r in held)


def _is_within(right: DecisionRight, own: DecisionRight) -> bool:
    money = own.money is None or (
        right.money is not None and right.currency == own.currency and right.money <= own.money
    )
    return money and (own.days is None or (right.days is not None and right.days <= own.days))


def right_in_words(right: DecisionRight) -> str:
    """One right as a sentence: "Change on Payments and below, up to EUR 20,000 or 10 working days: the board"."""
    limits = []
    if right.money is not None:
        limits.append(money_text(right.money, right.currency))
    if right.days is not None:
        days = ngettext("%(days)s working day", "%(days)s working days", right.days)
        limits.append(days % {"days": right.days})
    words = {
        "what": right.title,
        "limit": _(" up to %(limits)s") % {"limits": _(" and ").join(limits)} if limits else "",
        "who": right.party.name,
        "eyes": _(" with a second pair of eyes") if right.four_eyes else _(" alone"),
        "term": term_in_words(right.starts, right.ends),
    }
    return _("%(what)s%(limit)s: decided by %(who)s%(eyes)s%(term)s") % words


def rights_on(initiative: Initiative, day: date | None = None) -> list[DecisionRight]:
    """The rights in force on an initiative: its own, then those from above, then the organisation's; by subject."""
    here = Q(initiative__below__descendant=initiative) | Q(initiative=None)
    rows = DecisionRight.objects.filter(DecisionRight.in_force(day or clock.today()), here)
    depth = {a.pk: n for n, a in enumerate([initiative, *reversed(ancestors(initiative))])}
    found = rows.select_related("party", "initiative")
    return sorted(
        found, key=lambda r: (r.subject, depth.get(r.initiative_id or 0, len(depth)), _narrowness(r))
    )
