import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from tests.exchange.packs.contents import pack
from tests.exchange.packs.hostile import TEXTS, hostile

from steerco.exchange.packs.content import PackContent
from steerco.exchange.packs.docx.build_template import build
from steerco.exchange.packs.docx.report import (
    OWN_TEMPLATE,
    DocumentTemplateError,
    describe_document,
    render_docx,
)


@pytest.fixture(scope="module")
def content() -> PackContent:
    return pack(5)


@pytest.fixture(scope="module")
def path(content: PackContent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("docx") / "pack.docx"
    render_docx(content, target)
    return target


def words(path: Path) -> str:
    return "\n".join(node.text or "" for node in Document(str(path)).element.body.iter("{*}t"))


def test_headings_state_messages_and_name_projects(path: Path, content: PackContent) -> None:
    report = Document(str(path))
    headings = [p.text for p in report.paragraphs if p.style.name == "Heading 1"]
    assert "projects are rated red or amber/red" in headings[0]
    assert headings[2].startswith("2 conflicts between projects are open")
    assert headings[-1] == "What these figures rest on"
    assert [name for name in headings if name in {page.name for page in content.projects}] == [
        page.name for page in content.projects
    ]
    for page in content.projects:
        assert page.narratives[0].text.split("\n")[0] in words(path)


def test_marking_stands_in_the_header_and_headings_repeat(path: Path, content: PackContent) -> None:
    report = Document(str(path))
    assert report.sections[0].header.paragraphs[0].text == content.marking
    assert content.marking in report.sections[0].footer.paragraphs[0].text
    for table in report.tables:
        assert table._tbl.findall(".//{*}tblHeader")


def test_grids_are_as_wide_as_their_cells(path: Path) -> None:
    for table in Document(str(path)).tables:
        grid = [int(column.get(column.tag.replace("gridCol", "w"))) for column in table._tbl.tblGrid]
        cells = [int(cell._tc.tcPr.tcW.w) for cell in table.rows[0].cells]
        assert grid == cells
        assert sum(grid) <= 756 * 20 + 20


def test_equal_content_gives_equal_bytes(path: Path, content: PackContent, tmp_path: Path) -> None:
    render_docx(content, tmp_path / "again.docx")
    assert (tmp_path / "again.docx").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_breaks_it(name: str, tmp_path: Path) -> None:
    render_docx(hostile(TEXTS[name], 2), tmp_path / "pack.docx")
    assert Document(str(tmp_path / "pack.docx")).tables


def test_markup_and_fields_in_a_text_are_printed(tmp_path: Path) -> None:
    text = "<b>&amp;</w:t> {{ marking }} {% raw %}"
    render_docx(hostile(text, 1), tmp_path / "pack.docx")
    assert text in words(tmp_path / "pack.docx")


def test_our_template_uses_the_fields_and_is_what_its_builder_makes() -> None:
    report = describe_document(OWN_TEMPLATE)
    assert report.usable
    assert report.problems == ()
    built, kept = (zipfile.ZipFile(io.BytesIO(data)) for data in (build(), OWN_TEMPLATE.read_bytes()))
    for name in built.namelist():
        assert built.read(name) == kept.read(name), name


def template(path: Path, *lines: str) -> Path:
    report = Document()
    for line in lines:
        report.add_paragraph(line)
    report.save(str(path))
    return path


def test_a_house_template_is_filled(content: PackContent, tmp_path: Path) -> None:
    house = template(
        tmp_path / "house.docx",
        "{{ title }} for {{ audience }}",
        "{%p for p in projects %}",
        "{{ p.name }}",
        "{%p endfor %}",
    )
    report = describe_document(house)
    assert (report.usable, report.used) == (True, ("audience", "projects", "title"))
    render_docx(content, tmp_path / "out.docx", template=house)
    lines = [p.text for p in Document(str(tmp_path / "out.docx")).paragraphs]
    assert lines == [f"{content.title} for Investment board", *(page.name for page in content.projects)]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("no field at all", "no-fields"),
        ("{{ title", "syntax:"),
        ("{{ title }}{{ nonsense }}", "unknown-field:nonsense"),
    ],
)
def test_faults_of_a_template_are_named(line: str, problem: str, tmp_path: Path) -> None:
    report = describe_document(template(tmp_path / "house.docx", line))
    assert any(found.startswith(problem) for found in report.problems)
    assert report.usable == problem.startswith("unknown-field")


@pytest.mark.parametrize(
    "line",
    [
        "{{ title.__class__.__mro__[1].__subclasses__() }}",
        "{{ cover.append('x') }}",
        "{% for n in range(10**9) %}{{ title }}{% endfor %}",
    ],
)
def test_a_template_runs_in_a_sandbox(line: str, content: PackContent, tmp_path: Path) -> None:
    house = template(tmp_path / "house.docx", line)
    with pytest.raises(DocumentTemplateError):
        render_docx(content, tmp_path / "out.docx", template=house)
    assert not (tmp_path / "out.docx").exists()


def test_a_file_that_is_no_document_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.docx").write_bytes(b"plain")
    assert describe_document(tmp_path / "x.docx").problems == ("not-a-zip",)
