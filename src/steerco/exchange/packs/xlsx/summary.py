"""The first sheet: messages, and the rating distribution counted by formulas with its native chart."""

from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from steerco.exchange.packs.figures import stand_text
from steerco.exchange.packs.messages import (
    changes_message,
    conflicts_message,
    decisions_message,
    money_message,
    ratings_message,
)
from steerco.exchange.packs.ratings import SCALES, STATES, RatingValue, ink
from steerco.exchange.packs.report import cover_lines
from steerco.exchange.packs.xlsx.book import Book, Formula

_RATINGS_TOP = 3
_OVERALL, _WAS = 3, 4


def add_summary(book: Book) -> None:
    """Adds the summary; the counts read the rating table, so that they move with it."""
    words = book.words
    content = words.content
    sheet = book.sheet("overview")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 3, 14)
    book.put(sheet, 0, 0, content.title, "title")
    book.put(sheet, 1, 0, content.marking, "marking")
    row = 2
    for line in cover_lines(content):
        book.put(sheet, row, 0, line, "marking" if row == 2 else "code")
        row += 1
    row += 1
    messages = (
        ratings_message(content),
        changes_message(content),
        money_message(content),
        decisions_message(content),
        *((conflicts_message(content),) if content.conflicts else ()),
    )
    for message in messages:
        book.put(sheet, row, 0, message, "topic")
        row += 1
    row += 1
    _distribution(book, sheet, row)


def _distribution(book: Book, sheet: Worksheet, top: int) -> None:
    words = book.words
    content, labels = words.content, words.labels
    if not content.ratings or not content.dimensions:
        return
    heads = [labels.rating_distribution, stand_text(content, content.as_of)]
    if content.compare:
        heads.append(stand_text(content, content.compare))
    for column, head in enumerate(heads):
        book.put(sheet, top, column, head, "head")
    counted = {share.value for share in content.distribution}
    values = [*SCALES[content.scale], *(state for state in STATES if state in counted)]
    last = _RATINGS_TOP + len(content.ratings) - 1
    source = quote_sheetname(book.names["ratings"])
    for index, value in enumerate(values):
        row = top + 1 + index
        book.put(sheet, row, 0, f"{labels.letter(value)} – {labels.name(value)}")
        for column, place in ((1, _OVERALL), (2, _WAS))[: len(heads) - 1]:
            reach = (
                f"{source}!{xl_rowcol_to_cell(_RATINGS_TOP, place, True, True)}"
                f":{xl_rowcol_to_cell(last, place, True, True)}"
            )
            overall = [item.cells[0] for item in content.ratings if item.cells]
            held = [rating.value if column == 1 else rating.previous for rating in overall if rating]
            formula = Formula(f'=COUNTIF({reach},"{labels.letter(value)}")', held.count(value))
            book.put(sheet, row, column, formula, "number")
    _chart(book, sheet, top, values, len(heads) - 1)


def _chart(book: Book, sheet: Worksheet, top: int, values: list[RatingValue], columns: int) -> None:
    """A stacked bar per date, one piece per rating."""
    labels = book.words.labels
    chart = book.workbook.add_chart({"type": "bar", "subtype": "stacked"})
    name = sheet.get_name()
    for index, value in enumerate(values):
        colours = ink(value, book.words.content.palette)
        row = top + 1 + index
        chart.add_series(
            {
                "name": [name, row, 0],
                "categories": [name, top, 1, top, columns],
                "values": [name, row, 1, row, columns],
                "fill": {"color": f"#{colours.fill}"},
                "border": {"color": "#FFFFFF"},
                "data_labels": {
                    "value": True,
                    "num_format": "#,##0;;",
                    "font": {"color": f"#{colours.text}", "bold": True},
                },
                "gap": 40,
            }
        )
    chart.set_title({"name": labels.rating_distribution, "name_font": {"size": 12}})
    chart.set_y_axis({"reverse": True, "line": {"none": True}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 720, "height": 260})
    options = {"description": labels.rating_distribution, "object_position": 1}
    sheet.insert_chart(top, 5, chart, options)
