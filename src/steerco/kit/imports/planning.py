"""The dry run: every row of the files against what is stored, cell by cell. Nothing is written here."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steerco.exchange.tables import Row, Table, told
from steerco.exchange.tables.layout import is_total
from steerco.kit.imports.cells import CellError, ColumnReader
from steerco.kit.imports.finding import Stored, naming_columns, place_column, rows_by_pk
from steerco.kit.imports.identity import Identity
from steerco.kit.imports.layouts import LEFT_OUT, REGISTER, ROW_ID, Instructions, Layout, table_key
from steerco.kit.imports.merging import Merger
from steerco.kit.imports.places import Places
from steerco.kit.imports.reports import UNCHANGED, Assumption, Report, RowReport, Unmapped
from steerco.kit.imports.representation import armed
from steerco.kit.imports.rows import PlannedRow, TypedCell
from steerco.kit.imports.siblings import Siblings, refuse_circles, refuse_orphans
from steerco.kit.imports.suggesting import importable_columns, is_kept, names_of_registers
from steerco.kit.imports.words import folded
from steerco.kit.permissions import Actor, can
from steerco.kit.registers.columns import Kind
from steerco.kit.registers.masking import mask_past
from steerco.kit.registers.register import Register

EXAMPLES = 3
BLANK, UNNAMED, TOTAL = "#blank", "#unnamed", "#total"  # why a row is left out without a word of its own


@dataclass
class Source:
    """One table to import, and the identity of the workbook that it came in, if it was exported here."""

    table: Table
    identity: Identity | None = None


@dataclass
class Plan:
    """What an import would do: the rows, and the report that is filled on the way.

    `partial`: rows are taken without their wrong cells.
    """

    rows: list[PlannedRow]
    report: Report
    partial: bool = False


class Planner:
    """Plans one run: `plan()` reads, finds, compares and leaves the writing to `writing.py`."""

    def __init__(
        self, register: Register, actor: Actor, instructions: Instructions, given_place: Any
    ) -> None:
        self.register, self.actor, self.instructions = register, actor, instructions
        self.columns = importable_columns(register)
        self.editable = register.editable_columns()
        self.place_column = place_column(register)
        self.place_label = str(self.columns[self.place_column].label) if self.place_column else ""
        self.places = Places(register, actor, given_place, instructions.options.place)
        self.named = names_of_registers()
        self.report = Report()

    def plan(self, sources: Sequence[Source]) -> Plan:
        """Every row of `sources`, decided."""
        rows = [row for source in sources for row in self._rows_of(source)]
        self._find(rows)
        if not self.instructions.options.clear and any(r.current and r.identity is None for r in rows):
            said = _("Empty cells leave what stands in an existing entry.")
            self.report.assumptions.append(Assumption("", "", said))
        siblings = Siblings(self.register, self.actor, rows)
        merger = Merger(self.register, self.actor, self.instructions, self.columns, self.editable, siblings)
        for row in rows:
            if row.is_open:
                self._check_rights(row)
            if row.is_open:
                merger.merge(row)
        partial = self.instructions.options.partial
        refuse_circles(rows, self.columns, partial=partial)
        refuse_orphans(rows, self.columns, partial=partial)
        for readers in {id(row.readers): row.readers for row in rows}.values():
            for name, reader in readers.items():
                if reader.unknown:
                    known = set(self.report.unknown.get(name, ()))
                    self.report.unknown[name] = sorted(known | reader.unknown)
        self.report.rows = [row.report for row in rows]
        return Plan(rows, self.report, partial)

    # -- reading ---------------------------------------------------------------------------------------------------

    def _rows_of(self, source: Source) -> Iterator[PlannedRow]:
        table = source.table
        layout = self.instructions.layout_for(table)
        reason = self.instructions.skipped.get(table_key(table))
        if layout is None or reason is not None:
            self.report.skipped.append(
                Assumption(table.source, table.sheet, reason or _("Its columns are not mapped."))
            )
            return
        self._note(table, (told(n.message, _) for n in table.notes))
        self._unmapped(table, layout)
        readers = self._readers(table, layout)
        for reader in readers.values():
            self._note(table, reader.notes)
        place, assumed = self.places.of_table(table)
        named = bool(self.place_column and layout.positions(self.place_column))
        if assumed and not named:
            self._note(table, [assumed])
        joined = {
            name
            for header, name in zip(table.headers, layout.columns, strict=False)
            if len(layout.positions(name)) > 1
            or (name in self.columns and is_kept(self.columns[name], header))
        }
        left_out: Counter[str] = Counter()
        for row in table.rows:
            reason = TOTAL if source.identity is None and is_total(row.cells) else ""
            reason = reason or self._belongs_elsewhere(layout, row)
            if not reason:
                planned = self._row(source, layout, readers, row, place, joined)
                reason = BLANK if self._says_nothing(planned) else ""
            if reason:
                left_out[reason] += 1
            else:
                yield planned
        self._note(table, self._told_left_out(left_out))

    def _belongs_elsewhere(self, layout: Layout, row: Row) -> str:
        """What a row is, where the table says of each row which register it belongs to and it is not this one."""
        positions = layout.positions(REGISTER)
        if not positions or positions[0] >= len(row.cells):
            return ""
        text = row.cells[positions[0]].strip()
        found = self.named.get(folded(text))
        if found is self.register:
            return ""
        return str(found.label_plural) if found else text or UNNAMED

    def _says_nothing(self, row: PlannedRow) -> bool:
        """Whether a row is a blank form: a number, preset choices and formulas at most."""
        if row.identity is not None:
            return False
        for name, cell in row.cells.items():
            if not cell.text.strip() or name in (ROW_ID, "reference", self.place_column):
                continue
            column = self.columns[name]
            preset = column.read_only or column.kind in (Kind.STATE, Kind.CHOICE, Kind.YES_NO)
            if not preset and cell.text.strip() != "0":
                return False
        return True

    def _told_left_out(self, left_out: Mapping[str, int]) -> list[str]:
        blank = left_out.get(BLANK, 0)
        others = {text: n for text, n in left_out.items() if text not in (BLANK, UNNAMED, TOTAL)}
        told = []
        if left_out.get(TOTAL):
            told.append(_("Rows of totals were left out: %d.") % left_out[TOTAL])
        if blank:
            text = ngettext("%d row is a blank form; left out.", "%d rows are blank forms; left out.", blank)
            told.append(text % blank)
        if others:
            named = ", ".join(f"{text[:40]} ({number})" for text, number in sorted(others.items()))
            told.append(_("Rows of other registers were left out: %s.") % named)
        if left_out.get(UNNAMED):
            told.append(
                _("Rows that do not say which register they belong to: %d, left out.") % left_out[UNNAMED]
            )
        return told

    def _note(self, table: Table, texts: Iterable[str]) -> None:
        self.report.assumptions += [Assumption(table.source, table.sheet, text) for text in texts]

    def _unmapped(self, table: Table, layout: Layout) -> None:
        for index, header in enumerate(table.headers):
            if index < len(layout.columns) and layout.columns[index]:
                continue
            filled = [text for text in table.column(index) if text.strip()]
            if header.strip() or filled:
                examples = list(dict.fromkeys(t.strip()[:60] for t in filled))[:EXAMPLES]
                self.report.unmapped.append(
                    Unmapped(table.source, table.sheet, header, len(filled), examples)
                )

    def _readers(self, table: Table, layout: Layout) -> dict[str, ColumnReader]:
        readers = {}
        for name, column in self.editable.items():
            positions = layout.positions(name)
            if not positions and name != self.register.detail:  # that one may take what a title cannot hold
                continue
            readers[name] = ColumnReader(
                self.register,
                self.actor,
                column,
                table.headers[positions[0]] if positions else "",
                table.column(positions[0]) if positions else (),
                self.instructions.options,
                layout.values.get(name, {}),
                layout.steps.get(name, ""),
            )
        return readers

    def _row(
        self,
        source: Source,
        layout: Layout,
        readers: dict[str, ColumnReader],
        row: Row,
        place: Any,
        joined: Collection[str],
    ) -> PlannedRow:
        """`joined` are the columns in which texts stand behind their headers: several fill them, or one that means
        something else."""
        table = source.table
        cells: dict[str, TypedCell] = {}
        for index, name in enumerate(layout.columns):
            if name in (LEFT_OUT, REGISTER) or index >= len(row.cells):
                continue
            text = row.cells[index] if table.sheet else armed(row.cells[index])  # workbooks need no disarming
            if name not in cells:
                shown = f"{table.headers[index]}: {text}" if name in joined and text.strip() else text
                cells[name] = TypedCell(shown, table.cell_address(row, index))
            elif text.strip() and self.columns[name].kind is Kind.LONG:
                before = cells[name].text
                added = f"{table.headers[index]}: {text}"
                cells[name].text = f"{before}\n{added}" if before.strip() else added
        shortened = self._shorten_title(cells) if source.identity is None else False
        title = cells.get(self.register.title_column)
        report = RowReport(
            table.source, table.sheet, row.number, UNCHANGED, title.text.strip() if title else ""
        )
        planned = PlannedRow(report, cells, readers, source.identity, place=place)
        if shortened:
            detail = self.columns[self.register.detail].label
            report.notes.append(_("The title was shortened; the whole text stands in “%s”.") % detail)
        self._locate(planned)
        return planned

    def _shorten_title(self, cells: dict[str, TypedCell]) -> bool:
        """Give a title that is too long its beginning, and the whole text to the register's `detail`."""
        title, detail = cells.get(self.register.title_column), self.register.detail
        found = self.columns[self.register.title_column].model_field
        most = getattr(found, "max_length", None) or 0
        if title is None or not detail or len(title.text.strip()) <= most:
            return False
        whole = title.text.strip()
        title.text = shorten(" ".join(whole.split()), most, placeholder=" …")
        present = cells.get(detail)
        if present is None or not present.text.strip():
            cells[detail] = TypedCell(whole, title.address)
        else:
            present.text = f"{whole}\n{present.text}"
        return True

    def _locate(self, row: PlannedRow) -> None:
        """Where the row belongs, from its own cell or its table."""
        if self.place_column is None:
            return
        own = row.cells.get(self.place_column)
        label = self.place_label
        if own is not None and own.text.strip():
            try:
                row.place = self.places.of_row(own.text.strip())
            except CellError as error:
                row.place = None
                if not self._has_id(row):
                    row.refuse(error.message, error.advice, self.place_column, label)
        if row.place is None and row.is_open and not self._has_id(row):
            row.refuse(
                _("Nothing says where the row belongs (%s).") % label,
                _("Add a column with the code, or choose the place for the whole file."),
            )

    def _has_id(self, row: PlannedRow) -> bool:
        cell = row.cells.get(ROW_ID)
        return row.identity is not None and cell is not None and cell.text.strip().isdigit()

    # -- finding ---------------------------------------------------------------------------------------------------

    def _find(self, rows: list[PlannedRow]) -> None:
        """The stored row of each row of the files: ids first, so that a title cannot take what an id names."""
        by_id = [row for row in rows if row.is_open and self._has_id(row)]
        others = [row for row in rows if row.is_open and not self._has_id(row)]
        ids = {id(row): int(row.cells[ROW_ID].text.strip()[:18]) for row in by_id}
        visible = rows_by_pk(self.register, self.actor, ids.values())
        taken: dict[int, str] = {}
        for row in by_id:
            pk = ids[id(row)]
            where = _("row %s") % row.report.row
            if pk not in visible:
                row.refuse(
                    _("There is no such entry, or you may not see it."),
                    _("Leave the row out, or clear its cell in the hidden column to add it as a new one."),
                )
            elif pk in taken:
                row.refuse(
                    _("This row and %s carry the same hidden id.") % taken[pk],
                    _("To add it as a new entry, clear its cells in the hidden column and in the number's."),
                )
            else:
                taken[pk] = where
                row.pk, row.current = pk, visible[pk]
        if others:
            self._find_by_words(others, taken)
        self._attach_bases(by_id)

    def _find_by_words(self, rows: list[PlannedRow], taken: dict[int, str]) -> None:
        places = {row.place.pk for row in rows if row.place is not None}
        stored = Stored.read(self.register, self.actor, places)
        stored.taken = taken
        naming = naming_columns(self.register)
        seen: set[tuple[Any, str]] = set()
        for row in rows:
            texts = {name: cell.text.strip() for name, cell in row.cells.items()}
            place = row.place.pk if row.place is not None else None
            title = texts.get(self.register.title_column, "")
            found = stored.find(
                place,
                title,
                texts.get("reference", ""),
                {n: texts[n] for n in naming if texts.get(n)},
                self.instructions.options.match,
            )
            row.pk = found.pk
            if found.note:
                row.report.notes.append(found.note)
            if found.pk is not None:
                taken[found.pk] = _("row %s") % row.report.row
            elif title and (place, title) in seen:
                row.report.notes.append(_("Another row has the same title: both are added."))
            seen.add((place, title))
        visible = rows_by_pk(self.register, self.actor, (row.pk for row in rows if row.pk is not None))
        for row in rows:
            row.current = visible.get(row.pk) if row.pk is not None else None

    def _attach_bases(self, rows: list[PlannedRow]) -> None:
        by_identity: dict[int, tuple[Identity, set[int]]] = {}
        for row in rows:
            if row.identity is not None and row.pk is not None:
                by_identity.setdefault(id(row.identity), (row.identity, set()))[1].add(row.pk)
        bases = {key: identity.base_rows(self.register, pks) for key, (identity, pks) in by_identity.items()}
        for row in rows:
            if row.identity is not None and row.pk is not None:
                row.base = bases[id(row.identity)].get(row.pk)
                if row.base is not None:
                    mask_past(self.register, self.actor, row.base, row.current)

    # -- rights ----------------------------------------------------------------------------------------------------

    def _check_rights(self, row: PlannedRow) -> None:
        """For a new row the right to import and to add there. Changing is asked once there is a difference: an
        export holds rows that its reader may not change."""
        if row.current is not None:
            return
        anywhere = row.place is None
        if not can(self.actor, "import.run", row.place, anywhere=anywhere):
            row.refuse(_("You may not import here."), _("Ask for a post that may, or leave the row out."))
        elif not self.register.allows(self.actor, "create", row.place, anywhere=anywhere):
            row.refuse(_("You may not add entries here."), _("Leave the row out."))
