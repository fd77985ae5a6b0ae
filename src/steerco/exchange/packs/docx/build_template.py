"""Builds template.docx, the report's own template: python -m steerco.exchange.packs.docx.build_template"""

import io
from datetime import UTC, datetime
from pathlib import Path

from docx import Document
from docx.document import Document as Report
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from steerco.exchange.packs.archive import stamp

INK, ACCENT, MUTED = RGBColor(0x1C, 0x27, 0x33), RGBColor(0x1F, 0x5F, 0x8B), RGBColor(0x56, 0x61, 0x6D)
_STYLES = {
    "Normal": (10, False, INK, 0, 4),
    "Title": (30, True, INK, 120, 8),
    "Subtitle": (13, False, MUTED, 0, 3),
    "Heading 1": (18, True, INK, 0, 8),
    "Heading 2": (12, True, ACCENT, 10, 3),
    "Caption": (9.5, True, ACCENT, 0, 2),
    "Header": (9, True, INK, 0, 0),
    "Footer": (9, False, MUTED, 0, 0),
}


def build() -> bytes:
    """The template as the bytes of a .docx, equal on every run."""
    report = Document()
    _page(report)
    _styles(report)
    _frame(report)
    _cover(report)
    _overview(report)
    _sections(report)
    _projects(report)
    _notes(report)
    properties = report.core_properties
    properties.title, properties.author, properties.comments = "Steerco pack", "Steerco", ""
    properties.last_modified_by = "Steerco"
    written = io.BytesIO()
    report.save(written)
    return stamp(written.getvalue(), datetime(2025, 1, 1, tzinfo=UTC))


def _page(report: Report) -> None:
    section = report.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(15)
    section.top_margin = section.bottom_margin = Mm(17)
    section.header_distance = section.footer_distance = Mm(8)


def _styles(report: Report) -> None:
    for name, (size, bold, colour, before, after) in _STYLES.items():
        style = report.styles[name]
        style.font.name, style.font.size, style.font.bold, style.font.italic = (
            "Calibri",
            Pt(size),
            bold,
            False,
        )
        style.font.color.rgb = colour
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        # A theme font would win over the name.
        for mark in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{mark}"), None)
        for mark in ("ascii", "hAnsi", "cs"):
            fonts.set(qn(f"w:{mark}"), "Calibri")
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        # The library's styles carry rules, letter spacing and tab stops of their own.
        for mark in ("w:pPr/w:pBdr", "w:pPr/w:tabs", "w:rPr/w:spacing"):
            found = style.element.find("/".join(qn(part) for part in mark.split("/")))
            if found is not None:
                found.getparent().remove(found)


def _frame(report: Report) -> None:
    section = report.sections[0]
    head = section.header.paragraphs[0]
    head.text = "{{ marking }}"
    head.alignment = 1
    foot = section.footer.paragraphs[0]
    foot.text = "{{ footer }}\t{{ foot }}\t"
    foot.paragraph_format.tab_stops.add_tab_stop(Mm(133), 1)
    foot.paragraph_format.tab_stops.add_tab_stop(Mm(267), 2)
    _field(foot, "PAGE")
    foot.add_run(" / ")
    _field(foot, "NUMPAGES")


def _field(paragraph: Paragraph, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("shown", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind == "":
            element = OxmlElement("w:instrText")
            element.text = text
            run._r.append(element)
        elif kind == "shown":
            run.text = text
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            run._r.append(element)


def _cover(report: Report) -> None:
    report.add_paragraph("{{ title }}", "Title")
    _loop(report, "line in cover", lambda: report.add_paragraph("{{ line }}", "Subtitle"))


def _loop(report: Report, over: str, body: object) -> None:
    report.add_paragraph(f"{{%p for {over} %}}")
    body()  # type: ignore[operator]
    report.add_paragraph("{%p endfor %}")


def _start(report: Report, topic: str, message: str) -> None:
    """A topic line on a new page and the message as heading."""
    paragraph = report.add_paragraph(topic, "Caption")
    paragraph.paragraph_format.page_break_before = True
    paragraph.paragraph_format.keep_with_next = True
    report.add_heading(message, 1)


def _overview(report: Report) -> None:
    _start(report, "{{ overview.topic }}", "{{ overview.message }}")
    _loop(report, "grid in overview.grids", lambda: _grid(report))
    report.add_heading("{{ overview.asked }}", 2)


def _sections(report: Report) -> None:
    report.add_paragraph("{%p for section in sections %}")
    _start(report, "{{ section.topic }}", "{{ section.message }}")
    _loop(report, "grid in section.grids", lambda: _grid(report))
    report.add_paragraph("{%p if section.remark %}")
    report.add_paragraph("{{ section.remark }}", "Footer")
    report.add_paragraph("{%p endif %}")
    report.add_paragraph("{%p endfor %}")


def _projects(report: Report) -> None:
    report.add_paragraph("{%p for project in projects %}")
    _start(report, "{{ project.topic }}", "{{ project.name }}")
    report.add_heading("{{ project.message }}", 2)
    _loop(report, "grid in project.grids", lambda: _grid(report, heading=False))
    _loop(report, "passage in project.passages", lambda: _passage(report))
    report.add_paragraph("{%p endfor %}")


def _passage(report: Report) -> None:
    report.add_heading("{{ passage.heading }}", 2)
    _loop(report, "text in passage.text", lambda: report.add_paragraph("{{r text }}"))
    report.add_paragraph("{%p if passage.source %}")
    report.add_paragraph("{{ passage.source }}", "Footer")
    report.add_paragraph("{%p endif %}")


def _notes(report: Report) -> None:
    _start(report, "{{ notes.topic }}", "{{ notes.message }}")
    _loop(report, "text in notes.texts", lambda: report.add_paragraph("{{ text }}"))


def _grid(report: Report, *, heading: bool = True) -> None:
    """A table whose columns and rows come with the data: a heading row that repeats, rows, coloured cells."""
    if heading:
        report.add_heading("{{ grid.name }}", 2)
    table = report.add_table(rows=4, cols=3)
    table.autofit = False
    _borders(table)
    _row(table, 0, "{%tc for column in grid.columns %}", "{{r column.title }}", "{%tc endfor %}")
    _measure(table.rows[0].cells[1], "column")
    table.rows[1].cells[0].text = "{%tr for line in grid.lines %}"
    cell = "{% colspan entry.span %}{% cellbg entry.fill %}{{r entry.text }}"
    _row(table, 2, "{%tc for entry in line.entries %}", cell, "{%tc endfor %}")
    _measure(table.rows[2].cells[1], "entry")
    table.rows[3].cells[0].text = "{%tr endfor %}"
    _repeat(table)
    gap = report.add_paragraph()
    gap.paragraph_format.space_after = Pt(0)
    gap.paragraph_format.line_spacing = Pt(6)


def _row(table: Table, row: int, start: str, body: str, end: str) -> None:
    cells = table.rows[row].cells
    for cell, text in zip(cells, (start, body, end), strict=True):
        cell.text = text
        _tight(cell)


def _measure(cell: _Cell, name: str) -> None:
    """Width and alignment of a cell come with the data."""
    cell.width = Mm(20)
    cell.vertical_alignment = 1
    cell._tc.tcPr.find(qn("w:tcW")).set(qn("w:w"), f"{{{{ {name}.width }}}}")
    align = OxmlElement("w:jc")
    align.set(qn("w:val"), f"{{{{ {name}.align }}}}")
    cell.paragraphs[0]._p.get_or_add_pPr().append(align)


def _tight(cell: _Cell) -> None:
    for paragraph in cell.paragraphs:
        paragraph.paragraph_format.space_after = Pt(1)
        paragraph.paragraph_format.space_before = Pt(1)


def _repeat(table: Table) -> None:
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _borders(table: Table) -> None:
    """Thin lines between rows only."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "D5DBE1")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def main() -> None:
    Path(__file__).with_name("template.docx").write_bytes(build())


if __name__ == "__main__":
    main()
