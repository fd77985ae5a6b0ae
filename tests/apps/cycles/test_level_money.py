"""A level's report holds the money that was reported below it, summed by currency, each amount once."""

import json
from datetime import date, timedelta

import pytest
from tests.apps.cycles.test_consolidation import GREEN, consolidated
from tests.apps.cycles.world import FRIDAY, THURSDAY, WEDNESDAY, Programme, programme
from tests.apps.worlds import OPERATOR, initiative, person

from steerco.apps.cycles.drafts import Typed, open_page
from steerco.apps.cycles.models import Report
from steerco.apps.cycles.services import approve, submit
from steerco.apps.cycles.showing import fact_lines
from steerco.apps.cycles.turning import turn
from steerco.apps.finance.services import Wanted, write_figures
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.reporting.published import published_content
from steerco.exchange.packs.content import Money
from steerco.kit import clock
from steerco.kit.history import Change

pytestmark = pytest.mark.django_db
MONTH = date(2026, 11, 1)
MONTHLY = {"kind": "monthly", "covers": "everything"}


def spend(place: Initiative, amount: int, currency: str, day: date) -> None:
    """An approved and an expected amount, in minor units."""
    cells = [
        Wanted(MONTH, "approved", "capital", 100_00),
        Wanted(date(2026, 12, 1), "forecast", "capital", amount),
    ]
    write_figures(OPERATOR, place, cells, as_of=day, how="typed", currency=currency)


def told(*, nested: bool = False) -> Programme:
    """Three that report their money: two in euros, the older of them worse, and one in francs."""
    found = programme(streams=3, **MONTHLY)
    with clock.at(THURSDAY - timedelta(days=20)):
        for stream, currency in zip(found.streams, ("EUR", "EUR", "CHF"), strict=True):
            spend(stream, 110_00, currency, clock.today())
        if nested:
            inside = initiative("IN", found.streams[0], type="workstream", status="delivering")
            lead = person("Inga Inside", "project_manager", inside)
            write_initiatives(OPERATOR, [Change({"lead": lead.party}, pk=inside.pk)])
            spend(inside, 1_00, "EUR", clock.today())
    with clock.at(THURSDAY):
        turn()
        spend(found.streams[1], 150_00, "EUR", clock.today())
        for report in Report.objects.select_related("initiative__unit", "owner", "cycle__cadence"):
            page = open_page(OPERATOR, report)
            ratings = {**GREEN, "cost": {"value": "red", "why": ""}}
            why = "The figures are not final."
            typed = Typed(
                "As told.",
                {d: {**ratings.get(d, GREEN["overall"]), "why": why} for d in page.computed.colours},
            )
            submit(OPERATOR, report, typed)
    with clock.at(WEDNESDAY):
        turn()
    return found


def money_of_level(found: Programme) -> dict[tuple[str, str, str], dict[str, object]]:
    with clock.at(WEDNESDAY):
        page = open_page(found.reviewer, consolidated())
    return {(fact["title"], fact["kind"], fact["place"]): fact for fact in page.facts["money"]}


def test_sums_are_by_currency_with_the_oldest_date_and_who_moved_most_is_named() -> None:
    found = told()
    facts = money_of_level(found)
    euros = facts["EUR", "money_expected", ""]
    assert (euros["after"], euros["of"]) == (260_00, 2)
    assert euros["data_date"] == (THURSDAY.date() - timedelta(days=20)).isoformat()
    assert facts["CHF", "money_expected", ""]["after"] == 110_00
    assert [place for _title, _kind, place in facts if place] == [found.streams[1].name]
    line = fact_lines([euros])[0].words  # type: ignore[list-item]
    assert "sum of 2 reports" in line
    assert "oldest data date 06/11/2026" in line


def test_what_a_part_reports_within_its_whole_counts_once() -> None:
    facts = money_of_level(told(nested=True))
    assert (facts["EUR", "money_expected", ""]["after"], facts["EUR", "money_expected", ""]["of"]) == (
        261_00,
        2,
    )


def test_the_pack_shows_the_money_that_was_frozen() -> None:
    found = told()
    with clock.at(WEDNESDAY):
        submit(
            found.reviewer, consolidated(), Typed("As told.", GREEN, {"text": "x", "by": FRIDAY.isoformat()})
        )
        approve(OPERATOR, report := consolidated())
    frozen = report.frozen.get()
    assert {p["key"] for p in json.loads(frozen.content)["parts"] if p["facts"]} >= {"money"}
    pack = published_content(frozen)
    assert [(row.project, row.whole_life) for row in pack.money_totals] == [
        ("CHF", Money(110_00, "CHF")),
        ("EUR", Money(260_00, "EUR")),
    ]
    assert len(pack.money) == 3
    assert pack.money_date == THURSDAY.date() - timedelta(days=20)


def test_a_weekly_round_that_asks_for_no_money_tells_that_of_the_sheets() -> None:
    found = programme()
    with clock.at(THURSDAY - timedelta(days=20)):
        for stream in found.streams:
            spend(stream, 110_00, "EUR", clock.today())
    with clock.at(THURSDAY):
        turn()
        spend(found.streams[1], 150_00, "EUR", clock.today())
    with clock.at(WEDNESDAY):
        turn()
    told = money_of_level(found)
    expected = told["EUR", "money_expected", ""]
    assert (expected["before"], expected["after"], expected["approved"]) == (220_00, 260_00, 200_00)
    assert [kind for _currency, kind, _place in told] == ["money_approved", "money_expected"]
