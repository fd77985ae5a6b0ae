"""One page per project: ratings on top, what is said left, dates, money and history right."""

from collections.abc import Sequence

from steerco.exchange.packs.content import Narrative, ProjectPage
from steerco.exchange.packs.figures import major_units, stand_text
from steerco.exchange.packs.fit.wrap import height, shorten
from steerco.exchange.packs.messages import project_message
from steerco.exchange.packs.pptx.cells import rating_cell
from steerco.exchange.packs.pptx.charts import Series, line
from steerco.exchange.packs.pptx.drawing import ACCENT, MUTED, TILE, Box, Text
from steerco.exchange.packs.pptx.house import LayoutRole
from steerco.exchange.packs.pptx.page import Book, Page
from steerco.exchange.packs.pptx.pages.parts import add_heading
from steerco.exchange.packs.pptx.table import Cell, Column, Row, Table
from steerco.exchange.packs.printable import one_line
from steerco.exchange.packs.ratings import Rating, ink
from steerco.exchange.packs.report import percent_text, ranked, score_ink
from steerco.exchange.packs.values import DASH, day_text, money_text, month_text, moved_text, rating_words

STRIP = 40.0
BODY = 10.0
HISTORY = 7
CHART = 112.0
MILESTONES, RISKS = 6, 4


def add_project(book: Book, project: ProjectPage) -> None:
    """Adds the page of `project`; texts that do not fit go to its speaker notes in full."""
    message = project_message(book.content, project)
    title = f"{project.name}: {message[:1].lower()}{message[1:]}" if message else project.name
    page = book.page(LayoutRole.PROJECT, _topic(book, project), title)
    body = page.body
    if project.ratings or project.computed:
        _strip(book, page, body.first(STRIP), project)
        body = body.below(STRIP + 12)
    left, right = body.columns(59, 41, gap=24)
    _figures(book, page, right, project)
    lists = _lists_height(book, project)
    cut = _narratives(book, page, left.first(left.height - lists), project)
    if lists:
        _lists(book, page, left.below(left.height - lists + 8), project)
    if cut:
        _notes(page, project)


def _topic(book: Book, project: ProjectPage) -> str:
    labels = book.labels
    parts = [project.code, project.unit]
    if project.sponsor:
        parts.append(f"{labels.sponsor}: {project.sponsor}")
    if project.manager:
        parts.append(f"{labels.manager}: {project.manager}")
    return " · ".join(one_line(part) for part in parts if part) or labels.project


def _strip(book: Book, page: Page, box: Box, project: ProjectPage) -> None:
    """A label and a pill per dimension, and what the data says beside what is declared."""
    names = book.content.dimensions or (book.labels.overall,)
    shown: list[tuple[str, Rating | None, bool]] = [
        (name, rating, True) for name, rating in zip(names, project.ratings, strict=False)
    ]
    if project.computed is not None:
        shown.append((book.labels.computed, Rating(project.computed), False))
    wide = len(shown) <= 3
    widths = [box.width / 5 if wide else box.width / len(shown)] * len(shown)
    left = box.left
    for (name, rating, arrow), width in zip(shown, widths, strict=True):
        style = book.style(9.5)
        room = width - 10
        label = shorten(name, room, 1, style).text
        page.drawing.text(
            Box(left, box.top, room, style.line + 0.5), f"Label {name}"[:60], Text(label, 9.5, False, MUTED)
        )
        cell = rating_cell(book, rating, arrow=arrow)
        alt = f"{name}: {rating_words(book.labels, rating)}"
        place = Box(left, box.top + 14, room, 24)
        colours = ink(rating.value, book.content.palette) if rating else None
        page.drawing.shape(
            place,
            f"{name}"[:60],
            geometry="roundRect",
            colour=colours.fill if colours else TILE,
            texts=(Text(cell.text, 12, True, colours.text if colours else MUTED, "ctr"),),
            anchor="ctr",
            alt=alt,
        )
        left += width
    _reason(book, page, Box(left, box.top, box.right - left, box.height), project)


def _reason(book: Book, page: Page, box: Box, project: ProjectPage) -> None:
    if not project.computed_reason or box.width < 120:
        return
    style = book.style(9.5)
    lines = max(1, int(box.height / style.line))
    text = shorten(one_line(project.computed_reason), box.width, lines, style).text
    page.drawing.text(box, "Reason", Text(text, 9.5, False, MUTED), anchor="b")


def _narratives(book: Book, page: Page, box: Box, project: ProjectPage) -> bool:
    """The texts, room shared fairly: a short one leaves its rest to the long ones. True if one was cut."""
    texts = [item for item in project.narratives if item.text]
    if project.description:
        texts.insert(0, Narrative(book.labels.description, project.description))
    if not texts:
        style = book.style(BODY)
        page.drawing.text(
            box.first(style.line + 1), "Empty", Text(book.labels.no_narrative, BODY, False, MUTED)
        )
        return False
    head, style, small = book.style(11, bold=True), book.style(BODY), book.style(8.5)
    gap, remark = 7.0, small.line + 2
    fixed = head.line + 1 + gap
    whole = len(texts)
    texts = texts[: max(1, int((box.height - remark) / (fixed + style.line)))]
    needs = [height(item.text, box.width, style) for item in texts]
    granted = _shares(needs, box.height - fixed * len(texts) - remark)
    cut, top = len(texts) < whole, box.top
    for item, room in zip(texts, granted, strict=True):
        fitted = shorten(item.text, box.width, max(1, int(room / style.line + 0.01)), style)
        cut = cut or fitted.cut
        place = Box(box.left, top, box.width, head.line + 1)
        _heading(book, page, place, item)
        place = Box(box.left, place.bottom, box.width, fitted.lines * style.line + 1)
        page.drawing.text(place, f"Text {item.heading}"[:60], Text(fitted.text, BODY))
        top = place.bottom + gap - 1
    if cut:
        words = shorten(book.labels.full_text, box.width, 1, small).text
        place = Box(box.left, top - gap + 3, box.width, small.line + 1)
        page.drawing.text(place, "Remark", Text(words, 8.5, False, MUTED))
    return cut


def _heading(book: Book, page: Page, box: Box, item: Narrative) -> None:
    """Heading left, source right, on one line."""
    style, small = book.style(11, bold=True), book.style(8.5)
    words = shorten(one_line(item.heading), box.width * 0.5, 1, style).text
    page.drawing.text(
        Box(box.left, box.top, box.width * 0.5, box.height), "Heading", Text(words, 11, True, ACCENT)
    )
    if item.source:
        words = f"{book.labels.source}: {one_line(item.source)}"
        room = box.width * 0.48
        words = shorten(words, room, 1, small).text
        place = Box(box.right - room, box.top + 2, room, small.line + 1)
        page.drawing.text(place, "Source", Text(words, 8.5, False, MUTED, "r"))


def _shares(needs: Sequence[float], room: float) -> list[float]:
    """Shares `room` so that nobody gets more than it needs and the rest is split evenly."""
    granted = [0.0] * len(needs)
    waiting = sorted(range(len(needs)), key=lambda index: needs[index])
    while waiting:
        share = room / len(waiting)
        index = waiting.pop(0)
        granted[index] = min(needs[index], share)
        room -= granted[index]
    return granted


def _figures(book: Book, page: Page, box: Box, project: ProjectPage) -> None:
    """Dates, money, history: each as high as it needs, the chart takes what is left."""
    for draw in (_dates, _money, _history):
        box = draw(book, page, box, project)
    _chart(book, page, box, project)


def _dates(book: Book, page: Page, box: Box, project: ProjectPage) -> Box:
    if not project.dates:
        return box
    labels, figures = book.labels, book.figures
    compare = book.content.compare
    columns = [Column(labels.dates, 20), Column(labels.baseline, align="r")]
    if compare:
        columns.append(Column(stand_text(book.content, compare), align="r"))
    columns.append(Column(labels.now, align="r"))
    if compare:
        columns.append(Column(labels.moved, align="r"))
    rows = []
    for item in project.dates:
        cells = [Cell(item.label, bold=True), Cell(day_text(figures, item.baseline))]
        if compare:
            cells.append(Cell(day_text(figures, item.compared)))
        cells.append(Cell(day_text(figures, item.forecast), bold=True))
        if compare:
            days = (item.forecast - item.compared).days if item.forecast and item.compared else None
            cells.append(Cell(moved_text(labels, figures, days), bold=bool(days)))
        rows.append(Row(tuple(cells)))
    table = Table(columns, rows, box.width, book.family)
    part = table.first(box.height)
    part.draw(page.drawing, box.left, box.top, labels.dates, f"{labels.dates}: {project.name}")
    return box.below(part.height + 12)


def _money(book: Book, page: Page, box: Box, project: ProjectPage) -> Box:
    money = project.money
    if money is None:
        return box
    labels, figures = book.labels, book.figures
    year = labels.year_money.format(year=book.content.money_year) if book.content.money_year else labels.year
    amounts = [
        (f"{year}: {labels.budget}", money_text(figures, money.budget), ""),
        (
            f"{year}: {labels.forecast}",
            money_text(figures, money.forecast),
            percent_text(book.words, money),
        ),
        (f"{year}: {labels.actual}", money_text(figures, money.actual), ""),
        (labels.whole_life, money_text(figures, money.whole_life), ""),
        (labels.contingency, money_text(figures, money.contingency), ""),
        (labels.benefits, money_text(figures, money.benefits), ""),
    ]
    if money.whole_life and money.whole_life_compared:
        change = figures.money_change(money.whole_life, money.whole_life_compared) or DASH
        amounts[3] = (*amounts[3][:2], change)
    rows = [
        Row((Cell(name, bold=True), Cell(value), Cell(change)))
        for name, value, change in amounts
        if value != DASH
    ]
    if not rows:
        return box
    title = labels.money
    if book.content.money_date is not None:
        title = f"{title} ({labels.data_of.format(date=figures.day(book.content.money_date))})"
    columns = (Column(title, 50), Column(labels.now, align="r"), Column(labels.change, align="r"))
    table = Table(columns, rows, box.width, book.family)
    part = table.first(box.height)
    part.draw(page.drawing, box.left, box.top, labels.money, f"{labels.money}: {project.name}")
    return box.below(part.height + 12)


def _history(book: Book, page: Page, box: Box, project: ProjectPage) -> Box:
    """The last ratings and end dates as one small table: what was said when."""
    points = sorted(project.history, key=lambda point: point.as_of)[-HISTORY:]
    if len(points) < 2 or not any(point.rating for point in points):
        return box
    labels, figures = book.labels, book.figures
    columns = [Column(figures.month(point.as_of), align="ctr") for point in points]
    cells = tuple(rating_cell(book, Rating(p.rating) if p.rating else None, arrow=False) for p in points)
    ends = tuple(Cell(month_text(figures, point.end), ink=MUTED) for point in points)
    rows = [Row(cells)]
    if any(point.end for point in points):
        rows.append(Row(ends))
    table = Table(columns, rows, box.width, book.family, size=9)
    if table.header_height + sum(table.heights) > box.height:
        return box
    part = table.first(box.height)
    words = "; ".join(
        f"{figures.month(p.as_of)} {labels.name(p.rating) if p.rating else labels.none}" for p in points
    )
    part.draw(page.drawing, box.left, box.top, labels.history, f"{labels.history}: {words}")
    return box.below(part.height + 12)


def _chart(book: Book, page: Page, box: Box, project: ProjectPage) -> None:
    points = sorted(project.history, key=lambda point: point.as_of)
    amounts = [point.whole_life for point in points if point.whole_life]
    if len(amounts) < 2 or box.height < 70 or len({amount.currency for amount in amounts}) > 1:
        return
    labels, figures = book.labels, book.figures
    largest = max(amounts, key=lambda amount: abs(amount.minor))
    unit = figures.unit_of(largest)
    named = figures.scaled(type(largest)(0, largest.currency), unit).replace("0", "").strip()
    title = f"{labels.whole_life} ({named})"
    box = add_heading(book, page.drawing, box, title)
    names = [figures.month(point.as_of) for point in points]
    values = tuple(float(major_units(p.whole_life) / unit) if p.whole_life else None for p in points)
    words = "; ".join(
        f"{name} {money_text(figures, p.whole_life)}" for name, p in zip(names, points, strict=True)
    )
    number_format = "#,##0" if abs(major_units(largest) / unit) >= 100 else "#,##0.0"
    line(
        page,
        box.first(min(box.height, CHART)),
        labels.whole_life,
        f"{title}: {words}",
        names,
        Series(labels.whole_life, values),
        number_format,
    )


def _milestone_table(book: Book, project: ProjectPage, width: float) -> Table | None:
    items = sorted(
        (m for m in project.milestones if m.expected), key=lambda m: (m.actual is not None, m.expected)
    )
    if not items:
        return None
    labels, figures = book.labels, book.figures
    columns = (
        Column(labels.milestone, 44),
        Column(labels.baseline, align="r"),
        Column(labels.expected, align="r"),
        Column(labels.late, align="r"),
    )
    rows = []
    for item in items[:MILESTONES]:
        late = moved_text(labels, figures, item.days_late)
        words = labels.done if item.actual else late
        rows.append(
            Row(
                (
                    Cell(item.name, bold=True),
                    Cell(month_text(figures, item.baseline)),
                    Cell(month_text(figures, item.expected)),
                    Cell(words, bold=(item.days_late or 0) > 0 and not item.actual),
                )
            )
        )
    return Table(columns, rows, width, book.family, size=9.5)


def _risk_table(book: Book, project: ProjectPage, width: float) -> Table | None:
    if not project.risks:
        return None
    labels = book.labels
    columns = (Column(labels.risk, 50, lines=2), Column(labels.score, align="ctr"), Column(labels.owner, 24))
    rows = []
    for risk in ranked(project.risks)[:RISKS]:
        colours = score_ink(book.words, risk.score)
        score = Cell(str(risk.score), colours.fill, colours.text, bold=True)
        rows.append(Row((Cell(risk.title, bold=True), score, Cell(risk.owner or DASH))))
    return Table(columns, rows, width, book.family, size=9.5)


def _tables(book: Book, project: ProjectPage, width: float) -> list[tuple[str, Table]]:
    kinds = ((book.labels.milestones, _milestone_table), (book.labels.risks, _risk_table))
    share = width if not (project.milestones and project.risks) else (width - 18) / 2
    return [(name, table) for name, build in kinds if (table := build(book, project, share)) is not None]


def _lists_height(book: Book, project: ProjectPage) -> float:
    width = book.house.stands[LayoutRole.PROJECT].body.columns(59, 41, gap=24)[0].width
    tables = _tables(book, project, width)
    return max((table.header_height + sum(table.heights) + 8 for _, table in tables), default=0.0)


def _lists(book: Book, page: Page, box: Box, project: ProjectPage) -> None:
    left = box.left
    for name, table in _tables(book, project, box.width):
        table.first(box.height).draw(page.drawing, left, box.top, name, f"{name}: {project.name}")
        left += sum(table.widths) + 18


def _notes(page: Page, project: ProjectPage) -> None:
    """All texts in full, where a presenter finds them."""
    parts = [project.description] if project.description else []
    for item in project.narratives:
        source = f"\n[{item.source}]" if item.source else ""
        parts.append(f"{item.heading}\n{item.text}{source}")
    page.slide.notes_slide.notes_text_frame.text = "\n\n".join(parts)
