"""Which initiatives a commission asks, and whom: by filters on the tree, as far as its asker may ask there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from steerco.apps.commissions.models import Commission
from steerco.apps.commissions.questions import questions_of, seconds_for
from steerco.apps.initiatives.models import Ancestry, Entry, Initiative
from steerco.apps.initiatives.states import InitiativeType, LifecycleStatus
from steerco.apps.people.models import Party, Unit
from steerco.kit.permissions import Actor, can, read_ahead

MOST = 500


@dataclass
class Chosen:
    """Who is asked about what; `nobody` have no one to answer, `left_out` were taken out by hand.

    `seconds` is what answering is expected to cost all of them together.
    """

    asked: dict[Party, list[Initiative]] = field(default_factory=dict)
    nobody: list[Initiative] = field(default_factory=list)
    left_out: list[Initiative] = field(default_factory=list)
    too_many: int = 0
    seconds: int = 0

    @property
    def initiatives(self) -> int:
        """How many initiatives are asked about."""
        return sum(len(places) for places in self.asked.values())

    @property
    def minutes(self) -> int:
        """The minutes of all who are asked together."""
        return round(self.seconds / 60)

    @property
    def minutes_each(self) -> int:
        """The minutes of one of them, on average; at least one."""
        return max(1, round(self.seconds / 60 / len(self.asked))) if self.asked else 0


def choose(actor: Actor, commission: Commission) -> Chosen:
    """Whom a draft would ask now, among what `actor` sees and may ask."""
    rows = _filtered(actor, commission)
    found = list(rows[: MOST + 1])
    chosen = Chosen(too_many=max(0, len(found) - MOST))
    without = set(commission.filters.get("without", ()))
    read_ahead(actor, found)
    for place in found[:MOST]:
        if not can(actor, "commission.ask", place):
            continue
        party = place.sponsor if commission.whom == Commission.Whom.SPONSOR else place.lead
        if place.pk in without:
            chosen.left_out.append(place)
        elif party is None:
            chosen.nobody.append(place)
        else:
            chosen.asked.setdefault(party, []).append(place)
    questions = questions_of(commission.questions)
    chosen.seconds = sum(seconds_for(questions, len(places)) for places in chosen.asked.values())
    return chosen


def _filtered(actor: Actor, commission: Commission) -> Any:
    filters = commission.filters
    below = Ancestry.objects.filter(ancestor=commission.initiative_id).values("descendant")
    rows = Initiative.objects.visible_to(actor).filter(pk__in=below, archived=False)
    if filters.get("types"):
        rows = rows.filter(type__in=filters["types"])
    if filters.get("statuses"):
        rows = rows.filter(status__in=filters["statuses"])
    if filters.get("units"):
        rows = rows.filter(unit__in=filters["units"])
    if filters.get("tags"):
        tagged = Entry.objects.filter(taggings__tag__name__in=filters["tags"])
        rows = rows.filter(entry__in=tagged.values("pk"))
    return rows.select_related("lead", "sponsor", "unit", "entry").order_by("sort_name", "pk")


def filters_from(data: Mapping[str, list[str]]) -> dict[str, Any]:
    """Filters out of a form; what is unknown in it counts as not said."""

    def numbers(name: str) -> list[int]:
        return [int(one) for one in data.get(name, ()) if one.isdecimal() and len(one) < 12]

    tags = [tag.strip()[:40] for one in data.get("tags", ()) for tag in one.split(",") if tag.strip()]
    return {
        "types": [one for one in data.get("types", ()) if one in InitiativeType.values],
        "statuses": [one for one in data.get("statuses", ()) if one in LifecycleStatus.values],
        "units": numbers("units"),
        "tags": tags[:10],
        "without": numbers("without"),
    }


def units(actor: Actor) -> list[Unit]:
    """The units that a filter offers."""
    return list(Unit.objects.visible_to(actor).order_by("name"))
