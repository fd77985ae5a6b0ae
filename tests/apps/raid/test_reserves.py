"""Risk reserves: expected value and exposure over the tree, contingency held, drawn by whom, and what is left."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.apps.worlds import OPERATOR, actor, browser, initiative, person, posted, record

from steerco.apps.initiatives.services import restrict
from steerco.apps.raid.models import ContingencyMovement, Risk
from steerco.apps.raid.reserves import expected_of, ledger_of, reserves_of
from steerco.engine.risk.reserves import Balance
from steerco.kit.history import Change, Invalid
from steerco.kit.permissions import Denied
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Any:
    class Town:
        city = initiative("CITY", type="portfolio")
        pay = initiative("PAY", city)
        hub = initiative("HUB", pay, type="workstream")
        bus = initiative("BUS", city)
        petra = person("Petra Manager", "project_manager", pay)
        omar = person("Omar Office", "pmo_analyst")
        vera = person("Vera Viewer")

    return Town


def risk(
    where: Any, title: str, probability: int | None, money: int | None, days: int = 0, **values: Any
) -> Risk:
    more = {"current_probability": probability, "exposure": money, "exposure_days": days or None, **values}
    more.setdefault("currency", "GBP" if money else "")
    return record("risk", where, title, current_impact=3, **more)


def move(where: Any, kind: str, amount: int, who: Any = OPERATOR, **values: Any) -> ContingencyMovement:
    register = register_by_key("contingency")
    assert register is not None
    start = {"title": kind, "initiative": where, "type": kind, "amount": amount, "currency": "GBP", **values}
    return register.write(who, [Change(start)])[0]


def change(row: Any, who: Any = OPERATOR, **values: Any) -> Any:
    register = register_by_key("contingency")
    assert register is not None
    return register.write(who, [Change(values, pk=row.pk)])[0]


@pytest.mark.both_databases
def test_the_reserve_of_a_place_is_what_stands_there_and_below(town: Any) -> None:
    # The shipped scale: step 1 stands for 5 %, 2 for 20 %, 3 for 40 %, 4 for 60 %, 5 for 85 %.
    risk(town.pay, "Own", 3, 100_000_00, days=10)
    risk(town.hub, "Below", 5, 10_000_00)
    risk(town.hub, "Chance", 2, 50_000_00, direction="opportunity")
    risk(town.bus, "Abroad", 4, 1_000_00, currency="EUR")
    risk(town.bus, "Not rated", None, 7_000_00)
    risk(town.bus, "No amount", 4, None)
    risk(town.bus, "Over", 5, 9_000_00, state="closed", closing="expired")
    found = reserves_of(actor(town.vera), town.city)
    gbp, eur = found.total.money["GBP"], found.total.money["EUR"]
    assert (gbp.exposure, gbp.expected, gbp.gain) == (110_000_00, 48_500_00, 10_000_00)
    assert (eur.exposure, eur.expected) == (1_000_00, 600_00)
    assert (found.total.days.exposure, found.total.days.expected) == (10, Decimal("4.0"))
    assert (found.total.risks, found.total.quantified) == (6, 4)
    parts = {place.code: reserve for place, reserve in found.parts}
    assert set(parts) == {"PAY", "BUS"}
    assert parts["PAY"].money["GBP"].expected == 48_500_00
    assert set(parts["BUS"].money) == {"EUR"}
    own = {place.code: reserve for place, reserve in reserves_of(actor(town.vera), town.pay).parts}
    assert (own["PAY"].money["GBP"].expected, own["HUB"].money["GBP"].expected) == (40_000_00, 8_500_00)


def test_the_total_is_the_sum_of_the_rows_and_leaves_out_what_is_hidden(town: Any) -> None:
    rows = [risk(town.pay, f"Risk {n}", n % 5 + 1, n * 1_000_00) for n in range(1, 12)]
    total = reserves_of(actor(town.vera), town.pay).total.money["GBP"]
    assert total.expected == sum(expected_of(row)[0] or 0 for row in rows)
    restrict(OPERATOR, rows[-1], [town.petra.party_id])
    less = reserves_of(actor(town.vera), town.pay).total.money["GBP"]
    assert less.expected == total.expected - (expected_of(rows[-1])[0] or 0)


def test_only_what_is_approved_counts_and_who_decided_is_kept(town: Any) -> None:
    move(town.pay, "set_aside", 80_000_00, state="approved")
    row = move(town.pay, "drawdown", 30_000_00, actor(town.omar), moved_on=date(2026, 11, 2))
    assert ledger_of({town.pay.pk}).money["GBP"] == Balance(80_000_00, 0)
    with pytest.raises(Denied):
        change(row, actor(town.omar), state="approved")
    decided = change(row, actor(town.petra), state="approved")
    assert (decided.decided_by, decided.decided_on is not None) == (town.petra.party, True)
    assert ledger_of({town.pay.pk}).money["GBP"].remaining == 50_000_00
    page = browser(town.vera).get("/portfolio/PAY/").content.decode()
    for text in ("GBP\xa080,000", "GBP\xa030,000", "GBP\xa050,000", "Petra Manager"):
        assert text in page
    assert "GBP\xa050,000" in browser(town.vera).get("/portfolio/CITY/").content.decode()


def test_never_more_is_drawn_than_is_set_aside(town: Any) -> None:
    held = move(town.pay, "set_aside", 10_000_00, state="approved")
    with pytest.raises(Invalid, match="set aside"):
        move(town.pay, "drawdown", 10_000_01, state="approved")
    with pytest.raises(Invalid, match="set aside"):
        move(town.pay, "drawdown", 1_00, currency="EUR", state="approved")
    drawn = move(town.pay, "drawdown", 10_000_00, state="approved")
    with pytest.raises(Invalid):
        change(held, amount=9_999_99)
    with pytest.raises(Invalid):
        change(drawn, initiative=town.bus)
    register = register_by_key("contingency")
    assert register is not None
    with pytest.raises(Invalid, match="set aside"):
        register.delete(OPERATOR, [held.pk])
    office = browser(person("Olga Office", "pmo_manager"))
    assert office.post(f"/registers/contingency/{held.pk}/delete/").status_code == 303
    answer = office.get(f"/registers/contingency/{held.pk}/")
    assert "More would be drawn than is set aside here" in answer.content.decode()
    assert ledger_of({town.pay.pk}).money["GBP"].remaining == 0
    register.delete(OPERATOR, [drawn.pk])
    assert ledger_of({town.pay.pk}).money["GBP"].remaining == 10_000_00


def test_an_approved_movement_is_changed_by_who_may_decide(town: Any) -> None:
    row = move(town.pay, "set_aside", 10_000_00, state="approved")
    assert change(row, actor(town.omar), title="For the bank").title == "For the bank"
    with pytest.raises(Denied):
        change(row, actor(town.omar), amount=99_000_00)
    assert change(row, actor(town.petra), amount=12_000_00).amount == 12_000_00


def test_a_movement_says_how_much_and_in_which_currency(town: Any) -> None:
    client = browser(town.petra)
    form = {"title": "Nothing", "initiative": "PAY", "type": "set_aside", "state": "proposed"}
    assert "how much money" in client.post("/registers/contingency/new/", form).content.decode()
    assert client.post("/registers/contingency/new/", {**form, "amount": "-5"}).status_code == 422
    posted(client, "/registers/contingency/new/", {**form, "amount": "12.50"})
    row = ContingencyMovement.objects.get()
    assert (row.amount, row.currency) == (1250, "EUR")  # the organisation's own


def test_the_list_of_risks_sums_what_it_shows(town: Any) -> None:
    risk(town.pay, "Dear", 4, 100_000_00, category="technical")
    risk(town.pay, "Cheap", 4, 1_000_00, category="legal")
    client = browser(town.vera)
    assert "GBP\xa060,600" in client.get("/registers/risks/").content.decode()
    assert "GBP\xa060,000" in client.get("/registers/risks/?category=technical").content.decode()
    text = client.get("/registers/risks/?cols=title,expected").content.decode()
    assert "GBP\xa0600" in text
    move(town.pay, "set_aside", 5_000_00, state="approved")
    assert "GBP\xa05,000" in client.get("/registers/risks/?in=PAY").content.decode()
