"""Heat maps: a grid of counted cells, as rows for an HTML table and as a drawing for documents."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from steerco.engine.charts.scales import plain
from steerco.engine.charts.svg import chart, label, link, rect, shortened

R = TypeVar("R", bound=Hashable)
C = TypeVar("C", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Heading(Generic[R]):
    """A row or column: what it stands for and what is written."""

    key: R
    label: str


@dataclass(frozen=True, slots=True)
class Cell(Generic[R, C]):
    """A field of the grid; value is None where nothing is known, which is not zero."""

    row: R
    column: C
    value: float | None
    tone: str
    href: str | None
    said: str


@dataclass(frozen=True, slots=True)
class HeatRow(Generic[R, C]):
    """A row of the grid, left to right."""

    heading: Heading[R]
    cells: tuple[Cell[R, C], ...]


def heat_rows(
    rows: Sequence[Heading[R]],
    columns: Sequence[Heading[C]],
    values: Mapping[tuple[R, C], float],
    *,
    tone: Callable[[R, C, float | None], str],
    href: Callable[[R, C], str | None] = lambda row, column: None,
    absent: float | None = None,
    write: Callable[[float], str] = plain,
) -> list[HeatRow[R, C]]:
    """Arrange values as table rows in the order of the headings given, first row on top.

    Args:
        values: by row key and column key.
        tone: CSS class of a cell.
        href: page that lists what a cell counts; asked only for cells with a value other than zero.
        absent: what a missing value stands for: None, or 0 for counts.

    Raises:
        ValueError: a value belongs to no cell.
    """
    stray = values.keys() - {(row.key, column.key) for row in rows for column in columns}
    if stray:
        raise ValueError(f"values outside the grid: {sorted(map(str, stray))}")
    arranged = []
    for row in rows:
        cells = []
        for column in columns:
            value = values.get((row.key, column.key), absent)
            written = "" if value is None else write(value)
            cells.append(
                Cell(
                    row.key,
                    column.key,
                    value,
                    tone(row.key, column.key, value),
                    href(row.key, column.key) if value else None,
                    f"{row.label}, {column.label}: {written}",
                )
            )
        arranged.append(HeatRow(row, tuple(cells)))
    return arranged


def heat_map(
    rows: Sequence[HeatRow[R, C]],
    columns: Sequence[Heading[C]],
    *,
    title: str,
    description: str = "",
    width: float = 360,
    row_height: float = 34,
    gutter: float = 90,
    write: Callable[[float], str] = plain,
) -> str:
    """Draw arranged rows: names to the left, column names below, values in the cells; zero is blank."""
    pitch = (width - gutter) / max(len(columns), 1)
    size = max(pitch - 2, pitch * 0.8), max(row_height - 2, row_height * 0.8)
    parts = []
    for line, row in enumerate(rows):
        top = line * row_height
        name = shortened(row.heading.label, gutter - 10)
        parts.append(label(name, gutter - 8, top + row_height / 2 + 4, anchor="end"))
        for place, cell in enumerate(row.cells):
            x = gutter + place * pitch
            css = "sc-tile" if cell.value else "sc-tile sc-tile-empty"
            inside = [rect(f"{css} {cell.tone}", x + 1, top + 1, *size, radius=3)]
            if cell.value:
                middle, css = x + pitch / 2, f"sc-tile-text {cell.tone}"
                inside.append(
                    label(write(cell.value), middle, top + row_height / 2 + 4, css=css, anchor="middle")
                )
            parts.append(link(cell.href, cell.said, *inside))
    bottom = max(len(rows), 1) * row_height
    for place, column in enumerate(columns):
        name, middle = shortened(column.label, pitch - 4), gutter + (place + 0.5) * pitch
        parts.append(label(name, middle, bottom + 15, css="sc-chart-tick", anchor="middle"))
    return chart("heat", width, bottom + 22, title, description, *parts)
