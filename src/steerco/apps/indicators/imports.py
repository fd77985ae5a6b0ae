"""Import of a read portfolio table: match, create, record; one transaction, one batch, one report."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.indicators.dimensions import dimension_label
from steerco.apps.indicators.following import follow_newest, newest_of
from steerco.apps.indicators.indicators import INDICATORS
from steerco.apps.indicators.matching import Known, Pool, PossibleMatch, identity
from steerco.apps.indicators.models import PortfolioImport, Snapshot, Value
from steerco.apps.indicators.reported import report_of
from steerco.apps.indicators.services import Report, record_snapshots
from steerco.apps.initiatives.models import Ancestry, FormerName, Initiative
from steerco.apps.initiatives.services import add_former_names, write_initiatives
from steerco.apps.people.models import Unit
from steerco.apps.people.selectors import successors_today, units_by_name
from steerco.apps.people.services import write_units
from steerco.exchange.portfolio import Field, PortfolioReading, ReadingRow, parse_name
from steerco.exchange.tables import told
from steerco.kit import clock
from steerco.kit.fields import sort_key
from steerco.kit.history import Change
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, can, require


@dataclass(frozen=True)
class ImportNote:
    """Something to know about a file: `row` as a person sees it, `cell` an address ("C7"), each where known."""

    file: str
    row: int | None
    cell: str
    reason: str


@dataclass(frozen=True)
class RowOutcome:
    """What an import does with one row: "created", "updated" or "unchanged", and what differs from before."""

    row: int
    as_of: date
    name: str
    code: str
    outcome: str
    new_initiative: bool
    differences: tuple[tuple[str, Any, Any], ...] = ()


@dataclass
class ImportReport:
    """What an import did, or in a dry run would do."""

    rows_read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    unmapped_columns: list[str] = field(default_factory=list)
    notes: list[ImportNote] = field(default_factory=list)
    possible_matches: list[PossibleMatch] = field(default_factory=list)
    outcomes: list[RowOutcome] = field(default_factory=list)
    new_initiatives: int = 0
    new_units: list[str] = field(default_factory=list)
    batch: str = ""
    dry_run: bool = False

    def as_json(self) -> dict[str, Any]:
        """The answer of the command, keys as documented."""
        return {
            "rows_read": self.rows_read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "unmapped_columns": self.unmapped_columns,
            "notes": [
                {"file": note.file, "row": note.row, "cell": note.cell, "reason": note.reason}
                for note in self.notes
            ],
        }


def import_portfolio(
    actor: Actor,
    readings: Sequence[PortfolioReading],
    *,
    portfolio: Initiative,
    file_name: str,
    dry_run: bool = False,
    confirmed: Mapping[str, str] | None = None,
) -> ImportReport:
    """Record what tables say of the projects of `portfolio`, all or nothing.

    Rows are matched by code, name and former names with the initiatives below the portfolio that `actor` may see;
    what only resembles one becomes an initiative of its own, with a note, unless a person `confirmed` it (name in
    the file -> code of the initiative). A dry run does the same and takes it back, so its report is what the
    import will do. Raises Denied.
    """
    require(actor, "snapshot.import", portfolio)
    report = ImportReport(batch=f"import-{secrets.token_hex(8)}", dry_run=dry_run)
    for reading in readings:
        _tell_of_reading(report, reading, file_name)
    with transaction.atomic():
        pool = Pool(_known_below(actor, portfolio), confirmed or {}, _bodies())
        assigned = _assign(pool, readings)
        _tell_of_possible(report, pool, file_name)
        _write(actor, report, portfolio, assigned, file_name)
        if dry_run:
            transaction.set_rollback(True)
    return report


def _tell_of_reading(report: ImportReport, reading: PortfolioReading, file_name: str) -> None:
    report.rows_read += reading.rows_read
    report.rejected += len(reading.rejected)
    report.unmapped_columns += [
        header for header in reading.unmapped_columns if header not in report.unmapped_columns
    ]
    report.notes += [
        ImportNote(file_name, r.row, "", f"{told(r.message, _)} ({r.name})") for r in reading.rejected
    ]
    report.notes += [
        ImportNote(
            file_name, n.row, n.cell, " ".join([told(n.message, _), *([f"“{n.value}”"] if n.value else [])])
        )
        for n in reading.notes
    ]


def _tell_of_possible(report: ImportReport, pool: Pool, file_name: str) -> None:
    report.possible_matches = pool.possible
    for one in pool.possible:
        reason = _("“%(name)s” may be “%(known)s” (%(code)s); kept apart.")
        values = {"name": one.name, "known": one.known, "code": one.code}
        report.notes.append(ImportNote(file_name, one.row, "", reason % values))


def _known_below(actor: Actor, portfolio: Initiative) -> list[Known]:
    """Every visible initiative below, with all that it was ever reported under. Four queries."""
    below = Ancestry.objects.filter(ancestor=portfolio, depth__gt=0).values("descendant")
    known = {
        row.pk: Known(row, row.name, row.unit.name if row.unit else "")
        for row in Initiative.objects.visible_to(actor).filter(pk__in=below).select_related("unit", "parent")
    }
    published = Snapshot.objects.filter(initiative__in=below, current=True).order_by("as_of")
    columns = ("initiative", "as_of", "name", "unit_name", "code", "starts", "ends")
    for pk, day, name, unit, code, start, end in published.values_list(*columns):
        one = known.get(pk)
        if one is None:
            continue
        one.identities.add(identity(day, name, unit, code))
        one.name, one.unit, one.code = parse_name(name).name, unit or one.unit, code or one.code
        one.start, one.end = start or one.start, end or one.end
        one.learn(name, one.name)
    texts = Value.objects.filter(current=True, indicator="description", initiative__in=below).order_by(
        "as_of"
    )
    for pk, text in texts.values_list("initiative", "text"):
        if pk in known:
            known[pk].description = text
    for pk, name in FormerName.objects.filter(initiative__in=below).values_list("initiative", "name"):
        if pk in known:
            known[pk].learn(name)
    for one in known.values():
        if one.initiative is not None:
            one.learn(one.initiative.name)
    return list(known.values())


def _bodies() -> dict[str, str]:
    """Unit name -> name of the unit that stands in its place today, of those that were succeeded."""
    successors = successors_today()
    names = dict(
        Unit.objects.filter(pk__in={*successors, *filter(None, successors.values())}).values_list(
            "pk", "name"
        )
    )
    return {_unit_key(names[old]): names[new] for old, new in successors.items() if new is not None}


def _assign(pool: Pool, readings: Sequence[PortfolioReading]) -> list[tuple[Known, date, ReadingRow]]:
    """The initiative of every row; dates in order, so that a later one may use the names of an earlier one."""
    tables: dict[tuple[date, int], list[ReadingRow]] = defaultdict(list)
    for index, reading in enumerate(readings):
        for row in reading.rows:
            tables[row.as_of, index].append(row)
    assigned = []
    for (day, _index), rows in sorted(tables.items(), key=lambda item: item[0]):
        assigned += [(known, day, row) for known, row in zip(pool.assign(day, rows), rows, strict=True)]
    return assigned


def _write(
    actor: Actor,
    report: ImportReport,
    portfolio: Initiative,
    assigned: Sequence[tuple[Known, date, ReadingRow]],
    file_name: str,
) -> None:
    units = _units_for(actor, report, [row for _known, _day, row in assigned], file_name)
    missing = list(dict.fromkeys(known for known, _, _ in assigned if known.initiative is None))
    new = _create_missing(actor, report, portfolio, missing, units, file_name)
    reports: dict[tuple[int, date], tuple[Known, ReadingRow, Report]] = {}
    for known, day, row in assigned:
        if known.initiative is None:
            continue
        if (known.initiative.pk, day) in reports:
            _reject_second(report, row, file_name)
            continue
        made = report_of(known.initiative, day, row, units.get(_unit_key(row.unit)))
        reports[known.initiative.pk, day] = (known, row, made)
    initiatives = {made.initiative.pk: made.initiative for _, _, made in reports.values()}
    before, former = newest_of(initiatives), _former_names(initiatives)
    recorded = record_snapshots(
        actor, [made for _, _, made in reports.values()], source=file_name, batch=report.batch
    )
    replaced = Snapshot.objects.prefetch_related("values").in_bulk(recorded.replaced.values())
    for index, (known, row, made) in enumerate(reports.values()):
        outcome = recorded.outcomes[index]
        setattr(report, outcome, getattr(report, outcome) + 1)
        old = replaced.get(recorded.replaced.get(index, 0))
        differences = _differences(old, made) if old else ()
        code = made.initiative.code
        report.outcomes.append(
            RowOutcome(row.row, made.as_of, row.name, code, outcome, known in new, differences)
        )
    if not recorded.snapshots:
        return
    follow_newest(actor, initiatives, before, batch=report.batch, reason=file_name)
    present = Initiative.objects.in_bulk(initiatives)
    for known in dict.fromkeys(one[0] for one in reports.values()):
        names = [name for _, row in known.rows for name in (*row.former_names, row.name)]
        if known.initiative is not None:
            add_former_names(present[known.initiative.pk], list(dict.fromkeys(names)))
    traces = [[pk, key] for pk, key in _former_names(initiatives) - former]
    _keep_record(actor, report, portfolio, file_name, traces)


def _reject_second(report: ImportReport, row: ReadingRow, file_name: str) -> None:
    report.rejected += 1
    reason = _("“%(name)s” is already reported for this date in the same import.") % {"name": row.name}
    report.notes.append(ImportNote(file_name, row.row, "", reason))


def _unit_key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _units_for(
    actor: Actor, report: ImportReport, rows: Sequence[ReadingRow], file_name: str
) -> dict[str, Unit]:
    """The units that rows name. New names are new units: that one department became another is never guessed."""
    known = units_by_name()
    missing = {_unit_key(r.unit): " ".join(r.unit.split()) for r in rows if r.unit.strip()}
    missing = {key: name for key, name in missing.items() if key not in known}
    if not missing:
        return known
    if not can(actor, "person.edit"):
        reason = _("You may not add units; kept as text: %(names)s") % {"names": ", ".join(missing.values())}
        report.notes.append(ImportNote(file_name, None, "", reason))
        return known
    codes = set(Unit.objects.values_list("code", flat=True))
    new = [Unit(code=_free_code(name, codes), name=name) for name in missing.values()]
    write_units(actor, new, batch=report.batch, reason=file_name)
    report.new_units = [unit.name for unit in new]
    return {**known, **{_unit_key(unit.name): unit for unit in new}}


def _free_code(name: str, taken: set[str]) -> str:
    """A short code that no unit has: the name itself if it is short, else its initials."""
    words = [word for word in sort_key(name).split() if not word.isdigit()] or ["unit"]
    stem = name.upper() if len(name) <= 12 else "".join(word[0] for word in words).upper()[:12]
    code, count = stem, 1
    while code in taken:
        count += 1
        code = f"{stem}-{count}"
    taken.add(code)
    return code


def _create_missing(
    actor: Actor,
    report: ImportReport,
    portfolio: Initiative,
    missing: Sequence[Known],
    units: dict[str, Unit],
    file_name: str,
) -> set[Known]:
    """Create the initiatives that rows are about and that do not exist; without the right to, reject the rows."""
    if not missing:
        return set()
    if not can(actor, "initiative.create", portfolio):
        for row in (row for known in missing for _day, row in known.rows):
            report.rejected += 1
            reason = _("You may not create initiatives here, and “%(name)s” is none.") % {"name": row.name}
            report.notes.append(ImportNote(file_name, row.row, "", reason))
        return set()
    taken = set(Initiative.objects.filter(code__startswith=portfolio.code).values_list("code", flat=True))
    number = len(taken)
    changes = []
    for known in missing:
        newest = known.rows[-1][1]
        published = next((row.code for _day, row in reversed(known.rows) if row.code), "")
        code = f"{portfolio.code}-{published}"[:40] if published else ""
        while not code or code in taken:
            number += 1
            code = f"{portfolio.code}-{number:03d}"
        taken.add(code)
        values = {
            "code": code,
            "name": newest.name[:300],
            "parent": portfolio,
            "unit": units.get(_unit_key(newest.unit)),
            "category": newest.texts.get(Field.CATEGORY, "")[:120],
            "forecast_start": newest.start,
            "forecast_end": newest.end,
        }
        changes.append(Change(values))
    made = write_initiatives(actor, changes, batch=report.batch, reason=file_name)
    for known, initiative in zip(missing, made, strict=True):
        known.initiative = initiative
    report.new_initiatives = len(made)
    return set(missing)


def _former_names(initiatives: Collection[int]) -> set[tuple[int, str]]:
    rows = FormerName.objects.filter(initiative__in=initiatives)
    return set(rows.values_list("initiative", "sort_name"))


def _differences(old: Snapshot, new: Report) -> tuple[tuple[str, Any, Any], ...]:
    """(what, old, new) of everything that a correction changes."""
    found = [
        (str(Snapshot._meta.get_field(name).verbose_name), getattr(old, name), value)  # type: ignore[union-attr]
        for name, value in new.fields.items()
        if name in {"name", "code", "unit_name", "category", "status"} and getattr(old, name) != value
    ]
    before = {(v.indicator, v.dimension, v.assessor): v.shown() for v in old.values.all()}
    after = {(v.indicator, v.dimension, v.assessor): v.shown() for v in new.values}
    found += [
        (_words(*key), before.get(key, ""), after.get(key, ""))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]
    return tuple(found)


def _words(indicator: str, dimension: str, assessor: str) -> str:
    """What a value is of: "Delivery confidence: Overall"."""
    label = str(INDICATORS[indicator].label) if indicator in INDICATORS else indicator
    return ": ".join(part for part in (label, dimension_label(dimension), assessor) if part)


def _keep_record(
    actor: Actor, report: ImportReport, portfolio: Initiative, file_name: str, traces: list[list[Any]]
) -> None:
    """What is needed to show the import again and to take it back."""
    row = PortfolioImport.objects.create(
        batch=report.batch,
        portfolio=portfolio,
        user_id=actor.user_id,
        by=actor.label[:200],
        at=clock.now(),
        state=PortfolioImport.State.IMPORTED,
        file_name=file_name[:200],
        report={**report.as_json(), "former_names": traces, "new_units": report.new_units},
    )
    counts = {key: [None, value] for key, value in report.as_json().items() if isinstance(value, int)}
    append_events(
        actor,
        [
            Event(
                kind="portfolio.imported",
                entry_id=portfolio.entry_id,
                model="indicators.portfolioimport",
                object_id=row.pk,
                changes={"file": [None, file_name], **counts},
            )
        ],
        batch=report.batch,
    )
