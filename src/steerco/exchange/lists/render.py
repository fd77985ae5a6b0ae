"""Sets a list as PDF/UA on A4 landscape: tagged, with language and title, its head repeated on every page."""

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path

from steerco.exchange.lists.content import PrintedList
from steerco.exchange.packs.pdf.typesetting import typeset
from steerco.exchange.packs.printable import printable_content

LONGEST = 600  # characters of a cell
_TEMPLATE = Path(__file__).with_name("list.typ")
_UNBROKEN = re.compile(r"\S{24}")
_NARROW, _WIDE = 5, 42  # characters that a column is reckoned with


def render_list(paper: PrintedList) -> bytes:
    """The list as a tagged PDF; equal content gives equal bytes. Raises typst.TypstError when it cannot be set."""
    data = dataclasses.asdict(printable_content(paper))
    when = data.pop("made_at")
    data["widths"] = list(widths(paper))
    cells = [cell for group in data["groups"] for row in group["rows"] for cell in row]
    if not any(len(cell["text"]) > LONGEST for cell in cells):
        data["words"]["cut"] = ""
    for cell in cells:
        cell["text"] = fitting(cell["text"])
    return typeset(_TEMPLATE, "list", json.dumps(data, ensure_ascii=False), int(when.timestamp()))


def fitting(text: str) -> str:
    """`text` cut at LONGEST characters, with places to break in what is longer than a line."""
    cut = text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
    return _UNBROKEN.sub(lambda found: found.group() + "\u200b", cut)


def widths(paper: PrintedList) -> Iterator[float]:
    """The share of the page that each column gets: by its longest word and by how much stands in it."""
    rows = [row for group in paper.groups for row in group.rows]
    for place, head in enumerate(paper.heads):
        texts = [row[place].text for row in rows if row[place].text] or [""]
        word = max((len(word) for text in (head.title, *texts) for word in text.split()), default=0)
        mean = sum(min(len(text), LONGEST) for text in texts) / len(texts)
        yield min(max(_NARROW, min(word, 16) + 1.0, mean**0.75 + 2), _WIDE)
