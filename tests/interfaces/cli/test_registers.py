"""`steerco import risks` and `steerco export risks`: folders, the report, the way back, undo."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.apps.worlds import initiative

from steerco.apps.raid.models import Risk
from steerco.interfaces.cli.main import main
from steerco.kit.imports import services
from steerco.kit.imports.layouts import Instructions
from steerco.kit.imports.models import ImportRun
from steerco.kit.permissions import Actor
from steerco.kit.registers.register import register_by_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three workbooks of two layouts; one cell is wrong, one file is broken."""
    for code in ("P1", "P2"):
        initiative(code)
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "P1 risks.csv").write_text("Title,Probability,Impact,Colour\nOne,High,3,blue\nTwo,9,3,red\n")
    (logs / "P2.csv").write_text("Risk title;Cause\nThree;c\n")
    (logs / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    return logs


def called(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """The JSON answer of a call that does well."""
    assert main([*words, "--json"]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_a_folder_in_one_run_with_one_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dry = called(capsys, "import", "risks", str(folder), "--dry-run")
    assert (dry["rows_read"], dry["created"], dry["rejected"], Risk.objects.count()) == (3, 2, 1, 0)
    answer = called(capsys, "import", "risks", str(folder))
    assert set(Risk.objects.values_list("initiative__code", "title")) == {("P1", "One"), ("P2", "Three")}
    assert answer["unmapped_columns"] == ["Colour"]
    assert any(note["cell"] == "B3" and "9" in note["text"] for note in answer["notes"] if note["cell"])
    assert any(note["file"] == "broken.xlsx" for note in answer["notes"])
    again = called(capsys, "import", "risks", str(folder))
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert called(capsys, "import", "risks", "--undo", str(answer["run"]))["deleted"] == 2


def test_the_report_names_what_was_not_taken_first_and_each_file_by_its_folder(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = tmp_path / "north"
    logs = more / "south"
    logs.mkdir(parents=True)
    (more / "P1 risks.csv").write_text("Title,Probability\nA,High\nB,9\n")
    (logs / "P1 risks.csv").write_text("Title,Probability\nC,9\n")
    (logs / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    answer = called(capsys, "import", "risks", str(more))
    told = [(note["file"], note["row"]) for note in answer["notes"]]
    assert told[:3] == [("south/broken.xlsx", None), ("P1 risks.csv", 3), ("south/P1 risks.csv", 2)]
    assert len(told) > 3  # what was assumed
    assert main(["import", "risks", str(more), "--dry-run"]) == 0
    text = capsys.readouterr().out
    assert "south/P1 risks.csv:2:B2: “9” is no step from 1 to 5. Write the step as a number" in text
    assert "steerco import risks --undo" not in text


def test_a_mapping_of_several_layouts_is_used_by_its_one_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operator, register = Actor.operator("test"), register_by_key("risk")
    assert register is not None
    files = [services.Upload(p.name, p.read_bytes()) for p in sorted(folder.glob("*.csv"))]
    run = services.stage(operator, register, files)
    instructions = Instructions.from_json(run.mapping)
    [first] = [one for one in instructions.layouts if "Colour" in one.headers]
    first.columns[first.headers.index("Colour")] = "cause"
    services.map_run(operator, run, instructions)
    assert services.keep_mapping(operator, run, "Our logs", shared=False) == 2
    answer = called(capsys, "import", "risks", str(folder), "--mapping", "our LOGS")
    assert answer["unmapped_columns"] == []
    assert Risk.objects.get(title="One").cause == "blue"
    assert main(["import", "risks", str(folder), "--mapping", "Our"]) == 1


def test_nothing_readable_is_of_no_use(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "risks", str(folder / "broken.xlsx")]) == 2
    assert "broken.xlsx: " in capsys.readouterr().out
    assert ImportRun.objects.get().state == ImportRun.State.REFUSED
    (tmp_path / "empty").mkdir()
    assert main(["import", "risks", str(tmp_path / "empty")]) == 2
    assert ".xlsx" in capsys.readouterr().err


def test_out_and_back(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    called(capsys, "import", "risks", str(folder))
    out = tmp_path / "risks.xlsx"
    assert called(capsys, "export", "risks", "--in", "P1", "--out", str(out))["rows"] == 1
    back = called(capsys, "import", "risks", str(out))
    assert (back["created"], back["updated"], back["unchanged"], back["notes"]) == (0, 0, 1, [])


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("import", "risks", "missing.csv"), 2),
        (("import", "risks"), 2),
        (("import", "risks", "--undo", "99"), 1),
        (("export", "risks", "--out", "risks.pdf"), 1),
        (("export", "risks", "--in", "NO", "--out", "risks.csv"), 1),
    ],
)
def test_what_is_of_no_use_is_said(
    words: tuple[str, ...], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == status
    assert capsys.readouterr().err.startswith(f"steerco {words[0]}")
