from pathlib import Path

import pytest
from pypdf import PdfReader
from tests.exchange.packs.contents import pack
from tests.exchange.packs.hostile import TEXTS, hostile

from steerco.exchange.packs.content import PackContent
from steerco.exchange.packs.pdf.render import TemplateUnsupportedError, render_pdf


@pytest.fixture(scope="module")
def content() -> PackContent:
    return pack(5)


@pytest.fixture(scope="module")
def path(content: PackContent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("pdf") / "pack.pdf"
    render_pdf(content, target)
    return target


def plain(path: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


def test_it_is_tagged_and_says_its_language_and_title(path: Path, content: PackContent) -> None:
    reader = PdfReader(path)
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en"
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "/StructTreeRoot" in catalogue
    assert reader.metadata is not None
    assert reader.metadata.title == content.title
    assert b"pdfuaid:part" in catalogue["/Metadata"].get_object().get_data()


def structure(path: Path) -> list[tuple[str, str]]:
    found = []
    waiting = [PdfReader(path).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop()
        node = node.get_object()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            found.append((str(node.get("/S", "")), str(node.get("/Alt", ""))))
            if "/K" in node:
                waiting.append(node["/K"])
    return found


def test_headings_tables_and_charts_are_in_its_structure(path: Path) -> None:
    found = structure(path)
    kinds = {kind for kind, _ in found}
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure"} <= kinds
    alts = [alt for kind, alt in found if kind == "/Figure"]
    assert all(alts)
    assert any("amber/red" in alt for alt in alts)


def test_messages_projects_and_marking_are_in_the_text(path: Path, content: PackContent) -> None:
    text = plain(path)
    assert "projects are rated red or amber/red" in text
    assert "2 conflicts between projects are open; the first is to be resolved by 14 Oct 2019" in text
    assert "Courts Reform / Border Systems / the supplier Ardent" in text
    for page in content.projects:
        assert page.name in text
        assert " ".join(page.narratives[0].text.split())[:60] in text
    for page in PdfReader(path).pages:
        assert content.marking in page.extract_text()


def test_only_the_shipped_typefaces_are_embedded(path: Path) -> None:
    names = set()
    for page in PdfReader(path).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            names.add(str(font.get_object()["/BaseFont"]).split("+")[-1])
    assert names
    assert all(name.startswith(("Carlito", "DejaVuSans")) for name in names)


def test_equal_content_gives_equal_bytes(path: Path, content: PackContent, tmp_path: Path) -> None:
    render_pdf(content, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_breaks_it(name: str, tmp_path: Path) -> None:
    render_pdf(hostile(TEXTS[name], 2), tmp_path / "pack.pdf")
    assert len(PdfReader(tmp_path / "pack.pdf").pages) >= 8


def test_markup_in_a_text_is_printed_not_obeyed(tmp_path: Path) -> None:
    render_pdf(hostile("#panic() *b* $x$ [y] {{ 1 }}", 1), tmp_path / "pack.pdf")
    assert "#panic() *b* $x$ [y] {{ 1 }}" in plain(tmp_path / "pack.pdf")


def test_an_empty_portfolio_and_german(tmp_path: Path) -> None:
    render_pdf(pack(0, decisions=(), conflicts=(), distribution=(), locale="de"), tmp_path / "pack.pdf")
    assert PdfReader(tmp_path / "pack.pdf").trailer["/Root"]["/Lang"] == "de"
    assert "30.09.2019" in plain(tmp_path / "pack.pdf")


def test_a_template_is_refused_and_progress_may_cancel(content: PackContent, tmp_path: Path) -> None:
    with pytest.raises(TemplateUnsupportedError):
        render_pdf(content, tmp_path / "pack.pdf", template=tmp_path / "x.pptx")

    def cancel(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        render_pdf(content, tmp_path / "pack.pdf", progress=cancel)
    assert not (tmp_path / "pack.pdf").exists()
