"""One project's part of the pack as a reading document."""

from dataclasses import dataclass

from steerco.exchange.packs.content import PackContent, ProjectPage
from steerco.exchange.packs.figures import stand_text
from steerco.exchange.packs.messages import project_message
from steerco.exchange.packs.ratings import Rating
from steerco.exchange.packs.report import (
    LINE,
    SHORT,
    TEXT,
    Entry,
    Grid,
    Heading,
    Line,
    clipped,
    milestone_grid,
    percent_text,
    ranked,
    rating_entry,
    risk_grid,
)
from steerco.exchange.packs.values import Wording, day_text, money_text, month_text, moved_text


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with heading and source."""

    heading: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class ProjectSection:
    """A project's part."""

    name: str
    message: str
    topic: str
    ratings: tuple[tuple[str, Entry], ...]
    reason: str
    grids: tuple[Grid, ...]
    lists: tuple[Grid, ...]
    passages: tuple[Passage, ...]


def project_section(content: PackContent, page: ProjectPage) -> ProjectSection:
    """A project's part: ratings, figures, lists and every text in full."""
    words = Wording.of(content)
    labels = words.labels
    names = content.dimensions or (labels.overall,)
    shown = [(name, rating_entry(words, rating)) for name, rating in zip(names, page.ratings, strict=False)]
    if page.computed is not None:
        shown.append((labels.computed, rating_entry(words, Rating(page.computed), arrow=False)))
    people = ((labels.sponsor, page.sponsor), (labels.manager, page.manager))
    topic = [page.code, page.unit, *(f"{name}: {person}" for name, person in people if person)]
    passages = [Passage(labels.description, page.description, "")] if page.description else []
    passages += [
        Passage(clipped(item.heading, LINE), item.text, clipped(item.source, LINE))
        for item in page.narratives
        if item.text
    ]
    figures = (_date_grid(words, page), _amount_grid(words, page), _history_grid(words, page))
    lists = []
    if any(item.expected for item in page.milestones):
        dated = [item for item in page.milestones if item.expected]
        lists.append(milestone_grid(words, dated, project=False))
    if page.risks:
        lists.append(risk_grid(words, ranked(page.risks), project=False))
    return ProjectSection(
        clipped(page.name, LINE),
        project_message(content, page),
        clipped(" · ".join(part for part in topic if part), LINE),
        tuple((clipped(name, SHORT), entry) for name, entry in shown),
        clipped(page.computed_reason, TEXT),
        tuple(grid for grid in figures if grid is not None),
        tuple(lists),
        tuple(passages),
    )


def _date_grid(words: Wording, page: ProjectPage) -> Grid | None:
    if not page.dates:
        return None
    labels, figures, compare = words.labels, words.figures, words.content.compare
    columns = [Heading(labels.dates, 1), Heading(labels.baseline, 0, "r")]
    columns += [Heading(stand_text(words.content, compare), 0, "r")] if compare else []
    columns += [Heading(labels.now, 0, "r"), Heading(labels.moved, 0, "r")]
    lines = []
    for item in page.dates:
        since = item.compared if compare else item.baseline
        days = (item.forecast - since).days if item.forecast and since else None
        entries = [Entry(item.label, bold=True), Entry(day_text(figures, item.baseline))]
        entries += [Entry(day_text(figures, item.compared))] if compare else []
        entries += [Entry(day_text(figures, item.forecast)), Entry(moved_text(labels, figures, days))]
        lines.append(Line(tuple(entries)))
    return Grid(labels.dates, tuple(columns), tuple(lines))


def _amount_grid(words: Wording, page: ProjectPage) -> Grid | None:
    money = page.money
    if money is None:
        return None
    labels, figures, year = words.labels, words.figures, words.content.money_year
    named = labels.year_money.format(year=year) if year else labels.year
    change = ""
    if money.whole_life and money.whole_life_compared:
        change = figures.money_change(money.whole_life, money.whole_life_compared)
    amounts = (
        (f"{named}: {labels.budget}", money.budget, ""),
        (f"{named}: {labels.forecast}", money.forecast, percent_text(words, money)),
        (f"{named}: {labels.actual}", money.actual, ""),
        (labels.whole_life, money.whole_life, change),
        (labels.contingency, money.contingency, ""),
        (labels.benefits, money.benefits, ""),
    )
    lines = tuple(
        Line((Entry(name, bold=True), Entry(figures.money(amount)), Entry(moved)))
        for name, amount, moved in amounts
        if amount is not None
    )
    columns = (Heading(labels.money, 1), Heading(labels.now, 0, "r"), Heading(labels.change, 0, "r"))
    title = labels.money
    if words.content.money_date is not None:
        title = f"{title} ({labels.data_of.format(date=figures.day(words.content.money_date))})"
    return Grid(title, columns, lines) if lines else None


def _history_grid(words: Wording, page: ProjectPage) -> Grid | None:
    points = sorted(page.history, key=lambda point: point.as_of)
    if len(points) < 2:
        return None
    labels, figures = words.labels, words.figures
    columns = (
        Heading(labels.history, 1),
        Heading(labels.rating, 0, "c"),
        Heading(labels.end, 0, "r"),
        Heading(labels.whole_life, 0, "r"),
    )
    lines = tuple(
        Line(
            (
                Entry(figures.month(point.as_of), bold=True),
                rating_entry(words, Rating(point.rating) if point.rating else None, arrow=False),
                Entry(month_text(figures, point.end)),
                Entry(money_text(figures, point.whole_life)),
            )
        )
        for point in points
    )
    return Grid(labels.history, columns, lines)
