"""Asking, answering, handing on, withdrawing; and keeping what is asked equal to what is owed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from steerco.apps.followups.kinds import Answer, Kind, Owed, kind_of, kinds
from steerco.apps.followups.links import may_see
from steerco.apps.followups.models import AnswerLink, FollowUp
from steerco.apps.followups.standing_in import stood_in_for
from steerco.apps.initiatives.models import Entry, Holding
from steerco.apps.initiatives.policy import SPEAK
from steerco.apps.notices.services import Telling, tell
from steerco.apps.people.models import Party, Person
from steerco.kit import clock
from steerco.kit.history import Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied, Via

OWED = "followup.owed"
CLOCK = Actor.operator("Steerco")  # what happens by rule is done by nobody
LONGEST = timedelta(days=731)  # further than that nobody puts anything off


@dataclass(frozen=True)
class Ask:
    """What is to be asked of `debtor_id`, once for each `key`. A silence rule needs its clause quoted."""

    key: str
    kind: str
    entry_id: int
    debtor_id: int
    due: date | None = None
    creditor_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    silence_on: date | None = None
    silence_answer: str = ""
    silence_clause: str = ""


def ask(actor: Actor, asks: Sequence[Ask]) -> list[FollowUp]:
    """Make the follow-ups that are not there yet; returns those made. The caller has the right to ask."""
    if not asks:
        return []
    with transaction.atomic():
        # Two that ask about the same entry at once come after each other: the second finds what the first asked.
        list(
            Entry.objects.select_for_update()
            .filter(pk__in={a.entry_id for a in asks})
            .order_by("pk")
            .values_list("pk")
        )
        known = set(FollowUp.objects.filter(key__in=[a.key for a in asks]).values_list("key", flat=True))
        made = [
            FollowUp(
                key=a.key,
                kind=a.kind,
                entry_id=a.entry_id,
                debtor_id=a.debtor_id,
                creditor_id=a.creditor_id,
                data=a.data,
                asked_at=clock.now(),
                due=a.due,
                silence_on=a.silence_on,
                silence_answer=a.silence_answer,
                silence_clause=a.silence_clause,
            )
            for a in {a.key: a for a in asks}.values()
            if a.key not in known
        ]
        FollowUp.objects.bulk_create(made, batch_size=500)
        note(actor, made, "followup.asked")
        asked = [row for row in made if not kind_of(row).source]
        people = {debtor: holders(debtor, clock.today()) for debtor in {row.debtor_id for row in asked}}
        tell([told for row in asked for told in _telling_each(row, people[row.debtor_id], "asked", {})])
    return made


def owes(actor: Actor, follow_up: FollowUp) -> bool:
    """Whether the actor is, or holds, the party that owes it, or stands in for one that nobody holds."""
    if actor.trusted or follow_up.debtor_id in actor.parties:
        return True
    return FollowUp.objects.filter(stood_in_for(actor), pk=follow_up.pk).exists() if actor.parties else False


def answer(
    actor: Actor, follow_up: FollowUp, key: str, comment: str = "", value: str = "", *, identity: str = ""
) -> FollowUp:
    """Answer what one owes: what the answer does and that it was given, in one transaction.

    The debt is the right: what the answer does to this entry needs no post. `value` is what the answer asks for, as
    it was typed. `identity` is how it was shown who answers, where that is more than the door that they came through.
    Raises Denied for anybody else and for a link where more than a link is asked, Invalid for an answer that is not
    permitted, lacks its comment or value, or comes after another one.
    """
    if not owes(actor, follow_up):
        raise Denied("record.transition")
    kind = kind_of(follow_up)
    by_link = actor.via == Via.LINK
    if by_link and (
        kind.needs_sign_in(follow_up) or (kind.needs_code(follow_up) and identity != FollowUp.Identity.CODE)
    ):
        raise Denied("record.transition")
    try:
        chosen = kind.answer(follow_up, key)
    except LookupError:
        raise wrong("answer", _("This is not among the answers.")) from None
    if chosen.comment == "must" and not comment.strip():
        raise wrong("comment", _("Say why in a sentence."))
    given = _given(chosen, value.strip())
    with transaction.atomic():
        row = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
        if row.state != FollowUp.State.OPEN:
            raise wrong("answer", _("This has been answered already."))
        row.given |= given
        if chosen.closes:
            row.state, row.answer, row.comment = FollowUp.State.ANSWERED, key, comment.strip()
            row.answered_at, row.answered_by_id = clock.now(), actor.person_id
            row.identity = identity or (actor.via if actor.via in FollowUp.Identity.values else "")
            _close_links(row.pk)
        row.save()
        if kind.apply:
            kind.apply(replace(actor, trusted=True), row, key, comment.strip())
        said = {"answer": key, "comment": comment.strip(), **given}
        what = "followup.answered" if chosen.closes else "followup.told"
        note(actor, [row], what, {name: [None, value] for name, value in said.items()})
    return row


def _given(chosen: Answer, value: str) -> dict[str, Any]:
    """What the answer asks for, from what was typed. Raises Invalid."""
    if chosen.asks == "until":
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise wrong("value", _("Say until when.")) from None
        if not clock.today() <= day <= clock.today() + LONGEST:
            raise wrong("value", _("Take a day between today and two years from now."))
        return {"until": day.isoformat()}
    if chosen.asks == "percent":
        number = value.rstrip(" %")
        if not (number.isascii() and number.isdigit() and int(number[:4]) <= 100):
            raise wrong("value", _("Say how much is done: 0 to 100."))
        return {"percent": int(number)}
    return {}


def delegate(actor: Actor, follow_up: FollowUp, to: Party, reason: str = "") -> FollowUp:
    """Hand on what one owes to another party, who is then asked and reminded. Raises Denied, Invalid."""
    if not owes(actor, follow_up):
        raise Denied("record.transition")
    with transaction.atomic():
        row = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
        if row.state != FollowUp.State.OPEN:
            raise wrong("to", _("This has been answered already."))
        if to.pk == row.debtor_id:
            raise wrong("to", _("They owe it already."))
        if not _could_see(to, row.entry):
            raise wrong("to", _("They may not see what it is about."))
        # Whoever it was asked of first stays known: a source goes on asking of them.
        before, row.delegated_from_id = row.debtor_id, row.delegated_from_id or row.debtor_id
        row.debtor = to
        row.save()
        _close_links(row.pk)
        note(actor, [row], "followup.delegated", {"debtor": [before, to.pk], "reason": [None, reason]})
        tell(tellings(row, f"to:{to.pk}"))
    return row


def _could_see(party: Party, entry: Entry) -> bool:
    """Whether a restriction lets the party, or who holds it today, know of `entry`."""
    parties = {party.pk, *(person.party_id for person in holders(party.pk, clock.today()))}
    return may_see(Actor(None, "", via=Via.LINK, parties=frozenset(parties)), entry)


def pass_on(actor: Actor, before: Party, to: Party, rows: QuerySet[FollowUp]) -> int:
    """Let `to` owe and await what `before` did, of `rows`; what follows from an owner follows by itself. The caller
    has the right to; returns how many."""
    with transaction.atomic():
        owed = [row for row in rows.filter(state=FollowUp.State.OPEN, debtor=before) if _is_asked_of(row)]
        for row in owed:
            row.debtor = to
            _close_links(row.pk)
            tell(tellings(row, f"to:{to.pk}"))
        FollowUp.objects.bulk_update(owed, ["debtor"], batch_size=500)
        note(actor, owed, "followup.delegated", {"debtor": [before.pk, to.pk]})
        awaited = rows.filter(state=FollowUp.State.OPEN, creditor=before).update(creditor=to)
    return len(owed) + awaited


def _is_asked_of(row: FollowUp) -> bool:
    """Whether it was asked of this very party, rather than of whoever owns the record."""
    return kind_of(row).source is None or row.delegated_from_id is not None


def close_links_of(person: Person) -> int:
    """Close every door that mails opened for somebody; returns how many."""
    rows = AnswerLink.objects.filter(person=person, used_at=None, revoked_at=None)
    return rows.update(revoked_at=clock.now())


def close_links(actor: Actor, rows: QuerySet[AnswerLink]) -> int:
    """Close these doors, with a note at what they were made for; returns how many. The caller has the right to; the
    next reminder brings a new one."""
    with transaction.atomic():
        found = list(rows.select_for_update(of=("self",)).select_related("follow_up"))
        AnswerLink.objects.filter(pk__in=[link.pk for link in found]).update(revoked_at=clock.now())
        asked = {link.follow_up_id: link.follow_up for link in found}
        note(actor, list(asked.values()), "followup.link_closed", {"links": [len(found), 0]})
    return len(found)


def use_up(link: AnswerLink) -> None:
    """A door has served: its address opens nothing any more."""
    AnswerLink.objects.filter(pk=link.pk).update(used_at=clock.now())


def withdraw(actor: Actor, rows: QuerySet[FollowUp], state: str = FollowUp.State.WITHDRAWN) -> int:
    """Ask no longer; returns how many were open. The caller has the right to."""
    with transaction.atomic():
        found = list(rows.filter(state=FollowUp.State.OPEN))
        FollowUp.objects.filter(pk__in=[row.pk for row in found]).update(state=state, answered_at=clock.now())
        for row in found:
            _close_links(row.pk)
        note(actor, found, f"followup.{state}")
    return len(found)


def lapse(day: date) -> int:
    """Answer by silence what was agreed to be, where the day has come; returns how many."""
    due = FollowUp.objects.filter(state=FollowUp.State.OPEN, silence_on__lte=day).order_by("pk")
    for follow_up in due:
        with transaction.atomic():
            row = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
            if row.state != FollowUp.State.OPEN:
                continue
            row.state, row.answer, row.answered_at = FollowUp.State.LAPSED, row.silence_answer, clock.now()
            row.comment, row.identity = row.silence_clause, FollowUp.Identity.SILENCE
            row.save()
            _close_links(row.pk)
            apply = kind_of(row).apply
            if apply:
                apply(CLOCK, row, row.answer, row.comment)
            note(CLOCK, [row], "followup.lapsed", {"answer": [None, row.answer]})
    return len(due)


def reconcile(day: date) -> dict[str, int]:
    """Make the follow-ups of every kind with a source equal to what is owed on `day`: ask what is new, move dates,
    pass to a new owner, settle what is no longer owed. Returns how many of each."""
    counts = {"asked": 0, "moved": 0, "settled": 0}
    for kind in kinds():
        if kind.source:
            for name, number in _reconcile(kind, list(kind.source(day))).items():
                counts[name] += number
    return counts


def _reconcile(kind: Kind, owed: list[Owed]) -> dict[str, int]:
    wanted = {(o.entry_id, o.part, o.debtor_id): o for o in owed}
    with transaction.atomic():
        _alone(f"followups.{kind.key}")
        present = list(FollowUp.objects.select_for_update().filter(kind=kind.key, state=FollowUp.State.OPEN))
        gone, moved, kept = [], [], set()
        for row in present:
            # What was handed on stays with whom it was handed to, as long as it is owed by whoever handed it on.
            debtor = row.delegated_from_id or row.debtor_id
            found = wanted.get((row.entry_id, row.data.get("part", ""), debtor))
            if found is None:
                gone.append(row.pk)
                continue
            kept.add((found.entry_id, found.part, found.debtor_id))
            if row.due != found.due:
                row.due = found.due
                moved.append(row)
        withdraw(CLOCK, FollowUp.objects.filter(pk__in=gone), FollowUp.State.SETTLED)
        FollowUp.objects.bulk_update(moved, ["due"], batch_size=500)
        asked = ask(CLOCK, _asks(kind, [o for place, o in wanted.items() if place not in kept]))
    return {"asked": len(asked), "moved": len(moved), "settled": len(gone)}


def _alone(name: str) -> None:
    """Let one transaction at a time go on with `name`: a second scheduler waits and then finds what the first asked.

    SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


def _asks(kind: Kind, owed: Sequence[Owed]) -> list[Ask]:
    """The next asking of each: what is owed again after an answer is asked again."""
    entries = {o.entry_id for o in owed}
    rows = FollowUp.objects.filter(kind=kind.key, entry__in=entries).values_list("key", flat=True)
    before = Counter(key.rpartition(":")[0] for key in rows)
    asks = []
    for o in owed:
        start = f"{kind.key}:{o.entry_id}:{o.part}:{o.debtor_id}"
        data = {**o.data, **({"part": o.part} if o.part else {})}
        key = f"{start}:{before[start] + 1}"
        asks.append(Ask(key, kind.key, o.entry_id, o.debtor_id, o.due, o.creditor_id, data))
    return asks


def holders(party_id: int, day: date) -> list[Person]:
    """The people who answer for a party on `day`: the person, the present holders of the post, or of the seats that
    speak for the body."""
    return list(_people(party_id, day, ("holder", "proxy")))


def deputies(party_id: int, day: date) -> list[Person]:
    """The deputies of a post on `day`; nobody for a person."""
    return list(_people(party_id, day, ("deputy",), with_person=False))


def _people(party_id: int, day: date, held_as: Sequence[str], with_person: bool = True) -> QuerySet[Person]:
    speaks = Q(post__party=party_id) | Q(post__body=party_id, post__role__in=sorted(SPEAK))
    held = Holding.objects.filter(Holding.in_force(day), speaks, kind__in=held_as)
    found = Q(holdings__in=held)
    if with_person:
        found |= Q(party=party_id)
    present = Person.objects.filter(found).exclude(leaves__lt=day)
    return present.select_related("user").distinct().order_by("pk")


def tellings(row: FollowUp, step: str, **data: Any) -> list[Telling]:
    """Telling everybody who owes `row` of it, once for each `step`."""
    return _telling_each(row, holders(row.debtor_id, clock.today()), step, data)


def _telling_each(row: FollowUp, people: Sequence[Person], step: str, data: dict[str, Any]) -> list[Telling]:
    return [
        Telling(person.pk, OWED, f"{row.pk}:{step}", row.entry_id, {"follow_up": row.pk, **data})
        for person in people
    ]


def _close_links(pk: int) -> None:
    AnswerLink.objects.filter(follow_up=pk, used_at=None, revoked_at=None).update(revoked_at=clock.now())


def note(actor: Actor, rows: Sequence[FollowUp], kind: str, changes: dict[str, Any] | None = None) -> None:
    """Append what happened to `rows` to the journal, in the transaction of the action."""
    append_events(
        actor,
        [
            Event(
                kind=kind,
                entry_id=row.entry_id,
                model="followups.followup",
                object_id=row.pk,
                changes=changes or {"debtor": [None, row.debtor_id], "due": [None, str(row.due or "")]},
            )
            for row in rows
        ],
    )


def wrong(name: str, text: str) -> Invalid:
    """The refusal of what was typed into the field `name`."""
    return Invalid({0: {name: [text]}})
