"""Sets a certificate as PDF/UA: tagged, with language and title, with the shipped typefaces, without network."""

import dataclasses
import json
from pathlib import Path

from steerco.exchange.certificates.content import Certificate
from steerco.exchange.packs.pdf.typesetting import typeset
from steerco.exchange.packs.printable import printable_content

_TEMPLATE = Path(__file__).with_name("certificate.typ")


def render_certificate(certificate: Certificate) -> bytes:
    """The certificate as a tagged PDF; equal content gives equal bytes.

    Raises typst.TypstError when the text cannot be set.
    """
    content = printable_content(certificate)
    data = dataclasses.asdict(content)
    when = data.pop("closed_at")
    return typeset(_TEMPLATE, "certificate", json.dumps(data, ensure_ascii=False), int(when.timestamp()))
