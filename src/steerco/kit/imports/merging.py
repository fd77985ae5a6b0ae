"""One row of a file against the stored row and, for our own exports, against what it was at the export."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from steerco.exchange.tables.money import minor_digits
from steerco.kit.history.writes import plain
from steerco.kit.imports.cells import CellError, CellValue, stored
from steerco.kit.imports.layouts import Instructions
from steerco.kit.imports.reports import CHANGED, CREATED, UNCHANGED, CellChange, CellConflict, Problem
from steerco.kit.imports.representation import as_read, exported, fitting
from steerco.kit.imports.rows import PlannedRow, TypedCell
from steerco.kit.imports.siblings import RowOfFile, Siblings, shown
from steerco.kit.permissions import Actor, can
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.register import Register

SHOWN = 400


def as_exported(row: PlannedRow, column: Column, instance: Any) -> str:
    """The text that `instance` had in the language of the row's file."""
    language = row.identity.language if row.identity else ""
    if language not in dict(settings.LANGUAGES):
        return as_read(exported(column, instance))
    with translation.override(language):
        return as_read(exported(column, instance))


class Merger:
    """Decides for each row which fields change, and says why a cell is not taken."""

    def __init__(
        self,
        register: Register,
        actor: Actor,
        instructions: Instructions,
        columns: dict[str, Column],
        editable: dict[str, Column],
        siblings: Siblings,
    ) -> None:
        self.register, self.actor, self.instructions = register, actor, instructions
        self.columns, self.editable, self.siblings = columns, editable, siblings
        self._known: dict[tuple[str, str], str] = {}  # how values read, each worked out once
        self._labels = {name: str(column.label) for name, column in editable.items()}

    def merge(self, row: PlannedRow) -> None:
        """Fill the row's values, changes, conflicts and problems, and decide its kind."""
        row.report.title = row.report.title or (self.register.title(row.current) if row.current else "")
        custom: dict[str, Any] = {}
        for name, reader in row.readers.items():
            column = self.editable[name]
            cell = row.cells.get(name)
            if cell is None:
                continue
            try:
                if row.current is not None and column.is_withheld(row.current) and cell.text.strip():
                    raise CellError(_("You may not change this value."), _("Leave the cell empty."))
                value = self._wanted(row, column, cell)
                if value is not None and column.currency:
                    self._take_currency(row, column, value.currency or reader.currency)
            except CellError as error:
                row.report.problems.append(
                    Problem(cell.address, str(column.label), cell.text[:SHOWN], error.message, error.advice)
                )
                continue
            if value is None:
                continue
            kept = stored(column, value.value)
            if row.current is not None and self._same(row.current, column, kept):
                continue
            if row.current is None and kept in (None, ""):
                continue
            if column.custom:
                custom[column.custom.key] = kept
            else:
                row.values[name] = kept
            before = "" if row.current is None else column.as_text(row.current)
            row.report.changes.append(
                CellChange(
                    name, self._labels[name], before[:SHOWN], self._shown(row, column, kept, cell)[:SHOWN]
                )
            )
            if value.note:
                row.report.notes.append(f"{column.label}: {value.note}")
        if custom:
            now = dict(getattr(row.current, "custom", None) or {})
            row.values["custom"] = {k: v for k, v in {**now, **custom}.items() if v is not None}
        self._decide(row)

    # -- one cell --------------------------------------------------------------------------------------------------

    def _wanted(self, row: PlannedRow, column: Column, cell: TypedCell) -> CellValue | None:
        """What the cell wants the field to be; None: leave it as it is. Raises CellError."""
        text = fitting(cell.text)
        if row.current is None:
            return self._of_new(row, column, text)
        if text == as_exported(row, column, row.current):
            return None
        if row.base is not None:
            base = as_exported(row, column, row.base)
            if text == base:
                return None
            if base != as_exported(row, column, row.current):
                return self._of_conflict(row, column, text, base)
        return self._of_existing(row, column, text)

    def _of_new(self, row: PlannedRow, column: Column, text: str) -> CellValue | None:
        reader = row.readers[column.name]
        if column.name == self.register.scope_path:
            return CellValue(row.place)
        if text.strip():
            value = self._read(row, column, text)
            if column.kind is Kind.STATE:
                self._check_start(row, value)
            return value
        found = column.model_field
        if reader.field.required and not (found is not None and found.has_default()):
            if column.kind is Kind.STATE:
                return None
            return reader.empty()
        return None

    def _read(self, row: PlannedRow, column: Column, text: str) -> CellValue:
        """What a cell means, amounts in minor units of the row's currency. Raises CellError."""
        value = self.siblings.read(row, column, text)
        if column.kind is not Kind.MONEY or not isinstance(value.value, Decimal):
            return value
        currency = value.currency or self._currency_of(row, column)
        minor = value.value.scaleb(minor_digits(currency))
        if minor != minor.to_integral_value() or abs(minor) > 10**17:
            raise CellError(_("“%s” is not an amount in whole cents.") % text, _("Round it."))
        return replace(value, value=row.readers[column.name].field.clean(int(minor)))

    def _currency_of(self, row: PlannedRow, column: Column) -> str:
        """The currency that the row says for its amount, in the file or as it stands here."""
        if not column.currency:
            return ""
        cell = row.cells.get(column.currency)
        said = cell.text.strip() if cell else row.values.get(column.currency, "")
        return str(said or getattr(row.current, column.currency, ""))

    def _of_existing(self, row: PlannedRow, column: Column, text: str) -> CellValue | None:
        reader = row.readers[column.name]
        if not text.strip():
            if row.base is None and not self.instructions.options.clear:
                return None
            return reader.empty()
        if column.name == self.register.scope_path and row.place is None:
            raise CellError(
                _("“%s” is not known.") % text, _("Write the code or name as it stands in the system.")
            )
        value = self._read(row, column, text)
        if column.kind is Kind.STATE and not self._same(row.current, column, value.value):
            self._check_way(row, value)
        return value

    def _of_conflict(self, row: PlannedRow, column: Column, text: str, base: str) -> CellValue | None:
        """Changed here and in the file: the file's only when somebody chose it; unlike values only."""
        wanted = self._of_existing(row, column, text)
        if wanted is None or self._same(row.current, column, stored(column, wanted.value)):
            return None
        report = row.report
        key = f"{report.file}/{report.sheet}/{report.row}/{column.name}"
        choice = "mine" if self.instructions.choices.get(key) == "mine" else "theirs"
        theirs = column.as_text(row.current)
        report.conflicts.append(
            CellConflict(
                key, column.name, str(column.label), base[:SHOWN], theirs[:SHOWN], text[:SHOWN], choice
            )
        )
        return wanted if choice == "mine" else None

    def _same(self, instance: Any, column: Column, value: Any) -> bool:
        if column.custom:
            return (instance.custom or {}).get(column.custom.key) == value
        found = column.model_field
        now = getattr(instance, found.attname)
        return now == (value.pk if hasattr(value, "pk") else value)

    def _take_currency(self, row: PlannedRow, column: Column, named: str) -> None:
        """What an amount names fills the row's currency where nothing says it. Raises CellError on another one."""
        present = self._currency_of(row, column)
        if named and not present:
            row.values[column.currency] = named
            row.report.notes.append(_("The currency %s is taken from the amounts.") % named)
        elif named and present != named:
            raise CellError(
                _("The amount is in %(named)s, the entry in %(present)s.")
                % {"named": named, "present": present},
                _("Convert the amount, or change the entry's currency first."),
            )

    # -- states ----------------------------------------------------------------------------------------------------

    def _check_start(self, row: PlannedRow, value: CellValue) -> None:
        """A new entry may start in any state that the actor could have taken it to."""
        states = self.register.states
        if states is None or value.value == states.first.key:
            return
        ways = [t for t in states.transitions if t.target == value.value]
        if not any(can(self.actor, t.action, row.place) for t in ways):
            raise CellError(
                _("You may not take an entry to “%s”.") % states.by_key[value.value].label,
                _("Import it in an earlier state; somebody who decides takes it on."),
            )

    def _check_way(self, row: PlannedRow, value: CellValue) -> None:
        """An existing entry changes its state only along a way that the actor may go."""
        states = self.register.states
        if states is None:
            return
        label = states.by_key[value.value].label
        ways = [t for t in states.leaving(row.current.state) if t.target == value.value]
        if not ways:
            raise CellError(
                _("It cannot go from “%(before)s” to “%(after)s”.")
                % {"before": states.by_key[row.current.state].label, "after": label},
                _("Take it there step by step on its page."),
            )
        if not can(self.actor, ways[0].action, row.current):
            raise CellError(_("You may not take an entry to “%s”.") % label, _("Leave its state as it is."))

    # -- the row ---------------------------------------------------------------------------------------------------

    def _decide(self, row: PlannedRow) -> None:
        report = row.report
        if row.current is None and self.register.scope_path and row.place is not None:
            row.values.setdefault(self.register.scope_path, row.place)
        fatal = report.problems and (
            not self.instructions.options.partial
            or (row.current is None and not row.values.get(self.register.title_column))
        )
        if fatal:
            row.refuse_all()
        elif row.current is None:
            if row.values.get(self.register.title_column):
                report.kind = CREATED
            else:
                row.refuse(_("The row has no title."), _("Fill the title, or leave the row out."))
        elif row.values:
            may_import = can(self.actor, "import.run", row.current, anywhere=not self.register.scope_path)
            if may_import and self.register.allows(self.actor, "edit", row.current):
                report.kind = CHANGED
            else:
                row.refuse_all()
                row.refuse(_("You may not change this entry."), _("Leave the row as it was."))
        else:
            report.kind = UNCHANGED

    def _shown(self, row: PlannedRow, column: Column, value: Any, cell: TypedCell) -> str:
        """The new value as people read it."""
        if isinstance(value, RowOfFile):
            return shown(row, value, cell.text)
        if column.custom or column.model_field is None or column.kind in (Kind.TEXT, Kind.LONG):
            return cell.text
        if value is None or value == "":
            return ""
        key = (column.name, repr(plain(value)))
        if key not in self._known:
            probe = column.model_field.model(**{column.model_field.name: value})
            self._known[key] = column.as_text(probe)
        return self._known[key]
