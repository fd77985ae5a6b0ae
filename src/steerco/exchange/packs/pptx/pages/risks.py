"""Top risks with their scores, and where all of them stand on probability × impact."""

from steerco.exchange.packs.content import Risk
from steerco.exchange.packs.messages import risks_message
from steerco.exchange.packs.pptx.drawing import MUTED, Box, Text
from steerco.exchange.packs.pptx.house import LayoutRole
from steerco.exchange.packs.pptx.page import Book, Page
from steerco.exchange.packs.pptx.pages.parts import REMARK_ROOM, add_heading, add_remark
from steerco.exchange.packs.pptx.table import Cell, Column, Row, Table
from steerco.exchange.packs.report import ranked, score_ink
from steerco.exchange.packs.values import DASH, day_text, money_text


def add_risks(book: Book) -> None:
    """Adds one page with as many of the highest risks as fit, and the heat map of all."""
    content, labels = book.content, book.labels
    if not content.risks:
        return
    page = book.page(LayoutRole.PAGE, labels.risks, risks_message(content))
    left, right = page.body.columns(74, 26, gap=24)
    table = _table(book, left.width)
    part = table.first(left.height)
    if part.end < len(table.rows):
        part = table.first(left.height - REMARK_ROOM)
        add_remark(book, page, labels.more_in_workbook(len(table.rows) - part.end))
    part.draw(page.drawing, left.left, left.top, labels.risks, f"{labels.risks}. {risks_message(content)}")
    _heat_map(book, page, right)


def _table(book: Book, width: float) -> Table:
    labels = book.labels
    columns = (
        Column(labels.number),
        Column(labels.risk, 38, lines=2),
        Column(labels.project, 20, lines=2),
        Column(labels.score, align="ctr"),
        Column(labels.target, align="ctr"),
        Column(labels.response, 32, lines=2),
        Column(labels.owner, 14, lines=2),
        Column(labels.exposure, align="r"),
        Column(labels.due, align="r"),
    )
    return Table(
        columns,
        [_row(book, risk) for risk in ranked(book.content.risks)],
        width,
        book.family,
        size=9.5,
        row_height=20,
    )


def _row(book: Book, risk: Risk) -> Row:
    colours = score_ink(book.words, risk.score)
    target = DASH
    if risk.target_probability and risk.target_impact:
        target = str(risk.target_probability * risk.target_impact)
    title = f"{book.labels.opportunity}: {risk.title}" if risk.opportunity else risk.title
    return Row(
        (
            Cell(risk.number, ink=MUTED),
            Cell(title, bold=True),
            Cell(risk.project),
            Cell(str(risk.score), colours.fill, colours.text, bold=True),
            Cell(target),
            Cell(risk.response or DASH),
            Cell(risk.owner or DASH),
            Cell(money_text(book.figures, risk.exposure)),
            Cell(day_text(book.figures, risk.due)),
        )
    )


def _heat_map(book: Book, page: Page, box: Box) -> None:
    labels = book.labels
    box = add_heading(book, page.drawing, box, labels.heat_map)
    counts: dict[tuple[int, int], int] = {}
    for risk in book.content.risks:
        counts[risk.probability, risk.impact] = counts.get((risk.probability, risk.impact), 0) + 1
    columns = [
        Column("", align="ctr", least=20),
        *(Column(str(impact), align="ctr", least=20) for impact in range(1, 6)),
    ]
    rows = []
    for probability in range(5, 0, -1):
        cells = [Cell(str(probability), ink=MUTED, bold=True)]
        for impact in range(1, 6):
            count = counts.get((probability, impact), 0)
            colours = score_ink(book.words, probability * impact)
            cells.append(Cell(str(count) if count else "", colours.fill, colours.text, bold=True))
        rows.append(Row(tuple(cells)))
    table = Table(columns, rows, box.width, book.family, size=12, row_height=min(box.width / 6, 34))
    words = ", ".join(
        f"{labels.probability} {p} × {labels.impact} {i}: {n}"
        for (p, i), n in sorted(counts.items(), reverse=True)
    )
    part = table.first(box.height)
    part.draw(page.drawing, box.left, box.top, labels.heat_map, f"{labels.heat_map}: {words}")
    style = book.style(9)
    axes = f"{labels.probability} ↑   {labels.impact} →"
    under = box.below(part.height + 4).first(style.line + 1)
    page.drawing.text(under, "Axes", Text(axes, 9, False, MUTED, "ctr"))
