"""Writing SVG: escaped elements, links, text that fits, the frame around a chart."""

import math
import re
from collections.abc import Mapping
from html import escape
from typing import NewType

Svg = NewType("Svg", str)
Attributes = Mapping[str, str | float | None]

SMALL_TEXT = 11.0
SAFE_LINK = re.compile(r"(?:https?://|mailto:|[/?#.]|[\w%~-]+(?:[/?#]|$))", re.IGNORECASE)
NARROW = frozenset("iljtfrI.,:;|!'()[] -/")
WIDE = frozenset("mwMW@%—…")


def number(value: float) -> str:
    """Write a coordinate with at most two decimals and no exponent.

    Raises:
        ValueError: value is not finite, which no SVG attribute can hold.
    """
    if not math.isfinite(value):
        raise ValueError(f"not a coordinate: {value}")
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def words(text: str) -> Svg:
    """Return user text escaped for use between tags."""
    return Svg(escape(text, quote=False))


def element(name: str, attributes: Attributes, *children: Svg) -> Svg:
    """Return one element; attributes that are None are left out, numbers are written as coordinates."""
    written = "".join(
        f' {key}="{escape(value if isinstance(value, str) else number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return Svg(f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>")


def titled(name: str, attributes: Attributes, title: str) -> Svg:
    """Return a shape whose title browsers show on pointing and screen readers speak."""
    return element(name, attributes, element("title", {}, words(title)) if title else Svg(""))


def rect(
    css: str, x: float, y: float, width: float, height: float, *, radius: float | None = None, title: str = ""
) -> Svg:
    """Return a rectangle with an optional radius of its corners and title."""
    place: Attributes = {"class": css, "x": x, "y": y, "width": width, "height": height, "rx": radius}
    return titled("rect", place, title)


def link(href: str | None, label: str, *children: Svg) -> Svg:
    """Group children under a title, shown on pointing and spoken; with an address the group is a link.

    Raises:
        ValueError: the address is of a kind that could run script.
    """
    title = element("title", {}, words(label))
    if not href:
        return element("g", {}, title, *children)
    if not SAFE_LINK.match(href):
        raise ValueError(f"not a page address: {href!r}")
    return element("a", {"href": href, "class": "sc-chart-link"}, title, *children)


def text_width(text: str, size: float = SMALL_TEXT) -> float:
    """Estimate the width of text in user units, for a grotesque face of the given size."""
    ems = 0.0
    for letter in text:
        if letter in NARROW:
            ems += 0.34
        elif letter in WIDE:
            ems += 0.92
        elif letter.isupper() or letter.isdigit():
            ems += 0.66
        else:
            ems += 1.0 if ord(letter) > 0x2E80 else 0.56
    return ems * size


def shortened(text: str, width: float, size: float = SMALL_TEXT) -> str:
    """Return text cut to width with an ellipsis; empty where not even two letters fit."""
    if text_width(text, size) <= width:
        return text
    room = width - text_width("…", size)
    kept = ""
    for letter in text:
        room -= text_width(letter, size)
        if room < 0:
            break
        kept += letter
    kept = kept.rstrip()
    return f"{kept}…" if len(kept) >= 2 else ""


def label(
    text: str,
    x: float,
    y: float,
    *,
    css: str = "sc-chart-text",
    anchor: str = "start",
    size: float = SMALL_TEXT,
) -> Svg:
    """Return a line of text whose baseline is at y; anchor is start, middle or end."""
    place: Attributes = {"class": css, "x": x, "y": y, "text-anchor": anchor, "font-size": size}
    return element("text", place, words(text))


def chart(kind: str, width: float, height: float, title: str, description: str, *body: Svg) -> str:
    """Return the complete drawing.

    Args:
        kind: second class of the drawing, ``sc-chart-<kind>``.
        width: user units, equal to CSS pixels at natural size.
        height: as width.
        title: what the drawing shows; its accessible name.
        description: the sentence that says what is to be seen in it; may be empty.

    A drawing without links is one image. One with links is a group instead, since an image hides its
    children from assistive technology and a link inside it could not be reached.
    """
    content = Svg("".join(body))
    about = [element("title", {}, words(title))]
    if description:
        about.append(element("desc", {}, words(description)))
    return element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": f"sc-chart sc-chart-{kind}",
            "role": "group" if "<a " in content else "img",
            "aria-label": title,
            "width": width,
            "height": height,
            "viewBox": f"0 0 {number(width)} {number(height)}",
        },
        *about,
        content,
    )


def standalone(drawing: str, stylesheet: str) -> str:
    """Return a drawing that carries its own stylesheet, for documents that have no page around it."""
    at = drawing.index(">") + 1
    return f"{drawing[:at]}<style>{escape(stylesheet, quote=False)}</style>{drawing[at:]}"
