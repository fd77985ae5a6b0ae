"""Which column a header means: suggested by its words and by what stands under it. A person decides."""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from steerco.exchange.tables import Table, date_order, parse_date
from steerco.exchange.tables.layout import kind_of
from steerco.exchange.tables.money import is_amount
from steerco.kit.imports.choices import choice_words, scale_of_column
from steerco.kit.imports.layouts import LEFT_OUT, REGISTER, ROW_ID, Layout
from steerco.kit.imports.parse_tables import ID_HEADER
from steerco.kit.imports.scales import Steps, detect, step
from steerco.kit.imports.words import NO, YES, folded, folded_header, in_every_language
from steerco.kit.once import once_per_request
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.register import Register, registers

SAMPLE = 200
ENOUGH = 0.5
SURE = 0.95
NEARLY_ALL = 0.9
KEPT = "+"  # before one of a column's other headers: it has no field of its own, and is kept in this text
KINDS = frozenset(
    {"type", "raid", "raid type", "item type", "entry type", "record type", "log", "art", "typ"}
)
# What words alone are worth when nothing below them fits: a person may still say how the texts are read.
WORDS_ALONE = 0.55


def suggest_layout(register: Register, table: Table, exported: dict[str, str] | None = None) -> Layout:
    """The likely layout of a table for `register`: each header with the best column that is still free.

    `exported` maps the headers of a workbook that was exported here to their columns: these are certain.
    """
    headers = list(table.headers)
    columns: list[str] = [LEFT_OUT] * len(headers)
    reasons: list[str] = [""] * len(headers)
    open_columns = importable_columns(register)
    kinds = None if exported else _register_column(table)
    if kinds is not None and register.is_records:
        columns[kinds], reasons[kinds] = REGISTER, "content"
    for index, header in enumerate(headers):
        known = ROW_ID if header == ID_HEADER else (exported or {}).get(header, LEFT_OUT)
        if known and known not in columns and (known == ROW_ID or known in open_columns):
            columns[index], reasons[index] = known, "export"
    scores = [
        (score, index, name, reason)
        for index, header in enumerate(headers)
        if not columns[index]
        for cells in [_sample(table, index)]
        for name, column in open_columns.items()
        if column.kind is not Kind.MOMENT
        for score, reason in [_score(register, column, header, cells)]
        if score >= ENOUGH
    ]
    for score, index, name, reason in sorted(scores, key=lambda s: (-s[0], s[1], s[2])):
        # Several headers that are surely a long text's own are read into it together.
        together = score > SURE and open_columns[name].kind is Kind.LONG
        if not columns[index] and (name not in columns or together):
            columns[index], reasons[index] = name, reason
    _give_title(register, headers, columns)
    return Layout(headers, columns, reasons)


def _register_column(table: Table) -> int | None:
    """The column that says of each row which register it belongs to: nearly all its cells name one."""
    named = names_of_registers()
    for index in range(len(table.headers)):
        cells = _sample(table, index)
        known = [named[folded(cell)].key for cell in cells if folded(cell) in named]
        if (
            cells
            and len(known) >= NEARLY_ALL * len(cells)
            and (len(set(known)) > 1 or _names_kinds(table, index))
        ):
            return index
    return None


def _names_kinds(table: Table, index: int) -> bool:
    """Whether a header announces kinds of entries, for a table that happens to hold one kind only."""
    return folded(table.headers[index]) in KINDS


def _give_title(register: Register, headers: Sequence[str], columns: list[str]) -> None:
    """Without a title no row can be read: the description is the title where nothing else is."""
    if register.detail not in columns or register.title_column in columns:
        return
    detail = importable_columns(register).get(register.detail)
    for index, name in enumerate(columns):
        if name == register.detail and not (detail and is_kept(detail, headers[index])):
            columns[index] = register.title_column
            return


def is_kept(column: Column, header: str) -> bool:
    """Whether a header is read into a column with its own words before it, since no field is what it says."""
    names = {folded_header(name) for name in column.headers if name.startswith(KEPT)}
    return folded_header(header) in names


def importable_columns(register: Register) -> dict[str, Column]:
    """The columns that a file may hold, by name: those that are written, and computed ones, which are compared."""
    return register.all_columns()


@once_per_request
def names_of_registers() -> dict[str, Register]:
    """{folded name: register} of every register: its names in every language, and what files call it."""
    found: dict[str, Register] = {}
    for register in registers():
        for label in (register.label, register.label_plural):
            found |= {folded(text): register for text in in_every_language(label)}
        for text in (register.key, register.slug, *register.called):
            found.setdefault(folded(text), register)
    return found


def register_of_sheet(sheet: str) -> Register | None:
    """The register that a sheet's name names: "1. Risk Log" and "Risiken" hold risks; "Risks & Issues" names none."""
    words = f" {folded(sheet)} "
    named: dict[str, Register] = {}
    for name, register in sorted(names_of_registers().items(), key=lambda pair: -len(pair[0])):
        if len(name) > 2 and f" {name} " in words:
            words = words.replace(f" {name} ", "  ")
            named[register.key] = register
    return next(iter(named.values())) if len(named) == 1 else None


def other_register(register: Register, sheet: str) -> Register | None:
    """The register that a sheet's name names, when it is not this one: an "Issues" sheet holds no risks."""
    found = register_of_sheet(sheet)
    return None if found is register else found


def _sample(table: Table, index: int) -> list[str]:
    filled = [text for text in table.column(index) if text.strip()]
    return filled[:SAMPLE]


def _score(register: Register, column: Column, header: str, cells: Sequence[str]) -> tuple[float, str]:
    words = _similarity(column, _without_name(register, header) if column.name == "reference" else header)
    fit = _fit(register, column, cells)
    if words < ENOUGH:
        return _by_content(register, column, cells, fit), "content"
    return words * (WORDS_ALONE + (1 - WORDS_ALONE) * fit), "header"


def _without_name(register: Register, header: str) -> str:
    """The header of a number without the register's own name: "Risk ID" and "Issue #" are numbers."""
    names = {
        word for name, found in names_of_registers().items() if found is register for word in name.split()
    }
    left = [word for word in folded_header(header).split() if word not in names]
    return " ".join(left) or header


def _similarity(column: Column, header: str) -> float:
    """How much a header sounds like a column, from 0 to 1."""
    wanted = folded_header(header)
    if not wanted:
        return 0.0
    best = 0.0
    own = {*in_every_language(column.label), column.name.removeprefix("custom.").replace("_", " ")}
    for worth, names in ((1.0, own), (0.97, column.headers)):
        for name in names:
            words = folded_header(name)
            if words == wanted:
                return worth
            ours, theirs = set(words.split()), set(wanted.split())
            if ours:
                best = max(best, 0.75 * len(ours & theirs) / len(ours | theirs))
            ratio = SequenceMatcher(None, words, wanted).ratio()
            if ratio >= 0.85:
                best = max(best, 0.8 * ratio)
    return best


def _fit(register: Register, column: Column, cells: Sequence[str]) -> float:
    """The share of cells that the column could take."""
    if not cells:
        return 1.0
    fits = _reader(register, column, cells)
    return sum(1 for cell in cells if fits(cell)) / len(cells)


def _reader(register: Register, column: Column, cells: Sequence[str]) -> Callable[[str], bool]:
    match column.kind:
        case Kind.DATE:
            order = date_order(cells)
            return lambda cell: hasattr(parse_date(cell, order), "toordinal")
        case Kind.NUMBER:
            scale = scale_of_column(column)
            return _step_reader(column, scale, cells) if scale else is_amount
        case Kind.MONEY:
            # Single figures are scores or counts: an amount of money has a currency, a unit or some size.
            return lambda cell: is_amount(cell) and (not cell.strip().isdigit() or len(cell.strip()) > 2)
        case Kind.CHOICE | Kind.STATE:
            known = choice_words(register, column)
            scale = scale_of_column(column)
            is_step = _step_reader(column, scale, cells) if scale else None
            return lambda cell: folded(cell) in known or bool(is_step and is_step(cell))
        case Kind.YES_NO:
            return lambda cell: cell.strip().casefold() in YES | NO
        case Kind.REFERENCE:
            return lambda cell: len(cell) <= 120 and kind_of(cell) not in ("date", "percent", "number")
    if column.name == "reference":
        return lambda cell: len(cell) <= 20 and any(c.isdigit() for c in cell)
    return lambda cell: kind_of(cell) not in ("date", "percent", "number")


def _step_reader(column: Column, scale: tuple[int, int], cells: Sequence[str]) -> Callable[[str], bool]:
    """Whether a cell is a step of a scale. Percent are probabilities: no other scale is read from them."""
    own = scale[1] - scale[0] + 1
    steps = detect("", cells, own)
    if steps.percent and column.of_percent is None:
        steps = Steps(own)
    return lambda cell: step(cell, steps, own) is not None


def _by_content(register: Register, column: Column, cells: Sequence[str], fit: float) -> float:
    """A column whose words the header lacks, but whose very values stand below it, several of them."""
    if column.kind not in (Kind.CHOICE, Kind.STATE) or column.read_only:
        return 0.0
    known = choice_words(register, column)
    found = {folded(cell) for cell in cells if len(folded(cell)) > 2} & set(known)
    meanings = {known[words] for words in found}
    return ENOUGH * fit if fit >= 0.99 and len(meanings) >= 2 else 0.0
