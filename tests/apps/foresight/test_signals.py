"""Each signal warns of what is still within its limit and will not stay there, and of nothing else."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.escalation.trees import tolerance
from tests.apps.foresight.course import DAY, TODAY, Told, drifting, on, scored
from tests.apps.worlds import OPERATOR, initiative, person, record
from tests.permissions.world import snapshot

from steerco.apps.escalation.ladder import Step
from steerco.apps.escalation.proposals import escalate
from steerco.apps.foresight.signals import Sign, Signal, declare_signal, sentence, signals
from steerco.apps.indicators.models import Snapshot
from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.services import restrict, write_initiatives
from steerco.kit.history import Change
from steerco.kit.registers.register import register_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with on(TODAY):
        yield


@pytest.fixture
def town() -> Initiative:
    with on(TODAY - 400 * DAY):
        return initiative("PAY", initiative("CITY", type="portfolio"))


def found(key: str, day: date = TODAY, limit: int | None = None) -> dict[str, Sign]:
    """What a signal finds, by the title of the entry."""
    signal = signals()[key]
    signs = list(signal.find(day, signal.limit if limit is None else limit))
    titles = dict(Entry.objects.values_list("pk", "title"))
    return {titles[sign.entry_id]: sign for sign in signs}


def change(row: Any, **values: Any) -> None:
    register_of(row.register_key).write(OPERATOR, [Change(values, pk=row.pk)])


def said(sign: Sign, key: str) -> str:
    return sentence(key, sign.data)


def test_a_key_milestone_that_was_moved_out_twice_and_will_pass_its_tolerance_is_found(
    town: Initiative,
) -> None:
    tolerance(town, "time", days=10)
    told = Told()
    drifting(told, town, "Drifts", 3, 7)
    drifting(told, town, "Moved once", 7)
    drifting(told, town, "Beyond already", 20, 30)
    drifting(told, town, "A team's own", 3, 7, tier="team")
    drifting(told, town, "Comes back", 7, 3)
    drifting(told, town, "Dropped", 3, 7)
    told.write()
    change(told.rows["Dropped"], state="dropped")
    assert set(found("milestone.drift")) == {"Drifts"}
    sign = found("milestone.drift")["Drifts"]
    assert sign.breach_on is not None
    assert TODAY < sign.breach_on < TODAY + 70 * DAY
    text = said(sign, "milestone.drift")
    assert "moved out 2 times in 60 days" in text
    assert "It is 5 working days late; 10 are allowed." in text
    assert "There is time to act until" in text
    assert found("milestone.drift", limit=3) == {}


def test_it_is_found_on_the_day_it_was_true_and_broken_when_it_broke(town: Initiative) -> None:
    """Asked today about a day in the past, a signal says what it would have said then."""
    tolerance(town, "time", days=10)
    told = Told()
    drifting(told, town, "Drifts", 3, 7, 30)  # 35, 21 and 7 days ago
    told.write()
    assert found("milestone.drift") == {}
    then = TODAY - 14 * DAY
    assert set(found("milestone.drift", then)) == {"Drifts"}
    broken = signals()["milestone.drift"].broken
    assert broken is not None
    assert [len(broken(then)), len(broken(TODAY))] == [0, 1]


def test_a_tolerance_that_is_nearly_used_up_is_found(town: Initiative) -> None:
    tolerance(town, "time", days=10)
    for days in (6, 8, 10, 11):
        base = TODAY + 30 * DAY
        late = next(d for d in range(40) if _working(base, base + d * DAY) == days)
        record("milestone", town, f"Late {days}", baseline=base, forecast=base + late * DAY, tier="gate")
    assert set(found("milestone.used")) == {"Late 8", "Late 10"}
    assert said(found("milestone.used")["Late 8"], "milestone.used").startswith(
        "80 % of the tolerance is used"
    )
    write_initiatives(
        OPERATOR,
        [Change({"planned_end": date(2027, 3, 1), "forecast_end": date(2027, 3, 11)}, pk=town.pk)],
    )
    sign = found("end.used")[town.name]
    assert (sign.weight, sign.breach_on) == (80, date(2027, 3, 15))
    assert found("end.used", limit=90) == {}


def _working(start: date, end: date) -> int:
    return sum((start + n * DAY).weekday() < 5 for n in range(1, (end - start).days + 1))


def test_cost_that_grew_by_most_of_its_tolerance_is_found(town: Initiative) -> None:
    tolerance(town, "cost", percent=Decimal(10))
    snapshot(town, date(2026, 9, 30), "green")
    snapshot(town, date(2026, 10, 31), "green")
    for cost, share in ((107, None), (108, 80), (110, 100), (111, None)):
        Snapshot.objects.filter(as_of=date(2026, 10, 31)).update(whole_life_cost=cost * 1_000_000)
        Snapshot.objects.filter(as_of=date(2026, 9, 30)).update(whole_life_cost=100_000_000)
        assert [sign.weight for sign in found("cost.used").values()] == ([share] if share else [])
    broken = signals()["cost.used"].broken
    assert broken is not None
    assert len(broken(TODAY)) == 1
    assert found("cost.used", TODAY - 100 * DAY) == {}  # nothing was recorded then


def test_a_threat_that_rises_and_is_not_yet_escalated_is_found(town: Initiative) -> None:
    told = Told()
    scored(told, town, "Twice", 1, 2, 3)
    scored(told, town, "By six", 1, 3)
    scored(told, town, "Once by three", 2, 3)
    scored(told, town, "Escalated", 1, 3, 5)
    scored(told, town, "Falls", 4, 3)
    scored(told, town, "Chance", 1, 2, 3, direction="opportunity")
    told.write()
    signs = found("risk.rising")
    assert set(signs) == {"Twice", "By six"}
    assert signs["Twice"].breach_on is not None
    text = said(signs["Twice"], "risk.rising")
    assert "rose from 3 to 9 in 60 days" in text
    assert "it reaches 15" in text
    tolerance(town, "risk", score=8)
    assert found("risk.rising") == {}  # beyond what the tolerance lets pass


def test_a_threat_that_is_near_and_nobody_does_anything_about_is_found(town: Initiative) -> None:
    near = {"proximity": "month"}
    told = Told()
    scored(told, town, "Alone", 3, **near)
    scored(told, town, "Later", 3, proximity="year")
    scored(told, town, "Small", 1, **near)
    scored(told, town, "Helped", 3, **near)
    scored(told, town, "Treated", 3, state="open", **near)
    scored(told, town, "Taken", 3, response="accept", **near)
    rows = told.write()
    record("action", town, "Help", risk=rows["Helped"])
    change(rows["Treated"], state="treating", response="reduce")
    assert set(found("risk.near")) == {"Alone"}
    assert found("risk.near")["Alone"].entry_id == rows["Alone"].entry_id
    assert "nothing is being done about it" in said(found("risk.near")["Alone"], "risk.near")


def test_dependencies_that_get_tight_are_found(town: Initiative) -> None:
    need, giver = TODAY + 28 * DAY, initiative("GIVE")
    base = {"giver": giver, "need_by": need, "agreed": "yes"}
    told = Told()
    moves = [(20, {"forecast": need - 7 * DAY}), (5, {"forecast": need - 3 * DAY})]
    told.made("dependency", town, "Shrinks", 50, *moves, forecast=need - 21 * DAY, **base)
    told.write()
    record("dependency", town, "Tight from the start", forecast=need - 4 * DAY, **base)
    late = record("dependency", town, "Late", forecast=need + 7 * DAY, **base)
    record("dependency", town, "Not agreed", need_by=need, giver=giver)
    record("dependency", town, "Not agreed, far", need_by=need + 30 * DAY, giver=giver)
    assert set(found("dependency.buffer")) == {"Shrinks"}
    sign = found("dependency.buffer")["Shrinks"]
    assert sign.breach_on is not None
    assert TODAY < sign.breach_on <= need
    assert "shrank from 15 to 3 working days" in said(sign, "dependency.buffer")
    assert set(found("dependency.late")) == {"Late"}
    assert "nobody has escalated it" in said(found("dependency.late")["Late"], "dependency.late")
    assert set(found("dependency.unagreed")) == {"Not agreed"}
    boss = person("Berta Boss")
    write_initiatives(OPERATOR, [Change({"lead": boss.party}, pk=town.parent_id)])
    escalate(
        OPERATOR, Entry.objects.get(pk=late.entry_id), Step(town.parent_id or 0, boss.party_id), "Too late"
    )
    assert found("dependency.late") == {}


def test_a_week_that_is_too_full_is_found_where_all_of_it_is_seen(town: Initiative) -> None:
    omar, road = person("Omar Owner"), initiative("ROAD", town.parent)
    due = TODAY + 10 * DAY
    for n in range(4):
        record("action", town, f"Pay {n}", owner=omar.party, due_on=due)
        record("action", road, f"Road {n}", owner=omar.party, due_on=due + DAY)
    hidden = [record("action", road, f"Secret {n}", owner=omar.party, due_on=due) for n in range(5)]
    for row in hidden:
        restrict(OPERATOR, row, [omar.party_id])
    record("action", town, "This week", owner=omar.party, due_on=TODAY)
    [sign] = found("week.full").values()
    city = Initiative.objects.get(code="CITY")
    assert (sign.entry_id, sign.weight) == (city.entry_id, 8)
    assert "8 milestones, deliverables and actions of Omar Owner" in said(sign, "week.full")
    assert {(sign.weight, sign.entry_id) for sign in signals()["week.full"].find(TODAY, 3)} == {
        (8, city.entry_id),
        (4, town.entry_id),
        (4, road.entry_id),
    }


def test_what_is_finished_or_archived_is_left_alone(town: Initiative) -> None:
    told = Told()
    drifting(told, town, "Drifts", 3, 7)
    told.write()
    assert set(found("milestone.drift")) == {"Drifts"}
    write_initiatives(OPERATOR, [Change({"archived": True}, pk=town.pk)])
    assert found("milestone.drift") == {}


def test_the_number_of_statements_does_not_depend_on_the_number_of_records(town: Initiative) -> None:
    def statements() -> list[int]:
        numbers = []
        for signal in signals().values():
            with CaptureQueriesContext(connection) as queries:
                list(signal.find(TODAY, signal.limit))
            numbers.append(len(queries))
        return numbers

    def fill(count: int) -> None:
        told = Told()
        for n in range(count):
            drifting(told, town, f"M {n} of {count}", 3, 7)
            scored(told, town, f"R {n} of {count}", 1, 2, 3)
            told.made("action", town, f"A {n} of {count}", 20, due_on=TODAY + 10 * DAY)
        told.write()

    fill(8)
    statements()  # what is kept for a while is known from here on
    before = statements()
    fill(12)
    assert statements() == before
    assert max(before) <= 9


def test_every_signal_says_itself_and_a_key_is_taken_once() -> None:
    for signal in signals().values():
        assert signal.words(signal.limit)
        assert signal.limit >= signal.least
    first = next(iter(signals().values()))
    with pytest.raises(ValueError, match="declared twice"):
        declare_signal(Signal(first.key, "x", str, 1, lambda day, limit: (), lambda data: "", ()))
    assert sentence("no.such", {}) == ""
