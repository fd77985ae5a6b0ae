"""The sheets of the workbook, in the order in which a board asks for them."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from steerco.exchange.packs.archive import stamp
from steerco.exchange.packs.content import Change, ChangeKind, Money, PackContent, Risk
from steerco.exchange.packs.figures import major_units
from steerco.exchange.packs.messages import (
    changes_message,
    changes_of,
    milestones_message,
    money_message,
    project_message,
    ratings_message,
    risks_message,
)
from steerco.exchange.packs.printable import fingerprint, printable_content
from steerco.exchange.packs.ratings import Rating, RatingValue, Trend, ink
from steerco.exchange.packs.report import cover_lines, notes, ranked
from steerco.exchange.packs.values import Wording, kind_name
from steerco.exchange.packs.xlsx.asked import add_conflicts, add_decisions
from steerco.exchange.packs.xlsx.book import TOP, Book, Field, Formula, Value, table_sheet
from steerco.exchange.packs.xlsx.heat import add_heat_map
from steerco.exchange.packs.xlsx.summary import add_summary

MILLION = Decimal(1_000_000)


class WorkbookTemplateError(ValueError):
    """A workbook has no uploaded templates: its sheets are what re-import and Power BI read."""


def render_xlsx(
    content: PackContent,
    path: Path,
    *,
    template: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Writes the workbook of `content` to `path`; equal content gives equal bytes.

    Money columns are millions of the currency beside them; the sheets hold every row and every text in full.
    `progress` is told (done, total) after each sheet and may raise to cancel: nothing is written then.

    Raises:
        WorkbookTemplateError: a template was given.
    """
    if template is not None:
        raise WorkbookTemplateError("xlsx")
    mark = fingerprint(content)
    content = printable_content(content)
    words = Wording.of(content)
    memory = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    workbook = xlsxwriter.Workbook(memory, options)
    workbook.set_properties(
        {
            "title": content.title[:255],
            "author": content.organisation[:255],
            "subject": content.initiative_name[:255],
            "keywords": content.marking[:255],
            "created": content.generated_at.replace(tzinfo=None),
        }
    )
    workbook.set_calc_mode("auto")
    book = Book(workbook, words)
    sheets = (
        add_summary,
        add_decisions,
        add_conflicts,
        _changes,
        _ratings,
        _milestones,
        _money,
        _risks,
        _projects,
        _texts,
        _history,
        _notes,
    )
    for done, add in enumerate(sheets, start=1):
        add(book)
        if progress is not None:
            progress(done, len(sheets) + 1)
    _origin(book, mark)
    workbook.close()
    path.write_bytes(stamp(memory.getvalue(), content.generated_at))
    if progress is not None:
        progress(len(sheets) + 1, len(sheets) + 1)


def millions(amount: Money | None) -> Decimal | None:
    """An amount in millions of its currency."""
    return major_units(amount) / MILLION if amount else None


def _letter(book: Book, value: RatingValue | None) -> str:
    return book.words.labels.letter(value) if value else ""


def _trend(book: Book, rating: Rating | None) -> str:
    if rating is None or rating.trend is Trend.NONE:
        return ""
    return book.words.labels.trend_name(rating.trend)


def _changes(book: Book) -> None:
    content, labels = book.words.content, book.words.labels
    fields = [
        Field(labels.what, 18),
        Field(labels.code, 10, "code"),
        Field(labels.project, 40, "strong"),
        Field(labels.before, 14),
        Field(labels.after, 14),
        Field(labels.change, 14, "days"),
        Field(labels.currency, 10),
        Field(labels.reason, 90),
        Field(labels.source, 26),
    ]
    rows = [_change(book, change) for kind in ChangeKind for change in changes_of(content, kind)]
    sheet, first, last = table_sheet(book, "changes", changes_message(content), fields, rows)
    looks = {date: "date", Decimal: "money"}
    for number, row in enumerate(rows, start=first):
        for column in (3, 4):
            for kind, look in looks.items():
                if isinstance(row[column], kind):
                    book.put(sheet, number, column, row[column], look)
        if row[6]:
            book.put(sheet, number, 5, row[5], "money")
    book.colour_ratings(sheet, first, last, (3, 4))


def _change(book: Book, change: Change) -> list[Value]:
    before, after = change.before, change.after
    size: Value = None
    currency = ""
    if isinstance(before, date) and isinstance(after, date):
        size = (after - before).days
    elif isinstance(before, Money) and isinstance(after, Money):
        currency = after.currency
        size = millions(Money(after.minor - before.minor, currency)) if before.currency == currency else None
    sides = [_side(book, value) for value in (before, after)]
    name = kind_name(book.words.labels, change.kind)
    return [name, change.code, change.project, *sides, size, currency, change.reason, change.source]


def _side(book: Book, value: RatingValue | date | Money | None) -> Value:
    if isinstance(value, RatingValue):
        return _letter(book, value)
    return millions(value) if isinstance(value, Money) else value


def _ratings(book: Book) -> None:
    content, labels = book.words.content, book.words.labels
    fields = [Field(labels.code, 10, "code"), Field(labels.project, 46, "strong"), Field(labels.unit, 18)]
    for name in content.dimensions:
        fields += [
            Field(name, 11, "rating"),
            Field(f"{name}: {labels.was}", 11, "rating"),
            Field(f"{name}: {labels.trend}", 14),
        ]
    fields += [
        Field(labels.computed, 11, "rating"),
        Field(labels.end, 14, "date"),
        Field(f"{labels.end}: {labels.was}", 14, "date"),
        Field(f"{labels.moved} ({labels.days(2).split()[-1]})", 12, "days"),
        Field(f"{labels.whole_life} (m)", 14, "money"),
        Field(f"{labels.whole_life} (m): {labels.was}", 14, "money"),
        Field(f"{labels.change} (m)", 12, "money"),
        Field(labels.currency, 10),
    ]
    first = TOP + 1
    place = 3 + 3 * len(content.dimensions)
    rows: list[list[Value]] = []
    for number, row in enumerate(content.ratings, start=first):
        cells: list[Value] = [row.code, row.project, row.unit]
        for rating in row.cells:
            before = rating.previous if rating else None
            cells += [
                _letter(book, rating.value if rating else None),
                _letter(book, before),
                _trend(book, rating),
            ]
        days = (row.end - row.end_compared).days if row.end and row.end_compared else None
        cost, old = millions(row.cost), millions(row.cost_compared)
        same = bool(row.cost and row.cost_compared and row.cost.currency == row.cost_compared.currency)
        currency = row.cost.currency if row.cost else ""
        cells += [_letter(book, row.computed), row.end, row.end_compared, None, cost, old, None, currency]
        if days is not None:
            cells[place + 3] = _difference(number, place + 1, place + 2, days)
        if same and cost is not None and old is not None:
            cells[place + 6] = _difference(number, place + 4, place + 5, float(cost - old))
        rows.append(cells)
    sheet, first, last = table_sheet(book, "ratings", ratings_message(content), fields, rows)
    columns = [3 + 3 * i + offset for i in range(len(content.dimensions)) for offset in (0, 1)]
    book.colour_ratings(sheet, first, last, [*columns, place])


def _difference(row: int, minuend: int, subtrahend: int, value: float) -> Formula:
    """minuend − subtrahend of one row, as an A1 formula: structured references fail in some viewers."""
    left, right = (xl_rowcol_to_cell(row, column) for column in (minuend, subtrahend))
    return Formula(f"={left}-{right}", value)


def _milestones(book: Book) -> None:
    content, labels = book.words.content, book.words.labels
    fields = [
        Field(labels.project, 40),
        Field(labels.milestone, 40, "strong"),
        Field(labels.tier, 12),
        Field(labels.baseline, 14, "date"),
        Field(f"{labels.forecast}: {labels.was}", 14, "date"),
        Field(labels.forecast, 14, "date"),
        Field(labels.actual, 14, "date"),
        Field(f"{labels.late} ({labels.days(2).split()[-1]})", 12, "days"),
    ]
    rows: list[list[Value]] = []
    for number, item in enumerate(content.milestones, start=TOP + 1):
        late: Value = None
        if item.days_late is not None:
            base, forecast, actual = (xl_rowcol_to_cell(number, column) for column in (3, 5, 6))
            late = Formula(
                f'=IF({actual}<>"",{actual},IF({forecast}<>"",{forecast},{base}))-{base}', item.days_late
            )
        days = (item.baseline, item.compared, item.forecast, item.actual)
        rows.append([item.project, item.name, item.tier, *days, late])
    message = milestones_message(content) if rows else labels.milestones
    sheet, first, last = table_sheet(book, "milestones", message, fields, rows)
    look = {"type": "data_bar", "bar_solid": True, "bar_color": "#F5B335", "bar_negative_color": "#8FB4CF"}
    sheet.conditional_format(first, 7, last, 7, look)


def _money(book: Book) -> None:
    content, labels = book.words.content, book.words.labels
    names = (labels.budget, labels.actual, labels.forecast)
    fields = [Field(labels.code, 10, "code"), Field(labels.project, 46, "strong"), Field(labels.currency, 10)]
    fields += [Field(f"{name} (m)", 13, "money") for name in names]
    fields += [
        Field(f"{labels.variance} (m)", 13, "money"),
        Field(f"{labels.variance} %", 11, "percent"),
        Field(f"{labels.contingency} (m)", 13, "money"),
        Field(f"{labels.whole_life} (m)", 14, "money"),
        Field(f"{labels.whole_life} (m): {labels.was}", 14, "money"),
        Field(f"{labels.change} (m)", 13, "money"),
        Field(f"{labels.benefits} (m)", 13, "money"),
    ]
    rows: list[list[Value]] = []
    for number, item in enumerate((*content.money_totals, *content.money), start=TOP + 1):
        budget, forecast = millions(item.budget), millions(item.forecast)
        life, before = millions(item.whole_life), millions(item.whole_life_compared)
        currency = next((m.currency for m in (item.budget, item.forecast, item.whole_life) if m), "")
        difference: Value = None
        percent: Value = None
        change: Value = None
        if budget is not None and forecast is not None:
            difference = _difference(number, 5, 3, float(forecast - budget))
            if budget:
                cells = (xl_rowcol_to_cell(number, 6), xl_rowcol_to_cell(number, 3))
                value = float((forecast - budget) / abs(budget))
                percent = Formula(f"=IF({cells[1]}=0,0,{cells[0]}/ABS({cells[1]}))", value)
        if life is not None and before is not None:
            change = _difference(number, 9, 10, float(life - before))
        amounts = (budget, millions(item.actual), forecast, difference, percent, millions(item.contingency))
        rows.append(
            [item.code, item.project, currency, *amounts, life, before, change, millions(item.benefits)]
        )
    message = money_message(content)
    sheet, first, last = table_sheet(book, "money", message, fields, rows)
    bar = {"type": "data_bar", "bar_solid": True, "bar_color": "#EE8A4A", "bar_negative_color": "#8FB4CF"}
    sheet.conditional_format(first, 7, last, 7, bar)


def _risks(book: Book) -> None:
    content, labels = book.words.content, book.words.labels
    fields = [
        Field(labels.number, 10),
        Field(labels.risk, 60, "strong"),
        Field(labels.project, 34),
        Field(labels.kind, 13),
        Field(labels.probability, 11, "centre"),
        Field(labels.impact, 11, "centre"),
        Field(labels.score, 11, "centre"),
        Field(f"{labels.target}: {labels.probability}", 12, "centre"),
        Field(f"{labels.target}: {labels.impact}", 12, "centre"),
        Field(labels.response, 46),
        Field(labels.owner, 20),
        Field(f"{labels.exposure} (m)", 13, "money"),
        Field(labels.currency, 10),
        Field(labels.due, 14, "date"),
    ]
    rows = [_risk(book, risk, number) for number, risk in enumerate(ranked(content.risks), start=TOP + 1)]
    message = risks_message(content) if rows else labels.risks
    sheet, first, last = table_sheet(book, "risks", message, fields, rows)
    palette = content.palette
    limits = ((">=", 15, RatingValue.RED), (">=", 8, RatingValue.AMBER), (">=", 1, RatingValue.GREEN))
    for criteria, limit, value in limits:
        colours = ink(value, palette)
        look = book.workbook.add_format({"bg_color": f"#{colours.fill}", "font_color": f"#{colours.text}"})
        rule = {"type": "cell", "criteria": criteria, "value": limit, "format": look, "stop_if_true": True}
        sheet.conditional_format(first, 6, last, 6, rule)
    add_heat_map(book, first, last)


def _risk(book: Book, risk: Risk, number: int) -> list[Value]:
    labels = book.words.labels
    cells = (xl_rowcol_to_cell(number, 4), xl_rowcol_to_cell(number, 5))
    return [
        risk.number,
        risk.title,
        risk.project,
        labels.opportunity if risk.opportunity else labels.threat,
        risk.probability,
        risk.impact,
        Formula(f"={cells[0]}*{cells[1]}", risk.score),
        risk.target_probability,
        risk.target_impact,
        risk.response,
        risk.owner,
        millions(risk.exposure),
        risk.exposure.currency if risk.exposure else "",
        risk.due,
    ]


def _projects(book: Book) -> None:
    content, labels = book.words.content, book.words.labels
    fields = [
        Field(labels.code, 10, "code"),
        Field(labels.project, 46, "strong"),
        Field(labels.unit, 18),
        Field(labels.sponsor, 22),
        Field(labels.manager, 22),
        Field(labels.overall, 11, "rating"),
        Field(labels.trend, 14),
        Field(labels.computed, 11, "rating"),
        Field(labels.reason, 50),
        Field(labels.change, 50),
        Field(labels.description, 90),
    ]
    rows: list[list[Value]] = []
    for page in content.projects:
        rating = page.overall
        rows.append(
            [
                page.code,
                page.name,
                page.unit,
                page.sponsor,
                page.manager,
                _letter(book, rating.value if rating else None),
                _trend(book, rating),
                _letter(book, page.computed),
                page.computed_reason,
                project_message(content, page),
                page.description,
            ]
        )
    sheet, first, last = table_sheet(book, "projects", labels.projects, fields, rows)
    book.colour_ratings(sheet, first, last, (5, 7))


def _texts(book: Book) -> None:
    labels = book.words.labels
    fields = [
        Field(labels.code, 10, "code"),
        Field(labels.project, 40, "strong"),
        Field(labels.what, 22),
        Field(labels.text, 120),
        Field(labels.source, 30),
    ]
    rows: list[list[Value]] = [
        [page.code, page.name, item.heading, item.text, item.source]
        for page in book.words.content.projects
        for item in page.narratives
    ]
    table_sheet(book, "text", labels.text, fields, rows)


def _history(book: Book) -> None:
    labels = book.words.labels
    fields = [
        Field(labels.code, 10, "code"),
        Field(labels.project, 46, "strong"),
        Field(labels.date, 14, "date"),
        Field(labels.rating, 11, "rating"),
        Field(labels.end, 14, "date"),
        Field(f"{labels.whole_life} (m)", 14, "money"),
        Field(labels.currency, 10),
    ]
    rows: list[list[Value]] = [
        [
            page.code,
            page.name,
            point.as_of,
            _letter(book, point.rating),
            point.end,
            millions(point.whole_life),
            point.whole_life.currency if point.whole_life else "",
        ]
        for page in book.words.content.projects
        for point in page.history
    ]
    sheet, first, last = table_sheet(book, "history", labels.history, fields, rows)
    book.colour_ratings(sheet, first, last, (3,))


def _notes(book: Book) -> None:
    content, labels = book.words.content, book.words.labels
    sheet = book.sheet("notes")
    sheet.set_column(0, 0, 130)
    book.put(sheet, 0, 0, labels.msg_notes, "title")
    for row, line in enumerate((*cover_lines(content), *notes(content)), start=2):
        book.put(sheet, row, 0, line)


def _origin(book: Book, mark: str) -> None:
    """A very hidden sheet that says which data this workbook was made of."""
    content = book.words.content
    sheet = book.workbook.add_worksheet("_origin")
    sheet.very_hidden()
    rows = (
        ("fingerprint", mark),
        ("initiative", content.initiative_code),
        ("as_of", content.as_of.isoformat()),
        ("compare", content.compare.isoformat() if content.compare else ""),
        ("generated_at", content.generated_at.isoformat()),
    )
    for row, pair in enumerate(rows):
        for column, text in enumerate(pair):
            sheet.write_string(row, column, text)
