"""What can be wrong with a schedule file, and what was noticed on reading one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from steerco.engine.schedule import Schedule
from steerco.exchange.tables import Said

LARGEST_FILE = 50 * 1024 * 1024
MOST_TASKS = 100_000


class ScheduleError(ValueError):
    """A file that cannot be read as a schedule. `message` says why and what to do; `row` is a line of a text file,
    `headers` are those of a table whose columns have to be named by a person.
    """

    def __init__(self, message: str, row: int | None = None, headers: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message, self.row, self.headers = message, row, list(headers)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know about a file that was read: what was assumed, repaired or left out. `where` may be empty."""

    message: Said
    where: str = ""


@dataclass(slots=True)
class Reading:
    """What a file holds: its plans, and what was noticed. Of tables: their `headers`, and the `columns` taken from them
    (PlanColumn to header).
    """

    schedules: list[Schedule]
    remarks: list[Remark] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)

    def note(self, message: Said, where: str = "") -> None:
        """Add a remark once."""
        remark = Remark(message, where)
        if remark not in self.remarks:
            self.remarks.append(remark)
