"""Sign-off: a version of something is put before its approvers, who approve, approve with conditions or return it.

What is asked of each approver is a follow-up; delegation, reminders, links and silence are there. Here is what belongs
to all of them together: what exactly was put before them, in what order they are asked, and what came of it.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from steerco.apps.deliverables.models import Approval, Deliverable, Requirement, Result, SignOffRound
from steerco.apps.escalation.authority import Authority, authority_for
from steerco.apps.escalation.deciders import holds_one_of
from steerco.apps.escalation.models import DecisionRight
from steerco.apps.followups.links import may_see
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import Ask, ask, holders, withdraw
from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.records import record_of, write_records
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.links.models import Attachment
from steerco.apps.links.references import label
from steerco.apps.notices.services import Telling, tell
from steerco.apps.notices.working_time import add_working_days
from steerco.apps.people.models import Party, Person
from steerco.kit import clock
from steerco.kit.history import Change, Invalid, Write, save
from steerco.kit.journal.canonical import canonical
from steerco.kit.permissions import Actor, Via, require
from steerco.kit.registers.columns import Kind
from steerco.kit.registers.register import register_by_key

KIND = "signoff"
CLOSED = "signoff.closed"
APPROVE, CONDITIONS, RETURN = "approve", "conditions", "return"
RESULTS = {APPROVE: Result.APPROVED, CONDITIONS: Result.CONDITIONAL, RETURN: Result.RETURNED}


@dataclass(frozen=True)
class Terms:
    """What whoever asks for a sign-off says of it. `value` is in minor units; days are working days."""

    approvers: Sequence[Party]
    revision: str = ""
    order: str = SignOffRound.Order.PARALLEL
    days: int = 5
    value: int | None = None
    currency: str = ""
    note: str = ""
    silence_days: int | None = None
    silence_clause: str = ""
    concerns_safety: bool = False


@dataclass(frozen=True)
class Signable:
    """What a register adds to the sign-off of its entries.

    `is_ready(record)`: whether its page offers a sign-off. `authors(record)`: the parties that wrote it.
    `opened(actor, record, round)` and `closed(actor, record, round)` run in the transaction of what happened. The
    record is the initiative where an initiative is signed.
    """

    is_ready: Callable[[Any], bool] = field(default=lambda record: True)
    authors: Callable[[Any], set[int]] = field(default=lambda record: {record.owner_id} - {None})
    opened: Callable[[Actor, Any, SignOffRound], None] = field(default=lambda actor, record, round_: None)
    closed: Callable[[Actor, Any, SignOffRound], None] = field(default=lambda actor, record, round_: None)


_signable: dict[str, Signable] = {}


def declare_signable(register: str, signable: Signable) -> None:
    """Say what a sign-off means to the entries of a register. Raises ValueError when that is said already."""
    if _signable.get(register, signable) is not signable:
        raise ValueError(f"declared twice: {register}")
    _signable[register] = signable


def is_signable(entry: Entry, record: Any) -> bool:
    """Whether a sign-off may be asked for of `record` as it stands."""
    return entry.register == "initiative" or (
        entry.register in _signable and _signable[entry.register].is_ready(record)
    )


def _of(entry: Entry) -> Signable:
    if entry.register == "initiative":
        return Signable(authors=lambda initiative: {initiative.lead_id} - {None})
    return _signable.get(entry.register, Signable())


def subject_of(entry: Entry) -> Any:
    """The record or initiative that an entry stands for. Raises LookupError when its register is gone."""
    row = entry.as_initiative if entry.register == "initiative" else record_of(entry)
    if row is None:
        raise LookupError(entry.register)
    return row


# -- opening ------------------------------------------------------------------------------------------------------


def open_round(actor: Actor, entry: Entry, terms: Terms) -> SignOffRound:
    """Put `entry` as it is now before its approvers and ask the first of them. Raises Denied, Invalid."""
    require(actor, "record.transition", entry)
    record = subject_of(entry)
    signable = _of(entry)
    with transaction.atomic():
        Entry.objects.select_for_update().get(pk=entry.pk)
        authors = signable.authors(record)
        _check(entry, terms, authors)
        subject, files = _put_down(entry, record), _files(entry)
        number = SignOffRound.objects.filter(entry=entry).aggregate(last=Max("number"))["last"] or 0
        round_ = SignOffRound(
            entry=entry,
            number=number + 1,
            revision=terms.revision,
            order=terms.order,
            days=terms.days,
            value=terms.value,
            currency=terms.currency,
            note=terms.note,
            silence_days=terms.silence_days,
            silence_clause=terms.silence_clause,
            subject=subject,
            files=files,
            fingerprint=fingerprint(subject, terms.revision, files),
            opened_on=clock.today(),
            opened_by_id=actor.person_id,
            opened_by_label=actor.label[:200],
        )
        save(actor, [Write(round_)], kind="signoff.opened")
        approvals = [
            Approval(round=round_, party=party, party_label=party.name[:200], rank=rank)
            for rank, party in enumerate(terms.approvers, 1)
        ]
        save(actor, [Write(row) for row in approvals], kind="signoff.approver_named")
        signable.opened(actor, record, round_)
        _ask_next(actor, round_)
    return round_


def _check(entry: Entry, terms: Terms, authors: set[int]) -> None:
    """Raise Invalid for a round that nobody could answer rightly."""
    errors: dict[str, list[str]] = {}
    parties = [party.pk for party in terms.approvers]
    if not parties:
        errors["approvers"] = [_("Name at least one approver.")]
    elif len(set(parties)) < len(parties):
        errors["approvers"] = [_("Nobody is asked twice.")]
    elif set(parties) <= authors:
        errors["approvers"] = [_("Whoever wrote it cannot sign it off alone: name somebody else too.")]
    blind = [party.name for party in terms.approvers if not _may_read(party, entry)]
    if blind:
        errors["approvers"] = [_("It is restricted, and hidden from: %s.") % ", ".join(blind)]
    refusal = _not_by_right(entry, terms)
    if refusal and not errors:
        errors["approvers"] = [refusal]
    if terms.silence_days:
        if not terms.silence_clause.strip():
            errors["silence_clause"] = [_("Quote the clause by which silence accepts.")]
        refused = _no_silence(terms)
        if refused:
            errors["silence_days"] = [refused]
    if SignOffRound.objects.filter(entry=entry, state=Result.ASKED).exists():
        errors["approvers"] = [_("A sign-off is under way already.")]
    if errors:
        raise Invalid({0: errors})


def authority_to_sign(place: Initiative, value: int | None, currency: str) -> Authority:
    """Who accepts what has that value, by the register of decision rights."""
    return authority_for(DecisionRight.Subject.SIGN_OFF, place, value or None, currency)


def _not_by_right(entry: Entry, terms: Terms) -> str:
    """Why these approvers are not those who the register of decision rights says accept it; "" where they are, or where
    it says nothing or only advises."""
    place = entry.initiative
    if place is None:
        return ""
    authority = authority_to_sign(place, terms.value, terms.currency)
    if not authority.is_binding:
        return ""
    named = [party for party in terms.approvers if holds_one_of(party, authority.parties)]
    if not named or (authority.four_eyes and len(terms.approvers) < 2):
        return _("The register of decision rights says who accepts it. %(authority)s") % {
            "authority": authority.in_words
        }
    return ""


def _no_silence(terms: Terms) -> str:
    """Why silence may not accept this one; "" where it may."""
    if any(party.kind == Party.Kind.BODY for party in terms.approvers):
        return _("A body decides; its silence accepts nothing.")
    if terms.value:
        return _("Money depends on it; silence accepts nothing.")
    if terms.concerns_safety:
        return _("It concerns safety; silence accepts nothing.")
    return ""


def _may_read(party: Party, entry: Entry) -> bool:
    """Whether a restriction of `entry`, if there is one, lets the party or somebody who holds it read."""
    people = {person.party_id for person in holders(party.pk, clock.today())}
    everybody = Actor(None, "", via=Via.LINK, parties=frozenset({party.pk, *people}))
    return may_see(everybody, entry)


def _put_down(entry: Entry, record: Any) -> dict[str, Any]:
    """What is put before the approvers, as it is at this moment."""
    register = register_by_key(entry.register)
    texts = {}
    if register is not None:
        named = {name for section in register.sections for name in section.fields}
        columns = [column for name, column in register.all_columns().items() if name in named]
        kept = [column for column in columns if column.kind is Kind.LONG and column.value(record)]
        texts = {column.name: str(column.value(record)) for column in kept if column.name != "conditions"}
    return {
        "register": entry.register,
        "reference": label(entry),
        "initiative": entry.initiative.name if entry.initiative else "",
        "title": entry.title,
        "texts": texts,
    }


def _files(entry: Entry) -> list[dict[str, Any]]:
    rows = Attachment.objects.filter(entry=entry, deleted=False).select_related("file").order_by("pk")
    return [
        {
            "name": row.name,
            "digest": row.file.digest,
            "size": row.file.size,
            "media_type": row.file.media_type,
        }
        for row in rows
    ]


def fingerprint(subject: dict[str, Any], revision: str, files: Sequence[dict[str, Any]]) -> str:
    """SHA-256 over what was put before the approvers: texts, version, and the names and digests of the files."""
    content = {
        "subject": subject,
        "revision": revision,
        "files": [[one["name"], one["digest"]] for one in files],
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _ask_next(actor: Actor, round_: SignOffRound) -> None:
    """Ask whoever is next: all at once, or the first who was not asked yet."""
    waiting = list(round_.approvals.filter(state=Result.WAITING).select_related("party"))
    if round_.order == SignOffRound.Order.SEQUENCE:
        waiting = waiting[:1]
    today = clock.today()
    due = add_working_days(today, round_.days)
    silence = round_.silence_days
    creditor = round_.opened_by.party_id if round_.opened_by else None
    asks = [
        Ask(
            key=f"{KIND}:{row.pk}",
            kind=KIND,
            entry_id=round_.entry_id,
            debtor_id=row.party_id,
            due=due,
            creditor_id=creditor,
            data={"round": round_.pk, "approval": row.pk, "revision": round_.revision},
            silence_on=add_working_days(today, silence) if silence else None,
            silence_answer=APPROVE if silence else "",
            silence_clause=round_.silence_clause if silence else "",
        )
        for row in waiting
    ]
    made = {follow_up.data["approval"]: follow_up for follow_up in ask(actor, asks)}
    for row in waiting:
        row.state, row.follow_up = Result.ASKED, made[row.pk]
    fields = frozenset({"state", "follow_up"})
    save(actor, [Write(row, fields=fields) for row in waiting], kind="signoff.asked")


# -- answering ----------------------------------------------------------------------------------------------------


def answer_round(actor: Actor, follow_up: FollowUp, answer: str, comment: str) -> None:
    """What an approver's answer does: it is kept, the next is asked, or the round comes to its result.

    Runs in the transaction of the answer, for whoever owes it. Raises Invalid where whoever wrote it would sign alone.
    """
    approval = Approval.objects.select_for_update().get(pk=follow_up.data["approval"])
    round_ = SignOffRound.objects.select_for_update().get(pk=approval.round_id)
    entry = Entry.objects.select_related("initiative").get(pk=round_.entry_id)
    by_silence = follow_up.identity == FollowUp.Identity.SILENCE
    record = subject_of(entry)
    if entry.state_group == StateGroup.DELETED:
        if not by_silence:
            raise Invalid({0: {"answer": [_("It is no longer there.")]}})
        _close(actor, round_, record, Result.WITHDRAWN, withdrawn_because=SignOffRound.Because.GONE)
        return
    by_author = not by_silence and bool(_of(entry).authors(record) & actor.parties)
    if by_author and answer != RETURN and not _somebody_else(round_, approval):
        raise Invalid({0: {"answer": [_("You wrote it: somebody else must sign it off.")]}})
    other = follow_up.debtor if follow_up.debtor_id != approval.party_id else None
    approval.state = RESULTS[answer]
    approval.comment, approval.answered_at = comment, follow_up.answered_at
    approval.person_id, approval.person_label = actor.person_id, "" if by_silence else actor.label[:200]
    approval.answered_for, approval.answered_for_label = other, other.name[:200] if other else ""
    approval.identity, approval.by_author = follow_up.identity, by_author
    names = ("state", "comment", "answered_at", "person", "person_label")
    fields = frozenset({*names, "answered_for", "answered_for_label", "identity", "by_author"})
    save(actor, [Write(approval, fields=fields)], kind="signoff.answered")
    if answer == RETURN:
        _close(actor, round_, record, Result.RETURNED)
        return
    states = set(round_.approvals.values_list("state", flat=True))
    if Result.WAITING in states and Result.ASKED not in states:
        _ask_next(actor, round_)
    elif not states & {Result.WAITING, Result.ASKED}:
        conditional = Result.CONDITIONAL in states
        _close(actor, round_, record, Result.CONDITIONAL if conditional else Result.APPROVED)


def _somebody_else(round_: SignOffRound, approval: Approval) -> bool:
    """Whether another approver has approved without having written it, or is still to answer."""
    others = round_.approvals.exclude(pk=approval.pk)
    return (
        others.filter(state__in=(Result.WAITING, Result.ASKED)).exists()
        or others.filter(state__in=(Result.APPROVED, Result.CONDITIONAL), by_author=False).exists()
    )


def _close(actor: Actor, round_: SignOffRound, record: Any, result: str, **more: Any) -> None:
    round_.state, round_.closed_at = result, clock.now()
    for name, value in more.items():
        setattr(round_, name, value)
    save(actor, [Write(round_, fields=frozenset({"state", "closed_at", *more}))], kind=f"signoff.{result}")
    left = list(round_.approvals.filter(state__in=(Result.WAITING, Result.ASKED)))
    for row in left:
        row.state = Result.WITHDRAWN
    save(actor, [Write(row, fields=frozenset({"state"})) for row in left], kind="signoff.no_longer_asked")
    withdraw(actor, FollowUp.objects.filter(pk__in=[row.follow_up_id for row in left if row.follow_up_id]))
    if result != Result.WITHDRAWN:
        _of(round_.entry).closed(actor, record, round_)
    _tell(actor, round_)


def _tell(actor: Actor, round_: SignOffRound) -> None:
    """Tell whoever asked for it and whoever owns it what came of it; nobody of what they did themselves."""
    day = clock.today()
    people: dict[int, Person] = {round_.opened_by.pk: round_.opened_by} if round_.opened_by else {}
    owner = round_.entry.owner_id
    people |= {person.pk: person for person in (holders(owner, day) if owner else [])}
    people.pop(actor.person_id or 0, None)
    data = {"round": round_.pk}
    tell([Telling(pk, CLOSED, str(round_.pk), round_.entry_id, data) for pk in sorted(people)])


# -- withdrawing --------------------------------------------------------------------------------------------------


def withdraw_round(actor: Actor, round_: SignOffRound, reason: str = "") -> None:
    """Ask no longer: whoever opened it, or may move the entry. Raises Denied, Invalid for one that is closed."""
    if actor.person_id is None or actor.person_id != round_.opened_by_id:
        require(actor, "record.transition", round_.entry)
    with transaction.atomic():
        locked = SignOffRound.objects.select_for_update().get(pk=round_.pk)
        if not locked.is_open:
            raise Invalid({0: {"reason": [_("This sign-off is over already.")]}})
        record = subject_of(locked.entry)
        because = SignOffRound.Because.TAKEN_BACK
        _close(actor, locked, record, Result.WITHDRAWN, withdrawn_because=because, reason=reason)


def stop_rounds(actor: Actor, entries: Sequence[int], because: str) -> None:
    """Withdraw the open rounds of `entries`, which their own change has made void. The caller had the right to that."""
    for round_ in SignOffRound.objects.filter(entry__in=entries, state=Result.ASKED).select_related("entry"):
        record = subject_of(round_.entry)
        _close(actor, round_, record, Result.WITHDRAWN, withdrawn_because=because)


# -- what a sign-off means to a deliverable -----------------------------------------------------------------------


def _authors(row: Deliverable) -> set[int]:
    return {row.author_id or row.owner_id} - {None}  # type: ignore[return-value]


def _opened(actor: Actor, row: Deliverable, round_: SignOffRound) -> None:
    """What is put before its approvers is delivered and ready, in the version that they see."""
    values = {
        "state": "ready",
        "revision": round_.revision,
        "delivered_on": row.delivered_on or clock.today(),
    }
    ready = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not _is_ready(row):
        raise Invalid({0: {"approvers": [_("As it stands it cannot be put before its approvers.")]}})
    if ready:
        write_records(actor, Deliverable, [Change(ready, pk=row.pk)])


def _closed(actor: Actor, row: Deliverable, round_: SignOffRound) -> None:
    """The round's result is the state of what it was about; it needs no right of whoever gave the last answer."""
    if round_.state == Result.RETURNED:
        values: dict[str, Any] = {"state": "rejected", "delivered_on": None}
    else:
        conditions = [
            f"{approval.person_label or approval.party_label}: {approval.comment}"
            for approval in round_.approvals.filter(state=Result.CONDITIONAL)
        ]
        state = "conditional" if conditions else "signed_off"
        values = {"state": state, "signed_off_on": clock.today(), "conditions": "\n".join(conditions)}
    write_records(actor, Deliverable, [Change(values, pk=row.pk)])


def _is_ready(row: Deliverable) -> bool:
    return row.state == "ready" or row.states.allows(row.state, "ready")


DELIVERABLE = Signable(is_ready=_is_ready, authors=_authors, opened=_opened, closed=_closed)
REQUIREMENT = Signable()
declare_signable(Deliverable.register_key, DELIVERABLE)
declare_signable(Requirement.register_key, REQUIREMENT)
