"""Putting registers in order: confirming, and doing one thing with many entries at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.followups.services import Ask, ask
from steerco.apps.hygiene.looking import ASK, look_at, the_look
from steerco.apps.hygiene.models import Confirmation, Finding, Limit, Look
from steerco.apps.hygiene.rules import CONFIRMED, RULES
from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.records import rows_of
from steerco.apps.notices.working_time import add_working_days
from steerco.apps.people.models import Party, Person
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, can, read_ahead, require
from steerco.kit.registers.register import Register
from steerco.kit.states import Transition

MOST = 2000  # entries in one go
DAYS_TO_ANSWER = 5  # working days


@dataclass
class Plan:
    """What one action would do: the rows by register, and why others are left alone (reason -> how many)."""

    rows: dict[Register, list[Any]] = field(default_factory=lambda: defaultdict(list))
    left_out: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def count(self) -> int:
        """How many entries it is done with."""
        return sum(len(rows) for rows in self.rows.values())

    @property
    def by_register(self) -> list[tuple[Register, int]]:
        """How many of each register."""
        return [(register, len(rows)) for register, rows in self.rows.items()]


def confirm(actor: Actor, entries: Sequence[Entry]) -> None:
    """Say that entries are still right as they stand. Raises Denied: whoever may change an entry confirms it."""
    read_ahead(actor, entries)
    for entry in entries:
        require(actor, "record.edit", entry)
    _confirm(actor, [entry.pk for entry in entries])


def confirm_as_read(actor: Actor, entry: Entry, row: Any, version: int) -> bool:
    """Confirm the record of `entry` as somebody read it: False, and nothing is done, where it was changed since.
    Raises Denied."""
    with transaction.atomic():
        stored = type(row)._default_manager.select_for_update().get(pk=row.pk)
        if stored.version != version:
            return False
        confirm(actor, [entry])
    return True


def _confirm(actor: Actor, entry_ids: Sequence[int]) -> None:
    today = clock.today()
    person = Person.objects.filter(pk=actor.person_id).first() if actor.person_id else None
    with transaction.atomic():
        rows = [Confirmation(entry_id=pk, on=today, by=person) for pk in entry_ids]
        Confirmation.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["entry"], update_fields=["on", "by"], batch_size=500
        )
        said = {"confirmed": [None, today.isoformat()]}
        events = [
            Event(
                kind="entry.confirmed", entry_id=pk, model="hygiene.confirmation", object_id=pk, changes=said
            )
            for pk in entry_ids
        ]
        append_events(actor, events)
        Finding.objects.filter(entry__in=entry_ids, rule__in=CONFIRMED).delete()


def confirm_by_debt(actor: Actor, entry_id: int) -> None:
    """Confirm in answer to a question: the debt is the right."""
    _confirm(actor, [entry_id])


def ending(register: Register, row: Any, way: str = "") -> Transition | None:
    """The way on which `row` is closed: `way` where it may be taken, else the first that ends it and asks nothing."""
    if register.states is None:
        return None
    ways = [w for w in register.states.leaving(row.state) if register.states.group(w.target) == "done"]
    return next((w for w in ways if (w.key == way if way else not w.asks)), None)


def plan(
    actor: Actor, entries: Sequence[Entry], action: str, *, way: str = "", to: Party | None = None
) -> Plan:
    """What `action` ("reassign", "close", "confirm", "ask") would be done with, and what is left alone and why."""
    found = Plan()
    pages = rows_of(entries)
    read_ahead(actor, [row for _register, row in pages.values()])
    for entry in entries:
        page = pages.get(entry.pk)
        if page is None or not can(actor, "record.edit", page[1]):
            found.left_out[_("You may not change it.")] += 1
            continue
        register, row = page
        if reason := _obstacle(actor, register, row, action, way, to):
            found.left_out[reason] += 1
        else:
            found.rows[register].append(row)
    return found


def _obstacle(actor: Actor, register: Register, row: Any, action: str, way: str, to: Party | None) -> str:
    """Why the action is not for this row; "" when it is."""
    if action == "reassign" and to is not None and row.owner_id == to.pk:
        return _("It is theirs already.")
    if action == "ask" and row.owner_id is None:
        return _("Nobody owns it.")
    if action == "close":
        found = ending(register, row, way)
        if found is None:
            return _("It needs more to be closed: open it.")
        if not can(actor, found.action, row):
            return _("You may not close it.")
    return ""


def carry_out(
    actor: Actor,
    found: Plan,
    action: str,
    *,
    way: str = "",
    to: Party | None = None,
    values: Mapping[str, Any] | None = None,
    reason: str = "",
) -> int:
    """Do it, all or nothing; returns with how many. Raises Denied, Invalid, Conflict."""
    with transaction.atomic():
        rows = [row for part in found.rows.values() for row in part]
        if action == "confirm":
            _confirm(actor, [row.entry_id for row in rows])
        elif action == "ask":
            _ask_owners(actor, rows, reason)
        else:
            for register, part in found.rows.items():
                changes = [_change(register, row, action, way, to, values or {}) for row in part]
                register.write(actor, changes, reason=reason)
        look_at(clock.today(), [row.entry_id for row in rows])
    return found.count


def _change(
    register: Register, row: Any, action: str, way: str, to: Party | None, values: Mapping[str, Any]
) -> Change:
    if action == "reassign":
        return Change({"owner": to}, pk=row.pk, version=row.version)
    found = ending(register, row, way)
    if found is None:
        raise Invalid({0: {"state": [_("It needs more to be closed: open it.")]}})
    return Change({**values, "state": found.target}, pk=row.pk, version=row.version)


def _ask_owners(actor: Actor, rows: Sequence[Any], reason: str) -> None:
    today = clock.today()
    person = Person.objects.filter(pk=actor.person_id).first() if actor.person_id else None
    why: dict[int, list[str]] = defaultdict(list)
    ids = [row.entry_id for row in rows]
    for entry, rule in Finding.objects.filter(entry__in=ids).order_by("pk").values_list("entry", "rule"):
        why[entry].append(rule)
    ask(
        actor,
        [
            Ask(
                key=f"{ASK}:{row.entry_id}:{row.owner_id}:{today}",
                kind=ASK,
                entry_id=row.entry_id,
                debtor_id=row.owner_id,
                creditor_id=person.party_id if person else None,
                due=add_working_days(today, DAYS_TO_ANSWER),
                data={"rules": why[row.entry_id], "words": reason[:300]},
            )
            for row in rows
        ],
    )


def set_limits(
    actor: Actor, limits: Mapping[str, tuple[int, bool]], *, asks_owners: bool, measures_people: bool
) -> None:
    """The organisation's limits by rule, as (limit, off), and what the look may do. Raises Denied, Invalid."""
    require(actor, "organisation.configure")
    for key, (limit, _off) in limits.items():
        if key not in RULES or not 0 <= limit <= 3650:
            raise Invalid({0: {key: [_("Take a number from 0 to 3650.")]}})
    with transaction.atomic():
        look = the_look()
        before = {row.rule: [row.limit, row.off] for row in Limit.objects.filter(register="")}
        for key, (limit, off) in limits.items():
            Limit.objects.update_or_create(rule=key, register="", defaults={"limit": limit, "off": off})
        after: dict[str, Any] = {key: [limit, off] for key, (limit, off) in limits.items()}
        changes = {key: [before.get(key), value] for key, value in after.items() if before.get(key) != value}
        changes["asks_owners"] = [look.asks_owners, asks_owners]
        changes["measures_people"] = [look.measures_people, measures_people]
        Look.objects.filter(pk=look.pk).update(asks_owners=asks_owners, measures_people=measures_people)
        append_events(
            actor, [Event(kind="hygiene.limits", model="hygiene.look", object_id=look.pk, changes=changes)]
        )


def asked_by(found_on: date) -> date:
    """When an owner who is asked by the rule must have answered."""
    return add_working_days(found_on, 2 * DAYS_TO_ANSWER)
