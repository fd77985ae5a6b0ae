"""Recording what was reported: immutable, one current row per initiative and date."""

from datetime import date

import pytest

from steerco.apps.indicators.models import Snapshot, Value
from steerco.apps.indicators.services import Report, record_snapshots
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.kit.history import Change, Invalid
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied, Via

pytestmark = pytest.mark.django_db


def report(initiative: Initiative, day: date, rating: str = "amber", cost: int = 100_00) -> Report:
    return Report(
        initiative,
        day,
        {"name": "Bridge", "unit_name": "Roads"},
        [
            Value(indicator="rating", dimension="overall", scale="five_point", rating=rating),
            Value(indicator="whole_life_cost", amount=cost, currency="GBP"),
            Value(indicator="end", state="no_end_date", text="No end date"),
            Value(indicator="rating_comment", text="Ground is soft."),
        ],
    )


@pytest.fixture
def bridge(operator: Actor) -> Initiative:
    return write_initiatives(operator, [Change({"code": "B", "name": "Bridge"})])[0]


def test_a_report_becomes_a_snapshot_with_its_headline_and_an_event(
    operator: Actor, bridge: Initiative
) -> None:
    recorded = record_snapshots(operator, [report(bridge, date(2020, 3, 31))], source="a.csv", batch="b1")
    assert recorded.outcomes == ["created"]
    snapshot = Snapshot.objects.get()
    assert (snapshot.rating, snapshot.scale, snapshot.whole_life_cost, snapshot.currency, snapshot.ends) == (
        "amber",
        "five_point",
        100_00,
        "GBP",
        None,
    )
    assert snapshot.values.count() == 4
    event = Event.objects.get(kind="snapshot.recorded")
    assert (event.entry_id, event.object_id, event.batch) == (bridge.entry_id, snapshot.pk, "b1")
    assert event.changes["rating"] == [None, "amber"]


def test_the_same_report_again_changes_nothing(operator: Actor, bridge: Initiative) -> None:
    record_snapshots(operator, [report(bridge, date(2020, 3, 31))])
    events = Event.objects.count()
    assert record_snapshots(operator, [report(bridge, date(2020, 3, 31))]).outcomes == ["unchanged"]
    assert Snapshot.objects.count() == 1
    assert Event.objects.count() == events


def test_a_correction_is_a_newer_row_and_the_older_one_stays_as_it_was(
    operator: Actor, bridge: Initiative
) -> None:
    record_snapshots(operator, [report(bridge, date(2020, 3, 31), "amber")])
    assert record_snapshots(operator, [report(bridge, date(2020, 3, 31), "red")]).outcomes == ["updated"]
    older, newer = Snapshot.objects.order_by("pk")
    assert (older.rating, older.current, newer.rating, newer.current) == ("amber", False, "red", True)
    assert set(older.values.values_list("current", flat=True)) == {False}
    with pytest.raises(TypeError, match="immutable"):
        older.save()


def test_doubled_dates_and_unknown_indicators_are_refused_and_nothing_is_written(
    operator: Actor, bridge: Initiative
) -> None:
    day = date(2020, 3, 31)
    stray = report(bridge, date(2021, 3, 31))
    stray.values.append(Value(indicator="mood", text="good"))
    with pytest.raises(Invalid) as caught:
        record_snapshots(operator, [report(bridge, day), report(bridge, day), stray])
    assert sorted(caught.value.errors) == [1, 2]
    assert not Snapshot.objects.exists()


def test_recording_needs_the_right_on_the_stored_initiative(bridge: Initiative) -> None:
    nobody = Actor(user_id=None, label="", via=Via.SESSION)
    with pytest.raises(Denied):
        record_snapshots(nobody, [report(bridge, date(2020, 3, 31))])
    assert not Snapshot.objects.exists()
