"""A file of any known format to its plans. `confined.py` does the same for the files of strangers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from steerco.exchange.schedule.formats import FileFormat, format_of
from steerco.exchange.schedule.mpxj import is_installed, missing, read_converted
from steerco.exchange.schedule.mspdi import read_mspdi
from steerco.exchange.schedule.problems import Reading, ScheduleError
from steerco.exchange.schedule.table_plan import read_table_plans
from steerco.exchange.schedule.xer import read_xer
from steerco.exchange.tables import TableError


@dataclass(frozen=True, slots=True)
class How:
    """What a person says of a file: the `columns` of a table (PlanColumn to header), the `encoding` of an XER."""

    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""


def read_schedules(data: bytes, name: str, how: How | None = None, folder: Path | None = None) -> Reading:
    """The plans in a file. `folder` is where a converted file may lie. Raises ScheduleError."""
    how = how or How()
    kind = format_of(data, name)
    if kind is FileFormat.MSPDI:
        return read_mspdi(data)
    if kind is FileFormat.XER:
        return read_xer(data, how.encoding)
    if kind is FileFormat.TABLE:
        try:
            return read_table_plans(data, name, how.columns)
        except TableError as error:
            raise ScheduleError(error.message, error.row) from None
    if not is_installed() or folder is None:
        raise missing()
    return read_converted(data, kind, folder)
