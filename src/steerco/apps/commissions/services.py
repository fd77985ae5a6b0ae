"""Commissions: written as a draft, asked once of each person, answered, closed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.commissions.choosing import Chosen, choose
from steerco.apps.commissions.models import Commission, Target
from steerco.apps.commissions.prefill import KNOWN, known_values
from steerco.apps.commissions.questions import CHOICE, KINDS, Question, Wrong, questions_of, read_answer
from steerco.apps.finance.services import sheet_currency
from steerco.apps.followups.links import may_see
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import Ask, answer, ask, owes, withdraw
from steerco.kit import clock
from steerco.kit.history import Change, Conflict, Invalid, Write, save
from steerco.kit.permissions import Actor, Denied, require

KIND = "commission"
SAME = "same"
State = Commission.State


def write_commission(actor: Actor, change: Change) -> Commission:
    """Make a draft, or change one. Raises Denied, Invalid (by field), Conflict."""
    if change.pk is None:
        row, fields = Commission(), None
    else:
        row = Commission.objects.select_related("initiative").get(pk=change.pk)
        require(actor, "commission.ask", row.initiative)
        if row.state != State.DRAFT:
            raise Invalid({0: {"state": [_("It has been asked already: copy it to ask otherwise.")]}})
        fields = frozenset(change.values)
    for name, value in change.values.items():
        setattr(row, name, value)
    require(actor, "commission.ask", row.initiative)
    _check_questions(questions_of(row.questions))
    save(actor, [Write(row, fields=fields, version=change.version)], kind="commission.written")
    return row


def _check_questions(questions: Sequence[Question]) -> None:
    errors = []
    for one in questions:
        if not one.label.strip():
            errors.append(_("Each question needs its words."))
        if one.kind not in KINDS:
            errors.append(_("Choose what kind of answer “%(label)s” wants.") % {"label": one.label})
        if one.kind == CHOICE and len(set(one.choices)) < 2:
            errors.append(
                _("“%(label)s” needs at least two answers to choose from, with semicolons between them.")
                % {"label": one.label}
            )
        if one.prefill and (one.prefill not in KNOWN or KNOWN[one.prefill].kind != one.kind):
            values = {"label": one.label}
            errors.append(
                _("What is shown with “%(label)s” is not the kind of answer that it wants.") % values
            )
    if errors:
        raise Invalid({0: {"questions": list(dict.fromkeys(errors))}})


def send_commission(actor: Actor, commission: Commission, *, version: int | None = None) -> Chosen:
    """Ask: one follow-up for each person, about all of their initiatives. Raises Denied, Invalid, Conflict."""
    require(actor, "commission.ask", commission.initiative)
    with transaction.atomic():
        row = Commission.objects.select_for_update().select_related("initiative__entry").get(pk=commission.pk)
        if version is not None and row.version != version:
            raise Conflict(row, [])
        chosen = choose(actor, row)
        _check_sending(row, chosen)
        row.state, row.asked_at = State.ASKED, clock.now()
        save(actor, [Write(row, fields=frozenset({"state", "asked_at"}))], kind="commission.asked")
        made = [
            Target(commission=row, initiative=place, party=party)
            for party, places in chosen.asked.items()
            for place in places
        ]
        Target.objects.bulk_create(made, batch_size=500)
        ask(actor, [_ask(row, party.pk, places) for party, places in chosen.asked.items()])
    return chosen


def _check_sending(row: Commission, chosen: Chosen) -> None:
    errors = []
    if row.state != State.DRAFT:
        errors.append(_("It has been asked already: copy it to ask otherwise."))
    if not row.questions:
        errors.append(_("There is no question in it yet."))
    if row.due is None or row.due < clock.today():
        errors.append(_("Say by when: today or later."))
    if not chosen.asked:
        errors.append(_("Nobody would be asked: choose initiatives that have somebody to answer."))
    if errors:
        raise Invalid({0: {"ask": errors}})


def _ask(row: Commission, party: int, places: Sequence[Any]) -> Ask:
    """What one person is asked: about their one initiative, or under the place where several of theirs lie."""
    entry = places[0].entry_id if len(places) == 1 else row.initiative.entry_id
    return Ask(
        key=f"{KIND}:{row.pk}:{party}",
        kind=KIND,
        entry_id=entry,
        debtor_id=party,
        due=row.due,
        creditor_id=row.asked_by_id if row.asked_by_id != party else None,
        data={"commission": row.pk, "party": party, "title": row.title, "count": len(places)},
    )


def end_commission(actor: Actor, commission: Commission, state: str) -> int:
    """Close it (what was answered stays) or cancel it; nobody is asked any longer. Returns how many had not answered.

    Raises Denied, Invalid.
    """
    require(actor, "commission.ask", commission.initiative)
    with transaction.atomic():
        row = Commission.objects.select_for_update().get(pk=commission.pk)
        permitted = {State.CLOSED: (State.ASKED,), State.CANCELLED: (State.DRAFT, State.ASKED)}
        if row.state not in permitted.get(State(state), ()):
            raise Invalid({0: {"state": [_("It is not open any more.")]}})
        row.state, row.ended_at = state, clock.now()
        save(actor, [Write(row, fields=frozenset({"state", "ended_at"}))], kind=f"commission.{state}")
        return withdraw(actor, FollowUp.objects.filter(key__startswith=f"{KIND}:{row.pk}:"))


def copy_commission(actor: Actor, commission: Commission) -> Commission:
    """A new draft with the same words, questions and filters. Raises Denied."""
    values = {
        "initiative": commission.initiative,
        "title": commission.title,
        "why": commission.why,
        "asked_by": commission.asked_by,
        "whom": commission.whom,
        "questions": commission.questions,
        "filters": {name: value for name, value in commission.filters.items() if name != "without"},
    }
    return write_commission(actor, Change(values))


def targets_of(actor: Actor, follow_up: FollowUp) -> list[Target]:
    """The initiatives that a follow-up asks about, as far as whoever answers may know of them."""
    rows = Target.objects.filter(
        commission=follow_up.data.get("commission"), party=follow_up.data.get("party")
    ).select_related("commission", "initiative__entry", "initiative__lead", "initiative__sponsor")
    return [row for row in rows if actor.trusted or may_see(actor, row.initiative.entry)]


def read_form(
    targets: Sequence[Target], post: Mapping[str, str]
) -> tuple[dict[int, dict[str, Any]], dict[str, str]]:
    """(what was typed by target id and question key, what cannot be read by the name of its field)."""
    typed: dict[int, dict[str, Any]] = {}
    errors: dict[str, str] = {}
    for target in targets:
        currency = sheet_currency(target.initiative)
        own = typed.setdefault(target.pk, {})
        for question in questions_of(target.commission.questions):
            name = field_name(target, question)
            if name not in post:
                continue
            try:
                own[question.key] = read_answer(question, post[name], currency)
            except Wrong as error:
                errors[name] = str(error)
                continue
            if question.needed and own[question.key] is None:
                errors[name] = _("This one needs an answer.")
    return typed, errors


def field_name(target: Target, question: Question) -> str:
    """The name of a field on the page of answers."""
    return f"a-{target.pk}-{question.key}"


def answer_commission(
    actor: Actor, follow_up: FollowUp, typed: Mapping[int, Mapping[str, Any]], *, identity: str = ""
) -> FollowUp:
    """Answer what one owes; what is not in `typed` is answered as it is shown. One transaction.

    Raises Denied for anybody else; Invalid where a needed answer is missing or it was answered already.
    """
    if not owes(actor, follow_up):
        raise Denied("record.transition")
    with transaction.atomic():
        for target in targets_of(actor, follow_up):
            own = typed.get(target.pk)
            if own:
                said = {key: {"value": value} for key, value in own.items()}
                Target.objects.filter(pk=target.pk, answered_at=None).update(answers=said)
        return answer(actor, follow_up, SAME, identity=identity)


def take_answers(actor: Actor, follow_up: FollowUp) -> None:
    """Keep what was answered, the rest as it is shown. Part of answering a follow-up. Raises Invalid."""
    plain = replace(actor, trusted=False)
    targets = targets_of(plain, follow_up)
    if not targets or targets[0].commission.state != State.ASKED:
        raise Invalid({0: {"answer": [_("It is not asked any more.")]}})
    questions = questions_of(targets[0].commission.questions)
    known = known_values(plain, questions, [target.initiative for target in targets])
    blank = []
    for target in targets:
        shown = known[target.initiative_id]
        said = target.answers
        target.answers = {
            one.key: {
                "value": said[one.key].get("value") if one.key in said else shown.get(one.key),
                "shown": shown.get(one.key),
            }
            for one in questions
        }
        blank += [one.label for one in questions if one.needed and target.answers[one.key]["value"] is None]
        target.answered_at, target.answered_by_id = clock.now(), actor.person_id
    if blank:
        text = _("Nothing is known yet for: %(what)s. Fill it in below.")
        raise Invalid({0: {"answer": [text % {"what": ", ".join(dict.fromkeys(blank))}]}})
    if all(value["value"] is None for target in targets for value in target.answers.values()):
        raise Invalid({0: {"answer": [_("Nothing is shown yet: fill it in below.")]}})
    Target.objects.bulk_update(targets, ["answers", "answered_at", "answered_by"], batch_size=500)
