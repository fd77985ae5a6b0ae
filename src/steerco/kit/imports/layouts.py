"""What an import was told: which column is which, how some texts are read, where rows belong, how they are found.

All of it is plain data, so that a run survives a reload and a mapping can be kept under a name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from steerco.exchange.tables import Table
from steerco.kit.imports.words import folded

LEFT_OUT = ""
ROW_ID = "#id"  # the hidden column of our own exports
REGISTER = "#register"  # a column that says of each row which register it belongs to

MATCHES = ("number", "title", "none")
# Where the place of a row (its initiative) comes from when no column says it; "auto" tries them in this order.
PLACES = ("auto", "given", "sheet", "file")


def table_key(table: Table) -> str:
    """What a table is called in a run's data."""
    return f"{table.source}/{table.sheet}"


def signature(headers: Sequence[str]) -> tuple[str, ...]:
    """What a layout is recognised by: its folded headers, in order, without the empty ones at the end."""
    words = [folded(h) for h in headers]
    while words and not words[-1]:
        words.pop()
    return tuple(words)


@dataclass
class Layout:
    """How the tables with one set of headers are read.

    `columns` has, for each header, the name of the register's column that it fills (LEFT_OUT for none); several
    headers may fill one long text. `reasons` says for each why: "header", "content", "name", "export", "chosen", "".
    `values` is {column: {folded text: value}}: what a person said that a text means. `steps` is {column: one of
    scales.WAYS}: how a person said that a column counts the steps of its scale.
    """

    headers: list[str]
    columns: list[str]
    reasons: list[str] = field(default_factory=list)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    steps: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """What the layout is recognised by."""
        return signature(self.headers)

    def as_json(self) -> dict[str, Any]:
        """The layout as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The layout in plain data."""
        return cls(**data)

    def read_as(self, kept: "Layout") -> None:
        """Read each header that `kept` knows as it does, wherever it stands, and words as it reads them."""
        columns = dict(zip(kept.key, kept.columns, strict=False))
        for index, words in enumerate(self.key):
            if words in columns:
                self.columns[index], self.reasons[index] = columns[words], "name"
        self.values, self.steps = kept.values, kept.steps

    def positions(self, name: str) -> list[int]:
        """Which headers fill a column."""
        return [i for i, column in enumerate(self.columns) if column == name]


@dataclass(frozen=True)
class Options:
    """What holds for the whole run.

    `partial`: take a row with a wrong cell without that cell (else the row is rejected). `clear`: an empty cell
    empties the field (else it is left as it is; workbooks exported here always say what they mean). `day_first`:
    for dates of which nothing proves the order; None: as the reader's language has it.
    """

    match: str = "number"
    place: str = "auto"
    partial: bool = False
    clear: bool = False
    day_first: bool | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The options in plain data; what is not known is left at its default."""
        known = {k: v for k, v in data.items() if k in cls.__dataclass_fields__}
        options = cls(**known)
        return cls(
            match=options.match if options.match in MATCHES else "number",
            place=options.place if options.place in PLACES else "auto",
            partial=bool(options.partial),
            clear=bool(options.clear),
            day_first=options.day_first if isinstance(options.day_first, bool) else None,
        )


@dataclass
class Instructions:
    """Everything that the run was told.

    `skipped` names the tables that are left out ("file/sheet"), each with its reason; `choices` is
    {"file/sheet/row/column": "mine"} for cells that somebody else changed since the export.
    """

    layouts: list[Layout]
    options: Options = Options()
    skipped: dict[str, str] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)

    def layout_for(self, table: Table) -> Layout | None:
        """The layout that recognises a table's headers."""
        key = signature(table.headers)
        return next((layout for layout in self.layouts if layout.key == key), None)

    def as_json(self) -> dict[str, Any]:
        """The mapping as plain data."""
        return {
            "layouts": [layout.as_json() for layout in self.layouts],
            "options": asdict(self.options),
            "skipped": self.skipped,
            "choices": self.choices,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The mapping in plain data."""
        return cls(
            layouts=[Layout.from_json(item) for item in data.get("layouts", [])],
            options=Options.from_json(data.get("options", {})),
            skipped=dict(data.get("skipped", {})),
            choices=dict(data.get("choices", {})),
        )
