"""What happens to an escalation: proposed, accepted, returned, decided, withdrawn, taken back down.

The receiver is asked by a follow-up, and the answer comes from there; it writes this escalation and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from steerco.apps.escalation.ladder import Ladder, Step
from steerco.apps.escalation.measures import score_on
from steerco.apps.escalation.minutes import asked_secretary, require_speaker
from steerco.apps.escalation.models import Acknowledgement, Escalation
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import CLOCK, Ask, ask, withdraw
from steerco.apps.initiatives.models import Entry, Holding, Initiative, Restriction
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.notices.working_time import add_working_days
from steerco.apps.people.models import Party
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied, can, require

KIND, RECORD, CONFIRM = "escalation.answer", "escalation.record", "escalation.confirm"
KINDS = (KIND, RECORD, CONFIRM)
HAND_DAYS = 5  # working days to answer what was escalated by hand
State = Escalation.State


@dataclass(frozen=True)
class Proposal:
    """What is to be proposed: a record of `origin` to the level and party of `step`, and why; `level`: whose figures
    say so (None: those of its own place)."""

    entry_id: int
    origin: int
    step: Step
    level: int | None = None
    answer_days: int = HAND_DAYS
    reason: str = ""
    rule: str = ""
    measure: str = ""
    threshold: int = 0
    value: int | None = None
    limit: int | None = None
    facts: Mapping[str, int] = field(default_factory=dict)

    @property
    def place(self) -> int:
        """The level whose figures say so."""
        return self.level or self.origin


def propose(actor: Actor, proposals: Sequence[Proposal]) -> list[Escalation]:
    """Make proposals, and ask their receivers. What is already proposed of an entry is left, and passed on to the
    next level where the new proposal goes higher. The caller has the right. One transaction."""
    now, day = clock.now(), clock.today()
    with transaction.atomic():
        ids = [p.entry_id for p in proposals]
        open_ones = Escalation.objects.filter(entry__in=ids, state=State.PROPOSED)
        _close(actor, list(open_ones.select_for_update()), State.PASSED)
        rows = [
            Escalation(
                entry_id=p.entry_id,
                origin_id=p.origin,
                level_id=p.place,
                to_id=p.step.to,
                receiver_id=p.step.receiver,
                proposed_at=now,
                proposed_by_id=actor.person_id,
                due=add_working_days(day, p.answer_days),
                reason=p.reason,
                rule=p.rule,
                measure=p.measure,
                threshold=p.threshold,
                value=p.value,
                limit=p.limit,
                facts=dict(p.facts),
            )
            for p in proposals
        ]
        Escalation.objects.bulk_create(rows, batch_size=500)
        receivers = Party.objects.in_bulk({row.receiver_id for row in rows})
        debtors = {pk: asked_secretary(party) for pk, party in receivers.items()}
        leads = dict(Initiative.objects.filter(pk__in={r.origin_id for r in rows}).values_list("pk", "lead"))
        own = min(actor.parties, default=None) if actor.person_id else None
        ask(
            actor,
            [
                question(row, debtors[row.receiver_id], creditor=own or leads.get(row.origin_id))
                for row in rows
            ],
        )
        note(actor, rows, "escalation.proposed")
    return rows


def question(row: Escalation, secretary: Party | None, *, creditor: int | None, number: int = 0) -> Ask:
    """What is asked of the receiver; of a body, that its secretary records what it decides. `number`: the next one."""
    kind = RECORD if secretary else KIND
    return Ask(
        key=f"{kind}:{row.pk}:{number}" if number else f"{kind}:{row.pk}",
        kind=kind,
        entry_id=row.entry_id,
        debtor_id=secretary.pk if secretary else row.receiver_id,
        due=row.due,
        creditor_id=creditor,
        data={"escalation": row.pk, **_told(row)},
    )


def _told(row: Escalation) -> dict[str, Any]:
    """What the question says, kept with it: a list of questions reads nothing more."""
    if row.measure:
        return {"measure": row.measure, "value": row.value, "limit": row.limit}
    return {"reason": row.reason[:200]}


def escalate(actor: Actor, entry: Entry, step: Step, reason: str) -> Escalation:
    """Escalate one record by hand, to a rung of its ladder. Raises Denied, Invalid."""
    record_place = entry.initiative
    require(actor, "record.edit", entry)
    if record_place is None:
        raise Denied("record.edit")
    if entry.state_group not in {StateGroup.OPEN, StateGroup.PENDING}:
        raise _wrong("to", _("It is closed: reopen it first."))
    if not reason.strip():
        raise _wrong("reason", _("Say why in a sentence."))
    if step not in steps_for(entry):
        raise _wrong("to", _("Choose one of the levels above."))
    if Escalation.objects.filter(entry=entry, state=State.PROPOSED).exists():
        raise _wrong(
            "to", _("It is proposed to a level above already: wait for the answer, or withdraw that first.")
        )
    return propose(actor, [Proposal(entry.pk, record_place.pk, step, reason=reason.strip())])[0]


def steps_for(entry: Entry) -> list[Step]:
    """The rungs that a record may be escalated to: above its place, without those who have it and may not see it."""
    if entry.initiative is None:
        return []
    ladder = Ladder.load(entry.initiative)
    avoid = taken(ladder, entry.initiative.pk, Escalation.objects.filter(entry=entry))
    told = may_be_told([entry.pk])
    return [step for step in ladder.steps(entry.initiative.pk, avoid) if told.allows(entry.pk, step.receiver)]


def taken(ladder: Ladder, place: int, rows: Iterable[Escalation]) -> set[int]:
    """Who runs the place already, and who has the record accepted."""
    own = ladder.places.get(place)
    runs = {own.lead} if own and own.lead else set()
    return runs | {row.receiver_id for row in rows if row.state == State.ACCEPTED}


class MayBeTold:
    """Which parties may be told of restricted records: those that the restriction names, or whose holders it does."""

    def __init__(
        self, covers: dict[int, int], readers: dict[int, set[int]], holders: dict[int, set[int]]
    ) -> None:
        self.covers, self.readers, self.holders = covers, readers, holders

    def allows(self, entry_id: int, party_id: int) -> bool:
        """Whether the party may be told of the record."""
        cover = self.covers.get(entry_id)
        if cover is None:
            return True
        return bool(({party_id} | self.holders.get(party_id, set())) & self.readers.get(cover, set()))


def may_be_told(entry_ids: Iterable[int] | None = None) -> MayBeTold:
    """Who may be told of the records (None: of all open ones). One query where nothing is restricted."""
    rows = Entry.objects.filter(restricted_by__isnull=False)
    rows = (
        rows.filter(state_group=StateGroup.OPEN) if entry_ids is None else rows.filter(pk__in=list(entry_ids))
    )
    covers = {pk: cover for pk, cover in rows.order_by().values_list("pk", "restricted_by") if cover}
    readers: dict[int, set[int]] = defaultdict(set)
    holders: dict[int, set[int]] = defaultdict(set)
    if covers:
        named = Restriction.objects.filter(entry__in=set(covers.values()))
        for entry, party in named.values_list("entry", "party"):
            readers[entry].add(party)
        held = Holding.objects.filter(Holding.in_force()).values_list("post__party", "person__party")
        for post, person in held:
            holders[post].add(person)
    return MayBeTold(covers, readers, holders)


def take_answer(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    """What an answer of the receiver does: accept, return with the reason, or decide."""
    row = (
        Escalation.objects.select_for_update()
        .select_related("entry", "to", "receiver")
        .get(pk=follow_up.data["escalation"])
    )
    if row.state != State.PROPOSED or row.recorded:
        raise _wrong("answer", _("This has been answered already."))
    require_speaker(actor, row.receiver)
    close_answered(actor, row, answer, comment)


def close_answered(actor: Actor, row: Escalation, answer: str, comment: str) -> None:
    """Keep the answer that counts, with what follows from it. `row` is locked and proposed."""
    row.state = {"accept": State.ACCEPTED, "return": State.RETURNED, "decide": State.DECIDED}[answer]
    row.answered_at, row.answered_by_id, row.comment = clock.now(), actor.person_id, comment
    row.recorded = ""
    if answer != "return":
        before = Escalation.objects.filter(entry=row.entry, state=State.ACCEPTED)
        _end(actor, list(before), State.PASSED)
        score = score_on(row.entry.register, [row.entry_id], row.to.type).get(row.entry_id)
        row.level_probability, row.level_impact = score or (None, None)
        acknowledge(actor, row.entry)
    if answer != "accept":
        row.ended_at = row.answered_at
    row.save()
    note(actor, [row], f"escalation.{row.state}", comment)


def may_take_back(actor: Actor, row: Escalation) -> bool:
    """Whether the actor may withdraw a proposal: who proposed it, or may change the record."""
    own = actor.person_id is not None and row.proposed_by_id == actor.person_id
    return row.state == State.PROPOSED and (own or can(actor, "record.edit", row.entry))


def withdraw_escalation(actor: Actor, row: Escalation, reason: str) -> None:
    """Take back what is proposed and not answered. Raises Denied, Invalid."""
    with transaction.atomic():
        row = locked(row)
        if not may_take_back(actor, row):
            raise Denied("record.edit")
        _close(actor, [row], State.WITHDRAWN, reason)


def holds(actor: Actor, row: Escalation) -> bool:
    """Whether the actor is, or holds, the receiver, or decides at the receiver's level."""
    return row.receiver_id in actor.parties or can(actor, "record.decide", row.to)


def end_escalation(actor: Actor, row: Escalation, reason: str) -> None:
    """Give what was accepted back to the level below. Raises Denied, Invalid."""
    with transaction.atomic():
        row = locked(row)
        if not holds(actor, row):
            raise Denied("record.decide")
        if row.state != State.ACCEPTED:
            raise _wrong("reason", _("Only what was accepted can be taken back down."))
        if not reason.strip():
            raise _wrong("reason", _("Say why in a sentence."))
        _end(actor, [row], State.ENDED, reason.strip())


def rescore(actor: Actor, row: Escalation, probability: int, impact: int) -> Escalation:
    """Score an accepted record on the receiver's scale. The record's own score stays. Raises Denied, Invalid."""
    with transaction.atomic():
        row = locked(row)
        if not holds(actor, row):
            raise Denied("record.decide")
        if row.state != State.ACCEPTED:
            raise _wrong("impact", _("Only what was accepted can be scored."))
        for name, value in (("probability", probability), ("impact", impact)):
            if not 1 <= value <= 5:
                raise _wrong(name, _("From 1 to 5."))
        before = [row.level_probability, row.level_impact]
        row.level_probability, row.level_impact = probability, impact
        row.save(update_fields=["level_probability", "level_impact"])
        note(actor, [row], "escalation.scored", changes={"score": [before, [probability, impact]]})
    return row


def settle() -> int:
    """End what was escalated of records that are closed or deleted; returns how many."""
    rows = Escalation.objects.filter(state__in=Escalation.LIVE).exclude(
        entry__state_group__in=(StateGroup.OPEN, StateGroup.PENDING)
    )
    with transaction.atomic():
        found = list(rows.select_for_update(of=("self",)))
        _close(CLOCK, [row for row in found if row.state == State.PROPOSED], State.SETTLED)
        _end(CLOCK, [row for row in found if row.state == State.ACCEPTED], State.SETTLED)
    return len(found)


def acknowledge(actor: Actor, entry: Entry) -> Acknowledgement:
    """Say that one has seen a record and takes care of it: its owner, or who may change it. Raises Denied."""
    if entry.owner_id not in actor.parties:
        require(actor, "record.edit", entry)
    with transaction.atomic():
        defaults = {"by_id": actor.person_id, "at": clock.now()}
        row, made = Acknowledgement.objects.get_or_create(entry=entry, defaults=defaults)
        if made:
            changes = {"by": [None, actor.person_id]}
            event = Event(
                kind="entry.acknowledged",
                entry_id=entry.pk,
                model="escalation.acknowledgement",
                object_id=row.pk,
                changes=changes,
            )
            append_events(actor, [event])
    return row


def locked(row: Escalation) -> Escalation:
    """The escalation, locked for what is done to it."""
    rows = Escalation.objects.select_for_update(of=("self",)).select_related(
        "entry__initiative", "to", "receiver"
    )
    return rows.get(pk=row.pk)


def questions_of(rows: Sequence[Escalation]) -> QuerySet[FollowUp]:
    """What is asked about these escalations."""
    entries, pks = {row.entry_id for row in rows}, [row.pk for row in rows]
    return FollowUp.objects.filter(kind__in=KINDS, entry__in=entries, data__escalation__in=pks)


def _close(actor: Actor, rows: Sequence[Escalation], state: str, comment: str = "") -> None:
    """End proposals and ask no longer."""
    _end(actor, rows, state, comment)
    if rows:
        withdraw(actor, questions_of(rows))


def _end(actor: Actor, rows: Sequence[Escalation], state: str, comment: str = "") -> None:
    for row in rows:
        row.state, row.ended_at = state, clock.now()
        if comment:
            row.comment = comment
    Escalation.objects.bulk_update(rows, ["state", "ended_at", "comment"], batch_size=500)
    note(actor, rows, f"escalation.{state}", comment)


def note(
    actor: Actor,
    rows: Sequence[Escalation],
    kind: str,
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> None:
    """Note in the journal what happened to escalations."""
    append_events(
        actor,
        [
            Event(
                kind=kind,
                entry_id=row.entry_id,
                model="escalation.escalation",
                object_id=row.pk,
                changes=changes or {"to": [None, row.to_id], "receiver": [None, row.receiver_id]},
            )
            for row in rows
        ],
        reason=reason,
    )


def _wrong(name: str, text: str) -> Invalid:
    return Invalid({0: {name: [text]}})
