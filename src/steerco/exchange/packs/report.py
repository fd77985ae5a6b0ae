"""The pack as a reading document: sections, tables and texts in words, for the formats that flow (PDF, Word)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from steerco.exchange.packs.content import (
    Change,
    ChangeKind,
    Milestone,
    MoneyRow,
    PackContent,
    RatingRow,
    Risk,
)
from steerco.exchange.packs.messages import (
    HIGH_SCORE,
    changes_message,
    changes_of,
    conflicts_message,
    decisions_message,
    milestones_message,
    money_message,
    ratings_message,
    risks_message,
    variance,
)
from steerco.exchange.packs.ratings import Ink, Rating, RatingValue, ink
from steerco.exchange.packs.values import (
    DASH,
    Wording,
    change_text,
    day_text,
    declared_text,
    kind_name,
    money_text,
    month_text,
    moved_text,
    rating_key,
    rating_text,
    told_columns,
    value_text,
)

PER_KIND = 12
TOP_RISKS = 20
REASON = 240
SHORT, LINE, TEXT = 60, 240, 600  # characters of a value, of one line, of a text in a table
MEDIUM_SCORE = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell of a table: text, perhaps on a rating's colours."""

    text: str
    ink: Ink | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: title, share of the width (0: as wide as its values) and alignment (l, r, c)."""

    title: str
    share: float = 0
    align: str = "l"


@dataclass(frozen=True, slots=True)
class Line:
    """A row; a group's heading has one entry that spans the table."""

    entries: tuple[Entry, ...]
    group: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a name for readers and screen readers."""

    name: str
    columns: tuple[Heading, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the pack: what it is about, what it says, its tables and closing remark."""

    key: str
    topic: str
    message: str
    grids: tuple[Grid, ...] = ()
    texts: tuple[str, ...] = ()
    remark: str = ""


def rating_entry(words: Wording, rating: Rating | None, *, arrow: bool = True) -> Entry:
    """A rating as a coloured entry with shape, letters and arrow."""
    if rating is None:
        return Entry(DASH)
    return Entry(declared_text(words, rating, arrow=arrow), ink(rating.value, words.content.palette), True)


def score_ink(words: Wording, score: int) -> Ink:
    """The colours of a risk score: 15 and more, 8 and more, less."""
    value = RatingValue.GREEN
    if score >= MEDIUM_SCORE:
        value = RatingValue.RED if score >= HIGH_SCORE else RatingValue.AMBER
    return ink(value, words.content.palette)


def sections(content: PackContent) -> list[Section]:
    """The parts of the whole portfolio, in reading order; a part without data is left out."""
    words = Wording.of(content)
    built = (
        _decisions(words),
        _conflicts(words),
        _changes(words),
        _ratings(words),
        _milestones(words),
        _money(words),
        _risks(words),
    )
    return [section for section in built if section is not None]


def bounded(grid: Grid) -> Grid:
    """The grid with every text cut to what a table can hold: endless ones stand whole in the workbook."""
    limits = [TEXT if column.share else SHORT for column in grid.columns]
    columns = tuple(replace(column, title=clipped(column.title, SHORT)) for column in grid.columns)
    lines = tuple(
        replace(
            line,
            entries=tuple(
                replace(entry, text=clipped(entry.text, LINE if line.group else limit))
                for entry, limit in zip(line.entries, limits, strict=False)
            ),
        )
        for line in grid.lines
    )
    return Grid(clipped(grid.name, LINE), columns, lines)


def cover_lines(content: PackContent) -> list[str]:
    """Name, dates, audience, making and attribution under the title."""
    labels, figures = content.labels, Wording.of(content).figures
    dates = labels.as_of.format(date=figures.day(content.as_of))
    if content.compare:
        dates += ", " + labels.compared_with.format(date=figures.day(content.compare))
    lines = [" · ".join(part for part in (content.initiative_code, content.initiative_name) if part), dates]
    if content.audience:
        lines.append(labels.prepared_for.format(audience=content.audience))
    lines.append(labels.generated.format(date=figures.day(content.generated_at.date())))
    if content.attribution:
        lines.append(content.attribution)
    return [clipped(line, LINE) for line in lines]


def notes(content: PackContent) -> list[str]:
    """What the figures rest on, one statement each."""
    words = Wording.of(content)
    labels, coverage, figures = words.labels, content.coverage, words.figures
    reader = coverage.reader or labels.this_reader
    lines = [labels.official_totals if coverage.official else labels.viewer_totals.format(reader=reader)]
    if coverage.oldest_data:
        lines.append(labels.oldest.format(date=figures.day(coverage.oldest_data)))
    lines.extend(f"{labels.excluded}: {figures.number(i.count)} – {i.reason}" for i in coverage.excluded)
    lines.append(f"{labels.rating_key}: {rating_key(words)}")
    if content.compare:
        lines.append(labels.definition)
    lines.extend(coverage.notes)
    if coverage.sources:
        lines.append(f"{labels.sources}: " + "; ".join(coverage.sources))
    if content.attribution:
        lines.append(content.attribution)
    return [line for line in lines if line]


def _texts(*values: str) -> tuple[Entry, ...]:
    return tuple(Entry(value) for value in values)


def _decisions(words: Wording) -> Section | None:
    content, labels = words.content, words.labels
    if not content.decisions:
        return None
    columns = (
        Heading(labels.number),
        Heading(labels.question, 26),
        Heading(labels.options, 22),
        Heading(labels.recommendation, 20),
        Heading(labels.consequence, 18),
        Heading(labels.decider.format(name="").strip(" :"), 12),
        Heading(labels.due, 0, "r"),
    )
    lines = []
    for item in content.decisions:
        question = f"{item.project}: {item.question}" if item.project else item.question
        options = "; ".join(f"({index}) {option}" for index, option in enumerate(item.options, start=1))
        rest = (
            options,
            item.recommendation,
            item.consequence,
            item.decider,
            day_text(words.figures, item.deadline),
        )
        entries = (Entry(item.number), Entry(question, bold=True), *_texts(*(text or DASH for text in rest)))
        lines.append(Line(entries))
    grid = Grid(labels.decisions, columns, tuple(lines))
    return Section("decisions", labels.decisions, decisions_message(content), (grid,))


def _conflicts(words: Wording) -> Section | None:
    content, labels = words.content, words.labels
    if not content.conflicts:
        return None
    columns = (
        Heading(labels.number),
        Heading(labels.conflict, 26),
        Heading(labels.about),
        Heading(labels.parties, 26),
        Heading(labels.options, 20),
        Heading(labels.by_rank, 16),
        Heading(labels.resolver, 12),
        Heading(labels.resolve_by, 0, "r"),
    )
    lines = []
    for item in content.conflicts:
        options = "; ".join(f"({index}) {option}" for index, option in enumerate(item.options, start=1))
        rest = (item.about, " / ".join(item.parties), options, item.by_rank, item.resolver)
        entries = (
            Entry(item.number),
            Entry(item.title, bold=True),
            *_texts(*(text or DASH for text in rest)),
        )
        lines.append(Line((*entries, Entry(day_text(words.figures, item.deadline)))))
    grid = Grid(labels.conflicts, columns, tuple(lines))
    return Section("conflicts", labels.conflicts, conflicts_message(content), (grid,))


def _changes(words: Wording) -> Section | None:
    content, labels = words.content, words.labels
    if content.compare is None or not content.changes:
        return None
    columns = (
        Heading(labels.project, 28),
        Heading(labels.before, 0, "c"),
        Heading(labels.after, 0, "c"),
        Heading(labels.change),
        Heading(labels.reason, 56),
    )
    lines: list[Line] = []
    for kind in ChangeKind:
        found = changes_of(content, kind)
        if found:
            name = f"{kind_name(labels, kind)}: {len(found)}"
            rest = len(found) - PER_KIND
            name += f" – {labels.more_in_workbook(rest)}" if rest > 0 else ""
            lines.append(Line((Entry(name, bold=True),), group=True))
            lines.extend(_change(words, change) for change in found[:PER_KIND])
    grid = Grid(labels.changes, columns, tuple(lines))
    return Section("changes", labels.changes, changes_message(content), (grid,))


def _change(words: Wording, change: Change) -> Line:
    reason = clipped(change.reason) or words.labels.no_reason
    if change.reason and change.source:
        reason += f" [{change.source}]"
    sides = []
    for value in (change.before, change.after):
        colours = ink(value, words.content.palette) if isinstance(value, RatingValue) else None
        sides.append(Entry(value_text(words, value), colours, colours is not None))
    return Line((Entry(change.project, bold=True), *sides, Entry(change_text(words, change)), Entry(reason)))


def clipped(text: str, signs: int = REASON) -> str:
    """`text` on one line, cut at a word to `signs` characters: the workbook holds all of it."""
    text = " ".join(text.split())
    return text if len(text) <= signs else text[:signs].rsplit(" ", 1)[0] + "…"


def _ratings(words: Wording) -> Section | None:
    content, labels = words.content, words.labels
    if not content.ratings:
        return None
    compare = content.compare is not None
    computed = any(row.computed for row in content.ratings)
    columns = [Heading(labels.code), Heading(labels.project, 40), Heading(labels.unit, 14)]
    if compare:
        columns.append(Heading(labels.was, 0, "c"))
    columns.extend(Heading(name, 0, "c") for name in content.dimensions)
    if computed:
        columns.append(Heading(labels.computed, 0, "c"))
    columns.append(Heading(labels.end, 0, "r"))
    if compare:
        columns.append(Heading(labels.moved, 0, "r"))
    columns.append(Heading(labels.whole_life, 0, "r"))
    if compare:
        columns.append(Heading(labels.change, 0, "r"))
    lines = [_rating(words, row, compare, computed) for row in content.ratings]
    told = told_columns([[entry.text for entry in line.entries] for line in lines])
    columns = [columns[place] for place in told]
    grid = Grid(
        labels.ratings,
        tuple(columns),
        tuple(Line(tuple(line.entries[place] for place in told)) for line in lines),
    )
    return Section("ratings", labels.ratings, ratings_message(content), (grid,), remark=rating_key(words))


def _rating(words: Wording, row: RatingRow, compare: bool, computed: bool) -> Line:
    figures = words.figures
    first = row.cells[0] if row.cells else None
    was = rating_text(words.labels, first.previous) if first and first.previous else DASH
    days = (row.end - row.end_compared).days if row.end and row.end_compared else None
    cost = DASH
    if row.cost and row.cost_compared:
        cost = figures.money_change(row.cost, row.cost_compared) or DASH
    entries = [Entry(row.code), Entry(row.project, bold=True), Entry(row.unit)]
    entries += [Entry(was)] if compare else []
    entries += [rating_entry(words, rating) for rating in row.cells]
    if computed:
        shown = Rating(row.computed) if row.computed else None
        entries.append(rating_entry(words, shown, arrow=False))
    entries.append(Entry(month_text(figures, row.end)))
    entries += [Entry(moved_text(words.labels, figures, days))] if compare else []
    entries.append(Entry(money_text(figures, row.cost)))
    entries += [Entry(cost)] if compare else []
    return Line(tuple(entries))


def _milestones(words: Wording) -> Section | None:
    content, labels = words.content, words.labels
    items = [item for item in content.milestones if item.expected]
    if not items:
        return None
    ordered = sorted(items, key=lambda item: (item.expected or date.max, item.project, item.name))
    grid = milestone_grid(words, [item for item in ordered if item.actual is None] or ordered, project=True)
    return Section("milestones", labels.milestones, milestones_message(content), (grid,))


def milestone_grid(words: Wording, items: Sequence[Milestone], *, project: bool) -> Grid:
    """Milestones in the order given, with their project's name if `project`."""
    labels, figures = words.labels, words.figures
    columns = [Heading(labels.project, 34)] if project else []
    columns += [
        Heading(labels.milestone, 40),
        Heading(labels.tier),
        Heading(labels.baseline, 0, "r"),
        Heading(labels.expected, 0, "r"),
        Heading(labels.late, 0, "r"),
    ]
    lines = []
    for item in items:
        late = labels.done if item.actual else moved_text(labels, figures, item.days_late)
        days = (day_text(figures, item.baseline), day_text(figures, item.expected))
        entries = (*((item.project,) if project else ()), item.name, item.tier or DASH, *days, late)
        lines.append(Line(_texts(*entries)))
    return Grid(labels.milestones, tuple(columns), tuple(lines))


def _money(words: Wording) -> Section | None:
    content, labels = words.content, words.labels
    if not content.money and not content.money_totals:
        return None
    columns = (
        Heading(labels.project, 40),
        Heading(labels.budget, 0, "r"),
        Heading(labels.actual, 0, "r"),
        Heading(labels.forecast, 0, "r"),
        Heading(labels.variance, 0, "r"),
        Heading("%", 0, "r"),
        Heading(labels.whole_life, 0, "r"),
        Heading(labels.change, 0, "r"),
    )
    lines = [_amounts(words, row, total=True) for row in content.money_totals]
    lines += [_amounts(words, row) for row in content.money]
    name = labels.year_money.format(year=content.money_year) if content.money_year else labels.year
    grid = Grid(f"{name} · {labels.whole_life}", columns, tuple(lines))
    return Section("money", labels.money, money_message(content), (grid,))


def percent_text(words: Wording, row: MoneyRow) -> str:
    """+4.0%: the year's variance, or a dash."""
    share = variance(row)
    if share is None:
        return DASH
    return words.figures.signed(words.figures.percent(share, 1), 1 if share > 0 else 0)


def _amounts(words: Wording, row: MoneyRow, *, total: bool = False) -> Line:
    figures = words.figures
    difference = change = DASH
    if row.budget and row.forecast:
        difference = figures.money_change(row.forecast, row.budget) or DASH
    if row.whole_life and row.whole_life_compared:
        change = figures.money_change(row.whole_life, row.whole_life_compared) or DASH
    texts = (
        *(money_text(figures, amount) for amount in (row.budget, row.actual, row.forecast)),
        difference,
        percent_text(words, row),
        money_text(figures, row.whole_life),
        change,
    )
    return Line((Entry(row.project, bold=True), *(Entry(text, bold=total) for text in texts)))


def ranked(risks: Sequence[Risk]) -> list[Risk]:
    """Highest score first, then by number."""
    return sorted(risks, key=lambda risk: (-risk.score, risk.number))


def _risks(words: Wording) -> Section | None:
    content, labels = words.content, words.labels
    if not content.risks:
        return None
    rest = len(content.risks) - TOP_RISKS
    remark = labels.more_in_workbook(rest) if rest > 0 else ""
    grid = risk_grid(words, ranked(content.risks)[:TOP_RISKS], project=True)
    return Section("risks", labels.risks, risks_message(content), (grid,), remark=remark)


def risk_grid(words: Wording, risks: Sequence[Risk], *, project: bool) -> Grid:
    """Risks in the order given, with their project's name if `project`."""
    labels, figures = words.labels, words.figures
    columns = [Heading(labels.number), Heading(labels.risk, 36)]
    columns += [Heading(labels.project, 20)] if project else []
    columns += [
        Heading(labels.score, 0, "c"),
        Heading(labels.target, 0, "c"),
        Heading(labels.response, 28),
        Heading(labels.owner, 14),
        Heading(labels.exposure, 0, "r"),
        Heading(labels.due, 0, "r"),
    ]
    lines = []
    for risk in risks:
        known = risk.target_probability and risk.target_impact
        target = str((risk.target_probability or 0) * (risk.target_impact or 0)) if known else DASH
        title = f"{labels.opportunity}: {risk.title}" if risk.opportunity else risk.title
        entries = [Entry(risk.number), Entry(title, bold=True)]
        entries += [Entry(risk.project)] if project else []
        entries += [
            Entry(str(risk.score), score_ink(words, risk.score), True),
            *_texts(target, risk.response or DASH, risk.owner or DASH),
            *_texts(money_text(figures, risk.exposure), day_text(figures, risk.due)),
        ]
        lines.append(Line(tuple(entries)))
    return Grid(labels.risks, tuple(columns), tuple(lines))
