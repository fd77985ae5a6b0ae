"""Sets an agenda or minutes as PDF/UA: tagged, with language and title, with the shipped typefaces."""

import dataclasses
import json
from pathlib import Path

from steerco.exchange.agendas.content import Paper
from steerco.exchange.packs.pdf.typesetting import typeset
from steerco.exchange.packs.printable import printable_content

_TEMPLATE = Path(__file__).with_name("agenda.typ")


def render_paper(paper: Paper) -> bytes:
    """The paper as a tagged PDF; equal content gives equal bytes. Raises typst.TypstError when it cannot be set."""
    data = dataclasses.asdict(printable_content(paper))
    when = data.pop("made_at")
    return typeset(_TEMPLATE, "paper", json.dumps(data, ensure_ascii=False), int(when.timestamp()))
