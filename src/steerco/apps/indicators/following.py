"""An initiative follows its newest report, where nobody has set it otherwise by hand."""

from collections.abc import Collection
from typing import Any

from steerco.apps.indicators.models import Snapshot
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.exchange.portfolio import parse_name
from steerco.kit.history import Change
from steerco.kit.permissions import Actor, can

Newest = dict[int, Snapshot]
# Field of the initiative -> column of its newest report.
FOLLOWED = {"unit": "unit", "category": "category", "forecast_start": "starts", "forecast_end": "ends"}


def newest_of(initiatives: Collection[int]) -> Newest:
    """The newest current report of each initiative, by its id. One query."""
    rows = Snapshot.objects.filter(current=True, initiative__in=initiatives)
    return {row.initiative_id: row for row in rows.select_related("unit").order_by("as_of")}


def follow_newest(
    actor: Actor, initiatives: Collection[int], before: Newest, *, batch: str = "", reason: str = ""
) -> None:
    """Bring name, unit, category and forecast dates to what the newest report says.

    A field is left alone where it differs from what the newest report `before` the change said: somebody has set
    it. An older name stays as a former name. Raises Denied never: without the right to edit, nothing follows.
    """
    now = newest_of(initiatives)
    changes = []
    for row in Initiative.objects.filter(pk__in=now).select_related("unit", "parent"):
        if before.get(row.pk) == now[row.pk] or not can(actor, "initiative.edit", row):
            continue
        values = _followed(row, before.get(row.pk), now[row.pk])
        if values:
            changes.append(Change(values, pk=row.pk))
    write_initiatives(actor, changes, batch=batch, reason=reason)


def _followed(row: Initiative, before: Snapshot | None, now: Snapshot) -> dict[str, Any]:
    values: dict[str, Any] = {}
    name = parse_name(now.name).name[:300]
    if name != row.name and (before is None or row.name == parse_name(before.name).name[:300]):
        values["name"] = name
    for field, column in FOLLOWED.items():
        present, said = getattr(row, field), getattr(now, column)
        untouched = present in (None, "") if before is None else present == getattr(before, column)
        if untouched and said != present:
            values[field] = said
    return values
