"""Where a row belongs: its own column, the place that was given, the sheet's name, the file's name."""

import re
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from steerco.exchange.tables import Table
from steerco.kit.imports.cells import CellError
from steerco.kit.imports.finding import place_column
from steerco.kit.permissions import Actor
from steerco.kit.registers.references import Reference, reference_to
from steerco.kit.registers.register import Register

_PARTS = re.compile(r"\s+[-–—]\s+|[_\s(]+")


class Places:
    """Resolves where rows belong, each text once."""

    def __init__(self, register: Register, actor: Actor, given: Any, source: str) -> None:
        self._actor, self._given, self._source = actor, given, source
        self._reference = _reference_of(register)
        self._known: dict[str, Any] = {}

    def of_row(self, text: str) -> Any:
        """The place that a cell names. Raises CellError."""
        found = self._resolved(text)
        if isinstance(found, CellError):
            raise found
        return found

    def of_table(self, table: Table) -> tuple[Any, str]:
        """The place of the rows that name none themselves, and what was assumed; (None, "") without one."""
        if self._reference is None:
            return None, ""
        if self._given is not None and self._source in ("auto", "given"):
            return self._given, ""
        if self._source in ("auto", "sheet") and (found := self._first([table.sheet])):
            return found, _("“%(place)s” is taken from the name of the sheet.") % {"place": found}
        if self._source in ("auto", "file"):
            stem = PurePath(table.source).stem
            if found := self._first([stem, *_PARTS.split(stem)]):
                return found, _("“%(place)s” is taken from the name of the file.") % {"place": found}
        return None, ""

    def _first(self, texts: list[str]) -> Any:
        for text in texts:
            found = self._resolved(text) if len(text.strip()) > 1 else None
            if found is not None and not isinstance(found, CellError):
                return found
        return None

    def _resolved(self, text: str) -> Any:
        if text not in self._known and self._reference is not None:
            try:
                self._known[text] = self._reference.resolve(self._actor, text)
            except ValidationError as error:
                advice = _("Write the code or name as it stands in the system.")
                self._known[text] = CellError("; ".join(error.messages), advice)
        return self._known[text]


def _reference_of(register: Register) -> Reference | None:
    name = place_column(register)
    if name is None:
        return None
    return reference_to(register.all_columns()[name].model_field.related_model)
