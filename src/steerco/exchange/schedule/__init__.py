"""Plans in the formats that people keep them in: Microsoft Project, Primavera, spreadsheets. Pure Python.

`read_confined` for files that somebody sent; `read_schedules` reads in this process. The model is
`steerco.engine.schedule`.
"""

from steerco.exchange.schedule.confined import read_confined
from steerco.exchange.schedule.formats import FileFormat, format_of
from steerco.exchange.schedule.mspdi_writing import write_mspdi
from steerco.exchange.schedule.plain import plain, schedule_from
from steerco.exchange.schedule.problems import LARGEST_FILE, Reading, Remark, ScheduleError
from steerco.exchange.schedule.reading import How, read_schedules
from steerco.exchange.schedule.table_columns import PlanColumn
from steerco.exchange.schedule.xer_tables import ENCODINGS

__all__ = [
    "ENCODINGS", "LARGEST_FILE", "FileFormat", "How", "PlanColumn", "Reading", "Remark", "ScheduleError", "format_of",
    "plain", "read_confined", "read_schedules", "schedule_from", "write_mspdi",
]  # fmt: skip
