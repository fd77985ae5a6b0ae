"""Which initiatives a calendar covers, and what each of them reported last."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import QuerySet

from steerco.apps.cycles.kinds import BRIDGE, CONSOLIDATED, ON_HOLD
from steerco.apps.cycles.models import Cadence, FrozenReport, Report
from steerco.apps.initiatives.models import Initiative
from steerco.kit.permissions import Actor

OF_TYPE = {
    Cadence.Covers.WORKSTREAMS: Initiative.Type.WORKSTREAM,
    Cadence.Covers.PROJECTS: Initiative.Type.PROJECT,
}
Status = Initiative.Status
REPORTING = (Status.APPROVED, Status.INITIATING, Status.DELIVERING, Status.CLOSING)
# What says how an initiative stands; the others answer one question and nothing else.
ASIDE = (ON_HOLD, BRIDGE)


def covered(cadence: Cadence) -> QuerySet[Initiative]:
    """The initiatives that a calendar asks, whatever their status: of two calendars of one kind the nearer one asks."""
    rows = Initiative.objects.filter(archived=False)
    if cadence.covers == Cadence.Covers.ITSELF:
        return rows.filter(pk=cadence.initiative_id)
    below = rows.filter(above__ancestor=cadence.initiative_id, above__depth__gt=0)
    if cadence.covers == Cadence.Covers.CHILDREN:
        return rows.filter(parent=cadence.initiative_id)
    kind = OF_TYPE.get(Cadence.Covers(cadence.covers))
    return below.filter(type=kind) if kind else below


def latest_editions(
    initiatives: Collection[int], until: date, *, reader: Actor | None = None
) -> dict[int, FrozenReport]:
    """What each initiative reported last about a period up to `until`, whatever its rhythm, by initiative.

    Of two about the same day the consolidated one counts, which tells of more. Only what `reader` may see, if given.
    Two statements.
    """
    reports = Report.objects.visible_to(reader) if reader else Report.objects.all()
    rows = FrozenReport.objects.filter(
        report__in=reports.filter(initiative__in=list(initiatives), deleted=False, period_end__lte=until)
        .exclude(kind__in=(*ASIDE, "exception"))
        .values("pk")
    )
    newest: dict[int, tuple[tuple[Any, bool, int], int]] = {}
    for pk, place, end, kind, number in rows.order_by("pk").values_list(
        "pk", "report__initiative", "report__period_end", "report__kind", "number"
    ):
        rank = (end, kind == CONSOLIDATED, number)
        if place not in newest or rank >= newest[place][0]:
            newest[place] = (rank, pk)
    found = FrozenReport.objects.select_related("report__initiative").in_bulk(
        [pk for _rank, pk in newest.values()]
    )
    return {place: found[pk] for place, (_rank, pk) in newest.items()}
