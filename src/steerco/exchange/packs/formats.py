"""The formats of a pack by the ending of their files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from steerco.exchange.packs.content import PackContent
from steerco.exchange.packs.docx.report import render_docx
from steerco.exchange.packs.pdf.render import render_pdf
from steerco.exchange.packs.pptx.deck import render_pptx
from steerco.exchange.packs.pptx.page import Progress
from steerco.exchange.packs.xlsx.workbook import render_xlsx


class Renderer(Protocol):
    """What writes one format."""

    def __call__(
        self,
        content: PackContent,
        path: Path,
        *,
        template: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Write `content` to `path`; `progress` is told (done, total) and may raise to cancel."""


FORMATS: Mapping[str, Renderer] = {
    "pptx": render_pptx,
    "pdf": render_pdf,
    "docx": render_docx,
    "xlsx": render_xlsx,
}
