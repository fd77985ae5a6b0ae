"""Which column of a plan kept in a spreadsheet is which: suggested from the headers, or given by a person."""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from steerco.exchange.schedule.problems import ScheduleError
from steerco.exchange.tables import Said, Table
from steerco.exchange.tables.said import gettext_noop


class PlanColumn(StrEnum):
    """What a column of a plan can hold."""

    NAME = "name"
    UID = "uid"
    CODE = "code"
    WBS = "wbs"
    LEVEL = "level"
    START = "start"
    FINISH = "finish"
    BASELINE_START = "baseline_start"
    BASELINE_FINISH = "baseline_finish"
    ACTUAL_START = "actual_start"
    ACTUAL_FINISH = "actual_finish"
    DEADLINE = "deadline"
    PERCENT = "percent"
    MILESTONE = "milestone"
    DURATION = "duration"
    NOTES = "notes"


# Folded headers, the surest first. German ones as Microsoft Project exports them and as people write them.
HEADERS: dict[PlanColumn, tuple[str, ...]] = {
    PlanColumn.NAME: (
        "task name", "activity name", "milestone name", "name", "task", "activity", "milestone", "title", "item",
        "deliverable", "description", "work package", "vorgangsname", "vorgang", "aufgabe", "aktivitat",
        "meilenstein", "bezeichnung", "titel",
    ),
    PlanColumn.UID: ("unique id", "uid", "task uid", "einmalige nr", "eindeutige nr"),
    PlanColumn.CODE: (
        "activity id", "task id", "milestone id", "activity code", "task code", "reference", "ref", "code", "id", "no",
        "number", "nr", "nummer", "#",
    ),
    PlanColumn.WBS: ("wbs", "wbs code", "outline number", "psp", "psp code", "gliederungsnummer"),
    PlanColumn.LEVEL: ("outline level", "level", "indent", "gliederungsebene", "ebene"),
    PlanColumn.FINISH: (
        "finish", "finish date", "end", "end date", "forecast finish", "forecast", "forecast date", "current finish",
        "expected finish", "expected date", "due", "due date", "date", "planned finish", "planned end", "target date",
        "ende", "fertig", "endtermin", "prognose", "termin", "datum",
    ),
    PlanColumn.START: (
        "start", "start date", "begin", "forecast start", "planned start", "anfang", "beginn", "starttermin",
    ),
    PlanColumn.BASELINE_FINISH: (
        "baseline finish", "baseline end", "baseline date", "baseline", "bl finish", "bl project finish",
        "original finish", "original date", "agreed date", "geplantes ende", "geplanter endtermin", "basisplan ende",
        "basistermin",
    ),
    PlanColumn.BASELINE_START: (
        "baseline start", "bl start", "bl project start", "original start", "geplanter anfang", "basisplan anfang",
    ),
    PlanColumn.ACTUAL_FINISH: (
        "actual finish", "actual end", "actual date", "actual", "completed", "completed on", "date completed",
        "achieved", "done on", "tatsachliches ende", "ist ende", "ist termin", "ist", "erledigt am",
    ),
    PlanColumn.ACTUAL_START: ("actual start", "started on", "tatsachlicher anfang", "ist anfang"),
    PlanColumn.DEADLINE: ("deadline", "must finish by", "stichtag"),
    PlanColumn.PERCENT: (
        "% complete", "percent complete", "complete", "progress", "% done", "%", "activity % complete",
        "duration % complete", "physical % complete", "% abgeschlossen", "fortschritt",
    ),
    PlanColumn.MILESTONE: (
        "milestone", "is milestone", "milestone y n", "milestone yes no", "type", "activity type", "task type",
        "meilenstein", "meilenstein ja nein", "art", "typ",
    ),
    PlanColumn.DURATION: ("duration", "original duration", "dauer"),
    PlanColumn.NOTES: ("notes", "note", "comment", "comments", "remarks", "notizen", "bemerkung", "kommentar"),
}  # fmt: skip
DATES = frozenset(
    {
        PlanColumn.START, PlanColumn.FINISH, PlanColumn.BASELINE_START, PlanColumn.BASELINE_FINISH,
        PlanColumn.ACTUAL_START, PlanColumn.ACTUAL_FINISH, PlanColumn.DEADLINE,
    }
)  # fmt: skip
_ENDS = (PlanColumn.FINISH, PlanColumn.START, PlanColumn.BASELINE_FINISH)
YES = frozenset({"yes", "y", "true", "1", "x", "✓", "ja", "j", "wahr", "m", "ms"})
NO = frozenset({"no", "n", "false", "0", "", "-", "nein", "falsch"})
_WORDS = re.compile(r"[^\w%#]+")


def folded(header: str) -> str:
    """A header without case, accents, line breaks and punctuation."""
    bare = unicodedata.normalize("NFKD", header.casefold().replace("ß", "ss"))
    return _WORDS.sub(" ", "".join(c for c in bare if not unicodedata.combining(c)).replace("_", " ")).strip()


def says_milestone(text: str) -> bool | None:
    """Whether a cell says that its row is a milestone; None for words that say neither."""
    word = folded(text)
    if word in YES or "milestone" in word or "meilenstein" in word or word in ("gate", "key date"):
        return True
    return False if word in NO or word else None


def suggest_columns(table: Table) -> dict[PlanColumn, int]:
    """The columns of a table as their headers name them: each column for one thing, the surest header first."""
    headers = [folded(header) for header in table.headers]
    candidates = [
        (rank, -len(header), list(PlanColumn).index(key), index, key)
        for index, header in enumerate(headers)
        for key, known in HEADERS.items()
        if header in known
        for rank in (known.index(header),)
    ]
    found: dict[PlanColumn, int] = {}
    taken: set[int] = set()
    flags = {index for index in range(len(headers)) if _is_flag(table, index)}
    for _rank, _length, _order, index, key in sorted(candidates):
        if key in found or index in taken:
            continue
        if (key is PlanColumn.MILESTONE and index not in flags) or (
            key is PlanColumn.NAME and index in flags
        ):
            continue
        if key is PlanColumn.CODE and _counts_rows(table, index):
            continue
        found[key] = index
        taken.add(index)
    return found


def _is_flag(table: Table, index: int) -> bool:
    """Whether the cells of a column say yes and no, or name a type with milestones in it."""
    cells = [folded(cell) for cell in table.column(index) if cell.strip()]
    kinds = set(cells)
    if not cells or len(kinds) > 8 or (kinds <= {"0", "1"} and folded(table.headers[index]).endswith("id")):
        return False
    return kinds <= YES | NO or (
        any(says_milestone(kind) for kind in kinds - YES) and len(kinds) <= max(len(cells) // 2, 2)
    )


def _counts_rows(table: Table, index: int) -> bool:
    """Whether a column only numbers the rows: a row that is inserted gives every later one another number."""
    cells = [cell.strip().removesuffix(".0") for cell in table.column(index)]
    numbers = [int(cell) for cell in cells if cell.isascii() and cell.isdigit() and len(cell) < 9]
    return len(numbers) == len(cells) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def columns_from(table: Table, mapping: Mapping[str, str]) -> dict[PlanColumn, int]:
    """The columns that a kept mapping names by their headers. Raises ScheduleError for what the table has not."""
    places: dict[str, int] = {}
    for index, header in enumerate(table.headers):
        places.setdefault(folded(header), index)
    found = {}
    for key, header in mapping.items():
        if key not in PlanColumn._value2member_map_:
            raise ScheduleError(Said(gettext_noop("A plan has no column called %(key)s."), key=key[:40]))
        if not header:
            continue
        if folded(header) not in places:
            raise ScheduleError(
                Said(
                    gettext_noop("The file has no column “%(header)s” any more: choose another one."),
                    header=header[:80],
                )
            )
        found[PlanColumn(key)] = places[folded(header)]
    return found


def require_usable(columns: Mapping[PlanColumn, int], table: Table) -> None:
    """Raise ScheduleError unless the columns say what each row is and when."""
    headers = ", ".join(" ".join(header.split())[:30] for header in table.headers if header.strip())[:300]
    if PlanColumn.NAME not in columns:
        message = gettext_noop("No column says what the tasks are called. There are: %(headers)s.")
        raise ScheduleError(Said(message, headers=headers))
    if not any(key in columns for key in _ENDS):
        message = gettext_noop("No column says when the tasks end. There are: %(headers)s.")
        raise ScheduleError(Said(message, headers=headers))
