"""Shapes of a slide as explicit XML: without a theme style no house theme adds shadows or outlines.

All measures are points (1/72 inch). A colour is RRGGBB or a theme name, optionally "tx1:65" (lightened text)
or "bg1:95" (darkened background), so that a deck follows the theme of the template it stands on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from xml.sax.saxutils import escape, quoteattr

from lxml import etree
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls

from steerco.exchange.packs.fit.wrap import Style
from steerco.exchange.packs.printable import right_to_left
from steerco.exchange.packs.ratings import Ink

INK = "tx1"
MUTED = "tx1:65"
RULE = "bg1:82"
TILE = "bg1:95"
PAPER = "bg1"
ACCENT = "accent1"

NAMESPACES = nsdecls("a", "p", "r")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the slide in points."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def columns(self, *shares: float, gap: float = 18) -> list["Box"]:
        """Side by side parts whose widths are as `shares`."""
        room, total = self.width - gap * (len(shares) - 1), sum(shares)
        found, left = [], self.left
        for share in shares:
            width = room * share / total
            found.append(Box(left, self.top, width, self.height))
            left += width + gap
        return found

    def below(self, used: float) -> "Box":
        """What is left under `used` points."""
        return Box(self.left, self.top + used, self.width, self.height - used)

    def first(self, height: float) -> "Box":
        """The top `height` points."""
        return Box(self.left, self.top, self.width, height)


@dataclass(frozen=True, slots=True)
class Text:
    """Text of one look; a line break starts a paragraph."""

    text: str
    size: float = 11
    bold: bool = False
    colour: str = INK
    align: str = "l"
    after: float = 0

    def style(self, family: str) -> Style:
        """What the text is measured with."""
        return Style(self.size, self.bold, family)


def emu(points: float) -> int:
    """English metric units of a distance in points."""
    return round(points * 12_700)


def fill(colour: str | None) -> str:
    """A fill element; None is no fill."""
    if colour is None:
        return "<a:noFill/>"
    name, _, share = colour.partition(":")
    if len(name) == 6 and all(sign in "0123456789ABCDEFabcdef" for sign in name):
        return f'<a:solidFill><a:srgbClr val="{name}"/></a:solidFill>'
    change = ""
    if share and name.startswith("tx"):
        change = f'<a:lumMod val="{share}000"/><a:lumOff val="{100 - int(share)}000"/><a:satMod val="45000"/>'
    elif share:
        change = f'<a:lumMod val="{share}000"/>'
    return f'<a:solidFill><a:schemeClr val="{name}">{change}</a:schemeClr></a:solidFill>'


def outline(colour: str | None, width: float = 0.75, dash: str = "") -> str:
    """A line element; None is no line."""
    if colour is None:
        return "<a:ln><a:noFill/></a:ln>"
    pattern = f'<a:prstDash val="{dash}"/>' if dash else ""
    return f'<a:ln w="{emu(width)}">{fill(colour)}{pattern}</a:ln>'


def paragraphs(texts: tuple[Text, ...], language: str) -> str:
    """The paragraphs of a text body; right-to-left text is marked and aligned as such."""
    found = []
    for text in texts:
        for line in text.text.split("\n"):
            turned = right_to_left(line)
            align = {"l": "r", "r": "l"}.get(text.align, text.align) if turned else text.align
            after = f'<a:spcAft><a:spcPts val="{round(text.after * 100)}"/></a:spcAft>' if text.after else ""
            before = '<a:spcBef><a:spcPts val="0"/></a:spcBef>'
            look = f'lang="{language}" sz="{round(text.size * 100)}" b="{int(text.bold)}" dirty="0"'
            body = (
                f"<a:r><a:rPr {look}>{fill(text.colour)}</a:rPr><a:t>{escape(line)}</a:t></a:r>"
                if line
                else ""
            )
            found.append(
                f'<a:p><a:pPr marL="0" indent="0" algn="{align}" rtl="{int(turned)}">'
                f'<a:lnSpc><a:spcPct val="100000"/></a:lnSpc>{before}{after}<a:buNone/></a:pPr>'
                f"{body}<a:endParaRPr {look}/></a:p>"
            )
    return "".join(found) or "<a:p/>"


class Drawing:
    """Adds shapes to a slide or group in reading order."""

    def __init__(
        self, tree: etree._Element, family: str, language: str, numbers: Iterator[int] | None = None
    ) -> None:
        self.tree = tree
        self.family = family
        self.language = language
        taken = () if numbers else tree.getroottree().getroot().xpath("//*[local-name()='cNvPr']/@id")
        self.numbers = numbers or count(max((int(number) for number in taken), default=1) + 1)

    def next_id(self) -> int:
        """A shape number that is free on the slide."""
        return next(self.numbers)

    def _add(self, xml: str) -> None:
        self.tree.append(parse_xml(xml))

    def shape(
        self,
        box: Box,
        name: str,
        *,
        geometry: str = "rect",
        colour: str | None = None,
        line: str | None = None,
        line_width: float = 0.75,
        texts: tuple[Text, ...] = (),
        anchor: str = "t",
        insets: tuple[float, float, float, float] = (0, 0, 0, 0),
        alt: str = "",
    ) -> None:
        """A preset shape, with text if `texts` are given; `insets` are left, top, right, bottom."""
        left, top, right, bottom = (emu(value) for value in insets)
        is_box = ' txBox="1"' if colour is None and line is None else ""
        body = paragraphs(texts, self.language)
        self._add(
            f'<p:sp {NAMESPACES}><p:nvSpPr><p:cNvPr id="{self.next_id()}" name={quoteattr(name)} '
            f"descr={quoteattr(alt)}/><p:cNvSpPr{is_box}/><p:nvPr/></p:nvSpPr>"
            f'<p:spPr>{_place(box)}<a:prstGeom prst="{geometry}"><a:avLst/></a:prstGeom>'
            f"{fill(colour)}{outline(line, line_width)}</p:spPr>"
            f'<p:txBody><a:bodyPr wrap="square" lIns="{left}" tIns="{top}" rIns="{right}" bIns="{bottom}" '
            f'anchor="{anchor}"><a:noAutofit/></a:bodyPr><a:lstStyle/>{body}</p:txBody></p:sp>'
        )

    def text(self, box: Box, name: str, *texts: Text, anchor: str = "t") -> None:
        """A text box without insets."""
        self.shape(box, name, texts=texts, anchor=anchor)

    def rule(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        name: str,
        colour: str = RULE,
        width: float = 0.75,
        dash: str = "",
    ) -> None:
        """A straight line from `start` to `end` (left to right, top to bottom)."""
        box = Box(start[0], start[1], end[0] - start[0], end[1] - start[1])
        self._add(
            f'<p:cxnSp {NAMESPACES}><p:nvCxnSpPr><p:cNvPr id="{self.next_id()}" name={quoteattr(name)}/>'
            f"<p:cNvCxnSpPr/><p:nvPr/></p:nvCxnSpPr>"
            f'<p:spPr>{_place(box)}<a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
            f"{outline(colour, width, dash)}</p:spPr></p:cxnSp>"
        )

    def pill(self, box: Box, name: str, text: str, colours: Ink, *, size: float = 10, alt: str = "") -> None:
        """A rounded label with the shape and letters of a rating."""
        self.shape(
            box,
            name,
            geometry="roundRect",
            colour=colours.fill,
            texts=(Text(text, size, True, colours.text, "ctr"),),
            anchor="ctr",
            alt=alt,
        )

    @contextmanager
    def group(self, box: Box, name: str, alt: str) -> Iterator["Drawing"]:
        """A group that moves and reads as one; what is drawn inside uses slide measures."""
        place = _place(box).replace("</a:xfrm>", "") + (
            f'<a:chOff x="{emu(box.left)}" y="{emu(box.top)}"/>'
            f'<a:chExt cx="{emu(box.width)}" cy="{emu(box.height)}"/></a:xfrm>'
        )
        element = parse_xml(
            f'<p:grpSp {NAMESPACES}><p:nvGrpSpPr><p:cNvPr id="{self.next_id()}" name={quoteattr(name)} '
            f"descr={quoteattr(alt)}/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr>{place}</p:grpSpPr></p:grpSp>"
        )
        self.tree.append(element)
        yield Drawing(element, self.family, self.language, self.numbers)


def _place(box: Box) -> str:
    return (
        f'<a:xfrm><a:off x="{emu(box.left)}" y="{emu(box.top)}"/>'
        f'<a:ext cx="{emu(max(box.width, 0))}" cy="{emu(max(box.height, 0))}"/></a:xfrm>'
    )
