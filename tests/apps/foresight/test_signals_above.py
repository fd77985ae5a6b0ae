"""The signals of reports and of money sheets, and the replay over a programme that is played for weeks."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest
from tests.apps.cycles.weeks import FIRST_FRIDAY, Weeks, at
from tests.apps.foresight.course import TODAY, on
from tests.apps.worlds import OPERATOR, actor, initiative, person

from steerco.apps.cycles.models import Cadence
from steerco.apps.cycles.services import write_cadences
from steerco.apps.cycles.turning import turn
from steerco.apps.finance.models import MoneyChange
from steerco.apps.finance.services import Wanted, write_figures
from steerco.apps.foresight.looking import look_at
from steerco.apps.foresight.replaying import days_of, replay_signal
from steerco.apps.foresight.selectors import warnings
from steerco.apps.foresight.signals import sentence, signals
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.kit import clock
from steerco.kit.history import Change

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> Iterator[None]:
    with on(TODAY):
        yield


def test_an_initiative_that_stops_reporting_is_found() -> None:
    first, week = date(2026, 10, 9), timedelta(days=7)
    with clock.at(at(first - week)):
        lead = person("Lena Lead")
        city = initiative("CITY", type="programme")
        pay = initiative("PAY", city, lead=lead.party, status="delivering")
        values = {
            "initiative": city,
            "title": "Weekly",
            "kind": "weekly",
            "anchor": first,
            "starts": first - week,
        }
        write_cadences(OPERATOR, [Change(values)])
    assert Cadence.objects.exists()
    found = []
    for number in range(28):
        day = first + timedelta(days=number)
        with clock.at(at(day, 20)):
            turn()
            signal = signals()["report.silent"]
            found.append(len(list(signal.find(day, signal.limit))))
    assert found[0] == 0
    assert found[-1] == 1
    with clock.at(at(first + timedelta(days=27), 21)):
        [sign] = signals()["report.silent"].find(clock.today(), 2)
    assert sign.entry_id == pay.entry_id
    assert sign.weight >= 2
    assert "reports in a row are late or missing" in sentence("report.silent", sign.data)


def test_a_year_near_its_cost_tolerance_is_found_and_seen_by_who_sees_money(today: None) -> None:
    where = {amount: initiative(f"P{amount}") for amount in (103, 104, 105, 106)}
    for amount, place in where.items():
        months = [Wanted(date(2026, 11, 1), "approved", "capital", 100_000)]
        months.append(Wanted(date(2026, 12, 1), "forecast", "capital", amount * 1000))
        write_figures(OPERATOR, place, months, as_of=TODAY, how=MoneyChange.How.FILE)
    signal = signals()["year.used"]
    shares = {sign.entry_id: sign.weight for sign in signal.find(TODAY, signal.limit)}
    assert shares == {where[104].entry_id: 80, where[105].entry_id: 100}
    assert signal.broken is not None
    assert signal.broken(TODAY) == {where[106].entry_id}
    assert list(signal.find(TODAY - timedelta(days=10), signal.limit)) == []
    look_at(TODAY)
    keys = {row.signal for row in warnings(actor(person("Fina Finance", "finance")))}
    assert "year.used" in keys
    lead = person("Lena Lead", staff=False)  # named there, and sees no money
    write_initiatives(OPERATOR, [Change({"lead": lead.party}, pk=where[104].pk)])
    assert Initiative.objects.visible_to(actor(lead)).filter(pk=where[104].pk).exists()
    assert [row.signal for row in warnings(actor(lead))] == []


@pytest.mark.slow
def test_the_replay_over_weeks_of_a_programme_agrees_with_what_happened() -> None:
    """Warnings and breaches are counted as one who goes through the same weeks day by day would count them."""
    played = Weeks(projects=2, streams=2, seed=7)
    day, last = FIRST_FRIDAY, FIRST_FRIDAY + timedelta(weeks=12)
    while day <= last:
        if day.weekday() < 5:
            with clock.at(at(day, 8)):
                played.happen(day)
        day += timedelta(days=1)
    with clock.at(at(last, 20)):
        days = days_of(FIRST_FRIDAY, last)
        signal = signals()["risk.rising"]
        record = replay_signal(signal, signal.limit, days)
        assert signal.broken is not None
        broken = [set(signal.broken(one)) for one in days]
        begun = sum(len(now - before) for before, now in pairwise(broken))
        assert record.breaches == begun > 0
        assert record.warnings > 0
        assert record.foreseen == len(record.lead_days)
        assert all(7 <= lead <= 84 for lead in record.lead_days)
        with pytest.raises(ValueError, match="nothing can be broken"):
            replay_signal(signals()["week.full"], 6, days)
