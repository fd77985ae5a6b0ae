"""Money below a place: summed by currency over what is visible, with what is missing; files for many initiatives."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person

from steerco.apps.finance.exporting import export_money
from steerco.apps.finance.models import MoneyChange, MoneySheet, MonthlyFigure
from steerco.apps.finance.selectors import money_of, roll_up
from steerco.apps.finance.services import Wanted, close_months, write_figures
from steerco.apps.initiatives.services import restrict
from steerco.apps.organisation.services import configure
from steerco.exchange.tables import read_tables
from steerco.kit import clock

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OCTOBER, DECEMBER = date(2026, 10, 1), date(2026, 12, 1)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def town() -> Any:
    configure(OPERATOR, {"name": "Town", "currency": "EUR", "fiscal_year_start": 1})

    class Town:
        city = initiative("CITY", type="portfolio")
        move = initiative("MOVE", city, type="programme")
        pay = initiative("PAY", city)
        tram = initiative("TRAM", move)
        bike = initiative("BIKE", move)
        swiss = initiative("SWISS", city)
        fiona = person("Fiona Finance", "finance")
        paul = person("Paul Projekt", "project_manager", pay)

    for place, amount, day, currency in (
        (Town.pay, 100_00, date(2026, 11, 20), "EUR"),
        (Town.tram, 200_00, date(2026, 8, 1), "EUR"),
        (Town.swiss, 999_00, date(2026, 11, 1), "CHF"),
    ):
        cells = [
            Wanted(OCTOBER, "approved", "capital", amount),
            Wanted(OCTOBER, "actual", "capital", amount),
            Wanted(OCTOBER, "forecast", "capital", 5_00),  # spent by now: it does not count
            Wanted(DECEMBER, "forecast", "revenue", 7_00),
        ]
        write_figures(OPERATOR, place, cells, as_of=day, how="typed", currency=currency)
    return Town


def test_currencies_are_never_added_and_the_oldest_data_date_is_kept(town: Any) -> None:
    francs, euros = money_of(actor(town.fiona), town.city)
    assert (francs.currency, francs.life.expected, francs.places) == ("CHF", 1_006_00, 1)
    assert (euros.currency, euros.life.expected, euros.places) == ("EUR", 314_00, 2)
    assert (euros.life.variance, euros.data_date) == (14_00, date(2026, 8, 1))
    assert money_of(actor(town.fiona), town.city, 2025)[1].year.expected is None


def test_parts_drill_down_and_tell_what_is_missing(town: Any) -> None:
    found = roll_up(actor(town.fiona), town.city, 2026)
    assert [line.initiative.code for line in found.lines] == ["MOVE", "PAY", "SWISS"]
    assert [place.code for place in found.missing] == ["BIKE"]
    assert [place.code for place, _day in found.stale] == ["TRAM"]
    page = browser(town.fiona).get("/money/CITY/below/").content.decode()
    assert "/money/MOVE/below/" in page
    assert "/money/PAY/?year=2026" in page
    assert "Bike initiative" in page
    assert "Oldest data date 01/08/2026" in page
    restrict(OPERATOR, town.tram, [town.paul.party_id])
    again = roll_up(actor(town.fiona), town.city, 2026)
    assert again.totals[1].life.expected == 107_00
    assert "Tram" not in browser(town.fiona).get("/money/").content.decode()


def test_an_empty_house_says_what_to_do() -> None:
    fiona = person("Fiona Finance", "finance")
    page = browser(fiona).get("/money/").content.decode()
    assert "There are no figures yet" in page
    assert "/money/file/" in page
    assert browser(fiona).get("/money/?year=nonsense").status_code == 200


def _csv(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("money.csv", text.encode(), "text/csv")


def test_a_file_for_many_initiatives_is_looked_at_written_and_taken_back(town: Any) -> None:
    client = browser(town.fiona)
    text = (
        "Code;Month;Kind;Nature;Amount;Currency\n"
        "PAY;2026-10;actual;capital;150,00;EUR\n"
        "bike;Nov 26;actual;capex;30,5;\n"
        "SWISS;2026-10;actual;capital;1;EUR\n"
        "NOPE;2026-10;actual;capital;1;EUR\n"
        "PAY;2027-05;actual;capital;1;EUR\n"
    )
    seen = client.post("/money/file/", {"file": _csv(text)})
    page = seen.content.decode()
    assert seen.status_code == 200
    assert "2 figures change" in page
    assert "3 cells are refused" in page
    assert MonthlyFigure.objects.filter(initiative=town.bike).count() == 0
    form = seen.context
    data = {"table": form["table"], "fingerprint": form["preview"].fingerprint, "write": "1"}
    assert client.post("/money/file/", data).status_code == 422
    assert (
        client.post("/money/file/", {**data, "leave_refused": "1", "as_of": "2026-11-22"}).status_code == 303
    )
    assert MonthlyFigure.objects.get(initiative=town.bike).amount == 30_50
    changes = MoneyChange.objects.filter(how="file")
    assert {change.initiative.code for change in changes} == {"PAY", "BIKE"}
    batch = changes[0].batch
    assert browser(town.paul).post(f"/money/batches/{batch}/undo/").status_code == 303  # his part alone
    assert MonthlyFigure.objects.get(initiative=town.pay, month=OCTOBER, kind="actual").amount == 100_00
    assert MonthlyFigure.objects.get(initiative=town.bike).amount == 30_50
    client.post(f"/money/batches/{batch}/undo/")
    assert MonthlyFigure.objects.get(initiative=town.bike).amount is None
    assert client.post("/money/batches/none/undo/").status_code == 404


def test_a_file_may_name_its_columns_otherwise_and_nonsense_is_refused(town: Any) -> None:
    client = browser(town.fiona)
    seen = client.post("/money/file/", {"file": _csv("a,b,c,d\nPAY,2026-10,actual capital,5\n")})
    assert seen.status_code == 422
    assert "Say which column holds" in seen.content.decode()
    columns = {"column-initiative": "0", "column-month": "1", "column-kind": "2", "column-amount": "3"}
    again = client.post("/money/file/", {"table": seen.context["table"], **columns})
    assert "1 figure changes" in again.content.decode()
    for data in (
        {},
        {"table": "[1]"},
        {"table": "{"},
        {"file": _csv("")},
        {"table": '{"name":"x","headers":[],"rows":[[1]]}'},
    ):
        assert client.post("/money/file/", data).status_code == 422
    outside = person("Olaf Outside", staff=False)
    assert browser(outside).get("/money/file/").status_code == 403


def test_months_of_all_sheets_are_closed_at_once(town: Any) -> None:
    assert browser(town.fiona).post("/money/CITY/close/", {"to": "2026-10", "below": "1"}).status_code == 303
    assert set(MoneySheet.objects.values_list("closed_to", flat=True)) == {OCTOBER}
    assert (
        browser(town.fiona).post("/money/close/", {"reopen": "1"}).status_code == 303
    )  # no reason: still closed
    assert set(MoneySheet.objects.values_list("closed_to", flat=True)) == {OCTOBER}
    assert close_months(OPERATOR, [town.pay], OCTOBER) == 0


def test_what_is_exported_comes_back_the_same(town: Any) -> None:
    content = export_money(actor(town.fiona), town.city)
    table, notes = read_tables(content, "money.xlsx")
    assert len(table.rows) == 12
    assert any("2026-08-01" in cell for row in notes.rows for cell in row.cells)  # the oldest data date
    upload = SimpleUploadedFile("money.xlsx", content)
    page = browser(town.fiona).post("/money/file/", {"file": upload})
    assert "0 figures change" in page.content.decode()
    assert page.context["preview"].same == 12
    assert page.context["preview"].refused == []
