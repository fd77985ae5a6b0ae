"""Sets the report of a review as a Word document, to be worked on."""

import io
from datetime import UTC

from docx import Document
from docx.document import Document as Page
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from steerco.exchange.packs.archive import stamp
from steerco.exchange.packs.printable import printable_content
from steerco.exchange.reviews.content import ReviewReport, Table

INK, MUTED = RGBColor(0x1C, 0x27, 0x33), RGBColor(0x56, 0x61, 0x6D)
TONES = {
    "green": RGBColor(0x1E, 0x7B, 0x34),
    "amber": RGBColor(0x8A, 0x5A, 0x00),
    "red": RGBColor(0xB8, 0x20, 0x2F),
}
WIDTH = 170  # mm between the margins


def render_docx(report: ReviewReport) -> bytes:
    """The report as the bytes of a .docx; equal content gives equal bytes."""
    content = printable_content(report)
    page = Document()
    section = page.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    for name, size in (("Normal", 10.5), ("Title", 20), ("Heading 1", 13)):
        font = page.styles[name].font
        font.name, font.size, font.color.rgb = "Carlito", Pt(size), INK
        page.styles[name].element.get_or_add_rPr().rFonts.set(qn("w:ascii"), "Carlito")
        page.styles[name].element.rPr.rFonts.set(qn("w:hAnsi"), "Carlito")
    properties = page.core_properties
    properties.title, properties.author = content.title, content.organisation
    properties.keywords, properties.comments = content.marking, ""
    properties.language = content.language
    properties.created = properties.modified = content.issued_at.astimezone(UTC).replace(tzinfo=None)
    page.add_paragraph(content.title, style="Title")
    result = page.add_paragraph().add_run(content.result)
    result.bold, result.font.size, result.font.color.rgb = True, Pt(13), TONES[content.tone]
    _table(page, Table(("", ""), (42, 128), content.facts), heads=False)
    for part in content.parts:
        page.add_paragraph(part.heading, style="Heading 1")
        for line in part.text.split("\n") if part.text else ():
            page.add_paragraph(line)
        if part.table is not None:
            _table(page, part.table)
    digest = page.add_paragraph().add_run(f"{content.digest_label}\n{content.digest}")
    digest.font.size, digest.font.color.rgb = Pt(8), MUTED
    foot = " · ".join(text for text in (content.organisation, content.marking) if text)
    section.footer.paragraphs[0].text = foot
    buffer = io.BytesIO()
    page.save(buffer)
    return stamp(buffer.getvalue(), content.issued_at.astimezone(UTC))


def _table(page: Page, table: Table, *, heads: bool = True) -> None:
    rows = (table.heads, *table.rows) if heads else table.rows
    grid = page.add_table(rows=len(rows), cols=len(table.heads), style="Table Grid")
    grid.autofit = False
    share = sum(table.widths)
    for x, width in enumerate(table.widths):
        grid.columns[x].width = Mm(WIDTH * width / share)
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            cell = grid.cell(y, x)
            cell.width = Mm(WIDTH * table.widths[x] / share)
            run = cell.paragraphs[0].add_run(text)
            run.font.size = Pt(9.5)
            run.bold = heads and y == 0
            if not heads and x == 0:
                run.font.color.rgb = MUTED
