"""The office suite itself opens what we write: page counts as expected, nothing repaired."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pptx import Presentation
from pypdf import PdfReader
from tests.exchange.packs.contents import pack

from steerco.exchange.packs.content import PackContent
from steerco.exchange.packs.docx.report import render_docx
from steerco.exchange.packs.pptx.deck import render_pptx
from steerco.exchange.packs.xlsx.workbook import render_xlsx

pytestmark = pytest.mark.slow


def printed(path: Path) -> PdfReader:
    office = shutil.which("soffice")
    if office is None:
        pytest.fail("LibreOffice (soffice) is missing: make install brings it")
    profile = path.parent / "profile"
    subprocess.run(
        [
            office,
            f"-env:UserInstallation=file://{profile}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(path.parent),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return PdfReader(path.with_suffix(".pdf"))


def test_a_deck_has_one_page_per_slide(tmp_path: Path) -> None:
    render_pptx(pack(3), tmp_path / "pack.pptx")
    slides = Presentation(str(tmp_path / "pack.pptx")).slides
    pages = printed(tmp_path / "pack.pptx").pages
    assert len(pages) == len(slides)
    assert "What these figures rest on" in pages[-1].extract_text()


@pytest.mark.parametrize(("render", "name"), [(render_docx, "pack.docx"), (render_xlsx, "pack.xlsx")])
def test_report_and_workbook_open(
    render: Callable[[PackContent, Path], None], name: str, tmp_path: Path
) -> None:
    render(pack(3), tmp_path / name)
    text = " ".join(page.extract_text() for page in printed(tmp_path / name).pages)
    assert "projects are rated red or amber/red" in " ".join(text.split())
    assert "Err:" not in text
