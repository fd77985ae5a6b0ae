import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from python_calamine import CalamineWorkbook
from tests.exchange.packs.contents import pack
from tests.exchange.packs.hostile import TEXTS, hostile

from steerco.exchange.packs.content import PackContent
from steerco.exchange.packs.labels import PackLabels
from steerco.exchange.packs.printable import fingerprint, printable
from steerco.exchange.packs.ratings import RatingValue
from steerco.exchange.packs.xlsx.workbook import WorkbookTemplateError, render_xlsx

# openpyxl says which extensions it would drop on saving: nothing is saved here.
pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported and will be removed")
INJECTIONS = (
    '=HYPERLINK("http://x","y")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "＝1+1",
    "＋1+1",
    "＠SUM(A1)",
    "{=1+1}",
    "http://example.org",
    "_x003D_1+1",
    "=cmd|' /C calc'!A0",
)


@pytest.fixture(scope="module")
def content() -> PackContent:
    return pack(12)


@pytest.fixture(scope="module")
def path(content: PackContent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("xlsx") / "pack.xlsx"
    render_xlsx(content, target)
    return target


@pytest.fixture(scope="module")
def workbook(path: Path) -> Workbook:
    return load_workbook(path)


def test_sheets_and_live_tables(workbook: Workbook, content: PackContent) -> None:
    assert workbook.sheetnames == [
        "Overview",
        "Decisions wanted",
        "Open conflicts",
        "What changed",
        "Ratings",
        "Milestones",
        "Money",
        "Top risks",
        "Probability × impact",
        "Projects",
        "Text",
        "History",
        "Notes and sources",
        "_origin",
    ]
    table = workbook["Ratings"].tables["ratings"]
    assert table.ref.endswith(str(3 + len(content.ratings)))
    assert workbook["Ratings"]["A1"].value.startswith("5 of 12 projects")
    assert workbook["_origin"].sheet_state == "veryHidden"
    assert workbook["_origin"]["B1"].value == fingerprint(content)


def test_numbers_stay_numbers_and_dates_stay_dates(workbook: Workbook, content: PackContent) -> None:
    money = workbook["Money"]
    first = content.money_totals[0]
    assert first.budget is not None
    assert money["D4"].value == pytest.approx(first.budget.minor / 100_000_000)
    milestones = workbook["Milestones"]
    assert isinstance(milestones["D4"].value, datetime)
    assert milestones["D4"].value.date() == content.milestones[0].baseline


def test_formulas_are_plain_and_carry_the_value_that_they_compute(path: Path, content: PackContent) -> None:
    formulas, values = load_workbook(path), load_workbook(path, data_only=True)
    found = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    found += 1
                    assert "[" not in str(cell.value)
                    assert values[sheet.title][cell.coordinate].value is not None
    assert found > 100
    money, cached = formulas["Money"], values["Money"]
    assert money["G4"].value == "=F4-D4"
    assert cached["G4"].value == pytest.approx(cached["F4"].value - cached["D4"].value)
    assert cached["H4"].value == pytest.approx(cached["G4"].value / cached["D4"].value)
    late = values["Milestones"]["H4"].value
    assert late == content.milestones[0].days_late


def test_distribution_and_heat_map_count_the_tables(path: Path, content: PackContent) -> None:
    formulas, values = load_workbook(path), load_workbook(path, data_only=True)
    sheet = values["Overview"]
    counts = {row[0].value: row[1].value for row in sheet.iter_rows() if isinstance(row[1].value, int)}
    reds = sum(row.cells[0] is not None and row.cells[0].value is RatingValue.RED for row in content.ratings)
    assert counts["R – red"] == reds
    assert sum(counts.values()) == len(content.ratings)
    heat, cached = formulas["Probability × impact"], values["Probability × impact"]
    assert str(heat["C5"].value).startswith("=COUNTIFS('Top risks'!$E$4:$E$")
    field = [cached.cell(row, column).value for row in range(5, 10) for column in range(3, 8)]
    assert sum(field) == len(content.risks)


def test_a_native_chart_and_conditional_formats_are_there(path: Path, workbook: Workbook) -> None:
    names = zipfile.ZipFile(path).namelist()
    assert sum(name.startswith("xl/charts/chart") for name in names) == 1
    assert len(list(workbook["Ratings"].conditional_formatting)) >= 4
    assert list(workbook["Milestones"].conditional_formatting)


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_text_becomes_a_formula_or_link(text: str, tmp_path: Path) -> None:
    plain = load_workbook_formulas(pack(2), tmp_path / "plain.xlsx")
    attacked = load_workbook_formulas(hostile(text, 2), tmp_path / "attacked.xlsx")
    assert attacked == plain
    cells = [row for name in ("Money", "Text") for row in sheet_rows(tmp_path / "attacked.xlsx", name)]
    assert any(printable(text) in row for row in cells)


def load_workbook_formulas(content: PackContent, path: Path) -> int:
    """How many cells are formulas; no cell may be a link or an array formula."""
    render_xlsx(content, path)
    count = 0
    archive = zipfile.ZipFile(path)
    for name in archive.namelist():
        if name.startswith("xl/worksheets/sheet"):
            data = archive.read(name)
            assert b"<hyperlink" not in data
            assert b't="array"' not in data
            count += data.count(b"<f>")
    return count


def sheet_rows(path: Path, name: str) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_read_back_as_it_was(name: str, tmp_path: Path) -> None:
    content = hostile(TEXTS[name], 2)
    render_xlsx(content, tmp_path / "pack.xlsx")
    rows = sheet_rows(tmp_path / "pack.xlsx", "Text")[3:]
    assert len(rows) == 6
    assert {str(row[3]) for row in rows} == {printable(TEXTS[name])}


def test_sheet_names_are_legal_and_unique_whatever_the_labels(tmp_path: Path) -> None:
    labels = PackLabels(ratings="=Bewertungen / [neu]: alle? Und noch viel mehr", money="Geld", risks="geld")
    render_xlsx(pack(2, labels=labels), tmp_path / "pack.xlsx")
    names = load_workbook(tmp_path / "pack.xlsx").sheetnames
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name) <= 31 and not set("[]:*?/\\") & set(name) for name in names)


def test_equal_content_gives_equal_bytes(path: Path, content: PackContent, tmp_path: Path) -> None:
    render_xlsx(content, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def test_an_empty_pack_a_template_and_a_cancel(tmp_path: Path) -> None:
    render_xlsx(pack(0, decisions=(), conflicts=(), distribution=(), compare=None), tmp_path / "empty.xlsx")
    empty = load_workbook(tmp_path / "empty.xlsx")
    assert empty["Ratings"]["A1"].value
    assert "Open conflicts" not in empty.sheetnames
    with pytest.raises(WorkbookTemplateError):
        render_xlsx(pack(0), tmp_path / "x.xlsx", template=tmp_path / "y.xlsx")

    def cancel(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        render_xlsx(pack(1), tmp_path / "x.xlsx", progress=cancel)
    assert not (tmp_path / "x.xlsx").exists()
