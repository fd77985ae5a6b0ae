"""`steerco import schedule`: its answer, its exit status, dry run, answers, undo."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.apps.planning.plans import d, milestone, plan_file
from tests.apps.worlds import initiative, record

from steerco.apps.links.models import Attachment
from steerco.apps.planning.models import Milestone, PlanRevision
from steerco.interfaces.cli.main import main

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parents[2] / "data/schedules/original"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.xml"
    path.write_bytes(plan_file(milestone(1, "Design", "2026-03-02"), milestone(2, "Go live", "2026-06-01")))
    return path


def call(capsys: pytest.CaptureFixture[str], *words: Any, status: int = 0) -> str:
    assert main(["import", "schedule", *map(str, words)]) == status
    captured = capsys.readouterr()
    return captured.err if status else captured.out


def test_a_dry_run_says_what_an_import_does(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    initiative("P1")
    answer = json.loads(call(capsys, plan, "--initiative", "P1", "--dry-run", "--json"))
    assert list(answer) == ["plan", "revision", "dry_run", "tasks_read", "counts", "milestones", "remarks"]
    assert (answer["dry_run"], answer["counts"]["new"], answer["tasks_read"]) == (True, 2, 3)
    assert not Milestone.objects.exists()
    assert not PlanRevision.objects.exists()
    assert not Attachment.objects.exists()
    again = json.loads(call(capsys, plan, "--initiative", "p1", "--json"))
    assert (again["revision"], again["counts"]) == (1, answer["counts"])
    assert Milestone.objects.count() == 2
    text = call(capsys, plan, "--initiative", "P1")
    assert "2 unchanged" in text
    assert "--undo 2" in text


def test_the_next_revision_and_its_undo(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    initiative("P1")
    call(capsys, plan, "--initiative", "P1", "--levels", "1", "--tier", "gate", "--keep-as", "Gates")
    assert Milestone.objects.filter(tier="gate").count() == 3
    plan.write_bytes(plan_file(milestone(1, "Design", "2026-03-12"), milestone(2, "Go live", "2026-06-01")))
    text = call(capsys, plan, "--initiative", "P1")
    assert "Design: 2026-03-02 -> 2026-03-12 (+10 days)" in text
    assert Milestone.objects.count() == 3  # the choice of last time
    assert "1 restored" in call(capsys, "--initiative", "P1", "--undo", "2")
    assert Milestone.objects.get(title="Design").forecast == d("2026-03-02")
    other = initiative("P2")
    call(capsys, plan, "--initiative", "P2", "--mapping", "gates")
    assert Milestone.objects.filter(initiative=other, tier="gate").count() == 3


def test_what_is_uncertain_is_asked_and_answered(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = record("milestone", initiative("P1"), "Go live")
    text = call(capsys, plan, "--initiative", "P1", "--dry-run")
    assert "may be: Go live (the very same name); say with --answer 2=" in text
    assert "none of M-1" in call(capsys, plan, "--initiative", "P1", "--answer", "2=M-9", status=2)
    assert "nothing is asked" in call(capsys, plan, "--initiative", "P1", "--answer", "1=new", status=2)
    call(capsys, plan, "--initiative", "P1", "--answer", "2=m-1")
    typed.refresh_from_db()
    assert typed.forecast == d("2026-06-01")
    second = record("milestone", initiative("P2"), "Go live")
    call(capsys, plan, "--initiative", "P2", "--accept-suggested")
    second.refresh_from_db()
    assert second.forecast == d("2026-06-01")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no-such.xml", "--initiative", "P1"], "No such file"),
        (["{plan}", "--initiative", "NONE"], "no initiative NONE"),
        (["--initiative", "P1"], "name the file"),
        (["--initiative", "P1", "--undo", "7"], "no revision 7"),
        (["{plan}", "--initiative", "P1", "--levels", "one"], "give numbers"),
        (["{broken}", "--initiative", "P1"], "DOCTYPE"),
        (["{several}", "--initiative", "P1"], "several plans: say with --project"),
        (["{several}", "--initiative", "P1", "--encoding", "klingon"], "klingon is not known"),
    ],
)
def test_what_is_of_no_use_is_said_in_one_line(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    initiative("P1")
    broken = tmp_path / "broken.xml"
    broken.write_bytes(b"<!DOCTYPE x><Project/>")
    several = DATA / "MultiprojectWithExternal.xer"
    text = call(capsys, *(word.format(plan=plan, broken=broken, several=several) for word in words), status=2)
    assert said in text
    assert text.startswith("steerco import schedule: ")
    assert text.count("\n") == 1
    assert not PlanRevision.objects.exists()


def test_an_unknown_choice_is_refused(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    initiative("P1")
    assert main(["import", "schedule", str(plan), "--initiative", "P1", "--mapping", "none"]) == 1
    assert "no choice is kept" in capsys.readouterr().err


@pytest.mark.slow
def test_a_real_mpp_becomes_milestones(capsys: pytest.CaptureFixture[str]) -> None:
    initiative("P1")
    path = DATA / "Residential-Construction.mpp"
    answer = json.loads(call(capsys, path, "--initiative", "P1", "--json"))
    assert answer["tasks_read"] == 109
    names = {row["name"] for row in answer["milestones"]}
    assert names == set(Milestone.objects.values_list("title", flat=True))
    assert names
