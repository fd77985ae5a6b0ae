"""The 5 × 5 heat map: counted by formulas from the risk table, so that it moves with it."""

from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from steerco.exchange.packs.report import score_ink
from steerco.exchange.packs.xlsx.book import Book, Formula

TOP, LEFT = 3, 1


def add_heat_map(book: Book, first: int, last: int) -> None:
    """Adds the map of the risks in rows `first` to `last` of their sheet (probability in E, impact in F)."""
    words = book.words
    labels = words.labels
    sheet = book.sheet("heat_map")
    book.put(sheet, 0, 0, labels.heat_map, "title")
    book.put(sheet, TOP - 1, LEFT, f"{labels.probability} ↓  {labels.impact} →", "muted")
    sheet.set_column(0, 0, 3)
    sheet.set_column(LEFT, LEFT, 18)
    sheet.set_column(LEFT + 1, LEFT + 5, 9)
    source = quote_sheetname(book.names["risks"])
    ranges = [
        f"{source}!{xl_rowcol_to_cell(first, column, True, True)}:{xl_rowcol_to_cell(last, column, True, True)}"
        for column in (4, 5)
    ]
    for impact in range(1, 6):
        book.put(sheet, TOP, LEFT + impact, impact, "centre")
    for row, probability in enumerate(range(5, 0, -1), start=TOP + 1):
        book.put(sheet, row, LEFT, probability, "centre")
        sheet.set_row(row, 30)
        for impact in range(1, 6):
            column = LEFT + impact
            axes = (xl_rowcol_to_cell(row, LEFT), xl_rowcol_to_cell(TOP, column))
            count = sum(
                risk.probability == probability and risk.impact == impact for risk in words.content.risks
            )
            formula = Formula(f"=COUNTIFS({ranges[0]},{axes[0]},{ranges[1]},{axes[1]})", count)
            colours = score_ink(words, probability * impact)
            name = f"heat {colours.fill}"
            if name not in book.formats:
                book.formats[name] = book.workbook.add_format(
                    {
                        "bg_color": f"#{colours.fill}",
                        "font_color": f"#{colours.text}",
                        "align": "center",
                        "valign": "vcenter",
                        "bold": True,
                        "border": 1,
                        "border_color": "#FFFFFF",
                        "num_format": "0;;",
                    }
                )
            book.put(sheet, row, column, formula, name)
