"""Rows that name other rows of the same files: which they mean, in what order they are written, who falls with whom."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from steerco.kit.imports.cells import CellError, CellValue
from steerco.kit.imports.finding import naming_columns
from steerco.kit.imports.reports import UNCHANGED
from steerco.kit.imports.rows import PlannedRow
from steerco.kit.imports.words import folded
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.columns import Column
from steerco.kit.registers.references import Reference, reference_to
from steerco.kit.registers.register import Register

SHOWN_OF_CIRCLE = 6


@dataclass(frozen=True)
class RowOfFile:
    """In place of a reference: what another row of the files will create. `writing.py` puts the written row there."""

    row: PlannedRow

    def __repr__(self) -> str:
        report = self.row.report
        return f"row {report.file}/{report.sheet}/{report.row}"


class Siblings:
    """The rows of a run by what they call themselves, for the columns that name rows of the same register."""

    def __init__(self, register: Register, actor: Actor, rows: Sequence[PlannedRow]) -> None:
        self._actor = actor
        self._reference: Reference | None = reference_to(register.model)
        self.columns = {
            name
            for name, column in register.editable_columns().items()
            if column.model_field is not None and column.model_field.related_model is register.model
        }
        self._by_code: dict[str, list[PlannedRow]] = defaultdict(list)
        self._by_title: dict[str, list[PlannedRow]] = defaultdict(list)
        if self.columns and self._reference is not None:
            self._index(register, rows)

    def _index(self, register: Register, rows: Iterable[PlannedRow]) -> None:
        naming, title = naming_columns(register), register.title_column
        for row in rows:
            texts = {n: row.cells[n].text.strip() for n in (*naming, title) if n in row.cells}
            if self._reference is not None and len(texts) > 1 and all(texts.values()):
                whole = self._reference.text(
                    register.model(**texts)
                )  # as an export writes it: "P-1 · Quay wall"
                self._by_code[whole.casefold()].append(row)
            for name in naming:
                if texts.get(name):
                    self._by_code[texts[name].casefold()].append(row)
            if texts.get(title):
                self._by_title[folded(texts[title])].append(row)

    def read(self, row: PlannedRow, column: Column, text: str) -> CellValue:
        """What a cell means: what stands here before what the files create. Raises CellError."""
        reader = row.readers[column.name]
        named = self._named(text) if column.name in self.columns else []
        if not named:
            return reader.read(text)
        try:
            value = reader.read(text)
        except CellError:
            if self._stands_here(text):
                raise  # it does not say which of several
            return self._of_file(row, text, named)
        others = [other for other in named if other.pk is None or other.pk != value.value.pk]
        if not others or self._reference is None:
            return value
        said = _("“%(text)s” is taken for %(taken)s, which stands here; %(row)s has that name too.")
        words = {
            "text": text,
            "taken": self._reference.text(value.value),
            "row": place_of(others[0], row),
        }
        return CellValue(value.value, said % words)

    def _named(self, text: str) -> list[PlannedRow]:
        return self._by_code.get(text.strip().casefold()) or self._by_title.get(folded(text)) or []

    def _stands_here(self, text: str) -> bool:
        if self._reference is None:
            return False
        rows = visible_to(self._reference.model._default_manager.all(), self._actor)
        return self._reference.exact(rows, text.strip()).exists()

    def _of_file(self, row: PlannedRow, text: str, named: list[PlannedRow]) -> CellValue:
        if len(named) > 1:
            places = ", ".join(place_of(other, row) for other in named[:SHOWN_OF_CIRCLE])
            raise CellError(
                _("“%(text)s” is the name of more than one row: %(rows)s.") % {"text": text, "rows": places},
                _("Write a code that only one of them has."),
            )
        other = named[0]
        if other.current is not None:
            said = _("“%(text)s” is what %(row)s calls it from now on.")
            return CellValue(other.current, said % {"text": text, "row": place_of(other, row)})
        return CellValue(RowOfFile(other))


def place_of(row: PlannedRow, seen_from: PlannedRow) -> str:
    """Where a row stands, as far as another one does not stand there too: "row 3", "row 3 (projects.csv)"."""
    ours, theirs = seen_from.report, row.report
    place = _("row %s") % theirs.row
    names = [theirs.file] if theirs.file != ours.file else []
    names += [theirs.sheet] if theirs.sheet != ours.sheet and theirs.sheet else []
    return f"{place} ({' · '.join(names)})" if names else place


def shown(row: PlannedRow, value: RowOfFile, text: str) -> str:
    """What a check says of a reference to a row that is not there yet."""
    said = _("%(text)s: will be created by %(row)s")
    return said % {"text": text.strip(), "row": place_of(value.row, row)}


def in_order(rows: Sequence[PlannedRow]) -> list[list[PlannedRow]]:
    """The rows in steps: each names only rows of the steps before it. Rows in or below a circle are in none."""
    steps: list[list[PlannedRow]] = []
    waiting: dict[int, int] = {}
    named_by: dict[int, list[PlannedRow]] = defaultdict(list)
    for row in rows:
        targets = [other for _column, other in _targets(row)]
        waiting[id(row)] = len(targets)
        for other in targets:
            named_by[id(other)].append(row)
    step = [row for row in rows if not waiting[id(row)]]
    while step:
        steps.append(step)
        following = []
        for row in step:
            for child in named_by[id(row)]:
                waiting[id(child)] -= 1
                if not waiting[id(child)]:
                    following.append(child)
        step = following
    return steps


def refuse_circles(rows: Sequence[PlannedRow], columns: dict[str, Column], *, partial: bool) -> None:
    """Refuse the cells by which rows name each other in a circle; `partial` leaves out only the cells."""
    placed = {id(row) for step in in_order(rows) for row in step}
    left = {id(row): row for row in rows if id(row) not in placed}
    circles: list[list[PlannedRow]] = []
    walked: set[int] = set()
    for start in left.values():
        path: list[PlannedRow] = []
        row = start
        while id(row) not in walked:
            walked.add(id(row))
            path.append(row)
            row = next(other for _column, other in _targets(row) if id(other) in left)
        if row in path:
            circles.append(path[path.index(row) :])
    for circle in circles:
        on_it = {id(row) for row in circle}
        for index, row in enumerate(circle):
            name = next(name for name, other in _targets(row) if id(other) in on_it)
            _leave_out(row, columns[name], *_why_no_circle(row, circle[index:] + circle[:index]), partial)


def _why_no_circle(row: PlannedRow, circle: list[PlannedRow]) -> tuple[str, str]:
    if len(circle) == 1:
        return _("The row names itself."), _("Name another one, or leave the cell empty.")
    names = [str(circle[0].report.row), *(_short_place(other, row) for other in circle[1:])]
    if len(names) > SHOWN_OF_CIRCLE:
        names = [*names[: SHOWN_OF_CIRCLE - 1], "…", names[-1]]
    path = " → ".join([*names, names[0]])
    return _("The rows %s name each other in a circle.") % path, _("Empty one of these cells.")


def _short_place(row: PlannedRow, seen_from: PlannedRow) -> str:
    same = (row.report.file, row.report.sheet) == (seen_from.report.file, seen_from.report.sheet)
    return str(row.report.row) if same else place_of(row, seen_from)


def refuse_orphans(rows: Sequence[PlannedRow], columns: dict[str, Column], *, partial: bool) -> None:
    """Refuse the cells that name a row which is refused, step by step down; `partial` leaves out only the cells."""
    for step in in_order(rows):
        for row in step:
            for name, other in _targets(row):
                if row.is_open and not other.is_open:
                    words = {"row": place_of(other, row), "title": other.report.title}
                    message = _("“%(title)s” is not created: %(row)s is rejected.") % words
                    _leave_out(
                        row, columns[name], message, _("Correct that row, or name what stands here."), partial
                    )


def _leave_out(row: PlannedRow, column: Column, message: str, advice: str, partial: bool) -> None:
    row.values.pop(column.name, None)
    row.report.changes = [change for change in row.report.changes if change.column != column.name]
    if not partial:
        row.refuse_all()
    elif row.current is not None and not row.values:
        row.report.kind = UNCHANGED
    row.remark(message, advice, column.name, str(column.label))


def _targets(row: PlannedRow) -> list[tuple[str, PlannedRow]]:
    """(column, row of the files) of every reference to something that is not there yet."""
    return [(name, value.row) for name, value in row.values.items() if isinstance(value, RowOfFile)]


def with_rows(values: dict[str, Any], written: dict[int, Any]) -> dict[str, Any]:
    """`values` with what was written in the place of rows of the files; `written` is by the identity of the row."""
    return {n: written[id(v.row)] if isinstance(v, RowOfFile) else v for n, v in values.items()}
