import csv
import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from steerco.exchange.tables import TableError, cell_address, read_pasted, read_tables
from steerco.exchange.tables.delimited import delimiter_of, read_grid
from steerco.exchange.tables.layout import is_total
from steerco.exchange.tables.reading import LARGEST_FILE

ROOT = Path(__file__).parents[3]
GMPP = ROOT / "src/steerco/site/demo/gmpp"
PLANS = ROOT / "tests/data/schedules/original"
OTHERS = ROOT / "tests/data/portfolio"

GRID = [
    ["Project", "Department", "Rating", "Start", "Budget (£m)", "Aims"],
    ["Crossrail", "DfT", "Amber", "22/07/2008", "£1.90", "A railway,\nunder London"],
    ["Thameslink", "DfT", "Amber/Red", "01/07/2005", "£20.00", 'The "other" railway'],
    ["Typhoon", "MOD", "Green", "06/11/1987", "£1,186.00", "An aircraft; long in service"],
    ["Common Platform", "MoJ", "Red", "01/11/2012", "£3.10", "Courts"],
]


def as_csv(grid: list[list[str]], delimiter: str = ",") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(grid)
    return stream.getvalue()


def as_xlsx(sheets: dict[str, list[list[str]]]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for name, grid in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(grid):
                for column, text in enumerate(cells):
                    sheet.write_string(row, column, text)
    return stream.getvalue()


def package(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.xml": b"<workbook/>",
            **parts,
        }.items():
            bundle.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    [table] = read_tables(as_csv(GRID, delimiter).encode(encoding), "p.csv")
    assert list(table.headers) == GRID[0]
    assert [list(row.cells) for row in table.rows] == GRID[1:]
    assert [row.number for row in table.rows] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    "mangle",
    [
        lambda text: text.encode("cp1252").decode("iso-8859-2").encode(),
        lambda text: text.encode().decode("cp1252").encode(),
    ],
)
def test_mangled_pound_signs_are_repaired_and_said(mangle: Callable[[str], bytes]) -> None:
    grid = [[text.replace("railway", "railway – ‘new’") for text in row] for row in GRID]
    [table] = read_tables(mangle(as_csv(grid)), "p.csv")
    assert [list(row.cells) for row in table.rows] == grid[1:]
    assert "letters_repaired" in {note.code for note in table.notes}


def test_polish_text_is_left_alone() -> None:
    grid = [
        ["Nazwa", "Miasto", "Koszt"],
        ["Tramwaj", "Łódź", "12,5"],
        ["Most", "Łomża", "3,5"],
        ["Port", "Łeba", "7,0"],
    ]
    [table] = read_tables(as_csv(grid, ";").encode(), "p.csv")
    assert [list(row.cells) for row in table.rows] == grid[1:]


def test_rows_above_the_headers_and_blank_rows() -> None:
    grid = [
        ["Portfolio report 2020"],
        [],
        ["Figures in £m", "", ""],
        *GRID[:3],
        [],
        *GRID[3:],
        GRID[0],
        ["", ""],
    ]
    [table] = read_tables(as_csv(grid).encode(), "p.csv")
    assert table.header_row == 4
    assert [row.number for row in table.rows] == [5, 6, 8, 9]
    assert {note.code for note in table.notes} == {"rows_above_headers", "headers_repeated"}
    assert table.cell_address(table.rows[2], 4) == "E8"


def test_a_sheet_with_records_across_is_turned_round() -> None:
    across = [list(column) for column in zip(*GRID, strict=True)]
    [table] = read_tables(as_csv(across).encode(), "p.csv")
    assert table.transposed
    assert list(table.headers) == GRID[0]
    assert [list(row.cells) for row in table.rows] == GRID[1:]
    # The record "Typhoon" is column D of the file, its budget row 5.
    assert table.cell_address(table.rows[2], 4) == "D5"
    assert "turned_round" in {note.code for note in table.notes}


@pytest.mark.parametrize(
    "path", [*sorted(GMPP.glob("*.csv")), *sorted(OTHERS.glob("*_*_*.csv"))], ids=lambda p: p.name
)
def test_published_files_are_not_turned_round_and_can_be(path: Path) -> None:
    [table] = read_tables(path.read_bytes(), path.name)
    assert (table.header_row, table.transposed) == (1, False)
    grid = [list(table.headers), *(list(row.cells) for row in table.rows)]
    [turned] = read_tables(
        as_csv([list(column) for column in zip(*grid, strict=True)]).encode(), "across.csv"
    )
    assert turned.transposed
    assert [row.cells for row in turned.rows] == [row.cells for row in table.rows]


def test_a_workbook_gives_a_table_per_sheet_with_dates_and_numbers_as_text() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"remove_timezone": True}) as book:
        first, empty, hidden = (book.add_worksheet(name) for name in ("Projects", "Empty", "Old"))
        assert empty is not None
        day = book.add_format({"num_format": "d/m/yy"})
        hidden.hide()
        for sheet in (first, hidden):
            sheet.write_row(2, 1, ["Name", "Start", "Cost"])
            sheet.write_row(3, 1, ["Bridge", 43831, 1e-3], None)
            sheet.write_datetime(3, 2, datetime(2020, 1, 1), day)
            sheet.write_row(4, 1, ["Tunnel", "TBD", 1250000.0])
    tables = read_tables(stream.getvalue(), "book.xlsx")
    assert [(table.sheet, table.header_row) for table in tables] == [("Projects", 3), ("Old", 3)]
    assert [row.cells for row in tables[0].rows] == [
        ("", "Bridge", "2020-01-01", "0.001"),
        ("", "Tunnel", "TBD", "1250000"),
    ]
    assert tables[0].cell_address(tables[0].rows[0], 2) == "C4"
    assert "sheet_hidden" in {note.code for note in tables[1].notes}


def test_pasted_cells() -> None:
    table = read_pasted(as_csv(GRID, "\t"))
    assert [list(row.cells) for row in table.rows] == GRID[1:]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02\x03", "not text"),
        (b"\xef\xbb\xbf\xff\xff", "damaged"),
        (b'a,b\n1,"2\n3,4\n', "never closed"),
        (b"only,headers\n", "no table"),
        (b"PK\x03\x04 not a package", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password"),
        (package({"xl/x.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), "document type"),
        (package({"xl/x.xml": "<!DOCTYPE a><a/>".encode("utf-16")}), "document type"),
        (package({"../x.xml": b"<a/>"}), "outside"),
        (package({"/x.xml": b"<a/>"}), "outside"),
        (package({"XL/Workbook.xml": b"<a/>"}), "twice"),
        (package({"xl/x.xml": b" " * (20 * 1024 * 1024)}), "unpacks"),
        (package({"xl/worksheets/sheet1.xml": b'<c r="A1"/><c r="XFD1048576"/>'}), "too many cells"),
        (package({}), "damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_place(data: bytes, words: str) -> None:
    with pytest.raises(TableError, match=words) as caught:
        read_tables(data, "/somewhere/else/p.csv")
    assert caught.value.file == "p.csv"


def test_too_large_files_are_refused() -> None:
    with pytest.raises(TableError, match="50 MB"):
        read_tables(b"a" * (LARGEST_FILE + 1), "p.csv")


def test_an_open_quotation_mark_names_its_row() -> None:
    with pytest.raises(TableError) as caught:
        read_tables(b'a,b\n1,2\n3,"4\n5,6\n', "p.csv")
    assert caught.value.row == 3


def test_a_lenient_quotation_mark_is_read() -> None:
    assert read_grid('a,b\n"x"y,2\n', "p.csv") == [["a", "b"], ["xy", "2"]]


def test_addresses() -> None:
    assert [cell_address(1, 1), cell_address(7, 27), cell_address(2, 16384)] == ["A1", "AA7", "XFD2"]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12)


@settings(max_examples=60)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=8), st.sampled_from(",;\t|"))
def test_whatever_is_written_is_read(grid: list[list[str]], delimiter: str) -> None:
    assert read_grid(as_csv(grid, delimiter), "p.csv", delimiter) == grid


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_within_sentences_do_not_count(delimiter: str) -> None:
    grid = [[f"{text}; and, so | on" for text in row] for row in GRID]
    assert delimiter_of(as_csv(grid, delimiter)) == delimiter


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    for prefix in (b"", b"PK\x03\x04", b"a,b\n"):
        try:
            read_tables(prefix + data, "p.csv")
        except TableError:
            continue


def test_a_directory_that_points_before_the_file_is_refused() -> None:
    damaged = bytearray(package({}))
    end = damaged.rindex(b"PK\x05\x06")
    damaged[end + 16 : end + 20] = (len(damaged) * 4).to_bytes(4, "little")
    with pytest.raises(TableError, match="damaged"):
        read_tables(bytes(damaged), "p.xlsx")


WORKBOOK = as_xlsx({"A": GRID, "B": GRID})


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WORKBOOK) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_no_damaged_workbook_breaks_the_reader(changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(WORKBOOK)
    for place, byte in changes:
        damaged[place] = byte
    try:
        read_tables(bytes(damaged), "p.xlsx")
    except TableError:
        return


RISKS = [
    ["Risk log", "", "", "", "", "", ""],
    ["", "", "Inherent", "", "Residual", "", ""],
    ["ID", "Risk", "Impact", "Probability", "Impact", "Probability", "Owner"],
    ["1", "Supplier fails", "4", "3", "2", "2", "Ada"],
    ["2", "Key people leave", "3", "3", "3", "1", "Sam"],
    ["3", "Ground water", "5", "2", "4", "2", "Pat"],
]


def test_headers_that_stand_twice_are_told_apart_by_what_stands_above_them() -> None:
    [table] = read_tables(as_csv(RISKS).encode(), "r.csv")
    assert table.header_row == 3
    assert table.headers == (
        *("ID", "Risk", "Inherent Impact", "Inherent Probability"),
        *("Residual Impact", "Residual Probability", "Owner"),
    )
    assert [row.number for row in table.rows] == [4, 5, 6]


def test_remarks_below_the_table_are_left_out_and_totals_are_known() -> None:
    below = [
        ["Total:", "", "12", "8", "9", "5", ""],
        [],
        ["Last reviewed by the board in March"],
        ["Key: 1 = low"],
    ]
    [table] = read_tables(as_csv([*RISKS, *below]).encode(), "r.csv")
    assert [is_total(row.cells) for row in table.rows] == [False, False, False, True]
    assert {note.code: note.row for note in table.notes}["rows_below_records"] == 9


def test_a_record_is_no_total_and_no_remark() -> None:
    rows = [
        [*RISKS[3][:1], "Total loss of the site", *RISKS[3][2:]],
        ["Total", "is a company", "4", "3", "2", "2", "Ada"],
        ["9", "", "", "", "", "", ""],
    ]
    [table] = read_tables(as_csv([*RISKS, *rows]).encode(), "r.csv")
    assert len(table.rows) == 6
    assert not any(is_total(row.cells) for row in table.rows)
    short = [["Name", "Note"], ["A", ""], ["", ""], ["B", ""]]
    assert len(read_tables(as_csv(short).encode(), "s.csv")[0].rows) == 2


def test_cells_merged_over_rows_stand_in_each_of_them() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Log")
        for row, cells in enumerate(
            [["Area", "Risk", "Owner", "Score"], *[["", f"R{n}", "Ada", n] for n in range(5)]]
        ):
            sheet.write_row(row, 0, cells)
        sheet.merge_range("A2:A4", "Build")
        sheet.merge_range("A5:A6", "Run")
        sheet.merge_range("F1:G9", "A block beside it")
    [table] = read_tables(stream.getvalue(), "m.xlsx")
    assert [row.cells[0] for row in table.rows] == ["Build", "Build", "Build", "Run", "Run"]


@pytest.mark.parametrize("path", sorted(PLANS.iterdir()), ids=lambda path: path.name)
def test_a_plan_is_not_read_as_a_table(path: Path) -> None:
    with pytest.raises(TableError, match="Bring a plan"):
        read_tables(path.read_bytes(), path.name)
