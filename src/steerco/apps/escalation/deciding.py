"""Asking for a decision, making it, recording what a room decided, confirming it.

A person or post is asked with the options as answers; a body decides in a room: its secretary records it, and it
counts once the chair has confirmed. Nothing here knows what the paper is about: an app declares its kind of paper, with
what follows from a verdict.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.escalation.authority import MayNotDecide, require_decider
from steerco.apps.escalation.deciders import (
    AGREE,
    CONCLUDE,
    CONFIRM,
    RECORD,
    authority_on,
    kind_of_paper,
    kinds_of,
    may_be_asked,
    require_other_eyes,
    require_reader,
    writers,
    wrong,
)
from steerco.apps.escalation.minutes import (
    CONFIRM_WITHIN,
    require_minutes,
    require_other_than,
    seat_of_chair,
    seat_to_record,
)
from steerco.apps.escalation.papers import Paper, Verdict
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import Ask, ask, withdraw
from steerco.apps.initiatives.records import delete_records, write_records
from steerco.apps.people.models import Party, Person
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.history.writes import plain
from steerco.kit.permissions import Actor, Denied, can, require

# -- writing a paper ----------------------------------------------------------------------------------------------


def write_papers(
    actor: Actor, model: type[Paper], changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[Any]:
    """Create and change papers; asking for the decision, and taking that back, are changes of state.

    What was asked stays as it was asked. What only a decision brings nobody types. Raises Denied, Invalid, Conflict.
    """
    with transaction.atomic():
        stored = model._default_manager.in_bulk([c.pk for c in changes if c.pk])
        for index, change in enumerate(changes):
            if change.pk:
                _refuse_locked(stored[change.pk], change, index)
        acting = _enter_history(actor, model, changes)
        rows = write_records(acting, model, changes, reason=reason, batch=batch)
        for index, (change, row) in enumerate(zip(changes, rows, strict=True)):
            before = stored.get(change.pk) if change.pk else None
            try:
                _follow_state(actor, row, before.state if before else "", imported=bool(batch))
            except Invalid as error:
                raise Invalid({index: error.errors[0]}) from error
            if before and row.state in row.asked_states and before.decide_by != row.decide_by:
                _open(row).update(due=row.decide_by)
    return rows


def _refuse_locked(stored: Paper, change: Change, index: int) -> None:
    """What was asked, and how it was decided, is not changed afterwards."""
    state = change.values.get("state", stored.state)
    if stored.is_open_to_writers or state in {stored.ready_state, stored.states.first.key}:
        return
    locked = stored.content | {
        "decider",
        "second",
        "decided_on",
        "conditions",
        "rationale",
        "forum",
        "source",
    }
    wrong = {
        name: [_("This was put to the decision as it stands. Take the paper back to change it.")]
        for name in sorted(locked & set(change.values))
        if _value(stored, name) != plain(change.values[name])
    }
    if wrong:
        raise Invalid({index: wrong})


def _enter_history(actor: Actor, model: type[Paper], changes: Sequence[Change]) -> Actor:
    """The actor to write with when papers of the past are entered, as an import of an old log does: those who prepare
    enter them as recorded. Raises Denied, Invalid for a state that only a decision brings."""
    ways = model.states.transitions
    only_decided = {w.target for w in ways if w.action == CONCLUDE} - {model.recorded_state}
    only_decided -= {w.target for w in ways if w.action != CONCLUDE}
    for index, change in enumerate(changes):
        state = change.values.get("state")
        if change.pk is None and state in only_decided and not actor.trusted:
            word = model.states.by_key[model.recorded_state].label
            text = _("Enter it as “%(state)s”: it counts once whoever decided has confirmed it.") % {
                "state": word
            }
            raise Invalid({index: {"state": [text]}})
    if any(
        c.pk or c.values.get("state") != model.recorded_state or "initiative" not in c.values for c in changes
    ):
        return actor
    for change in changes:
        require(actor, "record.create", change.values["initiative"])
        require(actor, "record.transition", change.values["initiative"])
    return replace(actor.itself(), trusted=True)


def _value(row: Paper, name: str) -> Any:
    found: Any = row._meta.get_field(name)
    return plain(getattr(row, found.attname))


def delete_papers(
    actor: Actor,
    model: type[Paper],
    pks: Sequence[int],
    *,
    restore: bool = False,
    reason: str = "",
    batch: str = "",
) -> list[Any]:
    """Delete papers, about which nothing is then asked; or restore them, to be asked anew. Raises Denied."""
    with transaction.atomic():
        rows = delete_records(actor, model, pks, restore=restore, reason=reason, batch=batch)
        for row in rows:
            if not restore:
                withdraw(actor, _open(row))
            elif row.state in row.asked_states | {row.recorded_state}:
                come_back(actor, row, reason)
    return rows


def _follow_state(actor: Actor, row: Paper, before: str, *, imported: bool) -> None:
    if row.state == before:
        return
    if row.state in row.asked_states:
        if not imported and before not in row.asked_states:
            ask_for_decision(actor, row)
    elif before in row.asked_states or before == row.recorded_state:
        _end(actor, row)


def ask_for_decision(actor: Actor, row: Paper) -> None:
    """Put the paper to its decider, or to the secretary of the body that decides. Raises Invalid.

    The caller has written the state. The decider named must be one who may decide; where nobody is named the first of
    them is taken.
    """
    authority = authority_on(row)
    decider = row.decider or (authority.parties[0] if authority.parties else None)
    if decider is None:
        raise wrong("decider", authority.in_words)
    if not may_be_asked(decider, authority, row.initiative):
        raise wrong(
            "decider",
            _("%(who)s may not decide this. %(authority)s")
            % {"who": decider.name, "authority": authority.in_words},
        )
    values: dict[str, Any] = {"verdict": "", "first_by": None, "recorded_by": None, "confirmed_on": None}
    values["decided_on"] = None
    values["asked_on"] = row.asked_on or clock.today()
    values["decider"] = decider
    if decider.kind == Party.Kind.BODY:
        seat = seat_to_record(decider)
        if seat is None:
            raise wrong(
                "decider",
                _("%(body)s has no seats: set up its chair and secretary.") % {"body": decider.name},
            )
        debtor, kind = seat, RECORD
    else:
        debtor, kind = decider, kind_of_paper(row).take
        require_other_eyes(row, decider, authority)
    require_reader(row, debtor)
    _ask(actor, row, kind, debtor)
    _keep(actor, row, values)


# -- deciding -----------------------------------------------------------------------------------------------------


def take(actor: Actor, row: Paper, key: str, comment: str, *, day: date | None = None) -> None:
    """Decide `key` as the one who was asked. With four eyes it waits for the second. Raises Invalid."""
    verdict = _allowed(row, key, comment)
    if verdict.back:
        come_back(actor, row, comment, verdict.state)
        return
    complete = _ruling(actor, row, earlier=())
    values = {"rationale": comment, "decided_on": day or clock.today()}
    if verdict.key == "conditions":
        values["conditions"] = comment
    if complete:
        conclude(actor, row, verdict, values)
        return
    _keep(actor, row, {**values, "decided_on": None, "verdict": key, "first_by": _person(actor)})
    second = row.second or row.decider
    if second is None:
        raise wrong("second", _("Two people have to agree: name the second pair of eyes."))
    _ask(actor, row, AGREE, second)


def agree(actor: Actor, row: Paper, key: str, comment: str) -> None:
    """Say as the second whether the decision stands; if not, the paper comes back. Raises Invalid."""
    if row.first_by_id is not None and row.first_by_id == actor.person_id:
        raise wrong("answer", _("You have decided already: somebody else has to agree."))
    if key == "disagree":
        come_back(actor, row, comment)
        return
    earlier = (row.first_by_id,) if row.first_by_id else ()
    _ruling(actor, row, earlier=earlier)
    conclude(actor, row, row.verdict_on(row.verdict), {"decided_on": clock.today()})


def _ruling(actor: Actor, row: Paper, *, earlier: Sequence[int]) -> bool:
    """Whether the decision is complete with this voice. Raises Invalid with the reason in words."""
    own = actor.person_id if actor.person_id in writers(row) else None
    named = row.second_id is not None and row.second_id != row.decider_id
    try:
        ruling = require_decider(
            actor,
            row.right_about,
            row.initiative,
            author=None if named else own,
            earlier=earlier,
            money=row.stake_money,
            currency=row.currency,
            days=row.stake_days,
        )
    except MayNotDecide as error:
        raise wrong("answer", error.reason) from error
    return ruling.complete and not (own and named and not earlier)


def may_record(actor: Actor, row: Paper) -> bool:
    """Whether the actor may record what was decided: who sits at the body's table as secretary or chair, and who
    prepares entries there."""
    if row.state not in row.asked_states or row.first_by_id:
        return False
    return (row.decider_id in actor.parties) or can(actor, "record.transition", row)


def record(actor: Actor, row: Paper, key: str, values: dict[str, Any]) -> None:
    """Record what was decided elsewhere: `decided_on`, `source`, perhaps `forum`, `conditions`, `rationale`.

    It counts once the chair, or whoever decided, has confirmed it. Raises Denied, Invalid.
    """
    if not may_record(actor, row):
        raise Denied("record.transition")
    verdict = _allowed(row, key, values.get("conditions") or values.get("rationale") or "")
    require_minutes(values.get("source", ""), values.get("decided_on"))
    kept = {**values, "verdict": verdict.key, "recorded_by": _person(actor), "state": row.recorded_state}
    with transaction.atomic():
        _settle(actor, row)
        _keep(actor, row, kept)
        _ask(actor, row, CONFIRM, _confirmer(row))


def _confirmer(row: Paper) -> Party:
    """The chair of the body, or whoever was asked."""
    if row.decider is None:
        raise wrong("decider", _("Name who decided."))
    if row.decider.kind != Party.Kind.BODY:
        return row.decider
    chair = seat_of_chair(row.decider)
    if chair is None:
        raise wrong("decider", _("%(body)s has no chair to confirm it.") % {"body": row.decider.name})
    return chair


def confirm(actor: Actor, row: Paper, key: str, comment: str) -> None:
    """Confirm what was recorded, or say that it was not so: then it is asked again. Raises Invalid."""
    if key == "wrong":
        values = {"state": row.asked_state, "verdict": "", "decided_on": None, "recorded_by": None}
        _keep(actor, row, values, reason=comment)
        ask_for_decision(actor, row)
        return
    require_other_than(actor, row.recorded_by_id)
    if (
        row.decider is not None
        and row.decider.kind != Party.Kind.BODY
        and not _ruling(actor, row, earlier=())
    ):
        _keep(actor, row, {"state": row.asked_state, "first_by": _person(actor)})
        _ask(actor, row, AGREE, row.second or row.decider)
        return
    conclude(actor, row, row.verdict_on(row.verdict), {})


def conclude(actor: Actor, row: Paper, verdict: Verdict, values: dict[str, Any]) -> None:
    """Keep the verdict and let follow what follows from it, in one transaction."""
    with transaction.atomic():
        _settle(actor, row)
        more = kind_of_paper(row).follow(actor, row, verdict, values)
        kept = {**values, "verdict": verdict.key, "state": verdict.state, **more}
        if verdict.final:
            kept["confirmed_on"] = clock.today()
        _keep(actor, row, kept)


def come_back(actor: Actor, row: Paper, reason: str, state: str = "") -> None:
    """Give the paper back to those who prepare it, with the reason in its history."""
    values = {
        "state": state or row.ready_state,
        "verdict": "",
        "first_by": None,
        "recorded_by": None,
        "decided_on": None,
    }
    _settle(actor, row)
    _keep(actor, row, {**values, "decided_on": None}, reason=reason)


def _allowed(row: Paper, key: str, comment: str) -> Verdict:
    try:
        verdict = row.verdict_on(key)
    except LookupError:
        raise wrong("answer", _("This is not among the answers.")) from None
    if verdict.comment == "must" and not comment.strip():
        raise wrong("comment", _("Say why in a sentence."))
    return verdict


# -- what is asked ------------------------------------------------------------------------------------------------


def _open(row: Paper) -> Any:
    return FollowUp.objects.filter(entry=row.entry_id, kind__in=kinds_of(row), state=FollowUp.State.OPEN)


def open_questions(row: Paper, actor: Actor) -> list[FollowUp]:
    """What is asked about the paper that the actor owes the answer to."""
    return list(_open(row).filter(debtor__in=actor.parties).select_related("entry__initiative", "debtor"))


def _ask(actor: Actor, row: Paper, kind: str, debtor: Party) -> None:
    before = FollowUp.objects.filter(entry=row.entry_id, kind=kind).count()
    data: dict[str, Any] = {"money": row.stake_money, "currency": row.currency}
    key = f"{kind}:{row.entry_id}:{before + 1}"
    is_first = kind == kind_of_paper(row).take
    silence = row.silence() if is_first else {}
    if is_first:
        data["options"] = (
            [[option.key, option.title] for option in row.choices] if row.decides_options else []
        )
    due = row.decide_by if is_first or kind == RECORD else clock.today() + CONFIRM_WITHIN
    ask(actor, [Ask(key, kind, row.entry_id, debtor.pk, due, row.owner_id, data, **silence)])


def _settle(actor: Actor, row: Paper) -> None:
    withdraw(actor, _open(row), FollowUp.State.SETTLED)


def _end(actor: Actor, row: Paper) -> None:
    """The paper was taken back, deferred or withdrawn: nothing is asked any longer."""
    withdraw(actor, _open(row))
    if row.state in {row.ready_state, row.states.first.key}:
        _keep(actor, row, {"asked_on": None, "verdict": "", "first_by": None, "recorded_by": None})


def _keep(actor: Actor, row: Paper, values: dict[str, Any], *, reason: str = "") -> None:
    """Write what only the decision brings; the right to it was asked before."""
    written = write_records(
        replace(actor.itself(), trusted=True), type(row), [Change(dict(values), pk=row.pk)], reason=reason
    )[0]
    for name, value in values.items():
        setattr(row, name, value)
    row.version = written.version


def _person(actor: Actor) -> Person | None:
    return Person.objects.filter(pk=actor.person_id).first() if actor.person_id else None
