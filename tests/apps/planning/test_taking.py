"""Plans through the services: first revision, next revision, what moved, what is asked, undo, rights."""

from typing import Any

import pytest
from tests.apps.planning.plans import d, milestone, schedule
from tests.apps.worlds import OPERATOR, actor, initiative, person, record

from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.services import restrict
from steerco.apps.links.models import Attachment
from steerco.apps.planning.choosing import Choice, Settings, chosen
from steerco.apps.planning.models import Milestone, PlanRevision
from steerco.apps.planning.selectors import last_revision, moved_since_last_time, plans_of
from steerco.apps.planning.services import (
    PlanRefused,
    bring_plan,
    choices_for,
    compare,
    drop_revision,
    keep_choice,
    packed,
    set_revision,
    take_revision,
    undo_revision,
    use_choice,
)
from steerco.engine.schedule import FieldDefinition, Schedule, Task
from steerco.exchange.schedule import Reading
from steerco.kit.history import Change
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db

FIRST = (
    milestone(1, "Design agreed", "2026-03-02", baseline="2026-02-20", guid="G1"),
    milestone(2, "Go live", "2026-06-01", baseline="2026-06-01", guid="G2"),
    milestone(3, "Closed", "2026-09-01", guid="G3"),
)


@pytest.fixture
def place() -> Initiative:
    return initiative("P1")


def ready(who: Actor, where: Initiative, plan: Schedule, **settings: Any) -> PlanRevision:
    """A revision that was brought and read."""
    before = Settings.from_json(last.settings) if (last := last_revision(who, where, "plan")) else Settings()
    for name, value in settings.items():
        setattr(before, name, value)
    revision = bring_plan(who, where, "plan.xml", b"the file", settings=before)
    revision.reading, revision.state = packed(Reading([plan])), PlanRevision.State.READY
    revision.save()
    return revision


def take(who: Actor, where: Initiative, *tasks: Task, **settings: Any) -> PlanRevision:
    revision = ready(who, where, schedule(*tasks), **settings)
    assert take_revision(who, revision) is not None
    revision.refresh_from_db()
    return revision


def kinds(who: Actor, revision: PlanRevision) -> dict[str, str]:
    found = compare(who, revision)
    assert found is not None
    return {row.name: str(row.kind) for row in found.rows}


def test_the_first_revision_makes_the_milestones(place: Initiative) -> None:
    revision = take(OPERATOR, place, *FIRST, milestone(4, "Started", "2026-01-12", done="2026-01-12"))
    rows = {row.title: row for row in Milestone.objects.filter(initiative=place)}
    assert sorted(rows) == ["Closed", "Design agreed", "Go live", "Started"]
    design = rows["Design agreed"]
    assert (design.forecast, design.baseline, design.actual, design.state) == (
        d("2026-03-02"),
        d("2026-02-20"),
        None,
        "planned",
    )
    assert rows["Closed"].baseline is None
    assert (rows["Started"].actual, rows["Started"].state) == (d("2026-01-12"), "reached")
    assert (revision.number, revision.state, revision.content, revision.reading) == (1, "taken", None, None)
    assert revision.status_date == d("2026-03-02")
    [file] = Attachment.objects.filter(entry=place.entry_id)
    assert (file.name, file.source, revision.attachment) == ("plan.xml", "file", file)


def test_the_next_revision_moves_forecasts_and_keeps_baselines(place: Initiative) -> None:
    take(OPERATOR, place, *FIRST)
    revision = take(
        OPERATOR,
        place,
        milestone(1, "Design agreed", "2026-03-04", baseline="2026-03-04", done="2026-03-04", guid="G1"),
        milestone(2, "Go-live of the shop", "2026-06-15", baseline="2026-06-15", guid="G2"),
        milestone(5, "Trained", "2026-05-01", guid="G5"),
    )
    rows = {row.title: row for row in Milestone.objects.filter(initiative=place)}
    live = rows["Go-live of the shop"]
    assert (live.forecast, live.baseline) == (d("2026-06-15"), d("2026-06-01"))
    assert (rows["Design agreed"].state, rows["Design agreed"].actual) == ("reached", d("2026-03-04"))
    assert rows["Closed"].forecast == d("2026-09-01")
    assert not rows["Closed"].deleted
    said = [(row.kind, row.name, row.days) for row in moved_since_last_time(OPERATOR, revision)]
    assert said == [
        ("moved", "Go-live of the shop", 14),
        ("done", "Design agreed", 2),
        ("new", "Trained", 0),
        ("gone", "Closed", 0),
    ]
    moved = moved_since_last_time(OPERATOR, revision)[0]
    assert (moved.former_name, moved.before, moved.after) == ("Go live", d("2026-06-01"), d("2026-06-15"))
    assert "2026-06-15" in moved.notes[0]
    assert "stays" in moved.notes[0]


def test_the_same_file_again_changes_nothing(place: Initiative) -> None:
    take(OPERATOR, place, *FIRST)
    before = list(Milestone.objects.order_by("pk").values())
    revision = take(OPERATOR, place, *FIRST)
    assert revision.report["counts"]["unchanged"] == 3
    assert list(Milestone.objects.order_by("pk").values()) == before
    assert revision.number == 2


def test_one_action_is_one_batch_with_the_file_as_its_reason(place: Initiative) -> None:
    revision = take(OPERATOR, place, *FIRST)
    events = Event.objects.filter(batch=revision.run.batch)
    assert sorted(events.values_list("kind", flat=True)) == ["milestone.created"] * 3 + ["plan.taken"]
    assert set(events.filter(kind="milestone.created").values_list("reason", flat=True)) == {"plan.xml"}


def test_undo_takes_back_exactly_that(place: Initiative) -> None:
    take(OPERATOR, place, *FIRST)
    before = {row.title: (row.forecast, row.state) for row in Milestone.objects.filter(deleted=False)}
    revision = take(
        OPERATOR,
        place,
        milestone(1, "Design done", "2026-03-09", done="2026-03-09", guid="G1"),
        milestone(2, "Go live", "2026-06-15", guid="G2"),
        milestone(5, "Trained", "2026-05-01", guid="G5"),
    )
    result = undo_revision(OPERATOR, revision)
    assert (result.restored, result.deleted, result.kept) == (2, 1, [])
    assert {row.title: (row.forecast, row.state) for row in Milestone.objects.filter(deleted=False)} == before
    again = last_revision(OPERATOR, place, "plan")
    assert again is not None
    assert again.number == 1
    with pytest.raises(PlanRefused, match="nothing to undo"):
        undo_revision(OPERATOR, PlanRevision(initiative=place, plan="plan"))


def test_a_revision_that_another_stands_on_is_not_undone(place: Initiative) -> None:
    first = take(OPERATOR, place, *FIRST)
    take(OPERATOR, place, *FIRST)
    with pytest.raises(PlanRefused, match="later revision"):
        undo_revision(OPERATOR, first)


def test_what_somebody_changed_since_is_left_by_the_undo(place: Initiative) -> None:
    revision = take(OPERATOR, place, *FIRST)
    live = Milestone.objects.get(title="Go live")
    register = register_by_key("milestone")
    assert register is not None
    register.write(OPERATOR, [Change({"tier": "board"}, pk=live.pk)])
    result = undo_revision(OPERATOR, revision)
    assert [kept.title for kept in result.kept] == [f"{live.reference} Go live"]
    assert Milestone.objects.filter(deleted=False).count() == 1


def test_uncertain_tasks_are_asked_and_left_alone(place: Initiative) -> None:
    typed = record("milestone", place, "Go live", forecast=d("2026-05-01"))
    revision = ready(OPERATOR, place, schedule(*FIRST))
    assert kinds(OPERATOR, revision) == {"Design agreed": "new", "Go live": "asked", "Closed": "new"}
    take_revision(OPERATOR, revision)
    typed.refresh_from_db()
    assert typed.forecast == d("2026-05-01")
    assert Milestone.objects.count() == 3
    for answer, expected, number in (
        ("new", "new", 4),
        ("skip", "left_out", 3),
        (f"same:{typed.pk}", "moved", 3),
    ):
        revision = ready(OPERATOR, place, schedule(*FIRST), answers={"2": answer})
        assert kinds(OPERATOR, revision)["Go live"] == expected
        take_revision(OPERATOR, revision)
        assert Milestone.objects.filter(deleted=False).count() == number
        revision.refresh_from_db()
        if answer != f"same:{typed.pk}":
            undo_revision(OPERATOR, revision)
    typed.refresh_from_db()
    assert typed.forecast == d("2026-06-01")
    assert kinds(OPERATOR, ready(OPERATOR, place, schedule(*FIRST)))["Go live"] == "unchanged"


def test_two_tasks_cannot_be_the_same_milestone(place: Initiative) -> None:
    typed = record("milestone", place, "Acceptance")
    tasks = [milestone(1, "Acceptance A", "2026-05-01"), milestone(2, "Acceptance B", "2026-05-02")]
    answers = {"1": f"same:{typed.pk}", "2": f"same:{typed.pk}"}
    revision = ready(OPERATOR, place, schedule(*tasks), answers=answers)
    found = compare(OPERATOR, revision)
    assert found is not None
    assert [str(row.kind) for row in found.rows] == ["moved", "asked"]


def test_an_answer_that_names_no_candidate_is_no_answer(place: Initiative) -> None:
    record("milestone", place, "Go live")
    other = record("milestone", initiative("P2"), "Elsewhere")
    for answer in (f"same:{other.pk}", "same:x", "same:", "yes"):
        assert (
            kinds(OPERATOR, ready(OPERATOR, place, schedule(*FIRST), answers={"2": answer}))["Go live"]
            == "asked"
        )


def test_what_was_changed_here_is_told_and_follows_the_plan(place: Initiative) -> None:
    take(OPERATOR, place, *FIRST)
    live = Milestone.objects.get(title="Go live")
    register = register_by_key("milestone")
    assert register is not None
    register.write(OPERATOR, [Change({"forecast": d("2026-07-07"), "title": "Launch"}, pk=live.pk)])
    revision = take(OPERATOR, place, *FIRST)
    live.refresh_from_db()
    assert (live.title, live.forecast) == ("Launch", d("2026-06-01"))
    [moved] = moved_since_last_time(OPERATOR, revision)
    assert (moved.kind, moved.days) == ("moved", -36)
    assert "2026-06-01" in moved.notes[0]


def test_what_was_dropped_deleted_or_reached_here_stays(place: Initiative) -> None:
    take(OPERATOR, place, *FIRST)
    register = register_by_key("milestone")
    assert register is not None
    rows = {row.title: row for row in Milestone.objects.all()}
    register.write(OPERATOR, [Change({"state": "dropped"}, pk=rows["Design agreed"].pk)])
    register.write(OPERATOR, [Change({"state": "reached", "actual": d("2026-05-30")}, pk=rows["Go live"].pk)])
    register.delete(OPERATOR, [rows["Closed"].pk])
    revision = take(OPERATOR, place, *FIRST)
    assert revision.report["counts"]["left_out"] == 2
    assert Milestone.objects.filter(deleted=False).count() == 2
    assert Milestone.objects.get(title="Go live").state == "reached"


def test_what_the_plan_no_longer_says_done_is_open_again(place: Initiative) -> None:
    take(OPERATOR, place, milestone(1, "Design", "2026-03-02", done="2026-03-02", guid="G1"))
    revision = take(OPERATOR, place, milestone(1, "Design", "2026-03-20", guid="G1"))
    row = Milestone.objects.get()
    assert (row.state, row.actual, row.forecast) == ("planned", None, d("2026-03-20"))
    assert revision.report["counts"]["reopened"] == 1


def test_gone_is_told_once_and_comes_back(place: Initiative) -> None:
    take(OPERATOR, place, *FIRST)
    assert take(OPERATOR, place, *FIRST[:2]).report["counts"]["gone"] == 1
    assert take(OPERATOR, place, *FIRST[:2]).report["counts"]["gone"] == 0
    revision = take(OPERATOR, place, *FIRST[:2], milestone(3, "Closed", "2026-10-01", guid="G3"))
    assert revision.report["counts"]["moved"] == 1
    assert Milestone.objects.count() == 3


def test_the_choice_of_last_time_is_the_choice_of_this_time(place: Initiative) -> None:
    who = actor(person("Pia Manager", "project_manager", place))
    choice = Choice(marked=False, levels=(1,), tier="board", present_as_baseline=True)
    take(who, place, *FIRST, choice=choice)
    [row] = Milestone.objects.all()
    assert (row.title, row.tier, row.baseline) == ("Phase", "board", d("2026-12-31"))
    revision = bring_plan(who, place, "plan.xml", b"x")
    assert Settings.from_json(revision.settings).choice == choice
    keep_choice(who, revision, " Board  plan ")
    [kept] = choices_for(who)
    assert (kept.name, use_choice(Settings(), kept).choice) == ("Board plan", choice)


def test_tasks_are_chosen_by_mark_level_and_own_field() -> None:
    plan = schedule(
        *FIRST, Task(8, name="Work", outline_level=2), Task(9, name="Off", milestone=True, active=False)
    )
    plan.fields = [FieldDefinition("f1", "Flag1", "Board")]
    plan.tasks[1].fields["f1"], plan.tasks[4].fields["f1"] = "0", "Yes"

    def names(**values: Any) -> list[str]:
        return [task.name for task in chosen(plan, Choice(**values))]

    assert names() == ["Design agreed", "Go live", "Closed"]
    assert names(marked=False, levels=(1,)) == ["Phase"]
    assert names(marked=False, field="Board") == ["Work"]
    assert names(marked=False, field="Board", value="0") == ["Design agreed"]
    assert names(marked=False, field="Unknown") == []


def test_a_kept_choice_that_is_nonsense_counts_as_not_said() -> None:
    assert Choice.from_json({"levels": ["x", 99, 2], "tier": "king", "more": 1}) == Choice(levels=(2,))


def test_agreeing_to_what_no_longer_is_writes_nothing(place: Initiative) -> None:
    revision = ready(OPERATOR, place, schedule(*FIRST))
    found = compare(OPERATOR, revision)
    assert found is not None
    record("milestone", place, "Go live")
    assert take_revision(OPERATOR, revision, found.fingerprint) is None
    revision.refresh_from_db()
    assert (revision.state, Milestone.objects.count(), Attachment.objects.count()) == ("ready", 1, 0)


def test_of_several_plans_one_has_to_be_named(place: Initiative) -> None:
    revision = ready(OPERATOR, place, schedule(*FIRST))
    revision.reading = packed(Reading([schedule(*FIRST, name="A"), schedule(*FIRST[:1], name="B")]))
    revision.save()
    assert compare(OPERATOR, revision) is None
    with pytest.raises(PlanRefused, match="which of the plans"):
        take_revision(OPERATOR, revision)
    set_revision(OPERATOR, revision, Settings(project="B"))
    assert kinds(OPERATOR, revision) == {"Design agreed": "new"}


def test_a_plan_is_taken_once_and_by_its_owner(place: Initiative) -> None:
    mine, other = (
        actor(person("Pia Manager", "project_manager", place)),
        actor(person("Otto Other", "pmo_manager")),
    )
    revision = ready(mine, place, schedule(*FIRST))
    assert not PlanRevision.objects.visible_to(other).filter(pk=revision.pk).exists()
    for step in (
        lambda: take_revision(other, revision),
        lambda: drop_revision(other, revision),
        lambda: set_revision(other, revision, Settings()),
    ):
        with pytest.raises(Denied):
            step()
    stale = PlanRevision.objects.get(pk=revision.pk)
    take_revision(mine, revision)
    with pytest.raises(PlanRefused, match="over"):
        take_revision(mine, stale)


def test_without_the_right_nothing_is_brought(place: Initiative) -> None:
    for role in ("team_member", "viewer", "sponsor"):
        with pytest.raises(Denied):
            bring_plan(actor(person(f"{role.title()} Person", role, place)), place, "plan.xml", b"x")


def test_a_hidden_milestone_is_missing_for_who_brings_and_who_reads(place: Initiative) -> None:
    take(OPERATOR, place, *FIRST)
    chief = person("Carl Chief", "pmo_manager")
    restrict(OPERATOR, Milestone.objects.get(title="Go live"), [chief.party_id])
    who = actor(person("Pia Manager", "project_manager", place))
    revision = take(who, place, milestone(2, "Go live", "2026-12-24", guid="G2"), *FIRST[::2])
    assert Milestone.objects.get(title="Go live").forecast == d("2026-06-01")
    assert Milestone.objects.count() == 3
    assert revision.report["counts"]["left_out"] == 1
    revision = take(OPERATOR, place, milestone(2, "Go live", "2026-12-24", guid="G2"), *FIRST[::2])
    assert [row.name for row in moved_since_last_time(OPERATOR, revision)] == ["Go live"]
    assert moved_since_last_time(who, revision) == []
    assert plans_of(who, place) == [revision]
