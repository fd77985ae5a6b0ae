"""The same figures in other clothes: shuffled, renamed, turned round, re-encoded, as a workbook."""

import csv
import io
import random
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from steerco.exchange.portfolio import (
    Field,
    MappingError,
    PortfolioReading,
    ReportDateError,
    mapping_from_headers,
    read_portfolio,
    suggest_mapping,
)
from steerco.exchange.tables import Point, Scale, Table, read_tables

GMPP = Path(__file__).parents[3] / "src/steerco/site/demo/gmpp"
YEARS = range(2014, 2021)
Grid = list[list[str]]

SYNONYMS = {
    Field.NAME: ["Project Name", "Project", "Initiative", "Programme title", "Name"],
    Field.UNIT: ["Department", "Ministry", "Organisation", "Business unit", "Lead department"],
    Field.RATING: ["RAG", "Delivery confidence", "DCA", "Rating", "IPA Rating", "Colour"],
    Field.RATING_COMMENT: ["Comment on rating", "RAG narrative", "Explanation of the DCA"],
    Field.DESCRIPTION: ["Aims", "Objectives", "Summary", "Description"],
    Field.START: ["Start", "Planned start", "Start date", "Project begins"],
    Field.END: ["End", "Completion date", "Finish", "Planned end date"],
    Field.SCHEDULE_COMMENT: ["Schedule narrative", "Comments on schedule", "Timescale: remarks"],
    Field.YEAR_BUDGET: ["{fy} Budget (£m)", "Baseline {fy} £m", "In-year budget {fy} (£ million)"],
    Field.YEAR_FORECAST: ["{fy} Forecast (£m)", "Outturn {fy} £m", "In-year forecast {fy} (£ million)"],
    Field.YEAR_VARIANCE: ["{fy} Variance (£m)", "Difference (£m)"],
    Field.YEAR_VARIANCE_PERCENT: ["{fy} Variance %", "Variance (%)", "Deviation in per cent"],
    Field.WHOLE_LIFE_COST: [
        "Whole life cost (£m)",
        "WLC £m",
        "Lifetime cost (£ million)",
        "Total costs (£m)",
    ],
    Field.BUDGET_COMMENT: ["Variance narrative", "Comment on variance", "Reasons for variance"],
    Field.COST_COMMENT: ["WLC narrative", "Comment on whole-life cost", "Whole life cost: explanation"],
    Field.CATEGORY: ["Category", "Project type", "Sector"],
    Field.REPORT_YEAR: ["Year", "report_year"],
}


def clean(text: str) -> str:
    """Letters that every encoding here can hold, line ends as they come out of a spreadsheet."""
    kept = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", " ", text.replace("\r\n", "\n"))
    return kept.encode("cp1252", "ignore").decode("cp1252")


@cache
def original(year: int) -> tuple[Table, PortfolioReading]:
    [table] = read_tables((GMPP / f"gmpp_{year}.csv").read_bytes(), f"gmpp_{year}.csv")
    grid = [list(table.headers), *(list(row.cells) for row in table.rows)]
    grid = [[clean(text) for text in row] for row in grid]
    [table] = read_tables(as_csv(grid).encode(), f"gmpp_{year}.csv")
    return table, read_portfolio(table)


def grid_of(table: Table) -> Grid:
    return [list(table.headers), *(list(row.cells) for row in table.rows)]


def as_csv(grid: Grid, delimiter: str = ",") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(grid)
    return stream.getvalue()


def as_xlsx(grid: Grid) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Portfolio")
        for row, cells in enumerate(grid):
            for column, text in enumerate(cells):
                sheet.write_string(row, column, text)
    return stream.getvalue()


def facts(reading: PortfolioReading) -> list[tuple[Any, ...]]:
    """What a reading says, without where it stands and how texts are wrapped."""

    def flat(text: str) -> str:
        return " ".join(text.split())

    return sorted(
        (
            flat(row.name),
            row.former_names,
            flat(row.unit),
            row.as_of,
            str(row.start),
            str(row.end),
            str(
                [
                    (r.dimension, r.rating.scale, r.rating.value, r.rating.state and r.rating.state.code)
                    for r in row.ratings
                ]
            ),
            str(sorted(row.money.items())),
            str(sorted(row.percents.items())),
            str(sorted((field, state.code) for field, state in row.states.items())),
            str(sorted((field, flat(text)) for field, text in row.texts.items())),
        )
        for row in reading.rows
    )


def read(data: bytes, name: str, as_of: date | None = None) -> PortfolioReading:
    [table] = read_tables(data, name)
    return read_portfolio(table, as_of=as_of)


def shuffled(grid: Grid, rng: random.Random) -> Grid:
    order = rng.sample(range(len(grid[0])), len(grid[0]))
    return [[row[index] for index in order] for row in grid]


def renamed(grid: Grid, year: int, rng: random.Random) -> Grid:
    headers = list(grid[0])
    for match in suggest_mapping(original(year)[0]).matches:
        label = f"{year - 1}/{year % 100:02d}"
        headers[match.column] = rng.choice(SYNONYMS[match.field]).format(fy=label)
    return [headers, *grid[1:]]


def padded(grid: Grid, rng: random.Random) -> Grid:
    """Blank columns and rows, titles above."""
    at = rng.randrange(len(grid[0]))
    wide = [[*row[:at], "", *row[at:], ""] for row in grid]
    for _ in range(5):
        wide.insert(rng.randrange(2, len(wide)), [""] * len(wide[0]))
    return [["Major projects"], ["All figures as published", ""], [], *wide]


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize(
    "write",
    [
        lambda grid: as_csv(grid, ";").encode("cp1252"),
        lambda grid: as_csv(grid, "\t").encode("utf-16"),
        lambda grid: as_csv(grid).encode("cp1252").decode("iso-8859-2").encode(),
        as_xlsx,
        lambda grid: as_csv([list(column) for column in zip(*grid, strict=True)]).encode(),
        lambda grid: as_xlsx([list(column) for column in zip(*grid, strict=True)]),
    ],
    ids=["semicolons", "utf-16", "mangled", "xlsx", "across", "xlsx-across"],
)
def test_the_form_of_the_file_changes_nothing(year: int, write: Any) -> None:
    table, reading = original(year)
    again = read(write(grid_of(table)), "again")
    assert facts(again) == facts(reading)
    assert again.rows_read == reading.rows_read
    assert [r.code for r in again.rejected] == [r.code for r in reading.rejected]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(YEARS),
    st.integers(0, 10**6),
    st.sets(st.sampled_from(["shuffle", "rename", "pad", "across", "xlsx"])),
)
def test_perturbed_tables_give_the_same_readings(year: int, seed: int, steps: set[str]) -> None:
    rng = random.Random(seed)
    table, reading = original(year)
    grid = grid_of(table)
    if "rename" in steps:
        grid = renamed(grid, year, rng)
    if "shuffle" in steps:
        grid = shuffled(grid, rng)
    if "pad" in steps:
        grid = padded(grid, rng)
    if "across" in steps:
        width = max(map(len, grid))
        grid = [
            list(column) for column in zip(*([*row, *[""] * (width - len(row))] for row in grid), strict=True)
        ]
    data = as_xlsx(grid) if "xlsx" in steps else as_csv(grid, rng.choice(",;\t")).encode()
    again = read(data, "again", as_of=reading.as_of)
    assert facts(again) == facts(reading)
    assert again.rows_read == reading.rows_read


LATER = [
    ["GMPP ID Number", "Project Name", "Department", "Annual Report Category", "Description / Aims",
     "IPA Delivery Confidence Assessment", "SRO Delivery Confidence Assessment",
     "Departmental commentary on actions planned or taken on the IPA RAG rating.",
     "Project - Start Date (Latest Approved Start Date)", "Project - End Date (Latest Approved End Date)",
     "Departmental narrative on schedule, including any deviation from planned schedule (if necessary)",
     "Financial Year Baseline (£m) (including Non-Government Costs)",
     "Financial Year Forecast (£m) (including Non-Government Costs)", "Financial Year Variance (%)",
     "TOTAL Baseline Whole Life Costs (£m) (including Non-Government Costs)",
     "TOTAL Baseline Benefits (£m)", "Departmental Narrative on Budgeted Benefits"],
    ["BEIS_0001_1314-Q1", "Smart Metering Implementation Programme", "BEIS", "Infrastructure", "Meters for all homes",
     "Amber", "Green", "At 31st March 2022 the rating was Amber, due to supply", "2009-12-02", "2025-12-31",
     "On schedule at 31st March 2022", "52.1", "49.9", "-4%", "23,510.00", "28,900.00", "Savings of energy"],
    ["MOD_0002_1516-Q3", "A400M", "MOD", "Military Capability", "Large aircraft for transport", "", "Amber",
     "As at 31 March 2022 awaiting review", "2000-05-17", "Exempt under Section 26 of the Freedom of Information Act",
     "Not provided", "210.0", "180.5", "-14%", "3,450.30", "Data Not Provided", "Not provided"],
    ["DFT_0003_1718-Q2", "Crossrail Programme", "DfT", "Infrastructure", "A railway under London", "Red", "Red",
     "The position as at 31 March 2022 is Red", "2008-07-22", "No end date", "Delayed", "1,001.5", "1,200.0", "20%",
     "15,980.00", "22,000.00", "Journeys"],
    ["HMT_0004_1920-Q1", "Census Programme", "ONS", "ICT", "The next census", "Green", "Green",
     "Green at 31st March 2022", "2015-01-01", "2025-03-31", "On schedule", "120.0", "119.0", "-1%", "906.00", "0.00",
     "None to report"],
]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "xlsx", "across"])
def test_a_later_year_with_other_headers_loads_without_a_mapping(form: str) -> None:
    grid = [list(column) for column in zip(*LATER, strict=True)] if form == "across" else LATER
    reading = read(as_xlsx(grid) if form == "xlsx" else as_csv(grid).encode("utf-8-sig"), "later")
    assert (reading.as_of, reading.as_of_source) == (date(2022, 3, 31), "texts")
    assert reading.unmapped_columns == ()
    meters, aircraft, crossrail, _ = reading.rows
    assert [(r.assessor, r.rating.value, r.rating.scale) for r in meters.ratings] == [
        ("IPA", Point.AMBER, Scale.THREE),
        ("SRO", Point.GREEN, Scale.THREE),
    ]
    assert [r.assessor for r in aircraft.ratings] == ["SRO"]
    assert meters.code == "BEIS_0001_1314-Q1"
    assert (meters.start, meters.end) == (date(2009, 12, 2), date(2025, 12, 31))
    assert meters.money[Field.BENEFITS].minor == 28_900_000_000_00
    assert meters.money[Field.YEAR_FORECAST].fiscal_year == "2021/22"
    assert {Field.END, Field.BENEFITS, Field.SCHEDULE_COMMENT} <= set(aircraft.states)
    assert crossrail.states[Field.END].code == "no_end_date"


def test_without_any_date_it_asks_for_one() -> None:
    table = read_tables(b"Project,Budget\nBridge,12\nTunnel,13\n", "p.csv")[0]
    with pytest.raises(ReportDateError, match=r"p\.csv.*give the date"):
        read_portfolio(table)
    reading = read_portfolio(table, as_of=date(2024, 6, 30), default_currency="EUR", default_unit=1000)
    assert reading.rows[1].money[Field.YEAR_BUDGET].minor == 13_000_00
    assert reading.rows[1].money[Field.YEAR_BUDGET].currency == "EUR"


def test_a_column_can_be_named_as_the_date() -> None:
    table = read_tables(
        b"Project,Budget,Stand\nBridge,12,31.12.2023\nTunnel,13,TBD\nRoad,1,30.06.2023\n", "p.csv"
    )[0]
    reading = read_portfolio(table, as_of_column="stand")
    assert [(row.name, row.as_of) for row in reading.rows] == [
        ("Bridge", date(2023, 12, 31)),
        ("Road", date(2023, 6, 30)),
    ]
    assert [(row.row, row.code) for row in reading.rejected] == [(3, "no_report_date")]
    with pytest.raises(MappingError, match="no column"):
        read_portfolio(table, as_of_column="Datum")


def test_duplicates_totals_and_rows_without_a_name_are_listed() -> None:
    text = "Project,Department,Budget 2023/24 (£m)\nBridge,DfT,12\nBridge,DfT,14\nBridge,MOD,1\n,DfT,3\nTotal,,30\n"
    [table] = read_tables(text.encode(), "p.csv")
    reading = read_portfolio(table)
    assert [(row.row, row.unit) for row in reading.rows] == [(2, "DfT"), (4, "MOD")]
    assert [(row.row, row.code) for row in reading.rejected] == [(3, "duplicate"), (6, "total")]
    assert reading.rows_read == 4
    assert [(n.code, n.row) for n in reading.notes if n.row] == [
        ("duplicate", 3),
        ("row_without_name", 5),
        ("total", 6),
    ]


def test_two_columns_of_the_same_rating_fill_each_other_and_differences_are_said() -> None:
    text = "Project,DCA,DCA\nA bridge,Red,\nA tunnel,,Green\nA road,Red,Amber\n"
    [table] = read_tables(text.encode(), "p.csv")
    reading = read_portfolio(table, as_of=date(2024, 1, 1))
    assert [str(row.ratings[0].rating.value) for row in reading.rows] == ["R", "G", "R"]
    assert [(n.code, n.cell) for n in reading.notes if n.row] == [("rating_differs", "C4")]


def test_a_cell_that_cannot_be_read_is_listed_and_the_row_stays() -> None:
    text = "Project,Start,Budget 2023/24\nA bridge,31/02/2020,about 5\nA tunnel,23/02/2020,6\nA road,24/02/2020,7\n"
    [table] = read_tables(text.encode(), "p.csv")
    reading = read_portfolio(table)
    assert len(reading.rows) == 3
    assert [(n.code, n.cell, n.value) for n in reading.notes if n.row] == [
        ("date_impossible", "B2", "31/02/2020"),
        ("not_an_amount", "C2", "about 5"),
    ]


def test_a_mapping_can_be_kept_and_given() -> None:
    table, reading = original(2020)
    kept = reading.mapping.as_headers()
    assert kept["rating:overall:IPA"].startswith("IPA Delivery Confidence")
    again = read_portfolio(table, mapping_from_headers(table, kept))
    assert facts(again) == facts(reading)
    with pytest.raises(MappingError, match="no column"):
        mapping_from_headers(table, {"name": "Nonsense"})
    with pytest.raises(MappingError, match="no field"):
        mapping_from_headers(table, {"colour": "Department"})
    with pytest.raises(MappingError, match="two fields"):
        mapping_from_headers(table, {"name": "Department", "unit": "Department"})


def test_a_table_without_names_or_codes_is_refused() -> None:
    table = read_tables(b"Start,End\n01/02/2020,03/04/2021\n05/06/2020,07/08/2021\n", "p.csv")[0]
    with pytest.raises(MappingError, match="name of the project"):
        read_portfolio(table, as_of=date(2024, 1, 1))
