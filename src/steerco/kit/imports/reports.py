"""What an import found, as plain data: shown, stored with the run, printed by the command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CREATED, CHANGED, UNCHANGED, REJECTED = "created", "changed", "unchanged", "rejected"
KINDS = (CREATED, CHANGED, UNCHANGED, REJECTED)


@dataclass
class Problem:
    """Something wrong with one cell (or, without a column, with the row), and what to do about it."""

    cell: str
    column: str
    text: str
    message: str
    advice: str = ""


@dataclass
class CellChange:
    """One field that an import changes, as people read it."""

    column: str
    label: str
    before: str
    after: str


@dataclass
class CellConflict:
    """A field that was changed here and in the file since the export. `choice` is "mine" (the file's) or "theirs"."""

    key: str
    column: str
    label: str
    base: str
    theirs: str
    mine: str
    choice: str


@dataclass
class RowReport:
    """What becomes of one row of a file. `kind` is one of KINDS; `pk` its entry where there is one."""

    file: str
    sheet: str
    row: int
    kind: str
    title: str
    pk: int | None = None
    changes: list[CellChange] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    conflicts: list[CellConflict] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        """Whether a person should see the row at all: unchanged rows without a remark are only counted."""
        return self.kind != UNCHANGED or bool(self.problems or self.notes or self.conflicts)

    def as_json(self) -> dict[str, Any]:
        """The row's report as plain data."""
        return {
            **vars(self),
            "changes": [vars(change) for change in self.changes],
            "problems": [vars(problem) for problem in self.problems],
            "conflicts": [vars(conflict) for conflict in self.conflicts],
        }


@dataclass
class Unmapped:
    """A column of a file that is not imported: how many of its cells are filled, and some of them."""

    file: str
    sheet: str
    header: str
    filled: int
    examples: list[str]


@dataclass
class Assumption:
    """What was assumed about a whole table or column."""

    file: str
    sheet: str
    text: str


@dataclass
class Report:
    """Everything that a check or an import found."""

    rows: list[RowReport] = field(default_factory=list)
    unmapped: list[Unmapped] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    skipped: list[Assumption] = field(default_factory=list)
    unknown: dict[str, list[str]] = field(
        default_factory=dict
    )  # column -> texts that mean none of its values
    counts: dict[str, int] = field(default_factory=dict)
    fingerprint: str = ""

    def count(self) -> None:
        """Fill `counts` and forget the rows that say nothing."""
        self.counts = dict.fromkeys(KINDS, 0)
        for row in self.rows:
            self.counts[row.kind] += 1
        self.counts["read"] = len(self.rows)
        self.counts["conflicts"] = sum(len(row.conflicts) for row in self.rows)
        self.counts["problems"] = sum(len(row.problems) for row in self.rows)
        self.rows = [row for row in self.rows if row.says_something]

    def as_json(self) -> dict[str, Any]:
        """The report as plain data. Written out: `asdict` copies every text of every cell on its way."""
        return {
            **vars(self),
            "rows": [row.as_json() for row in self.rows],
            "unmapped": [vars(column) for column in self.unmapped],
            "assumptions": [vars(said) for said in self.assumptions],
            "skipped": [vars(said) for said in self.skipped],
        }


def summary(report: Mapping[str, Any]) -> dict[str, Any]:
    """The answer for scripts: counts, unmapped columns, and every remark with its place.

    What is not taken comes first: files and tables, then rows and cells; what was assumed comes last.
    """
    counts = report.get("counts", {})
    notes = [_of_table(left_out) for left_out in report.get("skipped", ())]
    rows = report.get("rows", ())
    for row in sorted(rows, key=lambda row: row["kind"] != REJECTED):
        place = {"file": row["file"], "sheet": row["sheet"], "row": row["row"], "cell": ""}
        for p in row["problems"]:
            named = {"cell": p["cell"], "column": p["column"], "text": p["text"]}
            notes.append({**place, **named, "reason": p["message"], "do": p["advice"]})
        for c in row["conflicts"]:
            values = {"column": c["label"], "theirs": c["theirs"], "mine": c["mine"]}
            notes.append({**place, **values, "reason": "conflict"})
    notes += [_of_table(assumed) for assumed in report.get("assumptions", ())]
    for row in rows:
        place = {"file": row["file"], "sheet": row["sheet"], "row": row["row"], "cell": ""}
        notes += [{**place, "reason": text} for text in row["notes"]]
    return {
        "rows_read": counts.get("read", 0),
        "created": counts.get(CREATED, 0),
        "updated": counts.get(CHANGED, 0),
        "unchanged": counts.get(UNCHANGED, 0),
        "rejected": counts.get(REJECTED, 0),
        "conflicts": counts.get("conflicts", 0),
        "unmapped_columns": [u["header"] for u in report.get("unmapped", ())],
        "notes": notes,
    }


def _of_table(said: Mapping[str, Any]) -> dict[str, Any]:
    """A remark on a whole table, file or run."""
    return {"file": said["file"], "sheet": said["sheet"], "row": None, "cell": "", "reason": said["text"]}
