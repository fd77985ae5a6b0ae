"""The process that reads a stranger's plan: order and bytes on stdin, plans as JSON on stdout.

The first line is {"name", "columns", "encoding", "folder"}. It gives up all that reading does not need before it looks
at the file; where it has to run Java and the kernel cannot keep that from the network, it reads nothing.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from steerco.exchange.confinement import confine
from steerco.exchange.schedule.formats import format_of
from steerco.exchange.schedule.mpxj import MEMORY_MIB, is_installed, missing
from steerco.exchange.schedule.plain import plain
from steerco.exchange.schedule.problems import ScheduleError
from steerco.exchange.schedule.reading import How, read_schedules
from steerco.exchange.tables import Said
from steerco.exchange.tables.said import gettext_noop

_CPU_SECONDS = 60
_CONVERTED_MIB = 512  # the largest file that a conversion may write


def main() -> None:
    """Read one plan."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what Java prints is no answer
    order = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    try:
        answer = read(data, order)
    except ScheduleError as error:
        message = error.message.as_data() if isinstance(error.message, Said) else error.message
        answer = {"problem": {"message": message, "row": error.row, "headers": error.headers}}
    except MemoryError:
        answer = {"problem": {"message": gettext_noop("The file needs too much memory: split it.")}}
    json.dump(answer, answers)
    answers.flush()
    os._exit(0)  # a Java runtime would wait for its threads


def read(data: bytes, order: dict[str, Any]) -> dict[str, Any]:
    """{"schedules": [...], "remarks": [...]}. Raises ScheduleError."""
    folder = Path(order["folder"])
    # Only what is told by the first bytes decides how much the process may have.
    converts = format_of(data, order["name"]).is_converted
    if converts and not is_installed():
        raise missing()
    if converts:
        cut_off = confine(
            cpu_seconds=_CPU_SECONDS,
            memory_mib=MEMORY_MIB,
            file_mib=_CONVERTED_MIB,
            threads=True,
            folder=folder,
        )
    else:
        cut_off = confine(cpu_seconds=_CPU_SECONDS, folder=folder)
    if converts and not cut_off and sys.platform == "linux":
        raise ScheduleError(
            Said(
                gettext_noop(
                    "This machine cannot keep the converter from the network, so it was not started. Save the plan "
                    "as XML or XER."
                )
            )
        )
    reading = read_schedules(data, order["name"], How(order["columns"], order["encoding"]), folder)
    return {
        "schedules": [plain(schedule) for schedule in reading.schedules],
        "headers": reading.headers,
        "columns": reading.columns,
        "remarks": [[remark.message.as_data(), remark.where] for remark in reading.remarks],
    }


if __name__ == "__main__":
    main()
