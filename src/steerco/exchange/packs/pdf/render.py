"""Sets the pack as PDF/UA: tagged, with language and title, with the shipped typefaces, without network."""

import json
from collections.abc import Callable
from pathlib import Path

from steerco.exchange.packs.content import PackContent
from steerco.exchange.packs.pdf.data import pack_data
from steerco.exchange.packs.pdf.typesetting import typeset
from steerco.exchange.packs.printable import printable_content

_TEMPLATE = Path(__file__).with_name("pack.typ")


class TemplateUnsupportedError(ValueError):
    """A PDF has no uploaded templates: its look is ours."""


def render_pdf(
    content: PackContent,
    path: Path,
    *,
    template: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Writes the pack as a tagged PDF to `path`; equal content gives equal bytes.

    `progress` is told (done, total) around the one long step and may raise to cancel.

    Raises:
        TemplateUnsupportedError: a template was given.
        typst.TypstError: the text cannot be set.
    """
    if template is not None:
        raise TemplateUnsupportedError("pdf")
    content = printable_content(content)
    data = json.dumps(pack_data(content), ensure_ascii=False)
    if progress is not None:
        progress(1, 3)
    written = typeset(_TEMPLATE, "pack", data, int(content.generated_at.timestamp()))
    if progress is not None:
        progress(2, 3)
    path.write_bytes(written)
    if progress is not None:
        progress(3, 3)
