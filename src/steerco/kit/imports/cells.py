"""Typed text to values: one reader per column of a table. What is assumed on the way is said, never silent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as _

from steerco.exchange.tables import CellIssue, DateOrder, SpecialState, date_order, parse_date, special_state
from steerco.exchange.tables.money import money_format, parse_amount
from steerco.exchange.tables.numbers import decimal_mark, parse_number
from steerco.kit.imports.choices import choice_words, options_of, scale_of_column
from steerco.kit.imports.layouts import Options
from steerco.kit.imports.representation import one_line_end, plain_number
from steerco.kit.imports.scales import Cell, Steps, detect, step
from steerco.kit.imports.words import NO, YES, folded
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.register import Register


class CellError(Exception):
    """A cell that cannot be taken: what is wrong and what to do about it."""

    def __init__(self, message: str, advice: str = "") -> None:
        self.message, self.advice = message, advice
        super().__init__(message)


@dataclass(frozen=True)
class CellValue:
    """What a cell means; an amount in major units. `note` says what was assumed to read it so; `currency` is what the
    cell itself names."""

    value: Any
    note: str = ""
    currency: str = ""


class ColumnReader:
    """Reads the cells of one column of one table into values for one column of a register.

    `notes` are the assumptions that hold for the whole column. `unknown` collects the texts of a column with few
    values that mean none of them: a person can say what they mean.
    """

    def __init__(
        self,
        register: Register,
        actor: Actor,
        column: Column,
        header: str,
        cells: Sequence[str],
        options: Options,
        values: Mapping[str, str],
        way: str = "",
    ) -> None:
        self.column = column
        self.field = column.form_field(actor)
        self.notes: list[str] = []
        self.unknown: set[str] = set()
        self.currency = ""
        self._values = values
        self._scale = scale_of_column(column)
        self._words = choice_words(register, column)
        self._options = dict(options_of(register, column))
        self._known: dict[str, CellValue | CellError] = {}
        if self._scale:
            self._steps = self._counted(header, cells, way)
        self._read = self._reader(header, [c for c in cells if c.strip()], options)

    def read(self, text: str) -> CellValue:
        """The value of a cell that is not empty. Raises CellError."""
        found = self._known.get(text)
        if found is None:
            try:
                found = self._read(text)
            except CellError as error:
                found = error
            except ValidationError as error:
                found = CellError("; ".join(error.messages), self._advice())
            self._known[text] = found
        if isinstance(found, CellError):
            raise CellError(found.message, found.advice)
        return found

    def empty(self) -> CellValue:
        """The value of an empty cell. Raises CellError where one is needed."""
        try:
            return CellValue(self.field.clean(""))
        except ValidationError as error:
            raise CellError("; ".join(error.messages), _("Fill the cell.")) from None

    # -- one way of reading per kind ------------------------------------------------------------------------------

    def _reader(self, header: str, cells: list[str], options: Options) -> Callable[[str], CellValue]:
        match self.column.kind:
            case Kind.DATE:
                return self._date_reader(cells, options)
            case Kind.MONEY:
                return self._money_reader(header, cells)
            case Kind.CHOICE | Kind.STATE:
                return self._choice
            case Kind.YES_NO:
                return self._yes_no
            case Kind.NUMBER:
                return self._level if self._scale else self._number_reader(cells)
        return lambda text: CellValue(self.field.clean(one_line_end(text)))

    def _date_reader(self, cells: list[str], options: Options) -> Callable[[str], CellValue]:
        order = date_order(cells)
        if not order.proofs and order.numeric:
            day_first = options.day_first
            if day_first is None:
                day_first = formats.get_format("DATE_INPUT_FORMATS")[0].startswith(("%d", "%Y"))
            order = DateOrder(day_first, 0, order.numeric)
            said = _("day first") if day_first else _("month first")
            self.notes.append(
                _("Dates such as “%(text)s” are read %(order)s: nothing in the column proves the order.")
                % {"text": next(c for c in cells if date_order([c]).numeric), "order": said}
            )

        def read(text: str) -> CellValue:
            found = parse_date(text, order)
            if isinstance(found, date):
                return CellValue(self.field.clean(found))
            if isinstance(found, SpecialState):
                return self._no_value(text)
            code = found.code if isinstance(found, CellIssue) else ""
            if code == "date_not_exact":
                raise CellError(_("“%s” is not one day.") % text, _("Write a full date, such as 2026-03-31."))
            raise CellError(_("“%s” is not a date.") % text, _("Write a date, such as 2026-03-31."))

        return read

    def _no_value(self, text: str) -> CellValue:
        empty = self.empty()
        return CellValue(empty.value, _("“%s” is read as empty.") % text)

    def _number_reader(self, cells: list[str]) -> Callable[[str], CellValue]:
        mark = decimal_mark(cells)

        def read(text: str) -> CellValue:
            bare = text.strip().removeprefix("+")
            negative = bare.startswith(("-", "−"))
            number = parse_number(bare.lstrip("-−").strip(), mark)
            if number is None:
                if special_state(text):
                    return self._no_value(text)
                raise CellError(_("“%s” is not a number.") % text, _("Write digits only."))
            return CellValue(self.field.clean(plain_number(-number if negative else number)))

        return read

    def _money_reader(self, header: str, cells: list[str]) -> Callable[[str], CellValue]:
        form = money_format(cells, header)
        self.currency = form.currency or ""
        if form.unit and form.unit != 1:
            self.notes.append(
                _("Amounts under “%(header)s” are read in units of %(unit)s.")
                % {"header": header, "unit": f"{form.unit:,}"}
            )

        def read(text: str) -> CellValue:
            parsed = parse_amount(text, form.mark)
            if parsed is None:
                if special_state(text):
                    return self._no_value(text)
                raise CellError(_("“%s” is not an amount.") % text, _("Write a number, such as 12500.00."))
            number, unit, currency = parsed
            return CellValue(number * (unit or form.unit or 1), currency=currency or self.currency)

        return read

    def _counted(self, header: str, cells: Sequence[str], way: str) -> Steps:
        """How the column counts its steps; what is not as the scale has them is said."""
        low, high = self._scale or (0, 0)
        own = high - low + 1
        steps = Steps.of_way(way, own) if way else detect(header, cells, own)
        if not steps.is_plain(own):
            typed = [f"{n} %" for n in (5, 25, 50, 75, 95)] if steps.percent else range(1, steps.size + 1)
            read = ((n, step(str(n), steps, own, self.column.of_percent)) for n in typed)
            self.notes.append(
                _("“%(header)s” counts otherwise than %(column)s: %(steps)s.")
                % {
                    "header": header,
                    "column": self.column.label,
                    "steps": ", ".join(f"{n} → {found + low - 1}" for n, found in read if found),
                }
            )
        return steps

    def _level(self, text: str) -> CellValue:
        low, high = self._scale or (0, 0)
        chosen = self._values.get(folded(text))
        found = step(text, self._steps, high - low + 1, self.column.of_percent)
        reached = int(chosen) if chosen else None if found is None else found + low - 1
        if reached is None:
            if special_state(text):
                return self._no_value(text)
            self.unknown.add(text)
            raise CellError(
                _("“%(text)s” is no step from %(low)s to %(high)s.")
                % {"text": text, "low": low, "high": high},
                _("Write the step as a number, or say below what the word means."),
            )
        plain = text.strip().removesuffix(".0") == str(reached)
        note = (
            "" if plain or chosen else _("“%(text)s” is read as %(step)s.") % {"text": text, "step": reached}
        )
        return CellValue(self.field.clean(str(reached)), note)

    def _choice(self, text: str) -> CellValue:
        words = folded(text)
        value = self._values.get(words) or self._words.get(words)
        note = ""
        counted = self._scale and words not in self._values and Cell.of(text).number is not None
        if counted or (value is None and self._scale):
            return self._level(text)
        if value is None:
            self.unknown.add(text)
            options = ", ".join(self._options.values())
            raise CellError(
                _("“%(text)s” is none of: %(options)s.") % {"text": text, "options": options},
                _("Write one of them, or say below what the word means."),
            )
        if self.column.kind is Kind.STATE:
            return CellValue(value, note)
        return CellValue(self.field.clean(value), note)

    def _yes_no(self, text: str) -> CellValue:
        words = text.strip().casefold()
        if words in YES:
            return CellValue(True)
        if words in NO:
            return CellValue(False)
        raise CellError(_("“%s” is neither yes nor no.") % text, _("Write yes or no."))

    def _advice(self) -> str:
        if self.column.kind is Kind.REFERENCE:
            return _("Write the name or code as it stands in the system, or add it there first.")
        return _("Correct the cell.")


def stored(column: Column, value: Any) -> Any:
    """A cleaned value as the row keeps it: empty in the field's own way, custom values JSON-ready."""
    if column.custom:
        if value is None or value == "":
            return None
        if isinstance(value, bool):
            return value
        return value.isoformat() if isinstance(value, date) else plain_or_text(value)
    if value in (None, "") and column.model_field is not None:
        if column.model_field.null:
            return None
        if column.model_field.has_default() and column.kind is not Kind.TEXT:
            return column.model_field.get_default()
        return ""
    return value


def plain_or_text(value: Any) -> str:
    """A custom field's value as it is kept."""
    return plain_number(value) if isinstance(value, Decimal) else str(value)
