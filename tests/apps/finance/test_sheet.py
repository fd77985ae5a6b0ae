"""The monthly money sheet: typed, pasted, closed, taken back; who reads it and who may write."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, record

from steerco.apps.finance.models import MoneyChange, MoneySheet, MonthlyFigure
from steerco.apps.finance.selectors import sheet_of
from steerco.apps.finance.services import Wanted, close_months, confirm_figures, write_figures
from steerco.apps.finance.undoing import undo_change
from steerco.apps.initiatives.services import restrict
from steerco.apps.organisation.services import configure
from steerco.kit import clock
from steerco.kit.history import Conflict, Invalid
from steerco.kit.history.versions import as_at
from steerco.kit.permissions import Denied

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (10, 11, 12))


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def town() -> Any:
    configure(OPERATOR, {"name": "Town", "currency": "EUR", "fiscal_year_start": 1, "staff_read_all": False})

    class Town:
        pay = initiative("PAY")
        road = initiative("ROAD")
        fiona = person("Fiona Finance", "finance")
        petra = person("Petra Projekt", "project_manager", pay)
        vera = person("Vera Viewer", "viewer", pay)
        olaf = person("Olaf Outside", staff=False)

    return Town


def write(where: Any, *wanted: tuple[date, str, str, int | None], as_of: date = TODAY, **more: Any) -> Any:
    cells = [Wanted(*one) for one in wanted]
    return write_figures(OPERATOR, where, cells, as_of=as_of, how="typed", **more)


def test_what_is_written_stands_on_the_sheet_with_its_data_date(town: Any) -> None:
    write(
        town.pay,
        (OCTOBER, "approved", "capital", 100_00),
        (OCTOBER, "actual", "capital", 80_00),
        (DECEMBER, "forecast", "capital", 70_00),
        as_of=date(2026, 11, 5),
    )
    found = sheet_of(actor(town.vera), town.pay)
    assert (found.currency, found.cut, found.data_date) == ("EUR", OCTOBER, date(2026, 11, 5))
    assert (found.outlook().expected, found.outlook().variance) == (150_00, 50_00)
    page = browser(town.vera).get("/money/PAY/").content.decode()
    assert "Oldest data date 05/11/2026" in page
    assert "+50.0" in page
    assert 'name="c-2026-10-actual-capital"' not in page  # a viewer has no fields
    assert 'name="c-2026-10-actual-capital"' in browser(town.petra).get("/money/PAY/").content.decode()


def test_nothing_is_spent_in_a_month_that_has_not_begun_and_all_or_nothing_is_written(town: Any) -> None:
    with pytest.raises(Invalid) as refused:
        write(town.pay, (OCTOBER, "actual", "capital", 1), (DECEMBER, "actual", "capital", 1))
    assert list(refused.value.errors) == [1]
    assert not MonthlyFigure.objects.exists()
    assert not MoneySheet.objects.exists()
    with pytest.raises(Invalid):
        write(town.pay, (OCTOBER, "actual", "capital", 1), as_of=date(2026, 11, 24))


def test_a_closed_month_changes_only_with_a_reason(town: Any) -> None:
    write(town.pay, (OCTOBER, "actual", "capital", 1), (NOVEMBER, "actual", "capital", 1))
    close_months(actor(town.fiona), [town.pay], OCTOBER)
    with pytest.raises(Invalid):
        write(town.pay, (OCTOBER, "actual", "capital", 2))
    write(town.pay, (OCTOBER, "approved", "capital", 5), (NOVEMBER, "actual", "capital", 3))
    change = write(town.pay, (OCTOBER, "actual", "capital", 2), reason="credit note")
    assert change.reason == "credit note"
    with pytest.raises(Invalid):
        close_months(OPERATOR, [town.pay], None)  # opened again only with a reason
    assert close_months(OPERATOR, [town.pay], None, "audit") == 1
    with pytest.raises(Denied):
        close_months(actor(town.petra), [town.pay], OCTOBER)
    with pytest.raises(Invalid):
        close_months(OPERATOR, [town.pay], DECEMBER)


def test_a_figure_that_somebody_changed_meanwhile_is_not_overwritten(town: Any) -> None:
    write(town.pay, (OCTOBER, "actual", "capital", 1))
    with pytest.raises(Conflict):
        write(town.pay, (OCTOBER, "actual", "capital", 9), shown={(OCTOBER, "actual", "capital"): 5})
    page = browser(town.petra).post(
        "/money/PAY/",
        {
            "c-2026-10-actual-capital": "9",
            "shown": json.dumps({"c-2026-10-actual-capital": 500}),
            "year": "2026",
        },
    )
    assert page.status_code == 409
    assert "Somebody changed the sheet" in page.content.decode()


def test_cells_are_typed_in_place(town: Any) -> None:
    petra = browser(town.petra)
    cells = {"c-2026-10-actual-capital": "1,234.50", "c-2026-12-forecast-revenue": "(20)", "shown": "{}"}
    assert petra.post("/money/PAY/", {**cells, "year": "2026", "as_of": "2026-11-01"}).status_code == 303
    assert dict(MonthlyFigure.objects.values_list("kind", "amount")) == {
        "actual": 123_450,
        "forecast": -2_000,
    }
    bad = petra.post("/money/PAY/", {"c-2026-10-actual-capital": "many", "c-2026-11-actual-capital": "5"})
    assert bad.status_code == 422
    assert "“many” is no amount" in bad.content.decode()
    assert MonthlyFigure.objects.count() == 2
    shown = json.dumps({"c-2026-10-actual-capital": 123_450})
    petra.post("/money/PAY/", {"c-2026-10-actual-capital": "", "shown": shown})
    assert sheet_of(OPERATOR, town.pay).cut is None  # taken away; its history keeps it
    assert as_at(MonthlyFigure, clock.now()).filter(kind="actual").get().amount is None


def test_a_change_is_taken_back_but_for_what_somebody_touched_since(town: Any) -> None:
    write(town.pay, (OCTOBER, "actual", "capital", 1), as_of=date(2026, 11, 1))
    change = write(town.pay, (OCTOBER, "actual", "capital", 2), (NOVEMBER, "actual", "capital", 7))
    write(town.pay, (NOVEMBER, "actual", "capital", 8))
    result = undo_change(actor(town.petra), change)
    assert (result.restored, result.kept) == (1, 1)
    october, november = MonthlyFigure.objects.order_by("month")
    assert (october.amount, october.as_of, november.amount) == (1, date(2026, 11, 1), 8)
    with pytest.raises(Invalid):
        undo_change(OPERATOR, change)
    first = MoneyChange.objects.order_by("pk").first()
    assert first is not None
    assert browser(town.vera).post(f"/money/changes/{first.pk}/undo/").status_code == 403
    assert browser(town.olaf).post(f"/money/changes/{first.pk}/undo/").status_code == 404


def test_no_change_is_said_in_one_click(town: Any) -> None:
    write(
        town.pay,
        (OCTOBER, "actual", "capital", 1),
        (DECEMBER, "forecast", "capital", 1),
        as_of=date(2026, 9, 1),
    )
    close_months(OPERATOR, [town.pay], OCTOBER)
    assert browser(town.petra).post("/money/PAY/confirm/").status_code == 303
    found = sheet_of(OPERATOR, town.pay)
    assert found.data_date == TODAY
    assert MonthlyFigure.objects.get(month=OCTOBER).as_of == date(
        2026, 9, 1
    )  # a closed month stays as it was
    assert confirm_figures(OPERATOR, town.pay, TODAY) is None


def test_pasted_cells_are_looked_at_before_they_are_written(town: Any) -> None:
    petra = browser(town.petra)
    block = "\tOct 26\tNov 26\tDec 26\nActual capital\t1.000,50\t2.000\t5\nForecast capital\t\t\tx"
    seen = petra.post("/money/PAY/paste/", {"block": block})
    text = seen.content.decode()
    assert seen.status_code == 200
    assert "2 figures change" in text
    assert "2 cells are refused" in text
    assert "Dec 2026 has not begun" in text
    assert not MonthlyFigure.objects.exists()
    mark = text.split('name="fingerprint" value="')[1].split('"')[0]
    refused = petra.post("/money/PAY/paste/", {"block": block, "fingerprint": mark, "write": "1"})
    assert refused.status_code == 422  # nothing half written
    assert not MonthlyFigure.objects.exists()
    other = petra.post(
        "/money/PAY/paste/", {"block": block, "fingerprint": "x", "write": "1", "leave_refused": "1"}
    )
    assert other.status_code == 422
    done = petra.post(
        "/money/PAY/paste/", {"block": block, "fingerprint": mark, "write": "1", "leave_refused": "1"}
    )
    assert done.status_code == 303
    assert sorted(MonthlyFigure.objects.values_list("amount", flat=True)) == [100_050, 200_000]
    assert "Undo" in petra.get("/money/PAY/").content.decode()
    assert petra.post("/money/PAY/paste/", {}).status_code == 422
    start = {"block": "5\t6", "at_line": "accrual-revenue", "at_month": "2026-10"}
    assert "2 figures change" in petra.post("/money/PAY/paste/", start).content.decode()


def test_contingency_comes_out_of_its_register(town: Any) -> None:
    write(town.pay, (OCTOBER, "actual", "capital", 1))
    for kind, amount, day in (("set_aside", 50_000, OCTOBER), ("drawdown", 20_000, NOVEMBER)):
        values = {"type": kind, "amount": amount, "currency": "EUR", "moved_on": day, "state": "approved"}
        record("contingency", town.pay, kind, **values)
    page = browser(town.vera).get("/money/PAY/").content.decode()
    left = page.split("Contingency left")[1].split("</tr>")[0]
    assert ">500<" in left
    assert ">300<" in left


def test_who_reads_and_who_writes(town: Any) -> None:
    write(town.pay, (OCTOBER, "actual", "capital", 12_345_00))
    for who, read, written in (
        ("petra", 200, 303),
        ("fiona", 200, 303),
        ("vera", 200, 403),
        ("olaf", 404, 404),
    ):
        client = browser(getattr(town, who))
        assert client.get("/money/PAY/").status_code == read
        assert client.get("/money/PAY/below/").status_code == read
        assert client.get("/money/PAY/export.xlsx").status_code == read
        assert client.post("/money/PAY/", {"shown": "null"}).status_code == written
        assert client.post("/money/PAY/confirm/", {"as_of": "soon"}).status_code == written
        assert client.post("/money/PAY/paste/", {}).status_code == (422 if written == 303 else written)
    assert browser(town.petra).post("/money/PAY/close/", {}).status_code == 403
    assert browser(town.fiona).post("/money/PAY/close/", {"to": "x"}).status_code == 303
    assert "12,345" not in browser(town.olaf).get("/money/").content.decode()
    assert browser(town.olaf).post("/money/close/").status_code == 403
    assert browser(town.petra).get("/money/ROAD/").status_code == 404
    restrict(OPERATOR, town.pay, [town.vera.party_id])
    assert browser(town.fiona).get("/money/PAY/").status_code == 404
    assert "12,345" not in browser(town.fiona).get("/money/").content.decode()
