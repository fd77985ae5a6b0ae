"""A pack being drawn: slides on the template's layouts with title, topic, marking and number in place."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.shapes.placeholder import SlidePlaceholder
from pptx.slide import Slide
from pptx.util import Pt

from steerco.exchange.packs.content import PackContent
from steerco.exchange.packs.fit.wrap import Fitted, Style, height, shorten
from steerco.exchange.packs.pptx.drawing import (
    ACCENT,
    INK,
    MUTED,
    NAMESPACES,
    Box,
    Drawing,
    Text,
)
from steerco.exchange.packs.pptx.house import House, LayoutRole, Stand
from steerco.exchange.packs.printable import one_line
from steerco.exchange.packs.values import Wording

Progress = Callable[[int, int], None]
TITLE_SIZES = (24.0, 22.0, 20.0, 18.0, 16.0)
TOPIC_INDEX = 13
_FOOT = 9.0
_FIELD = "{6B1E3C0A-3D0E-4C55-9C0C-7A1D5B1F0C11}"
_KINDS = {
    PP_PLACEHOLDER.DATE: "dt",
    PP_PLACEHOLDER.FOOTER: "ftr",
    PP_PLACEHOLDER.SLIDE_NUMBER: "sldNum",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A slide with the box that its content may fill."""

    slide: Slide
    drawing: Drawing
    body: Box


class Book:
    """The deck under construction with everything that each page needs."""

    def __init__(self, content: PackContent, house: House) -> None:
        self.content, self.house = content, house
        self.words = Wording.of(content)
        self.labels, self.figures = self.words.labels, self.words.figures
        self.family = house.family
        self.language = {"de": "de-DE", "en": "en-GB"}.get(content.locale[:2], content.locale)

    def style(self, size: float, *, bold: bool = False) -> Style:
        """Text of the template's face at `size` points."""
        return Style(size, bold, self.family)

    def page(self, role: LayoutRole, topic: str, title: str) -> Page:
        """A new slide: `topic` says what it is about, `title` what it says."""
        stand = self.house.stands[role]
        slide = self.house.deck.slides.add_slide(stand.layout)
        drawing = Drawing(slide.shapes._spTree, self.family, self.language)
        topic_place = self._keep(slide, stand)
        body = stand.body
        if topic_place is None:
            body = self._own_topic(drawing, stand, topic)
        else:
            fitted = shorten(one_line(topic), _box(topic_place).width, 1, self.style(12, bold=True))
            _write(topic_place, fitted.text, None, self.language)
        self._title(slide, drawing, stand, title)
        self._footers(slide, drawing, stand)
        return Page(slide, drawing, body)

    def cover(self, title: str, marking: str, lines: list[str]) -> None:
        """The first slide: title, lines below it, marking above it; in the layout's places if it has them."""
        stand = self.house.stands[LayoutRole.COVER]
        slide = self.house.deck.slides.add_slide(stand.layout)
        drawing = Drawing(slide.shapes._spTree, self.family, self.language)
        self._keep(slide, stand)
        box = stand.title or Box(72, 150, self.house.width - 144, 96)
        fitted, size = self.fit_title(title, box, (40.0, 34.0, 28.0, 24.0, 20.0))
        place = slide.shapes.title
        if place is None:
            drawing.text(box, "Title", Text(fitted.text, size, True, INK), anchor="b")
        else:
            _write(place, fitted.text, size, self.language)
            _no_insets(place)
        below = next(
            (p for p in slide.placeholders if p.placeholder_format.type == PP_PLACEHOLDER.SUBTITLE), None
        )
        room = _box(below) if below is not None else Box(box.left, box.bottom + 16, box.width, 140)
        style = self.style(16)
        count = max(1, int(room.height / style.line))
        texts, left = [], count
        for line in lines:
            short = shorten(line, room.width, min(2, left), style)
            texts.append(short.text)
            left -= short.lines
            if left <= 0:
                break
        if below is None:
            drawing.text(room, "Subtitle", Text("\n".join(texts), 16, False, MUTED))
        else:
            _write(below, "\n".join(texts), 16, self.language)
            _no_insets(below)
        if marking:
            style = self.style(12, bold=True)
            top = max(box.top - 30, 20)
            text = shorten(marking, box.width, 1, style).text
            drawing.text(
                Box(box.left, top, box.width, style.line + 2), "Marking above", Text(text, 12, True, ACCENT)
            )
        self._footers(slide, drawing, stand)

    def _own_topic(self, drawing: Drawing, stand: Stand, topic: str) -> Box:
        """On a template of others the topic stands above an own title, else at the head of the body."""
        style = self.style(11, bold=True)
        top = 24.0 if stand.title is None else stand.body.top
        box = Box(stand.body.left, top, stand.body.width, style.line + 1)
        text = shorten(one_line(topic), box.width, 1, style).text
        drawing.text(box, "Topic", Text(text, 11, True, ACCENT))
        return stand.body if stand.title is None else stand.body.below(style.line + 6)

    def _keep(self, slide: Slide, stand: Stand) -> SlidePlaceholder | None:
        """Removes placeholders that the page does not fill: an empty one would show its prompt."""
        topic, titled = None, False
        for item in list(slide.placeholders):
            kind = item.placeholder_format.type
            if kind in (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE) and not titled:
                titled = True
            elif item.placeholder_format.idx == TOPIC_INDEX and stand.layout.name.startswith("Steerco "):
                topic = item
            elif kind != PP_PLACEHOLDER.SUBTITLE or stand is not self.house.stands[LayoutRole.COVER]:
                item._element.getparent().remove(item._element)
        return topic

    def _title(self, slide: Slide, drawing: Drawing, stand: Stand, title: str) -> None:
        place = slide.shapes.title
        box = stand.title or Box(stand.body.left, 40, stand.body.width, 44)
        fitted, size = self.fit_title(title, box)
        if place is None:
            drawing.text(box, "Title", Text(fitted.text, size, True, INK))
            return
        if stand.title is None:
            place.left, place.top = Pt(box.left), Pt(box.top)
            place.width, place.height = Pt(box.width), Pt(box.height)
        _write(place, fitted.text, size, self.language)
        _no_insets(place)

    def fit_title(self, title: str, box: Box, sizes: tuple[float, ...] = TITLE_SIZES) -> tuple[Fitted, float]:
        """The largest of `sizes` at which `title` fits `box`; at the smallest it is shortened."""
        text = one_line(title)
        for size in sizes:
            style = self.style(size, bold=True)
            if height(text, box.width, style) <= box.height:
                return Fitted(text, 0, False), size
        style = self.style(sizes[-1], bold=True)
        return shorten(text, box.width, max(1, int(box.height / style.line)), style), sizes[-1]

    def _footers(self, slide: Slide, drawing: Drawing, stand: Stand) -> None:
        """As-of date, marking and number, in the layout's own places where they are wide enough."""
        third = (self.house.width - 72) / 4
        top = self.house.height - 28
        own = {
            "dt": (Box(36, top, third, 14), "l"),
            "ftr": (Box(36 + third, top, 2 * third, 14), "ctr"),
            "sldNum": (Box(36 + 3 * third, top, third, 14), "r"),
        }
        content = self.content
        words = {
            "dt": self.labels.as_of.format(date=self.figures.day(content.as_of)),
            "ftr": " · ".join(part for part in (content.marking, content.organisation) if part),
            "sldNum": "‹#›",
        }
        places = {_KINDS.get(item.placeholder_format.type): item for item in stand.layout.placeholders}
        for kind, text in words.items():
            place = places.get(kind)
            box = _box(place) if place is not None and place.left is not None else None
            style = self.style(_FOOT, bold=kind == "ftr")
            if box is not None and place is not None and box.width >= 100 and box.height >= style.line:
                fitted = shorten(text, box.width - 15, 1, style).text
                slide.shapes._spTree.append(self._footer(place, kind, fitted, drawing.next_id()))
                continue
            box, align = own[kind]
            fitted = shorten(text, box.width, 1, style).text
            drawing.text(box, _NAMES[kind], Text(fitted, _FOOT, kind == "ftr", MUTED, align))
            if kind == "sldNum":
                _to_field(slide.shapes._spTree[-1])

    def _footer(self, place: object, kind: str, text: str, number: int) -> etree._Element:
        """The slide's own copy of a layout's footer: without it, nothing is shown on the slide."""
        mark = deepcopy(place._element.find(f".//{qn('p:ph')}"))  # type: ignore[attr-defined]
        look = f'lang="{self.language}" sz="{round(_FOOT * 100)}" dirty="0"'
        run = f"<a:r><a:rPr {look}/><a:t/></a:r>"
        if kind == "sldNum":
            run = f'<a:fld id="{_FIELD}" type="slidenum"><a:rPr {look}/><a:t/></a:fld>'
        shape = parse_xml(
            f'<p:sp {NAMESPACES}><p:nvSpPr><p:cNvPr id="{number}" name="{_NAMES[kind]}"/>'
            f'<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr/></p:nvSpPr><p:spPr/>'
            f"<p:txBody><a:bodyPr/><a:lstStyle/><a:p>{run}</a:p></p:txBody></p:sp>"
        )
        shape.find(f".//{qn('p:nvPr')}").append(mark)
        shape.find(f".//{qn('a:t')}").text = text
        return shape


_NAMES = {"dt": "As of", "ftr": "Marking", "sldNum": "Slide number"}


def _box(shape: object) -> Box:
    return Box(*(getattr(shape, name) / 12_700 for name in ("left", "top", "width", "height")))


def _write(shape: object, text: str, size: float | None, language: str) -> None:
    """Puts `text` in a placeholder, leaving its look to the layout but for `size`."""
    frame = shape.text_frame  # type: ignore[attr-defined]
    frame.text = text
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            run.font.language_id = None
            run._r.get_or_add_rPr().set("lang", language)
            if size is not None:
                run.font.size = Pt(size)


def _no_insets(shape: SlidePlaceholder) -> None:
    """Text as wide as its box and from left to right, as it was measured."""
    body = shape._element.txBody.find(qn("a:bodyPr"))
    for inset in ("lIns", "tIns", "rIns", "bIns"):
        body.set(inset, "0")
    body.set("vert", "horz")


def _to_field(shape: etree._Element) -> None:
    """Makes the run of an own text box the number of its slide."""
    run = shape.find(f".//{qn('a:r')}")
    run.tag = qn("a:fld")
    run.set("id", _FIELD)
    run.set("type", "slidenum")
