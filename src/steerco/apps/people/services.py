"""Writes of people, units and parties."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.people.models import Party, Person, Unit, UnitSuccession
from steerco.kit.fields import sort_key
from steerco.kit.history import Change, Invalid, Write, save
from steerco.kit.history.removals import remove
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, require

WHOLE = 100  # per cent


def make_parties(kind: str, names: Sequence[str]) -> list[Party]:
    """New parties, one per name, in order. Part of the transaction that makes what they stand for."""
    return Party.objects.bulk_create(
        [Party(kind=kind, name=name[:200], sort_name=sort_key(name)) for name in names], batch_size=500
    )


def write_people(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[Person]:
    """Create and change people. Raises Denied, Invalid, Conflict; all or nothing."""
    require(actor, "person.edit")
    with transaction.atomic():
        stored = Person.objects.in_bulk([c.pk for c in changes if c.pk])
        new = [c for c in changes if c.pk is None]
        parties = iter(make_parties(Party.Kind.PERSON, [c.values.get("name", "") for c in new]))
        writes = []
        for change in changes:
            person = stored[change.pk] if change.pk else Person(party=next(parties))
            for name, value in change.values.items():
                setattr(person, name, value)
            fields = frozenset(change.values) if change.pk else None
            writes.append(Write(person, fields=fields, version=change.version))
        save(actor, writes, kind="person.changed", reason=reason, batch=batch)
        for write in writes:
            if write.fields and "name" in write.fields:
                name = write.instance.name
                Party.objects.filter(pk=write.instance.party_id).update(name=name, sort_name=sort_key(name))
    return [w.instance for w in writes]


def remove_people(actor: Actor, people: Sequence[Person], *, reason: str = "", batch: str = "") -> None:
    """Take away people that nothing hangs on, with their parties: for undoing an import. Raises Denied."""
    require(actor, "person.edit")
    with transaction.atomic():
        remove(actor, people, kind="person.removed", reason=reason, batch=batch)
        parties = [person.party_id for person in people]
        for start in range(0, len(parties), 500):
            Party.objects.filter(pk__in=parties[start : start + 500]).delete()


def remove_units(actor: Actor, units: Sequence[Unit], *, reason: str = "", batch: str = "") -> None:
    """Take away units that nothing hangs on: for undoing an import. Raises Denied."""
    require(actor, "person.edit")
    remove(actor, units, kind="unit.removed", reason=reason, batch=batch)


def write_units(actor: Actor, units: Sequence[Unit], *, reason: str = "", batch: str = "") -> list[Unit]:
    """Create and rename organisation units; a unit with a pk is changed in name, parent and dates."""
    require(actor, "person.edit")
    fields = frozenset({"code", "name", "parent", "valid_from", "valid_to"})
    writes = [Write(unit, fields=fields if unit.pk else None) for unit in units]
    save(actor, writes, kind="unit.changed", reason=reason, batch=batch)
    return [w.instance for w in writes]


def change_units(actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = "") -> list[Unit]:
    """Create and change units by their values. Raises Denied, Invalid, Conflict; all or nothing."""
    require(actor, "person.edit")
    stored = Unit.objects.in_bulk([c.pk for c in changes if c.pk])
    writes = []
    for change in changes:
        unit = stored[change.pk] if change.pk else Unit()
        for name, value in change.values.items():
            setattr(unit, name, value)
        fields = frozenset(change.values) if change.pk else None
        writes.append(Write(unit, fields=fields, version=change.version))
    save(actor, writes, kind="unit.changed", reason=reason, batch=batch)
    return [w.instance for w in writes]


def succeed_unit(actor: Actor, unit: Unit, successors: Sequence[tuple[Unit, int | None]], on: date) -> None:
    """Record that `successors` (unit, share in percent or None) took over `unit` on a date, instead of what was said
    before. Raises Denied; Invalid for none, for itself, for one twice, for a circle, for shares that are not a whole.
    """
    require(actor, "person.edit")
    _check_successors(unit, successors)
    with transaction.atomic():
        stored = UnitSuccession.objects.filter(unit=unit)
        before = [list(pair) for pair in stored.values_list("successor", "share").order_by("successor")]
        stored.delete()
        UnitSuccession.objects.bulk_create(
            [UnitSuccession(unit=unit, successor=row, on=on, share=share) for row, share in successors]
        )
        unit.valid_to = on
        save(actor, [Write(unit, fields=frozenset({"valid_to"}))], kind="unit.changed")
        shares = sorted([row.pk, share] for row, share in successors)
        changes = {"successors": [before or None, shares]}
        append_events(
            actor, [Event(kind="unit.succeeded", model="people.unit", object_id=unit.pk, changes=changes)]
        )


def _check_successors(unit: Unit, successors: Sequence[tuple[Unit, int | None]]) -> None:
    rows, shares = [row.pk for row, _share in successors], [share for _row, share in successors]
    problem = ""
    if not rows:
        problem = _("Name at least one successor.")
    elif unit.pk in rows:
        problem = _("A unit does not succeed itself.")
    elif len(set(rows)) < len(rows):
        problem = _("Name each successor once.")
    elif unit.pk in _after(rows):
        problem = _("That would be a circle: it took over from one of them itself.")
    elif any(shares) and (None in shares or sum(share or 0 for share in shares) != WHOLE):
        problem = _("The shares must add up to 100, or all be left out.")
    if problem:
        raise Invalid({0: {"unit_1": [problem]}})


def _after(units: Sequence[int]) -> set[int]:
    """Everything that followed these units, in any number of steps."""
    seen: set[int] = set()
    waiting = set(units)
    while waiting:
        seen |= waiting
        following = UnitSuccession.objects.filter(unit__in=waiting).values_list("successor", flat=True)
        waiting = set(following) - seen
    return seen


def rename_party(pk: int, name: str) -> None:
    """Give a party another name. Part of the transaction that renames what it stands for."""
    Party.objects.filter(pk=pk).update(name=name[:200], sort_name=sort_key(name))
