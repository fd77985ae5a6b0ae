"""Whatever has a day stands in exactly one report, whenever it was recorded and whenever the report was given."""

import json
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from tests.apps.cycles.test_cycle import GREEN
from tests.apps.cycles.world import WEDNESDAY, Programme, milestone, programme
from tests.apps.worlds import OPERATOR, record

from steerco.apps.cycles.models import FrozenReport, Report
from steerco.apps.cycles.services import submit
from steerco.apps.cycles.turning import turn
from steerco.apps.initiatives.records import write_records
from steerco.apps.planning.models import Milestone
from steerco.kit import clock
from steerco.kit.history import Change

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def report_of(found: Programme, end: date) -> None:
    report = found.report(0, end)
    submit(
        found.writer(), Report.objects.select_related("initiative__unit", "owner").get(pk=report.pk), GREEN
    )


def reached(title: str, day: date, found: Programme) -> None:
    milestone(found.streams[0], title, baseline=day, forecast=day, actual=day, state="reached")


def told() -> Counter[str]:
    """How often each thing that happened is told over all frozen reports."""
    kinds = {"reached", "done", "decided"}
    return Counter(
        fact["title"]
        for frozen in FrozenReport.objects.all()
        for part in json.loads(frozen.content)["parts"]
        for fact in part["facts"]
        if fact["kind"] in kinds
    )


def test_what_happens_between_the_end_of_a_period_and_its_report_is_told_in_the_next_one() -> None:
    found = programme(streams=1)
    place = found.streams[0]
    with clock.at(at(11, 26)):
        turn()
        late = milestone(place, "Recorded late", baseline=date(2026, 11, 26), forecast=date(2026, 11, 26))
        reached("In the week", date(2026, 11, 25), found)
    with clock.at(at(11, 29)):
        reached("On Sunday", date(2026, 11, 28), found)
    with clock.at(at(11, 30, 8)):
        decided = {"decision": "North", "decided_on": date(2026, 11, 30), "state": "decided"}
        record("decision", place, "On Monday", **decided)
        record("action", place, "Done on Monday", state="done", done_on=date(2026, 11, 30))
    with clock.at(at(11, 30, 12)):
        report_of(found, date(2026, 11, 27))
    with clock.at(at(12, 1)):
        late.refresh_from_db()
        write_records(
            OPERATOR, Milestone, [Change({"actual": date(2026, 11, 26), "state": "reached"}, pk=late.pk)]
        )
        reached("Long ago", date(2026, 6, 1), found)
        record("action", place, "Monday, said on Tuesday", state="done", done_on=date(2026, 11, 30))
    with clock.at(WEDNESDAY):
        turn()
    assert told() == {"In the week": 1}
    with clock.at(at(12, 7)):
        report_of(found, date(2026, 12, 4))
    with clock.at(at(12, 9, 13)):
        turn()
    titles = (
        "In the week",
        "On Sunday",
        "On Monday",
        "Done on Monday",
        "Recorded late",
        "Monday, said on Tuesday",
    )
    assert told() == dict.fromkeys(titles, 1)
    with clock.at(at(12, 14)):
        report_of(found, date(2026, 12, 11))
    with clock.at(at(12, 16, 13)):
        turn()
    assert told() == dict.fromkeys(titles, 1)
