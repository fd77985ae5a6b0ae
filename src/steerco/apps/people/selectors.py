"""Reads across people and units."""

from collections import defaultdict

from django.db.models import F

from steerco.apps.people.models import Unit, UnitSuccession


def successors_today() -> dict[int, int | None]:
    """For every unit that was succeeded: the id of the one unit that stands in its place today, following chains.

    None where a unit was split without shares, or between several units: not comparable.
    """
    following: dict[int, list[UnitSuccession]] = defaultdict(list)
    for succession in UnitSuccession.objects.all():
        following[succession.unit_id].append(succession)

    def last(unit: int, seen: frozenset[int]) -> int | None:
        steps = following.get(unit)
        if not steps:
            return unit
        if len(steps) > 1 or steps[0].successor_id in seen:
            return None
        return last(steps[0].successor_id, seen | {unit})

    return {unit: last(unit, frozenset()) for unit in list(following)}


def successions_of(unit: Unit) -> list[UnitSuccession]:
    """What took over from a unit, the largest share first."""
    rows = UnitSuccession.objects.filter(unit=unit).select_related("successor")
    return list(rows.order_by(F("share").desc(nulls_last=True), "successor__sort_name", "pk"))


def units_by_name() -> dict[str, Unit]:
    """Every unit by its folded name and by its code."""
    found: dict[str, Unit] = {}
    for unit in Unit.objects.all():
        found.setdefault(unit.code.casefold(), unit)
        found[unit.name.casefold()] = unit
    return found
