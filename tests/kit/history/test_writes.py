"""The one write: all or nothing, no lost update, history that can be asked."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests.apps.worlds import OPERATOR, initiative, record

from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.records import delete_records, write_records
from steerco.apps.raid.models import Risk
from steerco.kit import clock
from steerco.kit.history import Change, Conflict, Invalid, as_at
from steerco.kit.history.versions import version_model
from steerco.kit.journal.models import Event


@pytest.mark.django_db
def test_one_bad_row_writes_none() -> None:
    place = initiative("PLACE")
    events = Event.objects.count()
    good, bad = (
        {"initiative": place, "title": "Good"},
        {"initiative": place, "title": "Bad", "current_impact": 9},
    )
    with pytest.raises(Invalid) as caught:
        write_records(OPERATOR, Risk, [Change(good), Change(bad)])
    assert list(caught.value.errors) == [1]
    assert "current_impact" in caught.value.errors[1]
    assert not Risk.objects.exists()
    assert Entry.objects.filter(register="risk").count() == 0
    assert Event.objects.count() == events


@pytest.mark.django_db
def test_a_write_touches_only_its_own_fields() -> None:
    row = record("risk", initiative("PLACE"), "Start", current_impact=3)
    stale = Risk.objects.get(pk=row.pk)
    write_records(OPERATOR, Risk, [Change({"title": "Newer"}, pk=row.pk)])
    write_records(OPERATOR, Risk, [Change({"current_impact": 5}, pk=stale.pk)])
    row.refresh_from_db()
    assert (row.title, row.current_impact) == ("Newer", 5)


@pytest.mark.django_db
def test_saving_what_stands_there_leaves_no_event() -> None:
    row = record("risk", initiative("PLACE"), "Same")
    events = Event.objects.count()
    write_records(OPERATOR, Risk, [Change({"title": "Same"}, pk=row.pk, version=1)])
    assert Event.objects.count() == events
    row.refresh_from_db()
    assert row.version == 1


@pytest.mark.django_db
def test_an_action_is_seen_whole_or_not_at_all() -> None:
    place = initiative("PLACE")
    rows = [record("risk", place, f"Risk {n}") for n in range(3)]
    before = clock.now()
    with clock.at(before + timedelta(hours=1)):
        write_records(OPERATOR, Risk, [Change({"title": f"New {n}"}, pk=r.pk) for n, r in enumerate(rows)])
    assert {v.title for v in as_at(Risk, before)} == {"Risk 0", "Risk 1", "Risk 2"}
    assert {v.title for v in as_at(Risk, before + timedelta(hours=2))} == {"New 0", "New 1", "New 2"}


@pytest.mark.django_db
def test_a_new_due_date_keeps_the_first_one() -> None:
    place = initiative("PLACE")
    row = record("action", place, "Do it", due_on=clock.today())
    later = clock.today() + timedelta(days=9)
    write_records(OPERATOR, type(row), [Change({"due_on": later}, pk=row.pk)])
    row.refresh_from_db()
    assert (row.original_due, row.due_on) == (clock.today(), later)
    assert Entry.objects.get(pk=row.entry_id).due == later


class RecordLife(RuleBasedStateMachine):
    """Create, change, move, delete, restore in any order; after each step the tables agree."""

    @initialize()
    def places(self) -> None:
        self.places = [initiative(f"S{n}{Initiative.objects.count()}") for n in range(2)]
        self.rows: list[int] = []

    @rule(place=st.integers(0, 1), score=st.integers(1, 5))
    def create(self, place: int, score: int) -> None:
        values = {
            "initiative": self.places[place],
            "title": "T",
            "current_probability": score,
            "current_impact": score,
        }
        self.rows.append(write_records(OPERATOR, Risk, [Change(values)])[0].pk)

    @rule(index=st.integers(0, 9), title=st.text("abc", min_size=1, max_size=3))
    def change(self, index: int, title: str) -> None:
        if self.rows:
            write_records(OPERATOR, Risk, [Change({"title": title}, pk=self.rows[index % len(self.rows)])])

    @rule(index=st.integers(0, 9), place=st.integers(0, 1))
    def move(self, index: int, place: int) -> None:
        if self.rows:
            pk = self.rows[index % len(self.rows)]
            write_records(OPERATOR, Risk, [Change({"initiative": self.places[place]}, pk=pk)])

    @rule(index=st.integers(0, 9), restore=st.booleans())
    def delete(self, index: int, restore: bool) -> None:
        if self.rows:
            delete_records(OPERATOR, Risk, [self.rows[index % len(self.rows)]], restore=restore)

    @rule(index=st.integers(0, 9))
    def late_writer(self, index: int) -> None:
        if self.rows:
            pk = self.rows[index % len(self.rows)]
            version = Risk.objects.get(pk=pk).version
            write_records(OPERATOR, Risk, [Change({"title": f"v{version}"}, pk=pk, version=version)])
            with pytest.raises(Conflict):
                write_records(OPERATOR, Risk, [Change({"title": "late"}, pk=pk, version=version)])

    @invariant()
    def tables_agree(self) -> None:
        versions = version_model(Risk)._default_manager
        for row in Risk.objects.filter(pk__in=getattr(self, "rows", [])):
            entry = Entry.objects.get(pk=row.entry_id)
            assert (entry.title, entry.initiative_id, entry.number) == (
                row.title,
                row.initiative_id,
                row.number,
            )
            assert entry.state_group == ("deleted" if row.deleted else "open")
            current = versions.get(id=row.pk, until=None)
            assert (current.title, current.version, current.deleted) == (row.title, row.version, row.deleted)
            assert versions.filter(id=row.pk).count() == row.version
            assert Event.objects.filter(model="raid.risk", object_id=row.pk).count() == row.version
            assert row.score == (row.current_probability or 0) * (row.current_impact or 0)


class TestRecordLife(TestCase):
    """The state machine, each example in its own transaction."""

    def test_any_life_of_records(self) -> None:
        run_state_machine_as_test(
            RecordLife, settings=settings(max_examples=12, stateful_step_count=12, deadline=None)
        )
