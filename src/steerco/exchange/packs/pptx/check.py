"""Measures every text of a deck by font metrics: what is taller than its box or row, what leaves the slide."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.slide import Slide

from steerco.exchange.packs.fit.wrap import Style, wrap

POINT = 12_700
TOLERANCE = 1.0
_SIDE, _UPRIGHT = 7.2, 3.6  # insets of a text body that names none
_SIZE = 18.0


@dataclass(frozen=True, slots=True)
class Overflow:
    """A text or shape that does not fit: `needs` and `has` in points.

    `kind` is "text" (taller than its box), "row" (taller than its row) or "slide" (beyond its edge).
    """

    slide: int
    shape: str
    kind: str
    needs: float
    has: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Look:
    """Where a text body inherits from: the nearest element first."""

    bodies: tuple[etree._Element, ...]
    levels: tuple[etree._Element, ...]
    family: str


def check_fit(path: Path) -> list[Overflow]:
    """Every overflow of the deck at `path`, in slide and reading order; an empty list if all fits."""
    deck = Presentation(str(path))
    width, height = (deck.slide_width or 0) / POINT, (deck.slide_height or 0) / POINT
    found: list[Overflow] = []
    for number, slide in enumerate(deck.slides, start=1):
        family = _family(slide)
        for shape in _shapes(slide.shapes._spTree):
            found.extend(_beyond(number, slide, shape, width, height))
            if shape.tag == qn("p:sp"):
                found.extend(_text(number, slide, shape, family))
            elif shape.tag == qn("p:graphicFrame"):
                found.extend(_table(number, shape, height, family))
    return found


def _shapes(tree: etree._Element) -> Iterator[etree._Element]:
    for element in tree:
        if element.tag == qn("p:grpSp"):
            yield from _shapes(element)
        elif element.tag in (qn("p:sp"), qn("p:graphicFrame"), qn("p:cxnSp")):
            yield element


def _family(slide: Slide) -> str:
    master = slide.slide_layout.slide_master
    theme = etree.fromstring(master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)
    latin = theme.find(f".//{qn('a:minorFont')}/{qn('a:latin')}")
    return (latin.get("typeface") if latin is not None else "") or "Calibri"


def _name(shape: etree._Element) -> str:
    return str(next(shape.iter(qn("p:cNvPr"))).get("name", ""))


def _inherited(slide: Slide, shape: etree._Element) -> list[etree._Element]:
    """The placeholders of layout and master that a placeholder of the slide takes its look from."""
    mark = shape.find(f".//{qn('p:ph')}")
    if mark is None:
        return []
    layout = slide.slide_layout
    found = [
        other
        for other in layout._element.iter(qn("p:sp"))
        if (own := other.find(f".//{qn('p:ph')}")) is not None and own.get("idx", "0") == mark.get("idx", "0")
    ]
    kind = mark.get("type", "body")
    if found:
        kind = found[0].find(f".//{qn('p:ph')}").get("type", kind)
    wanted = {"ctrTitle": "title", "subTitle": "body"}.get(kind, kind)
    found.extend(
        other
        for other in layout.slide_master._element.iter(qn("p:sp"))
        if (own := other.find(f".//{qn('p:ph')}")) is not None and own.get("type", "body") == wanted
    )
    return found


def _place(slide: Slide, shape: etree._Element) -> tuple[float, float, float, float] | None:
    for element in (shape, *_inherited(slide, shape)):
        transform = element.find(f"{qn('p:spPr')}/{qn('a:xfrm')}")
        if transform is None:
            transform = element.find(qn("p:xfrm"))
        if transform is not None:
            start, size = transform.find(qn("a:off")), transform.find(qn("a:ext"))
            places = (start.get("x"), start.get("y"), size.get("cx"), size.get("cy"))
            left, top, width, height = (int(value) / POINT for value in places)
            return left, top, width, height
    return None


def _beyond(
    number: int, slide: Slide, shape: etree._Element, width: float, height: float
) -> Iterator[Overflow]:
    place = _place(slide, shape)
    if place is None:
        return
    left, top, wide, tall = place
    if left < -TOLERANCE or left + wide > width + TOLERANCE:
        yield Overflow(number, _name(shape), "slide", left + wide, width)
    if top < -TOLERANCE or top + tall > height + TOLERANCE:
        yield Overflow(number, _name(shape), "slide", top + tall, height)


def _text(number: int, slide: Slide, shape: etree._Element, family: str) -> Iterator[Overflow]:
    body, place = shape.find(qn("p:txBody")), _place(slide, shape)
    if body is None or place is None or not "".join(body.itertext()).strip():
        return
    parents = [element.find(qn("p:txBody")) for element in _inherited(slide, shape)]
    bodies = (body, *(parent for parent in parents if parent is not None))
    look = _Look(bodies, tuple(_levels(slide, shape, bodies)), family)
    left, top, right, bottom = (_inset(look, name) for name in ("lIns", "tIns", "rIns", "bIns"))
    needs = _height(body, place[2] - left - right, look)
    has = place[3] - top - bottom
    if needs > has + TOLERANCE:
        text = "".join(body.itertext())[:80]
        yield Overflow(number, _name(shape), "text", round(needs, 1), round(has, 1), text)


def _levels(slide: Slide, shape: etree._Element, bodies: tuple[etree._Element, ...]) -> list[etree._Element]:
    """First-level paragraph properties, nearest first, the master's text styles last."""
    found = []
    for body in bodies:
        style = body.find(qn("a:lstStyle"))
        level = style.find(qn("a:lvl1pPr")) if style is not None else None
        if level is not None:
            found.append(level)
    mark = shape.find(f".//{qn('p:ph')}")
    kind = "p:otherStyle"
    if mark is not None:
        kind = "p:titleStyle" if mark.get("type", "") in ("title", "ctrTitle") else "p:bodyStyle"
    styles = slide.slide_layout.slide_master._element.find(qn("p:txStyles"))
    level = styles.find(f"{qn(kind)}/{qn('a:lvl1pPr')}") if styles is not None else None
    if level is not None:
        found.append(level)
    return found


def _inset(look: _Look, name: str) -> float:
    for body in look.bodies:
        value = body.find(qn("a:bodyPr")).get(name)
        if value is not None:
            return int(value) / POINT
    return _SIDE if name in ("lIns", "rIns") else _UPRIGHT


def _height(body: etree._Element, width: float, look: _Look) -> float:
    scale = 1.0
    fitting = body.find(f"{qn('a:bodyPr')}/{qn('a:normAutofit')}")
    if fitting is not None:
        scale = int(fitting.get("fontScale", "100000")) / 100_000
    return sum(_paragraph(paragraph, width, look, scale) for paragraph in body.iter(qn("a:p")))


def _paragraph(paragraph: etree._Element, width: float, look: _Look, scale: float) -> float:
    """The tallest and boldest run counts for its whole paragraph: measured too tall rather than too short."""
    runs = [run for run in paragraph if run.tag in (qn("a:r"), qn("a:fld"))]
    marks = [run.find(qn("a:rPr")) for run in runs] or [paragraph.find(qn("a:endParaRPr"))]
    sizes = [_property(mark, "sz", look) for mark in marks]
    bold = any(_property(mark, "b", look) in ("1", "true") for mark in marks)
    size = max((int(value) / 100 for value in sizes if value), default=_SIZE) * scale
    latin = paragraph.find(f".//{qn('a:latin')}")
    family = latin.get("typeface") if latin is not None else look.family
    if not family or family.startswith("+"):
        family = look.family
    style = Style(size, bold, family)
    text = "".join("\n" if part.tag == qn("a:br") else _words(part) for part in paragraph)
    own = paragraph.find(qn("a:pPr"))
    around = _spacing(own, "a:spcBef") + _spacing(own, "a:spcAft")
    return len(wrap(text, max(width, 1), style)) * style.line + around


def _words(part: etree._Element) -> str:
    text = part.find(qn("a:t"))
    return (text.text or "") if text is not None else ""


def _property(mark: etree._Element | None, name: str, look: _Look) -> str | None:
    if mark is not None and mark.get(name) is not None:
        return str(mark.get(name))
    for level in look.levels:
        default = level.find(qn("a:defRPr"))
        if default is not None and default.get(name) is not None:
            return str(default.get(name))
    return None


def _spacing(own: etree._Element | None, name: str) -> float:
    points = own.find(f"{qn(name)}/{qn('a:spcPts')}") if own is not None else None
    return int(points.get("val")) / 100 if points is not None else 0.0


def _table(number: int, frame: etree._Element, height: float, family: str) -> Iterator[Overflow]:
    table = frame.find(f".//{qn('a:tbl')}")
    if table is None:
        return
    widths = [int(column.get("w")) / POINT for column in table.iter(qn("a:gridCol"))]
    top = int(frame.find(f"{qn('p:xfrm')}/{qn('a:off')}").get("y")) / POINT
    total = 0.0
    for index, row in enumerate(table.iter(qn("a:tr"))):
        has = int(row.get("h")) / POINT
        needs = max(_cell(cell, place, widths, family) for place, cell in enumerate(row.findall(qn("a:tc"))))
        total += max(has, needs)
        if needs > has + TOLERANCE:
            yield Overflow(number, f"{_name(frame)}, row {index}", "row", round(needs, 1), round(has, 1))
    if top + total > height + TOLERANCE:
        yield Overflow(number, _name(frame), "slide", round(top + total, 1), height)


def _cell(cell: etree._Element, place: int, widths: list[float], family: str) -> float:
    if cell.get("hMerge") == "1":
        return 0.0
    span = int(cell.get("gridSpan", "1"))
    properties = cell.find(qn("a:tcPr"))
    sides = [_margin(properties, name, _SIDE) for name in ("marL", "marR")]
    upright = [_margin(properties, name, _UPRIGHT) for name in ("marT", "marB")]
    body = cell.find(qn("a:txBody"))
    width = sum(widths[place : place + span]) - sum(sides)
    return _height(body, width, _Look((body,), (), family)) + sum(upright)


def _margin(properties: etree._Element | None, name: str, default: float) -> float:
    value = properties.get(name) if properties is not None else None
    return int(value) / POINT if value is not None else default
