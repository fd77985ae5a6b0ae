"""Writes of snapshots and of the mappings that read them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.indicators.indicators import END, INDICATORS, OVERALL, RATING
from steerco.apps.indicators.models import NamedMapping, Snapshot, Value
from steerco.apps.initiatives.models import Initiative
from steerco.kit import clock
from steerco.kit.fields.rows import insert_rows
from steerco.kit.history import Invalid
from steerco.kit.history.writes import append_events, plain
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, require

BATCH = 500  # rows of one statement: SQLite takes 32,766 values in one
DESCRIBED = ("name", "code", "unit_name", "category", "status")
MEASURED = ("state", "scale", "rating", "amount", "currency", "year", "day", "number", "text")


@dataclass
class Report:
    """What is reported of `initiative` for `as_of`: `snapshot` fields by name, and unsaved values."""

    initiative: Initiative
    as_of: date
    fields: dict[str, Any] = field(default_factory=dict)
    values: list[Value] = field(default_factory=list)


@dataclass
class Recorded:
    """What became of each report, in order: "created", "updated" (a correction) or "unchanged"."""

    outcomes: list[str] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)  # the new ones
    replaced: dict[int, int] = field(default_factory=dict)  # position -> id of the snapshot that it corrects


def record_snapshots(
    actor: Actor, reports: Sequence[Report], *, source: str = "", reason: str = "", batch: str = ""
) -> Recorded:
    """Record reports. One that says what the current snapshot of its initiative and date says is left alone;
    one that differs becomes the current snapshot, and the older one stays as it was.

    Raises Denied; Invalid (by position) for a doubled date or a value that its indicator does not take.
    """
    recorded = Recorded()
    _check(reports)
    for initiative in {r.initiative.pk: r.initiative for r in reports}.values():
        require(actor, "snapshot.import", initiative)
    with transaction.atomic():
        current = _current(reports)
        new: list[Snapshot] = []
        for index, report in enumerate(reports):
            snapshot = _snapshot(report, source, batch)
            pk, fingerprint = current.get((report.initiative.pk, report.as_of), (None, ""))
            if fingerprint == snapshot.fingerprint:
                recorded.outcomes.append("unchanged")
                continue
            recorded.outcomes.append("updated" if pk else "created")
            if pk:
                recorded.replaced[index] = pk
            snapshot._values = report.values  # type: ignore[attr-defined]
            new.append(snapshot)
        replaced = list(recorded.replaced.values())
        for start in range(0, len(replaced), BATCH):
            chunk = replaced[start : start + BATCH]
            Snapshot.objects.filter(pk__in=chunk).update(current=False)
            Value.objects.filter(snapshot__in=chunk).update(current=False)
        insert_rows(Snapshot, new)
        insert_rows(Value, [v for s in new for v in _own_values(s)])
        append_events(actor, [_event(s, s.initiative) for s in new], reason=reason, batch=batch)
        recorded.snapshots = new
    return recorded


def _check(reports: Sequence[Report]) -> None:
    errors: dict[int, dict[str, list[str]]] = {}
    seen: set[tuple[int, date]] = set()
    for index, report in enumerate(reports):
        key = (report.initiative.pk, report.as_of)
        if key in seen:
            errors[index] = {
                "as_of": [_("This initiative is reported twice for %(date)s.") % {"date": key[1]}]
            }
        seen.add(key)
        for value in report.values:
            if value.indicator not in INDICATORS:
                errors[index] = {
                    "indicator": [_("There is no indicator “%(key)s”.") % {"key": value.indicator}]
                }
            try:
                value.clean_fields(exclude={"snapshot", "initiative", "as_of", "text"})
            except ValidationError as error:
                errors[index] = error.message_dict
    if errors:
        raise Invalid(errors)


def _current(reports: Sequence[Report]) -> dict[tuple[int, date], tuple[int, str]]:
    """(initiative, date) -> (id, fingerprint) of the snapshots that stand now, of the dates reported."""
    rows = Snapshot.objects.filter(current=True, as_of__in={r.as_of for r in reports})
    found = rows.values_list("initiative", "as_of", "pk", "fingerprint")
    return {(initiative, day): (pk, fingerprint) for initiative, day, pk, fingerprint in found}


def _snapshot(report: Report, source: str, batch: str) -> Snapshot:
    snapshot = Snapshot(
        initiative=report.initiative,
        as_of=report.as_of,
        recorded_at=clock.now(),
        source=source[:200],
        batch=batch,
        **report.fields,
    )
    snapshot.name = snapshot.name or report.initiative.name
    snapshot.keep_sort_name()
    for value in report.values:
        column = INDICATORS[value.indicator].headline
        if column and value.dimension in {"", OVERALL} and not (column == "rating" and snapshot.rating):
            _keep_headline(snapshot, column, value)
    snapshot.fingerprint = _fingerprint(snapshot, report.values)
    return snapshot


def _keep_headline(snapshot: Snapshot, column: str, value: Value) -> None:
    """Repeat a value in its headline column; the first assessor of the overall rating gives the rating."""
    if value.indicator == RATING:
        snapshot.rating, snapshot.scale = value.rating or value.state, value.scale
        return
    if value.indicator == END or value.day is not None:
        setattr(snapshot, column, value.day)
        return
    present = getattr(
        snapshot, column
    )  # the whole-life cost wins over the present budget, whichever is first
    kept = present is not None and value.indicator != column
    if value.amount is not None and snapshot.currency in {"", value.currency} and not kept:
        setattr(snapshot, column, value.amount)
        snapshot.currency = value.currency
        snapshot.year = snapshot.year or value.year


def _fingerprint(snapshot: Snapshot, values: Sequence[Value]) -> str:
    """A digest of everything published: equal digests, equal reports."""
    content = [getattr(snapshot, name) for name in DESCRIBED]
    rows = [
        [v.indicator, v.dimension, v.assessor, *(plain(getattr(v, name)) for name in MEASURED)]
        for v in values
    ]
    text = json.dumps([content, sorted(rows, key=lambda r: r[:3])], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _own_values(snapshot: Snapshot) -> list[Value]:
    values: list[Value] = snapshot._values  # type: ignore[attr-defined]
    for value in values:
        value.snapshot, value.initiative_id, value.as_of = snapshot, snapshot.initiative_id, snapshot.as_of
    return values


def _event(snapshot: Snapshot, initiative: Initiative) -> Event:
    headline = ("as_of", "rating", "starts", "ends", "year_budget", "year_forecast", "whole_life_cost")
    changes = {
        name: [None, plain(value)]
        for name in headline
        if (value := getattr(snapshot, name)) not in (None, "")
    }
    return Event(
        kind="snapshot.recorded",
        entry_id=initiative.entry_id,
        model="indicators.snapshot",
        object_id=snapshot.pk,
        changes=changes,
    )


def keep_mapping(actor: Actor, name: str, columns: dict[str, str], portfolio: Initiative) -> NamedMapping:
    """Keep which column means what under `name`, for the next file. Raises Denied, Invalid."""
    require(actor, "snapshot.import", portfolio)
    name = name.strip()
    if not name or name == "auto" or len(name) > 80:
        raise Invalid({0: {"name": [_("A mapping needs a name of at most 80 letters, other than “auto”.")]}})
    before = NamedMapping.objects.filter(name=name).values_list("columns", flat=True).first()
    row, _made = NamedMapping.objects.update_or_create(
        name=name, defaults={"columns": columns, "changed_at": clock.now()}
    )
    if before != columns:
        changes: dict[str, list[Any]] = {name: [before, columns]}
        event = Event(kind="mapping.kept", model=row._meta.label_lower, object_id=row.pk, changes=changes)
        append_events(actor, [event])
    return row
