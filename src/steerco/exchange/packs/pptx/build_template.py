"""Builds template.pptx, the deck's own 16:9 template: python -m steerco.exchange.packs.pptx.build_template"""

import io
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from steerco.exchange.packs.archive import stamp

WIDTH, HEIGHT = 960, 540  # points: 13.333 × 7.5 inches
EDGE = 36
TITLE = (EDGE, 42, WIDTH - 2 * EDGE, 45)
KICKER = (EDGE, 24, WIDTH - 2 * EDGE, 20)
FOOTER_TOP, FOOTER_HEIGHT = 512, 18
_THEME = "http://schemas.openxmlformats.org/drawingml/2006/main"
_COLOURS = {
    "dk1": "1C2733",
    "lt1": "FFFFFF",
    "dk2": "17365D",
    "lt2": "F1F4F7",
    "accent1": "1F5F8B",
    "accent2": "2E7D4F",
    "accent3": "F5B335",
    "accent4": "BE2F37",
    "accent5": "64748B",
    "accent6": "8FB4CF",
    "hlink": "1F5F8B",
    "folHlink": "5B4B8A",
}


def emu(points: float) -> int:
    """English metric units of a distance in points."""
    return round(points * 12_700)


def transform(box: tuple[float, float, float, float]) -> str:
    """The position element of a box (left, top, width, height in points)."""
    left, top, width, height = (emu(value) for value in box)
    return f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'


def placeholder(
    number: int,
    name: str,
    kind: str,
    box: tuple[float, float, float, float],
    style: str,
    body: str,
    text: str,
) -> str:
    """A placeholder as XML: `kind` holds the attributes of p:ph, `style` a list style, `body` bodyPr's."""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f"<p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr>{transform(box)}"
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>'
        f'<p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" {body}><a:normAutofit/></a:bodyPr>'
        f"<a:lstStyle>{style}</a:lstStyle><a:p>{text}</a:p></p:txBody></p:sp>"
    )


def level(size: float, colour: str, *, bold: bool = False, align: str = "l") -> str:
    """A list style of one level without bullets."""
    return (
        f'<a:lvl1pPr marL="0" indent="0" algn="{align}"><a:lnSpc><a:spcPct val="100000"/></a:lnSpc>'
        f'<a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/>'
        f'<a:defRPr sz="{round(size * 100)}" b="{int(bold)}">'
        f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill></a:defRPr></a:lvl1pPr>'
    )


def bar(number: int, box: tuple[float, float, float, float], colour: str) -> str:
    """A filled rectangle of the layout itself, hidden from screen readers by its name."""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Decoration {number}"/><p:cNvSpPr/>'
        f'<p:nvPr userDrawn="1"/>'
        f'</p:nvSpPr><p:spPr>{transform(box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'
    )


def footers() -> str:
    """Date (left), marking (centre) and slide number (right)."""
    third = (WIDTH - 2 * EDGE) / 4
    left = (EDGE, FOOTER_TOP, third, FOOTER_HEIGHT)
    centre = (EDGE + third, FOOTER_TOP, 2 * third, FOOTER_HEIGHT)
    right = (EDGE + 3 * third, FOOTER_TOP, third, FOOTER_HEIGHT)
    number = (
        '<a:fld id="{6B1E3C0A-3D0E-4C55-9C0C-7A1D5B1F0C11}" type="slidenum"><a:rPr/><a:t>‹#›</a:t></a:fld>'
    )
    run = "<a:r><a:rPr/><a:t> </a:t></a:r>"
    return (
        placeholder(
            91, "Date", 'type="dt" sz="half" idx="20"', left, level(9, "accent5"), 'anchor="ctr"', run
        )
        + placeholder(
            92,
            "Marking",
            'type="ftr" sz="quarter" idx="21"',
            centre,
            level(9, "tx1", bold=True, align="ctr"),
            'anchor="ctr"',
            run,
        )
        + placeholder(
            93,
            "Slide number",
            'type="sldNum" sz="quarter" idx="22"',
            right,
            level(9, "accent5", align="r"),
            'anchor="ctr"',
            number,
        )
    )


def prompt(text: str) -> str:
    """The grey text of an empty placeholder."""
    return f"<a:r><a:rPr/><a:t>{text}</a:t></a:r>"


def cover() -> str:
    """Title and subtitle on a calm page with a band at the left."""
    return (
        bar(80, (0, 0, 14, HEIGHT), "accent1")
        + placeholder(
            2,
            "Title",
            'type="ctrTitle"',
            (72, 150, 780, 96),
            level(40, "tx1", bold=True),
            'anchor="b"',
            prompt("Title"),
        )
        + placeholder(
            3,
            "Subtitle",
            'type="subTitle" idx="1"',
            (72, 262, 780, 150),
            level(18, "accent5"),
            'anchor="t"',
            prompt("Subtitle"),
        )
        + footers()
    )


def page(title_colour: str) -> str:
    """A topic line, a message title, room below."""
    return (
        placeholder(
            2,
            "Title",
            'type="title"',
            TITLE,
            level(24, title_colour, bold=True),
            'anchor="t"',
            prompt("Message"),
        )
        + placeholder(
            3,
            "Topic",
            'type="body" sz="quarter" idx="13"',
            KICKER,
            level(12, "accent1", bold=True),
            'anchor="t"',
            prompt("Topic"),
        )
        + footers()
    )


LAYOUTS = {
    "Steerco Cover": ("title", cover),
    "Steerco Page": ("titleOnly", lambda: page("tx1")),
    "Steerco Project": ("titleOnly", lambda: page("tx1")),
    "Steerco Blank": ("blank", footers),
}


def tree(shapes: str) -> etree._Element:
    """A shape tree that holds `shapes`."""
    return parse_xml(
        f'<p:spTree {nsdecls("p", "a", "r")}><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/>'
        f"</p:nvGrpSpPr><p:grpSpPr/>{shapes}</p:spTree>"
    )


def replace_tree(element: etree._Element, shapes: str) -> None:
    """Puts new shapes on a master or layout."""
    slide = element.find(qn("p:cSld"))
    old = slide.find(qn("p:spTree"))
    slide.replace(old, tree(shapes))


def recolour(theme: bytes) -> bytes:
    """The theme with our colours and Calibri, a face that every Office has, for headings and text."""
    root = etree.fromstring(theme)
    root.set("name", "Steerco")
    scheme = root.find(f".//{{{_THEME}}}clrScheme")
    scheme.set("name", "Steerco")
    for name, value in _COLOURS.items():
        slot = scheme.find(f"{{{_THEME}}}{name}")
        slot[:] = [etree.Element(f"{{{_THEME}}}srgbClr", val=value)]
    fonts = root.find(f".//{{{_THEME}}}fontScheme")
    fonts.set("name", "Steerco")
    for latin in fonts.iter(f"{{{_THEME}}}latin"):
        latin.set("typeface", "Calibri")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def build() -> bytes:
    """The template as the bytes of a .pptx, equal on every run."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Pt(WIDTH), Pt(HEIGHT)
    master = deck.slide_master
    for layout in list(deck.slide_layouts)[len(LAYOUTS) :]:
        deck.slide_layouts.remove(layout)
    for layout, (name, (kind, shapes)) in zip(deck.slide_layouts, LAYOUTS.items(), strict=True):
        element = layout._element
        element.find(qn("p:cSld")).set("name", name)
        element.set("type", kind)
        element.set("preserve", "1")
        replace_tree(element, shapes())
    body = placeholder(
        3, "Text", 'type="body" idx="1"', (EDGE, 116, WIDTH - 2 * EDGE, 380), "", 'anchor="t"', prompt("Text")
    )
    title = placeholder(2, "Title", 'type="title"', TITLE, "", 'anchor="t"', prompt("Message"))
    replace_tree(master._element, title + body + footers())
    styles = master._element.find(qn("p:txStyles"))
    title_level = styles.find(qn("p:titleStyle")).find(qn("a:lvl1pPr"))
    title_level.set("algn", "l")
    title_level.find(qn("a:defRPr")).set("sz", "2400")
    title_level.find(qn("a:defRPr")).set("b", "1")
    for size, depth in zip((1600, 1400, 1200, 1200, 1200), range(1, 6), strict=True):
        styles.find(qn("p:bodyStyle")).find(qn(f"a:lvl{depth}pPr")).find(qn("a:defRPr")).set("sz", str(size))
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = recolour(theme.blob)
    deck.core_properties.title = "Steerco pack"
    deck.core_properties.author = "Steerco"
    deck.core_properties.last_modified_by = "Steerco"
    written = io.BytesIO()
    deck.save(written)
    return stamp(written.getvalue(), datetime(2025, 1, 1, tzinfo=UTC))


def main() -> None:
    Path(__file__).with_name("template.pptx").write_bytes(build())


if __name__ == "__main__":
    main()
