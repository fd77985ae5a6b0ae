"""Undoing a plan whose import filled empty baselines, by people who may not decide about baselines."""

from typing import Any

import pytest
from tests.apps.planning.plans import d, milestone
from tests.apps.planning.test_taking import take
from tests.apps.worlds import OPERATOR, actor, initiative, person, record

from steerco.apps.initiatives.models import Initiative
from steerco.apps.people.models import Person
from steerco.apps.planning.milestones import write_milestones
from steerco.apps.planning.models import Milestone
from steerco.apps.planning.services import undo_revision
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.imports.models import ImportRun
from steerco.kit.imports.undoing import undo
from steerco.kit.permissions import can

pytestmark = pytest.mark.django_db

GO_LIVE = milestone(2, "Go live", "2026-06-15", baseline="2026-06-01", guid="G2")


@pytest.fixture
def place() -> Initiative:
    return initiative("P1")


@pytest.fixture
def analyst() -> Person:
    """Brings plans and undoes imports; decides nothing."""
    return person("Ana Analyst", "pmo_analyst")


def filled(who: Any, place: Initiative) -> tuple[Any, Any]:
    """A milestone without a baseline, and the revision that gave it the plan's."""
    first = take(who, place, milestone(2, "Go live", "2026-06-01", guid="G2"))
    row = Milestone.objects.get(title="Go live")
    assert row.baseline is None
    revision = take(who, place, GO_LIVE)
    row.refresh_from_db()
    assert (row.baseline, row.forecast) == (d("2026-06-01"), d("2026-06-15"))
    assert first.number == 1
    return row, revision


def test_who_filled_an_empty_baseline_may_take_that_back(place: Initiative, analyst: Person) -> None:
    who = actor(analyst)
    row, revision = filled(who, place)
    assert not can(who, "record.decide", row)
    result = undo_revision(who, revision)
    assert (result.restored, result.kept) == (1, [])
    row.refresh_from_db()
    assert (row.baseline, row.forecast) == (None, d("2026-06-01"))


def test_the_undo_empties_the_baseline_of_a_milestone_that_was_reached_too(
    place: Initiative, analyst: Person
) -> None:
    who = actor(analyst)
    take(who, place, milestone(2, "Go live", "2026-06-01", guid="G2"))
    revision = take(
        who, place, milestone(2, "Go live", "2026-06-03", baseline="2026-06-01", done="2026-06-03", guid="G2")
    )
    row = Milestone.objects.get(title="Go live")
    assert (row.state, row.baseline) == ("reached", d("2026-06-01"))
    assert undo_revision(who, revision).kept == []
    row.refresh_from_db()
    assert (row.state, row.baseline) == ("planned", None)


def test_a_baseline_that_was_decided_since_stays(place: Initiative, analyst: Person) -> None:
    who = actor(analyst)
    row, revision = filled(who, place)
    sponsor = person("Sam Sponsor", "portfolio_manager", place)
    write_milestones(actor(sponsor), [Change({"baseline": d("2026-06-08")}, pk=row.pk)], reason="Board")
    result = undo_revision(who, revision)
    assert [kept.pk for kept in result.kept] == [row.pk]
    row.refresh_from_db()
    assert row.baseline == d("2026-06-08")


@pytest.mark.parametrize("reached", [False, True])
def test_an_undo_moves_no_agreed_baseline_for_somebody_who_may_not(
    place: Initiative, analyst: Person, reached: bool
) -> None:
    """The import was a decider's; whoever may undo imports of others still does not decide about baselines."""
    row = record("milestone", place, "Go live", baseline=d("2026-06-01"), forecast=d("2026-06-01"))
    sponsor = actor(person("Sam Sponsor", "portfolio_manager", place))
    values: dict[str, Any] = {"baseline": d("2026-07-01")}
    if reached:
        values |= {"state": "reached", "actual": d("2026-07-02")}
    [changed] = write_milestones(sponsor, [Change(values, pk=row.pk)], reason="Board", batch="moved")
    run = ImportRun.objects.create(
        register="milestone",
        owner=None,
        owner_label="Sam",
        state=ImportRun.State.APPLIED,
        batch="moved",
        created_at=clock.now(),
        outcome={"changed": {str(row.pk): changed.version}},
    )
    result = undo(actor(analyst), run)
    assert [kept.pk for kept in result.kept] == [row.pk]
    assert "agreed" in result.kept[0].reason
    row.refresh_from_db()
    assert row.baseline == d("2026-07-01")


def test_nobody_empties_a_baseline_under_the_name_of_an_undo(place: Initiative, analyst: Person) -> None:
    row, revision = filled(actor(analyst), place)
    assert revision.run is not None
    for batch in ("undo-something", "undo-", ""):
        with pytest.raises(Invalid, match="agreed"):
            write_milestones(actor(analyst), [Change({"baseline": None}, pk=row.pk)], batch=batch)
    other = record("milestone", place, "Closed", baseline=d("2026-09-01"))
    batch = f"undo-{revision.run.batch}"
    with pytest.raises(Invalid, match="agreed"):
        write_milestones(actor(analyst), [Change({"baseline": None}, pk=other.pk)], batch=batch)
    with pytest.raises(Invalid, match="agreed"):
        write_milestones(actor(analyst), [Change({"baseline": d("2026-12-01")}, pk=row.pk)], batch=batch)
    assert OPERATOR.trusted
