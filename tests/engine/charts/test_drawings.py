"""What every drawing must be: well-formed, escaped, finite, without inline style, for 0, 1 and 10,000 items."""

import math
import re
from collections.abc import Callable
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerco.engine.charts import bars, heat, histogram, lines, sparkline, svg, timeline, treemap
from steerco.engine.charts.document_style import document_style

START = date(2000, 1, 1)
SPACE = "{http://www.w3.org/2000/svg}"
NASTY = '<script>alert("x")</script> & co'


def values(count: int) -> list[float | None]:
    return [None if i % 7 == 3 else math.nan if i % 11 == 5 else float(i * 37 % 101) for i in range(count)]


def many_lanes(count: int) -> list[timeline.Lane]:
    marks = [
        timeline.Milestone(NASTY, START + timedelta(days=i), START + timedelta(days=i * 2), href="/m/1")
        for i in range(count)
    ]
    return [timeline.Lane(NASTY, marks)] if count else []


DRAW: dict[str, Callable[[int], str]] = {
    "sparkline": lambda n: sparkline.sparkline(values(n), title=NASTY),
    "rating_steps": lambda n: sparkline.rating_steps(
        [sparkline.Step(1 + i % 5, "sc-rag-red", NASTY) if i % 3 else None for i in range(n)], title=NASTY
    ),
    "stacked_bar": lambda n: bars.stacked_bar(
        [bars.Segment(NASTY, value, "sc-rag-red", "R", "/x") for value in values(n)], title=NASTY
    ),
    "stacked_bars": lambda n: bars.stacked_bars(
        [bars.Row(NASTY, [bars.Segment(NASTY, value, "sc-rag-red")], "/u") for value in values(n)],
        title=NASTY,
    ),
    "grouped_bars": lambda n: bars.grouped_bars(
        [NASTY] * n, [bars.Series(NASTY, values(n), "sc-series-1")], title=NASTY
    ),
    "histogram": lambda n: histogram.histogram(
        histogram.count_in_bins(values(n)), title=NASTY, values=values(n), median_label=NASTY
    ),
    "line_chart": lambda n: lines.line_chart(
        [START + timedelta(days=i) for i in range(n)],
        [lines.Line(NASTY, values(n), "sc-series-1")],
        band=lines.Band(NASTY, values(n), values(n)),
        today=START,
        today_label=NASTY,
        title=NASTY,
    ),
    "timeline": lambda n: timeline.timeline(many_lanes(n), today=START, title=NASTY, today_label=NASTY),
    "treemap": lambda n: treemap.treemap(
        [treemap.Tile(NASTY, value, "sc-rag-red", "R", "/x") for value in values(n)], title=NASTY
    ),
    "heat_map": lambda n: heat.heat_map(
        heat.heat_rows(
            [heat.Heading(i, NASTY) for i in range(n)],
            [heat.Heading(0, NASTY)],
            {(i, 0): float(i) for i in range(n)},
            tone=lambda row, column, value: "sc-rag-red",
            href=lambda row, column: f"/x?r={row}",
        ),
        [heat.Heading(0, NASTY)],
        title=NASTY,
    ),
}


@pytest.mark.parametrize("count", [0, 1, 2, 10_000])
@pytest.mark.parametrize("kind", DRAW)
def test_drawing_is_sound(kind: str, count: int) -> None:
    drawing = DRAW[kind](count)
    assert "<script" not in drawing
    assert not re.search(r"\bstyle=|\bon\w+=|nan|inf", drawing.replace(svg.words(NASTY), ""), re.IGNORECASE)
    root = ElementTree.fromstring(drawing)
    assert root.find(f"{SPACE}title").text == NASTY
    linked = root.find(f".//{SPACE}a") is not None
    assert root.get("role") == ("group" if linked else "img")
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    for node in root.iter():
        for name in ("width", "height", "r", "x", "y"):
            text = node.get(name)
            if text is not None and name in {"width", "height", "r"}:
                assert float(text) >= 0, (node.tag, name, text)
    for anchor in root.iter(f"{SPACE}a"):
        assert anchor.find(f"{SPACE}title").text


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e12), st.just(math.nan)), max_size=30), st.floats(10, 900))
def test_segments_fill_the_bar_without_overlap(sizes: list[float | None], width: float) -> None:
    placed = bars.place_segments([bars.Segment("s", size, "t") for size in sizes], 4, width)
    end = 4.0
    for _, x, share in placed:
        assert share >= 0
        assert x == pytest.approx(end, abs=1e-6)
        end = x + share
    known = [size for size in sizes if size and math.isfinite(size)]
    assert end - 4 == pytest.approx(width if known else 0, abs=1e-6)


def test_a_negative_part_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        bars.stacked_bar([bars.Segment("s", -1, "t")], title="t")


@given(st.lists(st.floats(-1e6, 1e6), max_size=80), st.booleans())
def test_every_value_is_counted_once(numbers: list[float], fixed: bool) -> None:
    bins = histogram.count_in_bins(numbers, [-100.0, 0.0, 100.0] if fixed else None)
    assert sum(one.count for one in bins) == len(numbers)
    for one in bins:
        last = one is bins[-1] and not fixed
        inside = [n for n in numbers if one.low <= n < one.high or (last and n == one.high)]
        assert one.count == len(inside)


def test_open_bins_appear_only_when_filled() -> None:
    assert [(b.low, b.high, b.count) for b in histogram.count_in_bins([1, 9, 10, 25], [0, 10, 20])] == [
        (0, 10, 2), (10, 20, 1), (20, math.inf, 1),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="ascending"):
        histogram.count_in_bins([1], [3, 2])


def test_thinning_keeps_extremes_and_gaps() -> None:
    course: list[float | None] = [float(i % 50) for i in range(5000)]
    course[2500:2600] = [None] * 100
    course[777], course[4321] = 1e6, -1e6
    kept = sparkline.thinned(course)
    assert len(kept) <= sparkline.MOST_POINTS
    assert 1e6 in kept
    assert -1e6 in kept
    assert None in kept


def test_gaps_break_the_line() -> None:
    drawing = sparkline.sparkline([1, 2, None, 3, 4, math.nan, 5], title="t")
    assert drawing.count("<polyline") == 2
    assert drawing.count("<circle") == 2  # the lone last value, and the mark of the last known value


def test_a_baseline_is_hollow_and_a_forecast_solid() -> None:
    lane = timeline.Lane("P", [timeline.Milestone("Gate", START, START + timedelta(days=40), "sc-rag-red")])
    drawing = timeline.timeline([lane], today=START, title="t", today_label="Today")
    assert drawing.count("sc-hollow") == 1
    assert drawing.count("sc-fill sc-rag-red") == 1
    assert drawing.count("sc-chart-slip") == 1
    assert ">Today<" in drawing


def test_marks_outside_the_span_are_left_out() -> None:
    lane = timeline.Lane("P", [timeline.Milestone("Gate", START, START + timedelta(days=400))])
    drawing = timeline.timeline([lane], today=START, title="t", span=(START, START + timedelta(days=90)))
    assert "sc-hollow" in drawing
    assert "sc-fill" not in drawing


def test_heat_links_only_what_counts() -> None:
    rows = heat.heat_rows(
        [heat.Heading(2, "High"), heat.Heading(1, "Low")],
        [heat.Heading(1, "Minor"), heat.Heading(2, "Major")],
        {(2, 2): 3},
        tone=lambda row, column, value: f"t{row * column}",
        href=lambda row, column: f"/r?p={row}&i={column}",
        absent=0,
    )
    assert [[cell.value for cell in row.cells] for row in rows] == [[0, 3], [0, 0]]
    assert [cell.href for row in rows for cell in row.cells] == [None, "/r?p=2&i=2", None, None]
    assert rows[0].cells[1].said == "High, Major: 3"
    with pytest.raises(ValueError, match="outside"):
        heat.heat_rows([], [], {(1, 1): 1}, tone=lambda row, column, value: "")


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_links_that_run_script_are_refused(href: str) -> None:
    with pytest.raises(ValueError, match="page address"):
        svg.link(href, "x")


@pytest.mark.parametrize("href", ["/a?b=c", "?a=b", "#x", "https://example.org/", "a/b", "../x"])
def test_page_addresses_are_links(href: str) -> None:
    assert "<a " in svg.link(href, "x")


@given(st.text(max_size=60), st.floats(0, 300))
def test_shortened_text_fits(text: str, width: float) -> None:
    assert svg.text_width(svg.shortened(text, width)) <= width + 1e-9


def test_a_standalone_drawing_carries_its_stylesheet() -> None:
    drawing = svg.standalone(sparkline.sparkline([1, 2], title="t"), ".sc-line{stroke:#123456}")
    assert "<style>.sc-line{stroke:#123456}</style>" in drawing
    ElementTree.fromstring(drawing)


def test_the_document_style_names_no_variable() -> None:
    style = document_style("Inter")
    assert "var(" not in style
    drawing = svg.standalone(DRAW["timeline"](3), style)
    assert ElementTree.fromstring(drawing).find(f"{SPACE}style").text == style
