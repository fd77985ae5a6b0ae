"""Reading a stranger's plan in a process that can do nothing else (see `child.py`)."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from steerco.exchange.schedule.formats import format_of
from steerco.exchange.schedule.plain import schedule_from
from steerco.exchange.schedule.problems import Reading, Remark, ScheduleError
from steerco.exchange.schedule.reading import How
from steerco.exchange.tables import Said, said_from
from steerco.exchange.tables.said import gettext_noop

WALL_SECONDS = 120
_SOURCE = Path(__file__).resolve().parents[3]  # the child runs the code that its parent runs
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from steerco.exchange.schedule.child import main; main()"
)


def read_confined(data: bytes, name: str, how: How | None = None) -> Reading:
    """The plans in a file, read within limits of time and memory, without network or other files.

    Raises ScheduleError: too large, damaged, hostile, no plan, the extra is missing, or the limits were reached.
    """
    format_of(data, name)  # what is no plan at all needs no process
    how = how or How()
    with tempfile.TemporaryDirectory(prefix="steerco-plan-") as folder:
        order = {"name": name, "columns": dict(how.columns), "encoding": how.encoding, "folder": folder}
        answer = _run(json.dumps(order).encode() + b"\n" + data, folder)
    if problem := answer.get("problem"):
        raise ScheduleError(said_from(problem["message"]), problem.get("row"), problem.get("headers", ()))
    remarks = [Remark(_said(message), where) for message, where in answer["remarks"]]
    schedules = [schedule_from(one) for one in answer["schedules"]]
    return Reading(schedules, remarks, answer["headers"], answer["columns"])


def _said(data: Any) -> Said:
    found = said_from(data)
    return found if isinstance(found, Said) else Said(found)


def _run(given: bytes, folder: str) -> dict[str, Any]:
    keep = {
        name: os.environ[name] for name in ("SYSTEMROOT", "PATH") if os.name == "nt" and name in os.environ
    }
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _START, str(_SOURCE)],
            input=given,
            capture_output=True,
            cwd=folder,
            env={"LC_ALL": "C.UTF-8", "TZ": "UTC", "TMPDIR": folder, **keep},
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ScheduleError(Said(gettext_noop("Reading the file took too long: split it."))) from None
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise ScheduleError(
            Said(
                gettext_noop(
                    "The file could not be read within the limits of time and memory: split it, or save it in another "
                    "format."
                )
            )
        ) from None
    return answer
