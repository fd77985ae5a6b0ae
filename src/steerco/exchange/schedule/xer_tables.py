"""The tables of a Primavera XER file: tab-separated text with a header line, in an encoding that it does not name."""

import re
from dataclasses import dataclass, field

from steerco.exchange.schedule.problems import Reading, ScheduleError
from steerco.exchange.tables import Said
from steerco.exchange.tables.said import gettext_noop

MAGIC = b"ERMHDR"
ENCODINGS = ("utf-8", "cp1252", "cp1251", "cp1250", "cp1253", "cp1254", "gb18030", "shift_jis", "euc_kr")
_WANTED = frozenset(
    {
        "PROJECT", "CALENDAR", "PROJWBS", "TASK", "TASKPRED", "SCHEDOPTIONS", "RSRC", "TASKRSRC", "ACTVTYPE",
        "ACTVCODE", "TASKACTV", "UDFTYPE", "UDFVALUE", "TASKMEMO",
    }
)  # fmt: skip
_MOST_ROWS = 2_000_000
# Words of western languages hold hardly ever three accented letters in a row; Cyrillic read as western is all of them.
_ACCENTED_RUN = re.compile(rb"[\xc0-\xff]{3,}")
_ACCENTED = re.compile(rb"[\xc0-\xff]+")

Row = dict[str, str]


@dataclass
class XerFile:
    """The rows of the tables that matter, as texts by column; `header` is the first line."""

    header: list[str]
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def rows(self, table: str) -> list[Row]:
        """The rows of a table; none when it is not there."""
        return self.tables.get(table, [])


def read_xer_tables(data: bytes, reading: Reading, encoding: str = "") -> XerFile:
    """The tables of an XER file. `encoding` replaces the guess. Raises ScheduleError."""
    if not data.lstrip(b"\xef\xbb\xbf").startswith(MAGIC):
        raise ScheduleError(
            Said(gettext_noop("This is no Primavera XER file: it does not begin with ERMHDR."))
        )
    lines = _decode(data, reading, encoding).split("\n")
    file = XerFile(lines[0].rstrip("\r").split("\t"))
    columns: list[str] = []
    rows: list[Row] | None = None
    count = 0
    ended = False
    for number, raw in enumerate(lines[1:], start=2):
        mark, _tab, rest = raw.rstrip("\r").partition("\t")
        match mark:
            case "%T":
                rows, columns = (
                    (file.tables.setdefault(rest.strip(), []) if rest.strip() in _WANTED else None),
                    [],
                )
            case "%F":
                columns = [name.strip() for name in rest.split("\t")]
            case "%R" if rows is not None:
                count += 1
                if not columns:
                    raise ScheduleError(
                        Said(
                            gettext_noop("The file is damaged: a row stands before the names of its columns.")
                        ),
                        number,
                    )
                if count > _MOST_ROWS:
                    raise ScheduleError(
                        Said(gettext_noop("The file has too many rows: export fewer projects."))
                    )
                rows.append(
                    {name: text for name, text in zip(columns, rest.split("\t"), strict=False) if text}
                )
            case "%E":
                ended = True
                break
    if not ended:
        reading.note(Said(gettext_noop("The file ends without its end mark: it may be cut off.")))
    return file


def _decode(data: bytes, reading: Reading, encoding: str) -> str:
    if encoding:
        if encoding not in ENCODINGS:
            raise ScheduleError(
                Said(
                    gettext_noop("The encoding %(given)s is not known; there are: %(known)s."),
                    given=encoding[:20],
                    known=", ".join(ENCODINGS),
                )
            )
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            raise ScheduleError(
                Said(gettext_noop("The file is not written in %(encoding)s."), encoding=encoding)
            ) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        guess = "cp1251" if _is_cyrillic(data) else "cp1252"
        message = gettext_noop("The file does not say how its letters are written; read as %(encoding)s.")
        reading.note(Said(message, encoding=guess))
        return data.decode(guess, errors="replace")


def _is_cyrillic(data: bytes) -> bool:
    runs = sum(len(run) for run in _ACCENTED_RUN.findall(data))
    return runs * 2 > sum(len(run) for run in _ACCENTED.findall(data))
