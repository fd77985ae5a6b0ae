"""Reading an uploaded file in a process that can do nothing else (see `parse_tables.py` for its limits)."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from steerco.exchange.tables import Note, Row, Table, said_from, told

LARGEST_UPLOAD = 20 * 1024 * 1024
WALL_SECONDS = 60


class Unreadable(Exception):
    """The file cannot be read as a table. `message` says why and what to do; `row`, `cell` where."""

    def __init__(self, message: str, row: int | None = None, cell: str = "") -> None:
        self.message, self.row, self.cell = message, row, cell
        super().__init__(message)


@dataclass(frozen=True)
class Reading:
    """What was read: tables as plain data, and the identity of a workbook that was exported here."""

    tables: list[dict[str, Any]]
    identity: dict[str, Any] | None


def read_confined(data: bytes, name: str, *, header_row: int | None = None, pasted: bool = False) -> Reading:
    """The tables in a file, read in a process of limited time and memory, without network or files.

    Raises Unreadable: too large, damaged, hostile, no table, or the limits were reached.
    """
    if len(data) > LARGEST_UPLOAD:
        raise Unreadable(
            _("The file is larger than %(size)s MB: split it.") % {"size": LARGEST_UPLOAD // 1024**2}
        )
    order = json.dumps({"name": name, "header_row": header_row, "pasted": pasted}).encode()
    with tempfile.TemporaryDirectory(prefix="steerco-import-") as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-m", "steerco.kit.imports.parse_tables"],
                input=order + b"\n" + data,
                capture_output=True,
                cwd=folder,
                env={"LC_ALL": "C.UTF-8", "TMPDIR": folder},
                timeout=WALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Unreadable(_("Reading the file took too long: split it.")) from None
    if done.returncode != 0:
        raise Unreadable(
            _("The file could not be read within the limits of time and memory: split it, or save it as CSV.")
        )
    answer = json.loads(done.stdout)
    if problem := answer.get("problem"):
        raise Unreadable(told(said_from(problem["message"]), _), problem["row"], problem["cell"])
    return Reading(answer["tables"], answer["identity"])


def table_of(data: dict[str, Any]) -> Table:
    """The table that stands in plain data. `source` is the file's name."""
    return Table(
        source=data["source"],
        sheet=data["sheet"],
        header_row=data["header_row"],
        headers=tuple(data["headers"]),
        rows=tuple(Row(number, tuple(cells)) for number, cells in data["rows"]),
        positions=tuple(data["positions"]),
        transposed=data["transposed"],
        notes=tuple(
            Note(code, said_from(message), data["source"], data["sheet"], row, cell, value)
            for code, message, row, cell, value in data["notes"]
        ),
    )
