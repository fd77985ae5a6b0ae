"""The rules at work: what they would propose today, once for each record, rule and value.

A record has at most one open proposal and one level above that has accepted it. It is proposed again only when it got
worse, or when it was returned or given back and the days of the rule have passed. What a level has accepted climbs
by its score on that level's scale. Everything is read in a few statements, however many records there are.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from steerco.apps.escalation.ladder import Ladder, Step
from steerco.apps.escalation.measures import Fact
from steerco.apps.escalation.models import Escalation
from steerco.apps.escalation.proposals import MayBeTold, Proposal, may_be_told, propose, settle
from steerco.apps.escalation.rules import Rule, To, rules
from steerco.apps.followups.services import CLOCK
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.notices.working_time import working_days_between
from steerco.kit import clock

State = Escalation.State
BATCH = 100  # proposals in one transaction: short enough for other writers
GIVEN_BACK = frozenset({State.RETURNED, State.WITHDRAWN, State.ENDED})


class Past(NamedTuple):
    """One escalation of an open record, as the rules look back at it."""

    entry: int
    register: str
    facts: dict[str, int]
    state: str
    origin: int
    level: int
    to: int
    receiver: int
    ended_at: datetime | None
    probability: int | None
    impact: int | None

    def concerns(self, rule: str, level: int) -> bool:
        """Whether the rule's fact at that level was among its reasons."""
        return self.by_hand or (rule in self.facts and self.level == level)

    @property
    def by_hand(self) -> bool:
        """Nothing was measured then: it stands for every rule, as long as those days last."""
        return not self.facts

    def scored(self, scale: str) -> int | None:
        """The figure on the receiver's scale: "score" or "impact"."""
        if self.probability is None or self.impact is None:
            return None
        return self.impact if scale == "impact" else self.probability * self.impact


COLUMNS = (
    "entry", "entry__register", "facts", "state", "origin", "level", "to", "receiver", "ended_at",
    "level_probability", "level_impact",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What the rules say: the proposals, and the entries about which nobody above could be asked."""

    proposals: list[Proposal]
    nobody: frozenset[int]


def evaluate(day: date | None = None) -> dict[str, int]:
    """End what is settled, and propose what the rules say; how many of each. For a job: as often as one likes."""
    day = day or clock.today()
    settled = settle()
    outcome = dry_run(day)
    proposed = 0
    for start in range(0, len(outcome.proposals), BATCH):
        chunk = outcome.proposals[start : start + BATCH]
        try:
            with transaction.atomic():
                proposed += len(propose(CLOCK, chunk))
        except IntegrityError:  # somebody else proposed one of them meanwhile: the next round looks again
            continue
    return {"settled": settled, "proposed": proposed, "nobody": len(outcome.nobody)}


def dry_run(day: date | None = None, chosen: Iterable[Rule] | None = None) -> Outcome:
    """What the rules in use (or `chosen`) would propose on `day`. Changes nothing. Whatever anybody may see.

    Where several rules want the same record, the higher level is asked, for the reason of the first such rule.
    """
    day = day or clock.today()
    bench = Bench.load(day)
    found: dict[int, Proposal] = {}
    facts: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    nobody: set[int] = set()
    for rule in rules() if chosen is None else chosen:
        if rule.active:
            for fact in bench.facts(rule, day):
                facts[fact.entry_id, bench.level(rule, fact)][rule.key] = fact.value
                wanted = bench.judge(rule, fact, day)
                if wanted == Verdict.NOBODY:
                    nobody.add(fact.entry_id)
                elif isinstance(wanted, Proposal):
                    present = found.get(fact.entry_id)
                    if present is None or bench.height(wanted.step) < bench.height(present.step):
                        found[fact.entry_id] = wanted
    proposals = [replace(p, facts=facts[p.entry_id, p.place]) for p in found.values()]
    return Outcome(proposals, frozenset(nobody - found.keys()))


class Verdict(Enum):
    """Why a fact leads to no proposal."""

    KNOWN = "known"  # proposed, accepted or answered already, and not worse since
    NOBODY = "nobody"  # nobody above to ask, or nobody who may be told


class Bench:
    """What facts are judged by: the ladder, the past of every open record, who may be told of the restricted ones."""

    def __init__(self, ladder: Ladder, past: dict[int, list[Past]], told: MayBeTold) -> None:
        self.ladder, self.past, self.told = ladder, past, told

    @classmethod
    def load(cls, day: date) -> "Bench":
        """Read in a few statements."""
        past: dict[int, list[Past]] = defaultdict(list)
        rows = Escalation.objects.filter(entry__state_group__in=(StateGroup.OPEN, StateGroup.PENDING))
        for values in rows.order_by("pk").values_list(*COLUMNS):
            row = Past(*values)
            past[row.entry].append(row)
        return cls(Ladder.load(None, day), dict(past), may_be_told())

    def held(self, entry_id: int) -> Past | None:
        """The level that has accepted the record."""
        return next((row for row in self.past.get(entry_id, ()) if row.state == State.ACCEPTED), None)

    def facts(self, rule: Rule, day: date) -> Iterable[Fact]:
        """The facts of a rule. Of what a level has accepted and scored, the score there stands for its own."""
        measure = rule.what
        scored: dict[int, Past] = {}
        if measure.scale:
            accepted = (self.held(entry) for entry in self.past)
            scored = {row.entry: row for row in accepted if row and row.scored(measure.scale)}
        for fact in measure.find(day, rule.threshold):
            if fact.entry_id not in scored:
                yield fact
        for row in scored.values():
            value = row.scored(measure.scale)
            if value is not None and value >= rule.threshold and row.register in measure.registers:
                yield Fact(row.entry, row.origin, value)

    def level(self, rule: Rule, fact: Fact) -> int:
        """Whose figures a fact is: the level that has it proposed, or has accepted and scored it; else its own."""
        measure, held = rule.what, self.held(fact.entry_id)
        if measure.of_proposals:
            proposed = (r for r in self.past.get(fact.entry_id, ()) if r.state == State.PROPOSED)
            return next((row.to for row in proposed), fact.initiative_id)
        if held is not None and measure.scale and held.scored(measure.scale) is not None:
            return held.to
        return fact.initiative_id

    def judge(self, rule: Rule, fact: Fact, day: date) -> Proposal | Verdict:
        """The proposal that a fact leads to, or why to none."""
        measure, past = rule.what, self.past.get(fact.entry_id, [])
        proposed = next((row for row in past if row.state == State.PROPOSED), None)
        if (proposed is not None) != measure.of_proposals:
            return Verdict.KNOWN
        held, level = self.held(fact.entry_id), self.level(rule, fact)
        last = next((r for r in reversed(past) if r.concerns(rule.key, level)), None)
        if last is not None and not _may_come_again(rule, last, fact.value, day):
            return Verdict.KNOWN
        step = self.target(rule, fact, level, held if last is not None else None, proposed)
        if step is None:
            return Verdict.KNOWN if held else Verdict.NOBODY
        if held is not None and self.height(step) >= self.height(Step(held.to, held.receiver)):
            return Verdict.KNOWN
        if not self.told.allows(fact.entry_id, step.receiver):
            step = self._who_may_be_told(fact, held)
            if step is None:
                return Verdict.NOBODY
        return Proposal(
            fact.entry_id,
            fact.initiative_id,
            step,
            level=level,
            answer_days=rule.answer_days,
            rule=rule.key,
            measure=measure.key,
            threshold=rule.threshold,
            value=fact.value,
            limit=fact.limit,
        )

    def _who_may_be_told(self, fact: Fact, held: Past | None) -> Step | None:
        """Of a restricted record: the first rung above whose party the restriction lets read."""
        place = self.ladder.places[fact.initiative_id]
        top = self.height(Step(held.to, held.receiver)) if held else None
        steps = self.ladder.steps(fact.initiative_id, {place.lead} if place.lead else ())
        able = (step for step in steps if self.told.allows(fact.entry_id, step.receiver))
        return next((step for step in able if top is None or self.height(step) < top), None)

    def target(
        self, rule: Rule, fact: Fact, level: int, worse_at: Past | None, proposed: Past | None
    ) -> Step | None:
        """Where a fact goes. Whoever runs the place is never asked; what got worse where it was accepted, or was not
        answered where it was proposed, goes above that."""
        place = self.ladder.places.get(fact.initiative_id)
        avoid = {place.lead} if place and place.lead else set()
        if rule.to == To.NEXT:
            if worse_at is not None:
                return self.ladder.next_step(worse_at.to, {*avoid, worse_at.receiver})
            if proposed is not None:
                return self.ladder.next_step(proposed.to, {*avoid, proposed.receiver})
            held = self.held(fact.entry_id)
            further = {held.receiver} if held is not None and held.to == level else set()
            return self.ladder.next_step(level, {*avoid, *further})
        return self._fixed(rule, fact, avoid)

    def _fixed(self, rule: Rule, fact: Fact, avoid: set[int]) -> Step | None:
        """The sponsor, the board, or the level that set the tolerance; the next rung where that is who runs it."""
        ladder, origin = self.ladder, fact.initiative_id
        if rule.to == To.SETTER:
            where = fact.setter_place or origin
            setter = fact.setter_id
            step = Step(ladder.level_of(setter, origin, where), setter) if setter else None
            step = step or ladder.next_step(where, avoid)
        elif rule.to == To.SPONSOR:
            place = ladder.places.get(origin)
            receiver = next((party for party in ladder.sponsors(origin) if party not in avoid), None)
            step = Step(place.parent or origin, receiver) if place and receiver else None
        else:
            receiver = next((party for party in ladder.board(origin) if party not in avoid), None)
            step = Step(ladder.top(origin), receiver) if receiver else None
        return step if step and step.receiver not in avoid else ladder.next_step(origin, avoid)

    def height(self, step: Step) -> tuple[int, int]:
        """How high a rung is: the smaller the higher. At one level a board is above a sponsor, a sponsor above who
        runs it."""
        boards = {party for parties in self.ladder.boards.values() for party in parties}
        place = self.ladder.places[step.to]
        rank = 0 if step.receiver in boards else 2 if step.receiver == place.lead else 1
        return self.ladder.depth(step.to), rank


def _may_come_again(rule: Rule, last: Past, value: int, day: date) -> bool:
    """Whether something may be proposed again by the rule that proposed it last, at that level."""
    grows, before = rule.what.grows, last.facts.get(rule.key, value)
    if last.state == State.SETTLED:  # the record was closed, and opened again
        return True
    if last.state in GIVEN_BACK or (last.by_hand and last.state == State.DECIDED):
        ended = timezone.localdate(last.ended_at) if last.ended_at else day
        return working_days_between(ended, day) >= rule.again_days or (not grows and value > before)
    if last.state == State.DECIDED:
        return not grows and value > before
    return value >= before + (max(rule.threshold, 1) if grows else 1)
