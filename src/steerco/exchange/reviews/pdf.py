"""Sets the report of a review as PDF/UA, with the shipped typefaces, without network."""

import dataclasses
import json
from pathlib import Path

from steerco.exchange.packs.pdf.typesetting import typeset
from steerco.exchange.packs.printable import printable_content
from steerco.exchange.reviews.content import ReviewReport

_TEMPLATE = Path(__file__).with_name("review.typ")


def render_pdf(report: ReviewReport) -> bytes:
    """The report as a tagged PDF; equal content gives equal bytes.

    Raises typst.TypstError when the text cannot be set.
    """
    data = dataclasses.asdict(printable_content(report))
    when = data.pop("issued_at")
    return typeset(_TEMPLATE, "review", json.dumps(data, ensure_ascii=False), int(when.timestamp()))
