"""Plans kept in a spreadsheet: a row is a task, with the columns as suggested or as a person said."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time

from steerco.engine.schedule import Baseline, Dialect, Project, Schedule, Task, inherit_dates, number_outline
from steerco.exchange.schedule.problems import MOST_TASKS, Reading, ScheduleError
from steerco.exchange.schedule.table_columns import (
    DATES,
    PlanColumn,
    columns_from,
    require_usable,
    says_milestone,
    suggest_columns,
)
from steerco.exchange.tables import (
    CellIssue,
    DateOrder,
    PercentFormat,
    Row,
    Said,
    SpecialState,
    Table,
    date_order,
    parse_date,
    parse_percent,
    percent_format,
    read_tables,
)
from steerco.exchange.tables.said import gettext_noop

_WEEKDAY = re.compile(r"^[^\W\d]{2,4}\.?,?\s+(?=\d)")  # "Mon 05/01/26", as Project exports dates
_NO_TIME = re.compile(r"^0+(?:[.,]0+)?\s*[^\W\d]*\??$")  # "0 days", "0d?"
C = PlanColumn


def read_table_plans(data: bytes, name: str, mapping: Mapping[str, str] | None = None) -> Reading:
    """The plans in a CSV or Excel file, one for each sheet that holds one. Raises ScheduleError, TableError.

    `mapping` names the headers by PlanColumn; without it they are suggested, and sheets that hold no plan are left
    out with a remark.
    """
    tables = read_tables(data, name)
    reading = Reading([])
    problem: ScheduleError | None = None
    reading.headers = list(
        dict.fromkeys(" ".join(h.split()) for table in tables for h in table.headers if h.strip())
    )
    for table in tables:
        try:
            columns = columns_from(table, mapping) if mapping else suggest_columns(table)
            require_usable(columns, table)
        except ScheduleError as error:
            problem = problem or error
            if len(tables) > 1:
                reading.note(
                    Said(gettext_noop("The sheet was left out: %(why)s"), why=error.message), table.sheet
                )
            continue
        reading.schedules.append(_schedule(table, columns, name, reading))
        if not reading.columns:
            reading.columns = {
                str(key): " ".join(table.headers[index].split()) for key, index in columns.items()
            }
    if not reading.schedules and problem is not None:
        raise ScheduleError(problem.message, headers=reading.headers)
    return reading


def _schedule(table: Table, columns: Mapping[PlanColumn, int], name: str, reading: Reading) -> Schedule:
    if len(table.rows) > MOST_TASKS:
        raise ScheduleError(
            Said(gettext_noop("The plan has more than %(most)s tasks: split it."), most=MOST_TASKS)
        )
    for note in table.notes:
        if isinstance(note.message, Said):
            reading.note(note.message, " ".join(part for part in (table.sheet, note.cell) if part))
    rows = _Rows(table, columns, reading)
    tasks = [task for row in table.rows if (task := rows.task(row)) is not None]
    _find_parents(tasks)
    ordered = number_outline(tasks)
    inherit_dates(ordered)
    identity = tuple(key for key in ("code", "uid") if C(key) in columns)
    title = table.sheet or name.rpartition(".")[0] or name
    return Schedule(
        Dialect.PLAIN, "TABLE", Project(name=title, title=title), identity=identity, tasks=ordered
    )


class _Rows:
    """Reads the rows of one table: the order of day and month and the form of percentages are decided once."""

    def __init__(self, table: Table, columns: Mapping[PlanColumn, int], reading: Reading) -> None:
        self.table, self.columns, self.reading = table, columns, reading
        dates = [_bare(cell) for key in DATES if key in columns for cell in table.column(columns[key])]
        self.order: DateOrder = date_order(dates)
        if self.order.numeric and not self.order.proofs:
            self.reading.note(
                Said(
                    gettext_noop(
                        "Nothing in the dates shows whether the day or the month stands first; day first."
                    )
                ),
                table.sheet,
            )
        self.percents = self._percents()
        self.uids: set[int] = set()

    def _percents(self) -> PercentFormat:
        if C.PERCENT not in self.columns:
            return PercentFormat()
        cells = self.table.column(self.columns[C.PERCENT])
        form = percent_format(cells)
        numbers = [cell.strip() for cell in cells if cell.strip()]
        if numbers and all(number in ("0", "1", "0.0", "1.0") for number in numbers):
            return PercentFormat(form.mark, bare_is_fraction=True)  # nothing and all, not one per cent
        return form

    def text(self, row: Row, key: PlanColumn) -> str:
        return row.cells[self.columns[key]].strip() if key in self.columns else ""

    def task(self, row: Row) -> Task | None:
        """The task of a row; None for a row without a name."""
        raw = row.cells[self.columns[C.NAME]]
        name = " ".join(raw.split())
        if not name:
            return None
        uid = row.number
        if C.UID in self.columns:
            given = self.text(row, C.UID).removesuffix(".0")
            if not given.isascii() or not given.isdigit() or len(given) > 15 or int(given) in self.uids:
                self._note(row, C.UID, gettext_noop("This is no unique number; the row was left out."))
                return None
            uid = int(given)
            self.uids.add(uid)
        task = Task(uid, id=row.number, code=self.text(row, C.CODE), name=name, wbs=self.text(row, C.WBS))
        task.start, task.finish = self._date(row, C.START), self._date(row, C.FINISH)
        task.actual_start, task.actual_finish = (
            self._date(row, C.ACTUAL_START),
            self._date(row, C.ACTUAL_FINISH),
        )
        task.deadline = self._date(row, C.DEADLINE)
        baseline = Baseline(self._date(row, C.BASELINE_START), self._date(row, C.BASELINE_FINISH))
        if baseline.start or baseline.finish:
            task.baselines[0] = baseline
        task.finish = task.finish or task.actual_finish or (None if task.start else baseline.finish)
        task.percent_complete = self._percent(row)
        task.milestone = self._is_milestone(row)
        task.notes = self.text(row, C.NOTES)
        task.outline_level = self._level(row, raw, task.wbs)
        return task

    def _note(self, row: Row, key: PlanColumn, template: str) -> None:
        cell = self.text(row, key)
        where = " ".join(p for p in (self.table.sheet, self.table.cell_address(row, self.columns[key])) if p)
        self.reading.note(
            Said(gettext_noop("%(what)s The cell says “%(cell)s”."), what=Said(template), cell=cell[:60]),
            where,
        )

    def _date(self, row: Row, key: PlanColumn) -> datetime | None:
        if key not in self.columns:
            return None
        found = parse_date(_bare(self.text(row, key)), self.order)
        if isinstance(found, CellIssue):
            self._note(row, key, gettext_noop("This is no date; the cell counts as empty."))
        return datetime.combine(found, time()) if isinstance(found, date) else None

    def _percent(self, row: Row) -> float | None:
        found = parse_percent(self.text(row, C.PERCENT), self.percents)
        if isinstance(found, CellIssue):
            self._note(row, C.PERCENT, gettext_noop("This is no percentage; the cell counts as empty."))
        return None if found is None or isinstance(found, CellIssue | SpecialState) else float(found)

    def _is_milestone(self, row: Row) -> bool:
        if C.MILESTONE in self.columns:
            return bool(says_milestone(self.text(row, C.MILESTONE)))
        return bool(_NO_TIME.match(self.text(row, C.DURATION)))

    def _level(self, row: Row, raw: str, wbs: str) -> int:
        """How deep a row stands: by its level, else by the parts of its WBS, else by the blanks before its name."""
        given = self.text(row, C.LEVEL).removesuffix(".0")
        if given.isascii() and given.isdigit() and len(given) < 3:
            return int(given)
        if wbs:
            return len([part for part in re.split(r"[./-]", wbs) if part])
        return 1 + len(raw) - len(raw.lstrip(" \t\u00a0"))


def _bare(cell: str) -> str:
    return _WEEKDAY.sub("", cell.strip())


def _find_parents(tasks: list[Task]) -> None:
    """Parents from the levels: the nearest row above that stands further out."""
    above: list[Task] = []
    for task in tasks:
        while above and above[-1].outline_level >= task.outline_level:
            above.pop()
        task.parent = above[-1].uid if above else None
        above.append(task)
