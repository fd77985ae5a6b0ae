"""Native charts: editable in PowerPoint, each with its workbook and with words for screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from steerco.engine.charts.scales import fair_range
from steerco.exchange.packs.pptx.drawing import Box
from steerco.exchange.packs.pptx.page import Page
from steerco.exchange.packs.ratings import Ink

SIZE = 10


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of numbers (None is a gap) with its colours; without colours it takes the theme's."""

    name: str
    values: tuple[float | None, ...]
    ink: Ink | None = None


def _add(
    page: Page,
    kind: XL_CHART_TYPE,
    box: Box,
    name: str,
    alt: str,
    categories: Sequence[str],
    rows: Sequence[Series],
) -> Chart:
    data = CategoryChartData()
    data.categories = categories
    for row in rows:
        data.add_series(row.name, row.values)
    place = (Pt(box.left), Pt(box.top), Pt(box.width), Pt(box.height))
    frame = page.slide.shapes.add_chart(kind, *place, data)
    frame.name = name
    mark = frame._element.nvGraphicFramePr.cNvPr
    mark.set("id", str(page.drawing.next_id()))
    mark.set("descr", alt)
    chart = frame.chart
    chart.font.size = Pt(SIZE)
    chart.has_title = False
    # Without this element PowerPoint invents a title for charts of one series.
    chart._chartSpace.chart.get_or_add_autoTitleDeleted().set("val", "1")
    return chart


def _hide_axis(axis: object) -> None:
    axis.visible = False  # type: ignore[attr-defined]
    axis.has_major_gridlines = False  # type: ignore[attr-defined]


def stacked_bar(
    page: Page, box: Box, name: str, alt: str, categories: Sequence[str], rows: Sequence[Series]
) -> None:
    """One bar per category, first category on top, made of one piece per series with its count in it."""
    chart = _add(page, XL_CHART_TYPE.BAR_STACKED, box, name, alt, categories, rows)
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 45, 100
    chart.category_axis.reverse_order = True
    chart.category_axis.format.line.fill.background()
    chart.category_axis.has_major_gridlines = False
    _hide_axis(chart.value_axis)
    totals = [sum(row.values[index] or 0 for row in rows) for index in range(len(categories))]
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = 0, max(max(totals, default=1), 1)
    for row, series in zip(rows, plot.series, strict=True):
        if row.ink is None:
            continue
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = RGBColor.from_string(row.ink.fill)
        # A white seam parts neighbouring pieces without their colours.
        series.format.line.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
        series.format.line.width = Pt(1)
        labels = series.data_labels
        labels.show_value = True
        labels.number_format, labels.number_format_is_linked = "#,##0;;", False
        labels.font.size, labels.font.bold = Pt(SIZE), True
        labels.font.color.rgb = RGBColor.from_string(row.ink.text)
    chart.has_legend = True
    chart.legend.position = XL_LEGEND_POSITION.BOTTOM
    chart.legend.include_in_layout = False
    chart.legend.font.size = Pt(SIZE)


def bars(
    page: Page,
    box: Box,
    name: str,
    alt: str,
    categories: Sequence[str],
    rows: Sequence[Series],
    number_format: str,
) -> None:
    """Horizontal bars from zero to either side with their values; the first category stands on top."""
    chart = _add(page, XL_CHART_TYPE.BAR_CLUSTERED, box, name, alt, categories, rows)
    plot = chart.plots[0]
    # Over and under budget share one line: only one of them has a value.
    plot.gap_width, plot.overlap = 50, 100
    chart.category_axis.reverse_order = True
    chart.category_axis.format.line.fill.background()
    chart.category_axis.has_major_gridlines = False
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    _hide_axis(chart.value_axis)
    colours = (MSO_THEME_COLOR.ACCENT_6, MSO_THEME_COLOR.ACCENT_1)
    for row, series, colour in zip(rows, plot.series, colours, strict=False):
        series.format.fill.solid()
        if row.ink is None:
            series.format.fill.fore_color.theme_color = colour
        else:
            series.format.fill.fore_color.rgb = RGBColor.from_string(row.ink.fill)
        series.invert_if_negative = False
        labels = series.data_labels
        labels.show_value = True
        labels.number_format, labels.number_format_is_linked = number_format, False
        labels.position = XL_LABEL_POSITION.OUTSIDE_END
        labels.font.size = Pt(SIZE - 1)
    chart.has_legend = len(rows) > 1
    if chart.has_legend:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False


def line(
    page: Page, box: Box, name: str, alt: str, categories: Sequence[str], row: Series, number_format: str
) -> None:
    """A line over time with its first and last value named; a gap where nothing was reported."""
    chart = _add(page, XL_CHART_TYPE.LINE_MARKERS, box, name, alt, categories, (row,))
    chart.has_legend = False
    chart.font.size = Pt(SIZE - 1)
    _hide_axis(chart.value_axis)
    low, high = fair_range([value for value in row.values if value is not None])
    margin = (high - low) * 0.35 or 1
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = low - margin, high + margin
    chart.category_axis.format.line.color.theme_color = MSO_THEME_COLOR.ACCENT_6
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    series = chart.plots[0].series[0]
    series.smooth = False
    series.format.line.width = Pt(2)
    series.format.line.color.theme_color = MSO_THEME_COLOR.ACCENT_1
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
    series.marker.format.line.fill.background()
    series.marker.size = 5
    reported = [index for index, value in enumerate(row.values) if value is not None]
    for index in sorted({reported[0], reported[-1]}) if reported else ():
        label = series.points[index].data_label
        label.position = XL_LABEL_POSITION.ABOVE
        _show_value(label._get_or_add_dLbl(), number_format)
    _leave_margin(chart)
    gaps = chart._chartSpace.chart.find(qn("c:dispBlanksAs"))
    if gaps is not None:
        gaps.set("val", "gap")


def _leave_margin(chart: Chart) -> None:
    """Keeps the plot off the edges, so that the labels of the first and last point have room."""
    area = chart._chartSpace.chart.plotArea
    found = area.find(qn("c:layout"))
    if found is not None:
        area.remove(found)
    places = (("xMode", "edge"), ("yMode", "edge"), ("x", "0.06"), ("y", "0.1"), ("w", "0.88"), ("h", "0.66"))
    marks = "".join(f'<c:{name} val="{value}"/>' for name, value in places)
    inner = f'<c:manualLayout><c:layoutTarget val="inner"/>{marks}</c:manualLayout>'
    xml = f"<c:layout {nsdecls('c')}>{inner}</c:layout>"
    area.insert(0, etree.fromstring(xml))


def _show_value(element: etree._Element, number_format: str) -> None:
    """Shows the value of one point in `number_format`."""
    for flag in ("showLegendKey", "showCatName", "showSerName", "showPercent", "showBubbleSize"):
        found = element.find(qn(f"c:{flag}"))
        if found is not None:
            found.set("val", "0")
    element.find(qn("c:showVal")).set("val", "1")
    written = etree.Element(qn("c:numFmt"), formatCode=number_format, sourceLinked="0")
    element.insert(1, written)
    # At the edge of the plot a label would otherwise break within its number.
    text = etree.fromstring(
        f'<c:txPr {nsdecls("c", "a")}><a:bodyPr wrap="none"/><a:lstStyle/>'
        '<a:p><a:pPr><a:defRPr b="1"/></a:pPr><a:endParaRPr/></a:p></c:txPr>'
    )
    written.addnext(text)
