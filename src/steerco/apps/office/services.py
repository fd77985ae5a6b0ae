"""Writes of requests for support: asking, looking after them, answering, the time that they take."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.records import write_records
from steerco.apps.links.services import Upload, attach_files, write_comment
from steerco.apps.office.models import RequestCategory, SupportRequest, TimeSpent
from steerco.apps.office.reckoning import DERIVED, reckon
from steerco.apps.office.settings import office_place, working_hours
from steerco.apps.office.states import ENDED, GOING, NEW, WAITING
from steerco.apps.office.telling import ANSWERED, MOVED, tell_asker
from steerco.apps.people.models import Party, Person, Unit
from steerco.kit import clock
from steerco.kit.history import Change, Invalid, Write, save
from steerco.kit.history.removals import remove
from steerco.kit.permissions import Actor, Denied, require

SAID = frozenset({"accepted", "waiting", "done", "declined"})  # the states that the asker is told of


def write_requests(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = "", of_nobody: bool = False
) -> list[SupportRequest]:
    """Create and change requests. Raises Denied, Invalid (by position), Conflict; all or nothing.

    A new one is asked today by whoever enters it or for whom it is entered (`of_nobody`: by somebody who is not in the
    address book), and looked after by its category's post. What is promised follows from the category; the asker is
    told of what the office does.
    """
    with transaction.atomic():
        rows = SupportRequest.objects.select_related("category", "asked_by__person__unit")
        stored = rows.in_bulk([change.pk for change in changes if change.pk])
        before = {pk: row.state for pk, row in stored.items()}
        for change in changes:
            row, values = stored.get(change.pk or 0), change.values
            if row is None:
                _start(actor, values, is_history=bool(batch), of_nobody=of_nobody)
            elif "asked_by" in values and _pk(values["asked_by"]) != row.asked_by_id:
                values["unit"] = unit_of(values["asked_by"])
            _give_owner(row, values)
            _end(row, values)
        written = write_records(actor, SupportRequest, changes, reason=reason, batch=batch)
        for saved in written:
            if saved.pk in before and saved.state != before[saved.pk] and saved.state in SAID and not batch:
                tell_asker(actor, saved, MOVED, saved.state)
    return written


def _end(row: SupportRequest | None, values: dict[str, Any]) -> None:
    """What ends, ends today unless a day is said; what goes on again has no end."""
    state = values.get("state", row.state if row else NEW)
    was = row.state if row else NEW
    if state in ENDED and not values.get("ended_on", row.ended_on if row and was in ENDED else None):
        values["ended_on"] = clock.today()
    elif state not in ENDED and was in ENDED:
        values["ended_on"] = None


def _pk(row: Any) -> int | None:
    return row.pk if row is not None else None


def _start(actor: Actor, values: dict[str, Any], *, is_history: bool, of_nobody: bool) -> None:
    """What a new request has that nobody said; what a file brings was asked by whom it names."""
    if not values.get("asked_on"):
        days = (clock.today(), values.get("ended_on"), values.get("wanted_by"))
        values["asked_on"] = min(day for day in days if day)
    if not (values.get("asked_by") or is_history or of_nobody):
        values["asked_by"] = asking(actor)
    values["unit"] = unit_of(values.get("asked_by"))


def unit_of(party: Party | None) -> Unit | None:
    """The unit that whoever asks belongs to now; None for posts, bodies and people without one."""
    person = getattr(party, "person", None) if party else None
    return person.unit if person else None


def asking(actor: Actor) -> Party | None:
    """Who asks when `actor` enters a request: for whom it is entered, else their own person."""
    if actor.behalf_of:
        return Party.objects.select_related("person__unit").filter(pk=actor.behalf_of).first()
    person = (
        Person.objects.select_related("party", "unit").filter(pk=actor.person_id).first()
        if actor.person_id
        else None
    )
    return person.party if person else None


def _give_owner(row: SupportRequest | None, values: dict[str, Any]) -> None:
    """The category's post looks after what nobody does."""
    category: RequestCategory | None = values.get("category")
    owner = values.get("owner", row.owner_id if row else None)
    is_new = category is not None and (row is None or row.category_id != category.pk)
    if is_new and category is not None and owner is None and category.party_id:
        values["owner"] = category.party


# -- asking -------------------------------------------------------------------------------------------------------


def ask_office(
    actor: Actor, values: dict[str, Any], uploads: Sequence[Upload] = (), *, place: Initiative | None = None
) -> SupportRequest:
    """Ask the office for something, about `place` or (None) in general: who sees a place may ask about it, and anybody
    known may ask in general. Raises Denied, Invalid, links.files.TooLarge, links.kinds.Refused.
    """
    if not actor.parties and not actor.trusted:  # nobody of the address book, or somebody who left
        raise Denied("initiative.view")
    if place is not None:
        if not Initiative.objects.visible_to(actor).filter(pk=place.pk).exists():
            raise Denied("initiative.view")
    else:
        place = office_place()
    if place is None:
        text = _("Say for which initiative: no place is chosen yet for requests to the office in general.")
        raise Invalid({0: {"initiative": [text]}})
    with transaction.atomic():
        given = replace(actor.itself(), trusted=True)
        row = write_requests(given, [Change({**values, "initiative": place})])[0]
        if uploads:
            attach_files(given, Entry.objects.get(pk=row.entry_id), uploads)
    return row


def require_asker(actor: Actor, row: SupportRequest) -> None:
    """Raise Denied unless it is the actor who asked."""
    if row.asked_by_id is None or row.asked_by_id not in actor.parties:
        raise Denied("record.edit")


def say_as_asker(actor: Actor, row: SupportRequest, text: str) -> None:
    """The asker adds some words; what waited for them goes on. Raises Denied, Invalid."""
    require_asker(actor, row)
    if row.state not in GOING:
        raise Invalid({0: {"text": [_("This request has ended. Ask anew.")]}})
    answer_as_asker(replace(actor.itself(), trusted=True), row, text)


def answer_as_asker(actor: Actor, row: SupportRequest, text: str) -> None:
    """What the asker says, in a transaction that has the right to: a comment, and what waited goes on."""
    if not text.strip():
        raise Invalid({0: {"text": [_("Write some words.")]}})
    with transaction.atomic():
        write_comment(actor, Entry.objects.get(pk=row.entry_id), text, by_debt=True)
        if row.state == WAITING:
            write_requests(actor, [Change({"state": "working"}, pk=row.pk)])


def withdraw_as_asker(actor: Actor, row: SupportRequest) -> None:
    """The asker needs it no longer. Raises Denied, Invalid."""
    require_asker(actor, row)
    if row.state not in GOING:
        raise Invalid({0: {"state": [_("This request has ended.")]}})
    write_requests(replace(actor.itself(), trusted=True), [Change({"state": "withdrawn"}, pk=row.pk)])


# -- looking after it ---------------------------------------------------------------------------------------------


def take_request(actor: Actor, row: SupportRequest, version: int | None = None) -> SupportRequest:
    """The actor looks after it from now on. Raises Denied, Invalid, Conflict."""
    own = asking(actor.acting_for(None))
    if own is None:
        raise Invalid({0: {"owner": [_("You are not in the address book: name somebody who takes it.")]}})
    return give_request(actor, row, own, version)


def give_request(
    actor: Actor, row: SupportRequest, to: Party | None, version: int | None = None
) -> SupportRequest:
    """`to` looks after it from now on. Raises Denied, Invalid, Conflict."""
    if to is None:
        raise Invalid({0: {"owner": [_("Name who is to look after it.")]}})
    return write_requests(actor, [Change({"owner": to}, pk=row.pk, version=version)])[0]


def answer_request(actor: Actor, row: SupportRequest, text: str, then: str = "") -> SupportRequest:
    """Answer the asker; `then` is the state that it takes: "" (as it is; a new one is accepted), waiting, done,
    declined. Raises Denied, Invalid.
    """
    require(actor, "record.edit", row)
    if not text.strip():
        raise Invalid({0: {"text": [_("Write some words.")]}})
    if then not in ("", "waiting", "done", "declined"):
        raise Invalid({0: {"then": [_("There is no such state.")]}})
    with transaction.atomic():
        values: dict[str, Any] = {}
        if then:
            values = {"state": then, "question" if then == WAITING else "outcome": text.strip()}
        elif row.state == NEW:
            values = {"state": "accepted"}
        if then in ("", WAITING):
            comment = write_comment(actor, Entry.objects.get(pk=row.entry_id), text, by_debt=True)
            if not then:
                tell_asker(actor, row, ANSWERED, str(comment.pk))
        if values:
            return write_requests(actor, [Change(values, pk=row.pk)])[0]
    return row


def book_time(
    actor: Actor, row: SupportRequest, minutes: int, on: date, *, person: Person | None = None, note: str = ""
) -> TimeSpent:
    """Book minutes that a person (None: the actor) spent on it. Raises Denied, Invalid."""
    require(actor, "record.edit", row)
    who = person or Person.objects.filter(pk=actor.person_id or 0).first()
    if who is None:
        raise Invalid({0: {"person": [_("Name a person.")]}})
    if on > clock.today():
        raise Invalid({0: {"on": [_("That day has not come yet.")]}})
    booking = TimeSpent(request=row, person=who, on=on, minutes=minutes, note=note.strip()[:200])
    with transaction.atomic():
        save(actor, [Write(booking)], kind="support_request.booked")
        _add_up(actor, row)
    return booking


def drop_time(actor: Actor, booking: TimeSpent) -> None:
    """Take a booking back. Raises Denied."""
    row = booking.request
    require(actor, "record.edit", row)
    with transaction.atomic():
        remove(actor, [booking], kind="support_request.unbooked")
        _add_up(actor, row)


def _add_up(actor: Actor, row: SupportRequest) -> None:
    locked = SupportRequest.objects.select_for_update().get(pk=row.pk)
    locked.minutes = locked.bookings.aggregate(sum=Sum("minutes"))["sum"] or 0
    save(actor, [Write(locked, fields=frozenset({"minutes"}))], kind="support_request.changed")
    row.minutes = locked.minutes


# -- what the office promises -------------------------------------------------------------------------------------


def write_categories(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[RequestCategory]:
    """Create and change categories; what is open and promised by them is reckoned anew. Raises Denied, Invalid,
    Conflict."""
    require(actor, "organisation.configure")
    with transaction.atomic():
        stored = RequestCategory.objects.in_bulk([change.pk for change in changes if change.pk])
        writes = []
        for change in changes:
            row = stored[change.pk] if change.pk else RequestCategory()
            for name, value in change.values.items():
                setattr(row, name, value)
            fields = frozenset(change.values) if change.pk else None
            writes.append(Write(row, fields=fields, version=change.version))
        save(actor, writes, kind="request_category.changed", reason=reason, batch=batch)
        reckon_again([write.instance.pk for write in writes if write.fields is not None], actor)
    return [write.instance for write in writes]


def remove_categories(
    actor: Actor, rows: Sequence[RequestCategory], *, reason: str = "", batch: str = ""
) -> None:
    """Take away categories that an import made and nothing names. Raises Denied."""
    require(actor, "organisation.configure")
    remove(actor, rows, kind="request_category.removed", reason=reason, batch=batch)


def reckon_again(categories: Sequence[int] | None, actor: Actor) -> int:
    """Reckon anew what is owed of the open requests of `categories` (None: of all); returns how many differ."""
    now, hours = clock.now(), working_hours()
    rows = SupportRequest.objects.filter(state__in=GOING, deleted=False).select_related("category")
    if categories is not None:
        rows = rows.filter(category__in=categories)
    writes = []
    for row in rows.select_for_update(of=("self",)).order_by("pk"):
        before = {name: getattr(row, name) for name in DERIVED}
        reckon(row, row, row.category, hours, now)
        found = frozenset(name for name in DERIVED if before[name] != getattr(row, name))
        if found:
            writes.append(Write(row, fields=found))
    save(actor, writes, kind="support_request.changed")
    return len(writes)
