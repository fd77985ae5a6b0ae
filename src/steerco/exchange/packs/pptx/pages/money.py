"""Money: this year's budget against forecast, whole-life cost, biggest differences first."""

from steerco.exchange.packs.content import Money, MoneyRow
from steerco.exchange.packs.figures import major_units
from steerco.exchange.packs.messages import money_message, variance
from steerco.exchange.packs.pptx.charts import Series, bars
from steerco.exchange.packs.pptx.drawing import TILE, Box
from steerco.exchange.packs.pptx.house import LayoutRole
from steerco.exchange.packs.pptx.page import Book, Page
from steerco.exchange.packs.pptx.pages.parts import REMARK_ROOM, add_heading, add_remark
from steerco.exchange.packs.pptx.table import Cell, Column, Row, Table
from steerco.exchange.packs.ratings import RatingValue, ink
from steerco.exchange.packs.report import percent_text
from steerco.exchange.packs.values import DASH, money_text

BARS = 10
FORMATS = {True: "+#,##0;−#,##0", False: "+#,##0.0;−#,##0.0"}
NAME = 34


def add_money(book: Book) -> None:
    """Adds one page: bars of the biggest differences, and the table of totals and projects."""
    content, labels = book.content, book.labels
    if not content.money and not content.money_totals:
        return
    page = book.page(LayoutRole.PAGE, labels.money, money_message(content))
    rows = sorted(content.money, key=lambda row: -_difference(row))
    left, right = page.body.columns(38, 62, gap=24)
    if not _chart(book, page, left, rows):
        right = page.body
    year = labels.year_money.format(year=content.money_year) if content.money_year else labels.year
    room = add_heading(book, page.drawing, right, f"{year} · {labels.whole_life}")
    table = _table(book, rows, room.width)
    part = table.first(room.height)
    if part.end < len(table.rows):
        part = table.first(room.height - REMARK_ROOM)
        add_remark(book, page, labels.more_in_workbook(len(table.rows) - part.end))
    part.draw(page.drawing, room.left, room.top, labels.money, f"{labels.money}. {money_message(content)}")


def _difference(row: MoneyRow) -> float:
    if row.budget is None or row.forecast is None or row.budget.currency != row.forecast.currency:
        return -1.0
    return abs(float(major_units(row.forecast) - major_units(row.budget)))


def _chart(book: Book, page: Page, box: Box, rows: list[MoneyRow]) -> bool:
    """Bars of one currency only: amounts of two do not share an axis."""
    labels, figures = book.labels, book.figures
    usable = [row for row in rows if row.budget and row.forecast and _difference(row) > 0]
    if not usable or usable[0].budget is None:
        return False
    currency = usable[0].budget.currency
    shown = [row for row in usable if row.budget and row.budget.currency == currency][:BARS]
    differences = [
        Money(row.forecast.minor - row.budget.minor, currency) for row in shown if row.forecast and row.budget
    ]
    unit = figures.unit_of(max(differences, key=lambda amount: abs(amount.minor)))
    named = figures.scaled(Money(0, currency), unit).replace("0", "").strip()
    title = f"{labels.biggest_variances} ({named})"
    box = add_heading(book, page.drawing, box, title)
    names = [
        row.project if len(row.project) <= NAME else row.project[: NAME - 1].rstrip() + "…" for row in shown
    ]
    values = [_scaled(amount, unit) for amount in differences]
    palette = book.content.palette
    series = [
        Series(
            labels.over_budget,
            tuple(v if v > 0 else None for v in values),
            ink(RatingValue.AMBER_RED, palette),
        ),
        Series(labels.under_budget, tuple(v if v < 0 else None for v in values)),
    ]
    words = "; ".join(
        f"{row.project} {figures.signed(figures.money(amount), amount.minor)}"
        for row, amount in zip(shown, differences, strict=True)
    )
    high = max(abs(value) for value in values) >= 100
    bars(page, box, labels.biggest_variances, f"{title}: {words}", names, series, FORMATS[high])
    return True


def _scaled(amount: Money, unit: int) -> float:
    return float(major_units(amount) / unit)


def _table(book: Book, rows: list[MoneyRow], width: float) -> Table:
    labels = book.labels
    known = any(row.actual for row in (*rows, *book.content.money_totals))
    columns = (
        Column(labels.project, 40),
        Column(labels.budget, align="r"),
        *((Column(labels.actual, align="r"),) if known else ()),
        Column(labels.forecast, align="r"),
        Column(labels.variance, align="r"),
        Column("%", align="r"),
        Column(labels.whole_life, align="r"),
        Column(labels.change, align="r"),
    )
    totals = [_row(book, row, known, total=True) for row in book.content.money_totals]
    return Table(
        columns, [*totals, *(_row(book, row, known) for row in rows)], width, book.family, row_height=18
    )


def _row(book: Book, row: MoneyRow, with_actual: bool, *, total: bool = False) -> Row:
    figures = book.figures
    share = variance(row)
    difference = change = DASH
    if share is not None and row.budget and row.forecast:
        difference = figures.money_change(row.forecast, row.budget) or DASH
    if row.whole_life and row.whole_life_compared:
        change = figures.money_change(row.whole_life, row.whole_life_compared) or DASH
    words = (
        row.project,
        money_text(figures, row.budget),
        *((money_text(figures, row.actual),) if with_actual else ()),
        money_text(figures, row.forecast),
        difference,
        percent_text(book.words, row),
        money_text(figures, row.whole_life),
        change,
    )
    colour = TILE if total else None
    return Row(tuple(Cell(text, colour, bold=total or index == 0) for index, text in enumerate(words)))
