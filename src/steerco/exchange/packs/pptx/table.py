"""Native tables whose rows are measured before they are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from pptx.oxml import parse_xml

from steerco.exchange.packs.fit.wrap import SLACK, pages, shorten
from steerco.exchange.packs.pptx.drawing import (
    INK,
    MUTED,
    NAMESPACES,
    RULE,
    Box,
    Drawing,
    Text,
    emu,
    fill,
    outline,
    paragraphs,
)
from steerco.exchange.packs.printable import one_line

PAD = 5.0
PAD_Y = 2.5
SIZE = 10.0
SMALLEST = 7.5
CODES, FIGURES = 0.1, 0.25  # the largest share of a table for a column of codes, of figures
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of texts (its share of the width, the lines of a cell) or, with share 0, of short values.

    A column of values is as wide as its widest value, at least `least` points: a figure is not cut.
    """

    title: str
    share: float = 0
    align: str = "l"
    lines: int = 1
    least: float = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; `colour` fills it, `ink` is the colour of its text."""

    text: str = ""
    colour: str | None = None
    ink: str = INK
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells, and whether the row is a heading of a group (its first cell spans the table)."""

    cells: tuple[Cell, ...]
    heading: bool = False


class Table:
    """A table laid out for a width: texts shortened to their lines, row heights known."""

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Sequence[Row],
        width: float,
        family: str,
        *,
        size: float = SIZE,
        row_height: float = 0,
    ) -> None:
        self.columns = tuple(columns)
        self.size, self.family, self.least = size, family, row_height
        natural = self._naturals(rows, width)
        # On a narrow page smaller figures are better than cut ones.
        while sum(natural) > self._values_room(rows, width) and self.size > SMALLEST:
            self.size -= 0.5
            natural = self._naturals(rows, width)
        self.widths = self._widths(natural, width, self._values_room(rows, width))
        self.header = Row(tuple(Cell(column.title, ink=MUTED, bold=True) for column in columns))
        self.header, self.header_height = self._fit(self.header, lines=2)
        fitted = [self._fit(row) for row in rows]
        self.rows = [row for row, _ in fitted]
        self.heights = [height for _, height in fitted]

    def _values_room(self, rows: Sequence[Row], width: float) -> float:
        """What columns of values may take: texts keep a third of the table, or what they need if that is less."""
        style = Text("", self.size, bold=True).style(self.family)
        texts = 0.0
        for index, column in enumerate(self.columns):
            if column.share:
                longest = max((row.cells[index].text for row in rows if not row.heading), key=len, default="")
                texts += max(style.width(longest[:200]), style.width(column.title)) / SLACK + 2 * PAD + 2
        return width - min(texts, width / 3)

    def _naturals(self, rows: Sequence[Row], width: float) -> list[float]:
        return [
            0.0 if column.share else self._natural(index, column, rows, width)
            for index, column in enumerate(self.columns)
        ]

    def _widths(self, natural: list[float], width: float, room: float) -> list[float]:
        """Values take what they need, texts share the rest."""
        texts = sum(column.share for column in self.columns)
        if sum(natural) > room or (not texts and natural):
            natural = [value * room / sum(natural) for value in natural]
        rest = width - sum(natural)
        return [
            rest * column.share / texts if column.share else value
            for column, value in zip(self.columns, natural, strict=True)
        ]

    def _natural(self, index: int, column: Column, rows: Sequence[Row], width: float) -> float:
        bold = Text("", self.size, bold=True).style(self.family)
        plain = Text("", self.size).style(self.family)
        widest = max((bold.width(word) for word in column.title.split()), default=0.0)
        for row in rows:
            if not row.heading:
                cell = row.cells[index]
                widest = max(widest, (bold if cell.bold else plain).width(cell.text))
        # The slack of wrapping would cut a text that fits to the point.
        needed = max(widest / SLACK + 0.5 + 2 * PAD, column.least)
        return min(needed, width * (CODES if column.align == "l" else FIGURES))

    def _fit(self, row: Row, lines: int | None = None) -> tuple[Row, float]:
        cells, tallest = [], 1
        for index, (cell, column) in enumerate(zip(row.cells, self.columns, strict=True)):
            style = Text(cell.text, self.size, cell.bold).style(self.family)
            room = (sum(self.widths) if row.heading and index == 0 else self.widths[index]) - 2 * PAD
            allowed = 1 if row.heading else lines or column.lines
            text = one_line(cell.text)
            fitted = shorten(text, room, allowed, style)
            tallest = max(tallest, fitted.lines)
            cells.append(Cell(fitted.text, cell.colour, cell.ink, cell.bold))
        line = Text("", self.size).style(self.family).line
        return Row(tuple(cells), row.heading), max(tallest * line + 2 * PAD_Y + 0.5, self.least)

    def pages(self, room: float) -> list["Part"]:
        """The table in parts that each fit `room` points of height, header included; evenly filled."""
        found, start = [], 0
        for count in pages(self.heights, room - self.header_height):
            end = start + count
            found.append(Part(self, start, end))
            start = end
        return _no_trailing_heading(found)

    def first(self, room: float) -> "Part":
        """As many rows from the top as fit `room`."""
        used, count = self.header_height, 0
        for value in self.heights:
            if used + value > room + 1e-6:
                break
            used, count = used + value, count + 1
        return Part(self, 0, count)


def _no_trailing_heading(parts: list["Part"]) -> list["Part"]:
    """A group's heading moves over to the page where its rows are."""
    for index in range(len(parts) - 1):
        part, following = parts[index], parts[index + 1]
        if part.end - part.start > 1 and part.table.rows[part.end - 1].heading:
            parts[index] = Part(part.table, part.start, part.end - 1)
            parts[index + 1] = Part(part.table, following.start - 1, following.end)
    return parts


@dataclass(frozen=True, slots=True)
class Part:
    """Rows `start` to `end` of a table, drawn as one native table."""

    table: Table
    start: int
    end: int

    @property
    def height(self) -> float:
        """Points that the part takes, header included."""
        return self.table.header_height + sum(self.table.heights[self.start : self.end])

    def draw(self, drawing: Drawing, left: float, top: float, name: str, alt: str) -> None:
        """Puts the part on the slide."""
        table = self.table
        box = Box(left, top, sum(table.widths), self.height)
        grid = "".join(f'<a:gridCol w="{emu(width)}"/>' for width in table.widths)
        rows = [_row(table, table.header, table.header_height, drawing.language, strong=True)]
        for index in range(self.start, self.end):
            rows.append(_row(table, table.rows[index], table.heights[index], drawing.language))
        drawing.tree.append(
            parse_xml(
                f'<p:graphicFrame {NAMESPACES}><p:nvGraphicFramePr><p:cNvPr id="{drawing.next_id()}" '
                f"name={quoteattr(name)} descr={quoteattr(alt)}/><p:cNvGraphicFramePr>"
                '<a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>'
                f'<p:xfrm><a:off x="{emu(box.left)}" y="{emu(box.top)}"/>'
                f'<a:ext cx="{emu(box.width)}" cy="{emu(box.height)}"/></p:xfrm><a:graphic>'
                '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl>'
                f'<a:tblPr firstRow="1"><a:tableStyleId>{_NO_STYLE}</a:tableStyleId></a:tblPr>'
                f"<a:tblGrid>{grid}</a:tblGrid>{''.join(rows)}</a:tbl></a:graphicData></a:graphic>"
                "</p:graphicFrame>"
            )
        )


def _row(table: Table, row: Row, height: float, language: str, *, strong: bool = False) -> str:
    cells = []
    for index, (cell, column) in enumerate(zip(row.cells, table.columns, strict=True)):
        text = Text(cell.text, table.size, cell.bold, cell.ink, column.align)
        span = f' gridSpan="{len(row.cells)}"' if row.heading and index == 0 else ""
        merged = ' hMerge="1"' if row.heading and index else ""
        bottom = outline(INK if strong else RULE, 1 if strong else 0.5).replace("a:ln", "a:lnB")
        none = "".join(f"<a:{side}><a:noFill/></a:{side}>" for side in ("lnL", "lnR", "lnT"))
        cells.append(
            f"<a:tc{span}{merged}><a:txBody><a:bodyPr/><a:lstStyle/>{paragraphs((text,), language)}"
            f'</a:txBody><a:tcPr marL="{emu(PAD)}" marR="{emu(PAD)}" marT="{emu(PAD_Y)}" '
            f'marB="{emu(PAD_Y)}" anchor="ctr">{none}'
            f"{bottom}{fill(cell.colour)}</a:tcPr></a:tc>"
        )
    return f'<a:tr h="{emu(height)}">{"".join(cells)}</a:tr>'
