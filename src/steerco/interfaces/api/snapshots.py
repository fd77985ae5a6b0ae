"""What was reported: snapshots and their values, read-only. Of a corrected one only the newest is shown."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from steerco.apps.indicators.models import Snapshot, Value
from steerco.apps.initiatives.models import Initiative
from steerco.interfaces.api.errors import BadParameters
from steerco.interfaces.api.operations import (
    DAY,
    MOMENT,
    NUMBER,
    TEXT,
    Json,
    Operation,
    Schema,
    array_of,
    in_path,
    in_query,
    object_of,
)
from steerco.interfaces.api.paging import Listed, page_schema
from steerco.interfaces.api.parameters import PAGE, page_size, refuse_unknown
from steerco.interfaces.api.representation import REFERENCE
from steerco.interfaces.api.views import ApiView
from steerco.kit.permissions.inventory import Decision
from steerco.kit.registers.paging import Key
from steerco.kit.registers.references import reference
from steerco.kit.registers.scopes import find_scope, narrow

TAG = "Snapshots"
DAYS = {"as_of": "as_of", "as_of_from": "as_of__gte", "as_of_to": "as_of__lte"}
ORDER = [Key("as_of", descending=True), Key("sort_name"), Key("id")]


def _or_null(schema: Json) -> Json:
    return {**schema, "nullable": True}


FACTS: dict[str, Json] = {
    "as_of": DAY,
    "recorded_at": MOMENT,
    "name": TEXT,
    "code": TEXT,
    "unit_name": TEXT,
    "category": TEXT,
    "status": TEXT,
    "scale": TEXT,
    "rating": TEXT,
    "starts": _or_null(DAY),
    "ends": _or_null(DAY),
    "currency": TEXT,
    "year": TEXT,
    "year_budget": _or_null(NUMBER),
    "year_forecast": _or_null(NUMBER),
    "whole_life_cost": _or_null(NUMBER),
    "source": TEXT,
    "source_row": _or_null(NUMBER),
}
VALUE: dict[str, Json] = {
    "indicator": TEXT,
    "dimension": TEXT,
    "assessor": TEXT,
    "state": TEXT,
    "scale": TEXT,
    "rating": TEXT,
    "amount": _or_null(NUMBER),
    "currency": TEXT,
    "year": TEXT,
    "day": _or_null(DAY),
    "number": _or_null({"type": "string", "format": "decimal"}),
    "text": TEXT,
}
SNAPSHOT = Schema("Snapshot", object_of({"id": NUMBER, "initiative": REFERENCE, **FACTS}))
WHOLE = Schema(
    "SnapshotWithValues",
    object_of(
        {**SNAPSHOT.schema["properties"], "values": array_of(Schema("SnapshotValue", object_of(VALUE)))}
    ),
)
RANGE = [
    in_query("as_of", DAY),
    in_query("as_of_from", DAY),
    in_query("as_of_to", DAY),
]


class SnapshotList(ApiView):
    """The current snapshots that the caller may read, the newest first."""

    decision = Decision("snapshot.view", "the snapshots that the caller may read")

    def operations(self) -> dict[str, Operation]:
        """List."""
        place = in_query("in", TEXT, "Code of an initiative: what is there and below.")
        said = "Amounts are in minor units of “currency”."
        return {
            "GET": Operation(
                "snapshot_list",
                "List of snapshots",
                TAG,
                {200: page_schema(SNAPSHOT)},
                said,
                None,
                [place, *RANGE, *PAGE],
            )
        }

    def get(self, request: Request) -> Response:
        """One page of them."""
        query = request.query_params
        refuse_unknown(query, {"in", *DAYS})
        scope = find_scope(self.actor, query.get("in", ""))
        rows = narrow(Snapshot.objects.visible_to(self.actor), scope, "initiative")
        if query.get("in") and scope is None:
            rows = rows.none()
        return _answer(request, rows)


class InitiativeSnapshots(ApiView):
    """The current snapshots of one initiative, the newest first."""

    decision = Decision("snapshot.view", "the initiative")

    def operations(self) -> dict[str, Operation]:
        """List."""
        parameters = [in_path("id"), *RANGE, *PAGE]
        answers = {200: page_schema(SNAPSHOT)}
        what = "Snapshots of an initiative"
        return {"GET": Operation("initiative_snapshots", what, TAG, answers, parameters=parameters)}

    def get(self, request: Request, pk: int) -> Response:
        """One page of them."""
        refuse_unknown(request.query_params, set(DAYS))
        return _answer(
            request, Snapshot.objects.visible_to(self.actor).filter(initiative=self.initiative(pk))
        )

    def initiative(self, pk: int) -> Initiative:
        """The initiative that the caller may see. Raises Http404: hidden is missing."""
        row = Initiative.objects.visible_to(self.actor).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row


class InitiativeSnapshot(InitiativeSnapshots):
    """What was reported of one initiative for a date, with every value."""

    def operations(self) -> dict[str, Operation]:
        """Read."""
        parameters = [in_path("id"), in_path("as_of", DAY)]
        what = "What was reported for a date"
        return {"GET": Operation("initiative_snapshot", what, TAG, {200: WHOLE}, parameters=parameters)}

    def get(self, request: Request, pk: int, as_of: date) -> Response:  # type: ignore[override]
        """The current snapshot for the date."""
        refuse_unknown(request.query_params, set(), paged=False)
        rows = Snapshot.objects.visible_to(self.actor).select_related("initiative")
        row = rows.filter(initiative=self.initiative(pk), as_of=as_of, current=True).first()
        if row is None:
            raise Http404
        values = Value.objects.visible_to(self.actor).filter(snapshot=row).order_by("pk")
        told = [{name: getattr(value, name) for name in VALUE} for value in values]
        return Response({**_told([row])[0], "values": told})


def _answer(request: Request, rows: QuerySet[Snapshot]) -> Response:
    query: QueryDict = request.query_params
    rows = rows.filter(current=True, **_days(query)).select_related("initiative")
    return Response(Listed(request, rows, ORDER, page_size(query)).answer(_told))


def _days(query: QueryDict) -> dict[str, date]:
    """The dates that the address asks for, as lookups. Raises BadParameters."""
    found, problems = {}, {}
    for name, lookup in DAYS.items():
        if name in query:
            try:
                found[lookup] = date.fromisoformat(query.get(name, ""))
            except ValueError:
                problems[name] = [_("A date such as 2026-10-01 is expected.")]
    if problems:
        raise BadParameters(problems)
    return found


def _told(rows: Sequence[Snapshot]) -> list[dict[str, Any]]:
    text = reference("initiative").text
    return [
        {
            "id": row.pk,
            "initiative": {"id": row.initiative_id, "name": text(row.initiative)},
            **{name: getattr(row, name) for name in FACTS},
        }
        for row in rows
    ]
