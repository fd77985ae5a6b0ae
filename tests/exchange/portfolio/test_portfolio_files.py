"""The published files, as they are: counts, dates, ratings and amounts."""

import csv
import io
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from steerco.exchange.portfolio import Field, MoneyValue, PortfolioReading, Span, read_portfolio
from steerco.exchange.tables import Point, Scale, StateCode, read_tables

ROOT = Path(__file__).parents[3]
GMPP = ROOT / "src/steerco/site/demo/gmpp"
OTHERS = ROOT / "tests/data/portfolio"
YEARS = range(2014, 2021)


def path_of(name: str) -> Path:
    return GMPP / name if name.startswith("gmpp") else OTHERS / name


def reading_of(name: str) -> PortfolioReading:
    [table] = read_tables(path_of(name).read_bytes(), name)
    # Only this file has neither date nor name; its code stands for the name.
    given = date(2019, 6, 30) if name.startswith("melbourne") else None
    return read_portfolio(table, as_of=given)


with (OTHERS / "expected_counts.csv").open(newline="") as stream:
    EXPECTED = list(csv.DictReader(stream))


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda row: row["file"])
def test_the_expected_counts_are_counted_from_the_file(expected: dict[str, str]) -> None:
    data = path_of(expected["file"]).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    records = list(csv.DictReader(io.StringIO(text, newline="")))
    names = [record[expected["name_column"]].strip() for record in records]
    assert len(records) == int(expected["records"])
    assert sum(map(bool, names)) == int(expected["rows_read"])
    assert len(names) - sum(map(bool, names)) == int(expected["without_name"])


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda row: row["file"])
def test_every_row_with_a_name_is_read_or_listed(expected: dict[str, str]) -> None:
    reading = reading_of(expected["file"])
    assert reading.rows_read == int(expected["rows_read"])
    assert len(reading.rejected) == int(expected["rejected"])
    assert len(reading.rows) + len(reading.rejected) == reading.rows_read
    assert len(reading.rows) >= 0.98 * reading.rows_read
    codes = Counter(note.code for note in reading.notes)
    assert codes["row_without_name"] == int(expected["without_name"])
    for rejected in reading.rejected:
        assert any(note.row == rejected.row and note.code == rejected.code for note in reading.notes)


@pytest.mark.parametrize("year", YEARS)
def test_the_date_of_the_figures_is_30_september_before(year: int) -> None:
    reading = reading_of(f"gmpp_{year}.csv")
    assert reading.as_of == date(year - 1, 9, 30)
    assumed = "report_date_assumed" in {note.code for note in reading.notes}
    assert (reading.as_of_source, assumed) == {
        2018: ("report_year", True),
        2020: ("texts", False),
    }.get(year, ("fiscal_year", True))


@pytest.mark.parametrize("year", YEARS)
def test_every_project_has_a_rating_or_says_why_not(year: int) -> None:
    reading = reading_of(f"gmpp_{year}.csv")
    assessor = "" if year in (2018, 2019) else "MPA" if year < 2016 else "IPA"
    for row in reading.rows:
        [rating] = row.ratings
        assert (rating.dimension, rating.assessor, rating.rating.scale) == ("overall", assessor, Scale.FIVE)
        assert (rating.rating.value is None) != (rating.rating.state is None)


# Counted by hand from the column of ratings in each file.
RATINGS = {
    2014: {"A": 63, "AG": 54, "AR": 37, "G": 17, "R": 4, "exempt": 15, "not_assessed": 8, "reset": 1},
    2015: {"A": 64, "AG": 44, "AR": 40, "G": 28, "R": 8, "exempt": 4},
    2016: {"A": 55, "AG": 29, "AR": 38, "G": 10, "R": 6, "exempt": 5},
    2017: {"A": 71, "AG": 23, "AR": 34, "G": 5, "R": 4, "exempt": 5, "reset": 1},
    2018: {"A": 59, "AG": 22, "AR": 38, "G": 2, "R": 8, "exempt": 4},
    2019: {"A": 66, "AG": 18, "AR": 38, "G": 4, "R": 4, "exempt": 3},
    2020: {"A": 59, "AG": 18, "AR": 32, "G": 3, "R": 11, "exempt": 2},
}


@pytest.mark.parametrize("year", YEARS)
def test_the_ratings_are_those_of_the_file(year: int) -> None:
    ratings = [row.ratings[0].rating for row in reading_of(f"gmpp_{year}.csv").rows]
    found = Counter(str(rating.value or (rating.state and rating.state.code)) for rating in ratings)
    assert found == RATINGS[year]


@pytest.mark.parametrize(
    ("year", "name", "budget", "whole_life"),
    [
        (2014, "FE Capital Investment Programme", 450_370_000_00, 5_609_460_000_00),
        (2015, "BIS Shared Services", 1_900_000_00, 26_190_000_00),
        (2016, "New Polar Research Vessel", 41_000_000_00, 1_186_000_000_00),
        (2017, "New Polar Research Vessel", 63_000_000_00, 1_403_000_000_00),
        (2018, "Geological Disposal Facility Programme (GDF)", 32_240_000_00, 12_131_500_000_00),
        (2019, "Heat Networks Investment Project", 10_400_000_00, 371_800_000_00),
        (2020, "Heat Networks Investment Project", 86_600_000_00, 375_900_000_00),
    ],
)
def test_amounts_are_in_pence_whatever_the_header_says(
    year: int, name: str, budget: int, whole_life: int
) -> None:
    [row] = [row for row in reading_of(f"gmpp_{year}.csv").rows if row.name == name]
    label = f"{year - 1}/{year % 100:02d}"
    assert row.money[Field.YEAR_BUDGET] == MoneyValue(budget, "GBP", Span.YEAR, label)
    assert row.money[Field.WHOLE_LIFE_COST].minor == whole_life


def test_states_dates_and_former_names() -> None:
    rows = {row.name: row for row in reading_of("gmpp_2014.csv").rows}
    assert rows["Universal Credit Programme"].states[Field.END].code is StateCode.RESET
    assert rows["Universal Credit Programme"].end is None
    assert rows["The Francis Crick Institute"].former_names == ("UKCMRI",)
    assert rows["The Francis Crick Institute"].end == date(2017, 12, 21)
    crossrail = {row.name: row for row in reading_of("gmpp_2020.csv").rows}["Crossrail Programme"]
    assert crossrail.states[Field.END].code is StateCode.NOT_PROVIDED
    assert crossrail.ratings[0].rating.value is Point.RED
    assert crossrail.row == 35
    a303 = {row.name: row for row in reading_of("gmpp_2017.csv").rows}["A303 Amesbury to Berwick Down"]
    assert a303.start == date(2014, 12, 1)


def test_a_percentage_without_its_sign_is_a_fraction() -> None:
    rows = {row.name: row for row in reading_of("gmpp_2016.csv").rows}
    assert round(rows["Crossrail Programme"].percents[Field.YEAR_VARIANCE_PERCENT], 2) == Decimal("15.29")


def test_every_row_of_new_york_has_its_own_date_and_dollars() -> None:
    reading = reading_of("nyc_capital_projects_2013_2017.csv")
    assert reading.as_of is None
    assert len({row.as_of for row in reading.rows}) == 10
    assert min(row.as_of for row in reading.rows) == date(2013, 9, 1)
    first = reading.rows[0]
    assert (first.code, first.as_of, first.unit) == ("3", date(2014, 5, 1), "DEP")
    assert (first.start, first.end) == (date(2013, 9, 23), date(2020, 1, 14))
    assert first.money[Field.CURRENT_BUDGET] == MoneyValue(182_980_960_00, "USD", Span.WHOLE_LIFE)
    assert first.money[Field.TOTAL_BUDGET_CHANGE] == MoneyValue(-4_318_643_37, "USD", Span.CHANGE)
    assert first.days == {Field.LATEST_SCHEDULE_CHANGE: 1, Field.TOTAL_SCHEDULE_CHANGE: 270}
    assert first.texts[Field.PHASE] == "Design"
    assert reading.unmapped_columns == ()
    assert {"currency_assumed", "unit_assumed", "date_order_assumed"} <= {note.code for note in reading.notes}


def test_melbourne_lists_what_no_field_takes() -> None:
    reading = reading_of("melbourne_water_capital_gates.csv")
    assert "name_from_code" in {note.code for note in reading.notes}
    assert set(reading.unmapped_columns) >= {"FFC", "BNI", "BCA", "PBC", "Tender Closed"}
    assert reading.rows[0].unit == "Corporate Services"
