"""One row of a file on its way: what it says, what it means, what becomes of it."""

from dataclasses import dataclass, field
from typing import Any

from steerco.kit.imports.cells import ColumnReader
from steerco.kit.imports.identity import Identity
from steerco.kit.imports.reports import REJECTED, Problem, RowReport


@dataclass
class TypedCell:
    """The text that a row has for a column, and the address of its (first) cell."""

    text: str
    address: str


@dataclass
class PlannedRow:
    """One row on its way: what the file says, what it means, and what becomes of it."""

    report: RowReport
    cells: dict[str, TypedCell]
    readers: dict[str, ColumnReader]
    identity: Identity | None
    place: Any = None
    pk: int | None = None
    current: Any = None
    base: Any = None
    values: dict[str, Any] = field(default_factory=dict)

    def refuse(self, message: str, advice: str = "", name: str = "", label: str = "") -> None:
        """Reject the row, naming the cell where there is one."""
        self.remark(message, advice, name, label)
        self.report.kind = REJECTED

    def remark(self, message: str, advice: str = "", name: str = "", label: str = "") -> None:
        """Say what is wrong with the row or one of its cells."""
        cell = self.cells.get(name)
        self.report.problems.append(
            Problem(cell.address if cell else "", label, cell.text if cell else "", message, advice)
        )

    def refuse_all(self) -> None:
        """Reject the row for the problems of its cells."""
        self.report.kind = REJECTED
        self.values, self.report.changes = {}, []

    @property
    def is_open(self) -> bool:
        """Whether the row is still to be imported."""
        return self.report.kind != REJECTED
